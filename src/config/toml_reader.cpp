// The only file that sees toml++ (3.3). Positions come from its source regions. The text is looked
// through beforehand for two things that toml++ does not survive: a dotted key of very many parts
// (each is a level; the stack overflows) and a letter outside ASCII in a bare key or value (it runs
// into a point marked unreachable; TOML 1.0 has no such letters outside quotes and comments).
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "config/value.hpp"

namespace polyfleet {
namespace {

Position position_of(const toml::source_region& region, const std::string& file) {
  return {file, static_cast<int>(region.begin.line), static_cast<int>(region.begin.column)};
}

/// Reads over strings and comments as TOML does and looks at what stands outside of them.
class TextScan {
 public:
  TextScan(std::string_view text, const std::string& file) : text_(text), file_(file) {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
  }

  /// The first thing that must not reach toml++, or nothing. A run of dots ends at whatever ends a
  /// key: '=', a comma, a bracket or the end of the line.
  std::optional<Diagnostic> problem() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"' || c == '\'') {
        skip_string(c);
        continue;
      }
      if (c == '#') {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
        continue;
      }
      if (c == '.' && ++dots_ > kDeepestNesting)
        return problem_at({file_, line_, 0}, "is nested more than 100 levels deep");
      if (static_cast<unsigned char>(c) >= 0x80) {
        return problem_at({file_, line_, 0}, "has a letter outside ASCII outside quotes",
                          "write the key or text in quotes");
      }
      if (c == '\n' || c == '=' || c == ',' || c == '[' || c == '{') dots_ = 0;
      if (c == '\n') ++line_;
      ++at_;
    }
    return std::nullopt;
  }

 private:
  void skip_string(char quote) {
    const std::string three(3, quote);
    const bool many_lines = text_.substr(at_, 3) == three;
    at_ += many_lines ? 3 : 1;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (many_lines && text_.substr(at_, 3) == three) {
        at_ += 3;
        return;
      }
      if (c == '\n' && !many_lines) return;  // an error that toml++ reports
      if (c == '\n') ++line_;
      ++at_;
      if (c == quote && !many_lines) return;
      if (c == '\\' && quote == '"' && at_ < text_.size() && text_[at_] != '\n') ++at_;
    }
  }

  std::string_view text_;
  const std::string& file_;
  std::size_t at_ = 0;
  int line_ = 1;
  int dots_ = 0;
};

Value convert(const toml::node& node, const std::string& file, int depth, Diagnostics& problems);

Table convert_members(const toml::table& table, const std::string& file, int depth,
                      Diagnostics& problems) {
  std::vector<std::pair<const toml::key*, const toml::node*>> members;
  for (const auto& [key, member] : table) members.emplace_back(&key, &member);
  // toml++ orders by name; restore the order of the document for reports and messages.
  std::stable_sort(members.begin(), members.end(), [](const auto& a, const auto& b) {
    const auto& p = a.first->source().begin;
    const auto& q = b.first->source().begin;
    return p.line != q.line ? p.line < q.line : p.column < q.column;
  });
  Table converted;
  for (const auto& [key, member] : members) {
    Value inner = convert(*member, file, depth + 1, problems);
    inner.at(position_of(key->source(), file));
    converted.emplace_back(std::string(key->str()), std::move(inner));
  }
  return converted;
}

/// Dates and times are kept as their TOML text.
std::string date_text(const toml::node& node) {
  std::ostringstream text;
  node.visit([&](const auto& content) {
    if constexpr (toml::is_date<decltype(content)> || toml::is_time<decltype(content)> ||
                  toml::is_date_time<decltype(content)>)
      text << content.get();
  });
  return text.str();
}

Value convert(const toml::node& node, const std::string& file, int depth, Diagnostics& problems) {
  Value value;
  if (depth > kDeepestNesting) {
    problems.push_back(
        problem_at(position_of(node.source(), file), "is nested more than 100 levels deep"));
  } else if (const auto* table = node.as_table()) {
    value = Value(convert_members(*table, file, depth, problems));
  } else if (const auto* array = node.as_array()) {
    Array converted;
    for (const auto& member : *array)
      converted.push_back(convert(member, file, depth + 1, problems));
    value = Value(std::move(converted));
  } else if (const auto* text = node.as_string()) {
    value = Value(text->get());
  } else if (const auto* integer = node.as_integer()) {
    value = Value(static_cast<std::int64_t>(integer->get()));
  } else if (const auto* real = node.as_floating_point()) {
    value = Value(real->get());
  } else if (const auto* boolean = node.as_boolean()) {
    value = Value(boolean->get());
  } else {
    value = Value(date_text(node));
  }
  return value.at(position_of(node.source(), file));
}

}  // namespace

Result<Value> parse_toml(std::string_view text, const std::string& file) {
  if (text.find('\0') != std::string_view::npos)
    return problem_at({file, 0, 0}, "holds binary data, not TOML text");
  if (const auto problem = TextScan(text, file).problem()) return *problem;
  toml::parse_result parsed = toml::parse(text, file);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return problem_at(position_of(error.source(), file), std::string(error.description()));
  }
  Diagnostics problems;
  Value document = convert(parsed.table(), file, 0, problems);
  if (!problems.empty()) return problems;
  return document;
}

}  // namespace polyfleet
