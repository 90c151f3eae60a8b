#include "launch/shell_branches.hpp"

#include <charconv>

namespace polyfleet {
namespace {

std::optional<double> number_of(const std::string& text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc() || stop != end) return {};
  return number;
}

std::optional<bool> compared(const std::string& a, const std::string& sign, const std::string& b) {
  if (sign == "=" || sign == "==" || sign == "!=") {
    if (b.find_first_of("*?[") != std::string::npos) return {};  // a pattern
    return (a == b) == (sign != "!=");
  }
  const auto x = number_of(a), y = number_of(b);
  if (!x || !y) return {};
  if (sign == "-eq") return *x == *y;
  if (sign == "-ne") return *x != *y;
  if (sign == "-gt") return *x > *y;
  if (sign == "-ge") return *x >= *y;
  if (sign == "-lt") return *x < *y;
  if (sign == "-le") return *x <= *y;
  return {};
}

}  // namespace

std::optional<bool> shell_test(const std::vector<ShellWord>& words) {
  std::vector<std::string> parts;
  for (const ShellWord& word : words) {
    if (word.text.find('$') != std::string::npos) return {};
    parts.push_back(word.text);
  }
  bool negated = false;
  if (!parts.empty() && parts.front() == "!") {
    negated = true;
    parts.erase(parts.begin());
  }
  if (parts.size() < 3 || (parts.front() != "[" && parts.front() != "[[")) return {};
  if (parts.back() != "]" && parts.back() != "]]") return {};
  parts.erase(parts.begin());
  parts.pop_back();
  if (parts.front() == "!") {
    negated = !negated;
    parts.erase(parts.begin());
  }
  std::optional<bool> outcome;
  if (parts.size() == 2 && parts[0] == "-z") outcome = parts[1].empty();
  if (parts.size() == 2 && parts[0] == "-n") outcome = !parts[1].empty();
  if (parts.size() == 3) outcome = compared(parts[0], parts[1], parts[2]);
  if (outcome && negated) outcome = !*outcome;
  return outcome;
}

void ShellBranches::begin(bool is_elif) {
  if (!is_elif || open_.empty()) {
    Branch branch;
    branch.outer = is_active();
    open_.push_back(branch);
  }
  Branch& branch = open_.back();
  branch.value.reset();
  branch.has_test = false;
  branch.pending = true;
  branch.active = branch.outer && !branch.taken;
}

void ShellBranches::test(const std::vector<ShellWord>& words, char joint) {
  Branch& branch = open_.back();
  const std::optional<bool> outcome = shell_test(words);
  if (!branch.has_test) {
    branch.value = outcome;
  } else if (joint == '|') {
    const bool is_true = branch.value.value_or(false) || outcome.value_or(false);
    branch.value = is_true || (branch.value && outcome) ? std::optional(is_true) : std::nullopt;
  } else if (joint == '&') {
    const bool is_false = !branch.value.value_or(true) || !outcome.value_or(true);
    branch.value = is_false || (branch.value && outcome) ? std::optional(!is_false) : std::nullopt;
  } else {
    branch.value.reset();
  }
  branch.has_test = true;
}

bool ShellBranches::then() {
  if (!expects_test()) return false;
  Branch& branch = open_.back();
  branch.pending = false;
  branch.active = branch.outer && !branch.taken && branch.value.value_or(true);
  branch.taken = branch.taken || branch.value.value_or(false);
  return branch.outer && !branch.value;
}

void ShellBranches::otherwise() {
  if (open_.empty()) return;
  open_.back().pending = false;
  open_.back().active = open_.back().outer && !open_.back().taken;
}

void ShellBranches::end() {
  if (!open_.empty()) open_.pop_back();
}

}  // namespace polyfleet
