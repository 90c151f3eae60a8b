// What a launch script's variables hold, and the expansion of quotes, ${NAME} and $((sums)) at a
// place of its text. Internal to the launch room: launch/shell_script.hpp is the way in.
#pragma once

#include <cctype>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "launch/shell_script.hpp"

namespace polyfleet {

inline bool is_shell_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}
inline bool is_shell_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/// Text whose every character knows its line.
struct Marked {
  std::string text;
  std::vector<int> lines;
  void add(char c, int line) {
    text += c;
    lines.push_back(line);
  }
  void add(const Marked& more) {
    text += more.text;
    lines.insert(lines.end(), more.lines.begin(), more.lines.end());
  }
  void add(std::string_view more, int line) {
    for (const char c : more) add(c, line);
  }
};

/// Everything that statements leave behind.
struct ShellState {
  std::string file;
  std::map<std::string, Marked, std::less<>> scalars;
  std::map<std::string, std::vector<ShellWord>, std::less<>> arrays;
  std::set<std::string, std::less<>> fixed;     ///< given by the user: assignments do not count
  std::set<std::string, std::less<>> reported;  ///< what was reported already
  ShellScript script;
  Diagnostics problems;
  std::size_t expanded = 0;
  bool is_quiet = false;  ///< in a branch that is not taken: nothing is reported

  void fail(std::string what, int line);
  /// Reports a variable without a value, once.
  void unresolved(const std::string& name, int line);
  /// Counts what expansions make; a problem beyond 1 MiB.
  void grow(std::size_t by, int line);
};

/// A place in a text.
struct ShellCursor {
  std::string_view text;
  std::size_t at = 0;
  int line = 1;

  bool ends() const { return at >= text.size(); }
  char peek(std::size_t ahead = 0) const {
    return at + ahead < text.size() ? text[at + ahead] : '\0';
  }
  void step() {
    if (text[at++] == '\n') ++line;
  }
};

/// Adds one quoted part, escape, expansion or plain character to `into` and moves past it; true
/// when it was quoted (blanks in it do not end a word).
bool expand_piece(ShellState& state, ShellCursor& cursor, Marked& into);
/// ${NAME[@]}, quoted or not, as the words of the array; false (nothing read) where none stands.
bool expand_array(ShellState& state, ShellCursor& cursor, std::vector<ShellWord>& words);

}  // namespace polyfleet
