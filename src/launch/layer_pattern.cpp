#include "launch/layer_pattern.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace polyfleet {
namespace {

constexpr std::size_t kLongestPattern = 10000;  // no model has as many layers
constexpr int kDeepestPattern = 50;

std::string without_blanks(std::string_view text) {
  std::string kept;
  std::copy_if(text.begin(), text.end(), std::back_inserter(kept),
               [](char c) { return c != ' ' && c != '\t' && c != '\\' && c != '"' && c != '\''; });
  return kept;
}

/// A whole number at `at`, of at most five digits; moves past it.
std::optional<int> number_at(std::string_view text, std::size_t& at) {
  const std::size_t start = at;
  int number = 0;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9' && at - start < 5)
    number = number * 10 + (text[at++] - '0');
  if (at == start) return {};
  return number;
}

/// `times` copies, or nothing when they grow too long.
template <class List>
bool repeat(List& list, int times) {
  if (times < 0 || list.size() * static_cast<std::size_t>(times) > kLongestPattern) return false;
  const List once = list;
  list.clear();
  for (int i = 0; i < times; ++i) list.insert(list.end(), once.begin(), once.end());
  return true;
}

class ListReader {
 public:
  explicit ListReader(std::string_view text) : text_(text) {}
  std::optional<std::vector<int>> read() {
    auto list = sum(0);
    if (!list || at_ != text_.size()) return {};
    return list;
  }

 private:
  using List = std::vector<int>;
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::optional<List> sum(int depth) {
    auto list = product(depth);
    while (list && take('+')) {
      const auto more = product(depth);
      if (!more || list->size() + more->size() > kLongestPattern) return {};
      list->insert(list->end(), more->begin(), more->end());
    }
    return list;
  }
  std::optional<List> product(int depth) {
    auto list = atom(depth);
    while (list && take('*')) {
      const auto times = number_at(text_, at_);
      if (!times || !repeat(*list, *times)) return {};
    }
    return list;
  }
  std::optional<List> atom(int depth) {
    if (depth > kDeepestPattern) return {};
    if (take('(')) {
      auto list = sum(depth + 1);
      return list && take(')') ? list : std::nullopt;
    }
    if (!take('[')) return {};
    List list;
    while (!take(']')) {
      if (!list.empty() && !take(',')) return {};
      if (!list.empty() && take(']')) break;
      const auto number = number_at(text_, at_);
      if (!number || list.size() >= kLongestPattern) return {};
      list.push_back(*number);
    }
    return list;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

class LayoutReader {
 public:
  explicit LayoutReader(std::string_view text) : text_(text) {}
  std::optional<std::string> read() {
    auto letters = sequence(0);
    if (!letters || at_ != text_.size()) return {};
    return letters;
  }

 private:
  std::optional<std::string> sequence(int depth) {
    std::string letters;
    while (at_ < text_.size() && text_[at_] != ')') {
      auto unit = one(depth);
      if (!unit || letters.size() + unit->size() > kLongestPattern) return {};
      letters += *unit;
    }
    return letters;
  }
  std::optional<std::string> one(int depth) {
    std::string unit;
    const char c = text_[at_++];
    if (c == ',') return unit;
    if (c == '(') {
      if (depth > kDeepestPattern) return {};
      auto inner = sequence(depth + 1);
      if (!inner || at_ >= text_.size() || text_[at_] != ')') return {};
      ++at_;
      unit = std::move(*inner);
    } else if (std::string_view("EtmL|").find(c) != std::string_view::npos) {
      unit = std::string(1, c);
    } else {
      return {};
    }
    if (at_ < text_.size() && text_[at_] == '*') {
      ++at_;
      const auto times = number_at(text_, at_);
      if (!times || !repeat(unit, *times)) return {};
    }
    return unit;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<std::vector<int>> list_expression(std::string_view text) {
  const std::string kept = without_blanks(text);
  return ListReader(kept).read();
}

std::string list_expression_of(const std::vector<int>& values) {
  std::string text;
  for (std::size_t i = 0; i < values.size();) {
    std::size_t end = i;
    while (end < values.size() && values[end] == values[i]) ++end;
    text += fmt::format("{}[{}]*{}", text.empty() ? "" : "+", values[i], end - i);
    i = end;
  }
  return "(" + text + ")";
}

std::optional<std::vector<int>> layout_layers(std::string_view layout) {
  const std::string kept = without_blanks(layout);
  const auto letters = LayoutReader(kept).read();
  if (!letters || letters->empty()) return {};
  std::vector<int> layers{0};
  for (const char c : *letters) {
    if (c == '|') layers.push_back(0);
    if (c == 't') ++layers.back();
  }
  return layers;
}

std::string layout_of(const std::vector<int>& layers, std::int64_t prediction_modules) {
  std::string text;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    text += i == 0 ? "E" : "|";
    if (layers[i] == 1) text += "t";
    if (layers[i] > 1) text += fmt::format("t*{}", layers[i]);
  }
  if (prediction_modules > 0)
    text += std::string(static_cast<std::size_t>(prediction_modules), 'm');
  return text + "L";
}

}  // namespace polyfleet
