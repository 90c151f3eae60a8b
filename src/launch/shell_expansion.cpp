#include "launch/shell_expansion.hpp"

#include <fmt/format.h>

#include "launch/shell_sum.hpp"

namespace polyfleet {
namespace {

constexpr std::size_t kMostText = std::size_t{1} << 20;
constexpr int kDeepestExpansion = 30;

class Expander {
 public:
  Expander(ShellState& state, ShellCursor& cursor) : state_(state), cursor_(cursor) {}

  bool piece(Marked& into) {
    const char c = cursor_.peek();
    if (c == '\'') {
      single_quoted(into);
      return true;
    }
    if (c == '"') {
      double_quoted(into);
      return true;
    }
    if (c == '$') {
      expansion(into, 0);
      return false;
    }
    if (c == '\\') cursor_.step();
    if (cursor_.ends()) return false;
    if (c != '\\' || cursor_.peek() != '\n') into.add(cursor_.peek(), cursor_.line);
    cursor_.step();
    return false;
  }

  void single_quoted(Marked& into) {
    const int start = cursor_.line;
    cursor_.step();
    while (!cursor_.ends() && cursor_.peek() != '\'') {
      into.add(cursor_.peek(), cursor_.line);
      cursor_.step();
    }
    if (cursor_.ends()) return state_.fail("a quote is not closed", start);
    cursor_.step();
  }

  void double_quoted(Marked& into) {
    const int start = cursor_.line;
    cursor_.step();
    while (!cursor_.ends() && cursor_.peek() != '"' && state_.problems.empty()) {
      if (cursor_.peek() == '$') {
        expansion(into, 0);
      } else if (cursor_.peek() == '\\' && cursor_.peek(1) == '\n') {
        cursor_.step();
        cursor_.step();
      } else {
        if (cursor_.peek() == '\\' &&
            (cursor_.peek(1) == '"' || cursor_.peek(1) == '$' || cursor_.peek(1) == '\\'))
          cursor_.step();
        into.add(cursor_.peek(), cursor_.line);
        cursor_.step();
      }
    }
    if (cursor_.ends()) return state_.fail("a quote is not closed", start);
    cursor_.step();
  }

  /// Text up to the closing mark of ${ } or $( ), which is stepped over.
  std::string inside(char opens, char closes) {
    std::string inner;
    const int start = cursor_.line;
    int depth = 1;
    while (!cursor_.ends()) {
      if (cursor_.peek() == opens) ++depth;
      if (cursor_.peek() == closes && --depth == 0) {
        cursor_.step();
        return inner;
      }
      inner += cursor_.peek();
      cursor_.step();
    }
    state_.fail("an expansion is not closed", start);
    return inner;
  }

  void expansion(Marked& into, int depth) {
    const int line = cursor_.line;
    cursor_.step();
    if (depth > kDeepestExpansion) return state_.fail("expansions are nested too deep", line);
    if (cursor_.peek() == '(' && cursor_.peek(1) == '(') {
      cursor_.step();
      cursor_.step();
      std::string sum = inside('(', ')');
      if (cursor_.peek() == ')') cursor_.step();
      return add_sum(into, sum, line, depth);
    }
    if (cursor_.peek() == '(') {
      cursor_.step();
      const std::string command = inside('(', ')');
      state_.unresolved("$(" + command.substr(0, 60) + ")", line);
      return into.add("$(...)", line);
    }
    if (cursor_.peek() == '{') {
      cursor_.step();
      return add_variable(into, inside('{', '}'), line, depth);
    }
    std::string name;
    if (cursor_.peek() == '@' || cursor_.peek() == '*' || cursor_.peek() == '#' ||
        cursor_.peek() == '?') {
      cursor_.step();
      return;  // the arguments of the script: none
    }
    while (is_shell_name(cursor_.peek())) {
      name += cursor_.peek();
      cursor_.step();
    }
    if (name.empty()) return into.add('$', line);
    add_variable(into, name, line, depth);
  }

  /// NAME, NAME:-default, NAME-default, NAME:=default.
  void add_variable(Marked& into, const std::string& inner, int line, int depth) {
    std::size_t end = 0;
    while (end < inner.size() && is_shell_name(inner[end])) ++end;
    const std::string name = inner.substr(0, end);
    std::string_view rest = std::string_view(inner).substr(end);
    if (const auto found = state_.scalars.find(name); found != state_.scalars.end()) {
      const bool empty = found->second.text.empty() && rest.starts_with(":");
      if (!empty) {
        state_.grow(found->second.text.size(), line);
        return into.add(found->second);
      }
    }
    if (const auto found = state_.arrays.find(name);
        found != state_.arrays.end() && !found->second.empty())
      return into.add(found->second.front().text, line);
    if (rest.starts_with(":")) rest.remove_prefix(1);
    if (rest.starts_with("-") || rest.starts_with("=")) {
      rest.remove_prefix(1);
      if (rest.size() >= 2 && (rest.front() == '"' || rest.front() == '\'') &&
          rest.back() == rest.front())
        rest = rest.substr(1, rest.size() - 2);
      return add_expanded(into, rest, line, depth + 1);
    }
    state_.unresolved("$" + name, line);
    into.add("$" + name, line);
  }

  /// Text of a default or a sum with the variables in it replaced.
  void add_expanded(Marked& into, std::string_view text, int line, int depth) {
    if (depth > kDeepestExpansion) return state_.fail("expansions are nested too deep", line);
    ShellCursor cursor{text, 0, line};
    Expander inner(state_, cursor);
    while (!cursor.ends() && state_.problems.empty()) {
      if (cursor.peek() == '$') {
        inner.expansion(into, depth);
      } else {
        into.add(cursor.peek(), line);
        cursor.step();
      }
      state_.grow(1, line);
    }
  }

  void add_sum(Marked& into, const std::string& written, int line, int depth) {
    std::string named;  // names without $ are variables too
    for (std::size_t i = 0; i < written.size(); ++i) {
      const bool starts =
          (std::isalpha(static_cast<unsigned char>(written[i])) != 0 || written[i] == '_') &&
          (i == 0 ||
           (!is_shell_name(written[i - 1]) && written[i - 1] != '$' && written[i - 1] != '{'));
      named += starts ? std::string("$") + written[i] : std::string(1, written[i]);
    }
    Marked sum;
    add_expanded(sum, named, line, depth + 1);
    if (const auto value = shell_sum(sum.text)) return into.add(fmt::format("{}", *value), line);
    state_.unresolved("$((" + written.substr(0, 60) + "))", line);
    into.add("$((...))", line);
  }

  ShellState& state_;
  ShellCursor& cursor_;
};

/// An unquoted element falls into words at its blanks.
void add_split(const ShellWord& word, std::vector<ShellWord>& into) {
  std::string part;
  for (const char c : word.text + ' ') {
    if (!is_shell_blank(c) && c != '\n') {
      part += c;
    } else if (!part.empty()) {
      into.push_back({part, word.where});
      part.clear();
    }
  }
}

}  // namespace

void ShellState::fail(std::string what, int line) {
  if (problems.empty()) problems.push_back(problem_at({file, line, 0}, std::move(what)));
}

void ShellState::unresolved(const std::string& name, int line) {
  if (is_quiet || !reported.insert(name).second) return;
  script.unresolved.push_back(problem_at({file, line, 0},
                                         fmt::format("{} has no value in the file", name),
                                         "give it with --define NAME=VALUE"));
}

void ShellState::grow(std::size_t by, int line) {
  expanded += by;
  if (expanded > kMostText) fail("variables expand to more than 1 MiB", line);
}

bool expand_piece(ShellState& state, ShellCursor& cursor, Marked& into) {
  return Expander(state, cursor).piece(into);
}

bool expand_array(ShellState& state, ShellCursor& cursor, std::vector<ShellWord>& words) {
  const std::size_t quote = cursor.peek() == '"' ? 1 : 0;
  if (cursor.peek(quote) != '$' || cursor.peek(quote + 1) != '{') return false;
  std::size_t end = cursor.at + quote + 2;
  while (end < cursor.text.size() && is_shell_name(cursor.text[end])) ++end;
  const std::string_view rest = cursor.text.substr(end);
  if (!rest.starts_with("[@]}") && !rest.starts_with("[*]}")) return false;
  const std::string name(cursor.text.substr(cursor.at + quote + 2, end - cursor.at - quote - 2));
  cursor.at = end + 4;
  if (quote == 1 && cursor.peek() == '"') cursor.step();
  const auto found = state.arrays.find(name);
  if (found != state.arrays.end()) {
    for (const ShellWord& word : found->second) {
      if (quote == 1)
        words.push_back(word);
      else
        add_split(word, words);
    }
  } else if (const auto scalar = state.scalars.find(name); scalar != state.scalars.end())
    words.push_back({scalar->second.text, {state.file, cursor.line, 0}});
  else
    state.unresolved("the array " + name, cursor.line);
  for (const ShellWord& word : words) state.grow(word.text.size() + 1, cursor.line);
  return true;
}

}  // namespace polyfleet
