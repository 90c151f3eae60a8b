#include "launch/python_literals.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

namespace polyfleet {
namespace {

constexpr int kDeepestLiteral = 20;

class LiteralReader {
 public:
  explicit LiteralReader(std::string_view text) : text_(text) {}

  /// The literal at the front if the statement ends behind it.
  std::optional<Value> read() {
    auto value = literal(0);
    if (!value) return {};
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r'))
      ++at_;
    if (at_ < text_.size() && text_[at_] != '\n' && text_[at_] != '#') return {};
    return value;
  }

 private:
  void blanks() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }
  bool take(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }
  std::optional<Value> literal(int depth) {
    if (depth > kDeepestLiteral) return {};
    blanks();
    if (take("None")) return Value();
    if (take("True")) return Value(true);
    if (take("False")) return Value(false);
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    if (c == '[') return list(depth);
    if (c == '"' || c == '\'') return string(c);
    return number();
  }
  std::optional<Value> list(int depth) {
    ++at_;
    Value values{Array{}};
    while (true) {
      blanks();
      if (take("]")) return values;
      if (!values.array()->empty()) {
        if (!take(",")) return {};
        blanks();
        if (take("]")) return values;
      }
      const auto value = literal(depth + 1);
      if (!value) return {};
      values.push(*value);
    }
  }
  std::optional<Value> string(char quote) {
    ++at_;
    std::string text;
    while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n') {
      if (text_[at_] == '\\') return {};  // escapes are not among the literals we write
      text += text_[at_++];
    }
    if (!take(std::string_view(&quote, 1))) return {};
    return Value(text);
  }
  std::optional<Value> number() {
    const std::string_view rest = text_.substr(at_);
    const std::size_t end = std::min(rest.find_first_not_of("0123456789.eE+-"), rest.size());
    const std::string_view word = rest.substr(0, end);
    const char* stop = word.data() + word.size();
    std::int64_t whole = 0;
    if (auto [p, e] = std::from_chars(word.data(), stop, whole); e == std::errc() && p == stop) {
      at_ += end;
      return Value(whole);
    }
    double real = 0;
    if (auto [p, e] = std::from_chars(word.data(), stop, real); e == std::errc() && p == stop) {
      at_ += end;
      return Value(real);
    }
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool is_attribute(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
}

}  // namespace

std::vector<PythonAssignment> literal_assignments(std::string_view source, const std::string& file,
                                                  std::string_view object) {
  std::vector<PythonAssignment> found;
  const std::string stem = std::string(object) + ".";
  int line = 0;
  for (std::size_t start = 0; start < source.size();) {
    ++line;
    const std::size_t end = std::min(source.find('\n', start), source.size());
    std::string_view text = source.substr(start, end - start);
    const std::size_t indent = std::min(text.find_first_not_of(" \t"), text.size());
    text.remove_prefix(indent);
    if (text.starts_with(stem)) {
      std::size_t at = stem.size();
      while (at < text.size() && is_attribute(text[at])) ++at;
      const std::string name(text.substr(stem.size(), at - stem.size()));
      while (at < text.size() && text[at] == ' ') ++at;
      if (at + 1 < text.size() && text[at] == '=' && text[at + 1] != '=') {
        const auto value = LiteralReader(source.substr(start + indent + at + 1)).read();
        found.push_back({name,
                         value.value_or(Value()),
                         value.has_value(),
                         {file, line, static_cast<int>(indent) + 1}});
      }
    }
    start = end + 1;
  }
  return found;
}

std::string python_literal(const Value& value) {
  if (value.is_null()) return "None";
  if (const bool* truth = value.boolean()) return *truth ? "True" : "False";
  if (const Array* list = value.array()) {
    std::string text = "[";
    for (std::size_t i = 0; i < list->size(); ++i)
      text += (i == 0 ? "" : ", ") + python_literal((*list)[i]);
    return text + "]";
  }
  return to_json(value, -1);
}

}  // namespace polyfleet
