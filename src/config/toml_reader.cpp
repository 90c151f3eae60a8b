// The only file that sees toml++. Positions come from its source regions.
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "config/value.hpp"

namespace polyfleet {
namespace {

Position position_of(const toml::source_region& region, const std::string& file) {
  return {file, static_cast<int>(region.begin.line), static_cast<int>(region.begin.column)};
}

Value convert(const toml::node& node, const std::string& file) {
  Value value;
  if (const auto* table = node.as_table()) {
    std::vector<std::pair<const toml::key*, const toml::node*>> members;
    for (const auto& [key, member] : *table) members.emplace_back(&key, &member);
    // toml++ orders by name; restore the order of the document for reports and messages.
    std::stable_sort(members.begin(), members.end(), [](const auto& a, const auto& b) {
      const auto& p = a.first->source().begin;
      const auto& q = b.first->source().begin;
      return p.line != q.line ? p.line < q.line : p.column < q.column;
    });
    Table converted;
    for (const auto& [key, member] : members) {
      Value inner = convert(*member, file);
      inner.at(position_of(key->source(), file));
      converted.emplace_back(std::string(key->str()), std::move(inner));
    }
    value = Value(std::move(converted));
  } else if (const auto* array = node.as_array()) {
    Array converted;
    for (const auto& member : *array) converted.push_back(convert(member, file));
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
    std::ostringstream text_of_date;  // dates and times are kept as their TOML text
    node.visit([&](const auto& content) {
      if constexpr (toml::is_date<decltype(content)> || toml::is_time<decltype(content)> ||
                    toml::is_date_time<decltype(content)>)
        text_of_date << content.get();
    });
    value = Value(text_of_date.str());
  }
  return value.at(position_of(node.source(), file));
}

}  // namespace

Result<Value> parse_toml(std::string_view text, const std::string& file) {
  if (text.find('\0') != std::string_view::npos)
    return problem_at({file, 0, 0}, "holds binary data, not TOML text");
  toml::parse_result parsed = toml::parse(text, file);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return problem_at(position_of(error.source(), file), std::string(error.description()));
  }
  return convert(parsed.table(), file);
}

}  // namespace polyfleet
