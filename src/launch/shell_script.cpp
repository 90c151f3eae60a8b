#include "launch/shell_script.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "launch/shell_branches.hpp"
#include "launch/shell_expansion.hpp"

namespace polyfleet {
namespace {

constexpr std::size_t kLargestScript = std::size_t{1} << 20;

class ShellReader {
 public:
  ShellReader(std::string_view text, const std::string& file,
              const std::map<std::string, std::string, std::less<>>& given)
      : cursor_{text} {
    state_.file = file;
    for (const auto& [name, value] : given) {
      state_.scalars[name].add(value, 0);
      state_.fixed.insert(name);
    }
  }

  Result<ShellScript> run() {
    while (!cursor_.ends() && state_.problems.empty()) statement();
    if (!state_.problems.empty()) return std::move(state_.problems);
    return std::move(state_.script);
  }

 private:
  using Words = std::vector<ShellWord>;

  /// Blanks, continued lines and comments.
  void skip_blanks(bool also_newlines) {
    while (!cursor_.ends()) {
      if (is_shell_blank(cursor_.peek()) || (also_newlines && cursor_.peek() == '\n')) {
        cursor_.step();
      } else if (cursor_.peek() == '\\' && (cursor_.peek(1) == '\n' ||
                                            (cursor_.peek(1) == '\r' && cursor_.peek(2) == '\n'))) {
        while (cursor_.peek() != '\n') cursor_.step();
        cursor_.step();
      } else if (cursor_.peek() == '#') {
        comment();
      } else {
        return;
      }
    }
  }

  void comment() {
    const std::size_t start = cursor_.at;
    while (!cursor_.ends() && cursor_.peek() != '\n') ++cursor_.at;
    constexpr std::string_view kBatch = "#SBATCH";
    const std::string_view line = cursor_.text.substr(start, cursor_.at - start);
    if (!line.starts_with(kBatch)) return;
    std::string word;
    for (const char c : std::string(line.substr(kBatch.size())) + " ") {
      if (!is_shell_blank(c) && c != '=') {
        word += c;
      } else if (!word.empty()) {
        state_.script.batch_options.push_back({word, {state_.file, cursor_.line, 0}});
        word.clear();
      }
    }
  }

  bool at_end_of_statement() const {
    return cursor_.ends() || cursor_.peek() == '\n' || cursor_.peek() == ';' ||
           cursor_.peek() == '|' || cursor_.peek() == '&' || cursor_.peek() == ')' ||
           cursor_.peek() == '(' || cursor_.peek() == '<' || cursor_.peek() == '>' ||
           cursor_.peek() == '`';
  }

  void statement() {
    Words words;
    bool only_assignments = true;
    const char joint = std::exchange(ended_by_, ' ');
    while (state_.problems.empty()) {
      skip_blanks(false);
      if (cursor_.ends()) break;
      if (at_end_of_statement()) {
        if (!step_over_operator()) break;
        continue;
      }
      if (only_assignments && assignment()) continue;
      const std::size_t before = words.size();
      word(words);
      if (words.size() == before) continue;
      if (before == 0 && is_keyword(words.front().text)) {
        words.clear();
        continue;
      }
      only_assignments = false;
    }
    if (words.empty()) {
      if (ended_by_ == ' ' || ended_by_ == '\n') ended_by_ = joint;
      return;
    }
    if (branches_.expects_test())
      branches_.test(words, joint);
    else if (branches_.is_active())
      state_.script.commands.push_back(std::move(words));
  }

  /// Words in front of a statement that are none of it; those of conditions choose the branch.
  bool is_keyword(const std::string& word) {
    if (word == "if" || word == "elif") {
      branches_.begin(word == "elif");
    } else if (word == "then") {
      if (branches_.then()) note_conditions();
    } else if (word == "else") {
      branches_.otherwise();
    } else if (word == "fi") {
      branches_.end();
    } else if (word == "for" || word == "while" || word == "until" || word == "case") {
      note_conditions();
      return false;
    } else {
      constexpr std::string_view kOthers[] = {"export", "local", "declare", "readonly",
                                              "-a",     "do",    "{"};
      return std::find(std::begin(kOthers), std::end(kOthers), word) != std::end(kOthers);
    }
    state_.is_quiet = !branches_.is_active();
    return true;
  }

  void note_conditions() {
    if (!branches_.is_active() || !state_.reported.insert("a condition").second) return;
    state_.script.unresolved.push_back(
        problem_at({state_.file, cursor_.line, 0},
                   "a condition or loop depends on what only a running shell knows",
                   "every branch was read, the last one counts"));
  }

  /// Redirections go on with the statement, all else ends it. False at its end.
  bool step_over_operator() {
    if (cursor_.peek() == '<' && cursor_.peek(1) == '<') {
      skip_document();
      return true;
    }
    if (cursor_.peek() == '<' || cursor_.peek() == '>' ||
        (cursor_.peek() == '&' && cursor_.peek(1) == '>') ||
        (cursor_.peek() == '&' && cursor_.at > 0 && cursor_.text[cursor_.at - 1] == '>')) {
      cursor_.step();
      Words target;
      while (cursor_.peek() == '>' || cursor_.peek() == '&') cursor_.step();
      skip_blanks(false);
      if (!at_end_of_statement()) word(target);
      return true;
    }
    ended_by_ = cursor_.peek();
    cursor_.step();
    return false;
  }

  /// A here-document: to the line that holds its mark alone.
  void skip_document() {
    while (cursor_.peek() == '<' || cursor_.peek() == '-' || is_shell_blank(cursor_.peek()) ||
           cursor_.peek() == '\'' || cursor_.peek() == '"')
      cursor_.step();
    std::string mark;
    while (is_shell_name(cursor_.peek())) {
      mark += cursor_.peek();
      cursor_.step();
    }
    while (!cursor_.ends()) {
      while (!cursor_.ends() && cursor_.peek() != '\n') ++cursor_.at;
      if (cursor_.ends()) return;
      cursor_.step();
      std::size_t start = cursor_.at;
      while (start < cursor_.text.size() && cursor_.text[start] == '\t') ++start;
      if (cursor_.text.substr(start, mark.size()) == mark &&
          (start + mark.size() >= cursor_.text.size() ||
           cursor_.text[start + mark.size()] == '\n')) {
        cursor_.at = start + mark.size();
        return;
      }
    }
  }

  /// NAME=value, NAME+=value, NAME=( words ). False (nothing read) where none stands.
  bool assignment() {
    std::size_t end = cursor_.at;
    while (end < cursor_.text.size() && is_shell_name(cursor_.text[end])) ++end;
    if (end == cursor_.at || std::isdigit(static_cast<unsigned char>(cursor_.peek())) != 0)
      return false;
    const bool appends =
        end + 1 < cursor_.text.size() && cursor_.text[end] == '+' && cursor_.text[end + 1] == '=';
    if (end >= cursor_.text.size() || (cursor_.text[end] != '=' && !appends)) return false;
    const std::string name(cursor_.text.substr(cursor_.at, end - cursor_.at));
    cursor_.at = end + (appends ? 2 : 1);
    if (cursor_.peek() == '(') {
      cursor_.step();
      array(name, appends);
      return true;
    }
    Marked value;
    while (!cursor_.ends() && !is_shell_blank(cursor_.peek()) && !at_end_of_statement() &&
           state_.problems.empty())
      expand_piece(state_, cursor_, value);
    if (state_.fixed.contains(name) || !branches_.is_active()) return true;
    state_.arrays.erase(name);
    if (appends)
      state_.scalars[name].add(value);
    else
      state_.scalars[name] = std::move(value);
    state_.grow(state_.scalars[name].text.size(), cursor_.line);
    return true;
  }

  void array(const std::string& name, bool appends) {
    const int start = cursor_.line;
    Words words;
    while (true) {
      skip_blanks(true);
      if (cursor_.ends()) return state_.fail("an array has no closing parenthesis", start);
      if (cursor_.peek() == ')') break;
      const std::size_t before = cursor_.at;
      word(words);
      if (!state_.problems.empty()) return;
      if (cursor_.at == before) cursor_.step();  // an operator among the words
    }
    cursor_.step();
    if (!branches_.is_active()) return;
    Words& into = state_.arrays[name];
    if (!appends) into.clear();
    into.insert(into.end(), words.begin(), words.end());
    state_.grow(into.size(), cursor_.line);
    state_.scalars.erase(name);
    state_.script.arrays.push_back(std::move(words));
  }

  /// One word of the source, which expansions may make none or several.
  void word(Words& words) {
    const int start = cursor_.line;
    Marked text;
    bool has_word = false;
    while (!cursor_.ends() && !is_shell_blank(cursor_.peek()) && !at_end_of_statement() &&
           state_.problems.empty()) {
      if (cursor_.peek() == '\\' && cursor_.peek(1) == '\n') break;
      if (Words inner; expand_array(state_, cursor_, inner)) {
        words.insert(words.end(), inner.begin(), inner.end());
        continue;
      }
      Marked part;
      if (expand_piece(state_, cursor_, part)) {
        has_word = true;
        text.add(part);
        continue;
      }
      for (std::size_t i = 0; i < part.text.size(); ++i) {
        const char c = part.text[i];
        if (!is_shell_blank(c) && c != '\n') {
          has_word = true;
          text.add(c, part.lines[i]);
        } else if (has_word) {
          push(words, text, start);
          text = {};
          has_word = false;
        }
      }
    }
    if (has_word) push(words, text, start);
  }

  void push(Words& words, const Marked& text, int start) {
    const int line = text.lines.empty() || text.lines.front() == 0 ? start : text.lines.front();
    words.push_back({text.text, {state_.file, line, 0}});
  }

  ShellState state_;
  ShellCursor cursor_;
  ShellBranches branches_;
  char ended_by_ = ' ';  // what ended the statement before
};

}  // namespace

Result<ShellScript> read_shell_script(
    std::string_view text, const std::string& file,
    const std::map<std::string, std::string, std::less<>>& given) {
  if (text.find('\0') != std::string_view::npos)
    return problem_at({file, 0, 0}, "holds binary data, not a script");
  if (text.size() > kLargestScript) return problem_at({file, 0, 0}, "has more than 1 MiB");
  return ShellReader(text, file, given).run();
}

std::string shell_quoted(std::string_view word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string_view::npos)
    return std::string(word);
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'')
      quoted += "'\\''";
    else
      quoted += c;
  }
  return quoted + "'";
}

}  // namespace polyfleet
