#include "app/fleet_run_settings.hpp"

#include <fmt/format.h>

#include "base/spelling.hpp"

namespace polyfleet {
namespace {

/// What an entry of a list may be called.
constexpr const char* kNames[] = {"id", "name", "system"};

std::string name_of_entry(const Value& entry, std::size_t place) {
  for (const char* key : kNames) {
    const Value* const name = entry.find(key);
    if (name != nullptr && name->text() != nullptr) return *name->text();
  }
  return fmt::format("{}", place + 1);
}

Value laid(const Value& at, std::string_view key, const Setting& setting, Diagnostics& out);

Value laid_in_list(const Value& at, std::string_view head, std::string_view rest,
                   const Setting& setting, Diagnostics& out) {
  Array entries = *at.array();
  std::vector<std::string> known;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string name = name_of_entry(entries[i], i);
    known.push_back(name);
    if (name != head && fmt::format("{}", i + 1) != head) continue;
    entries[i] = laid(entries[i], rest, setting, out);
    return Value(std::move(entries)).at(at.where());
  }
  out.push_back(problem_at({setting.flag, 0, 0},
                           fmt::format("'{}': no entry '{}'", setting.key, head),
                           name_suggestion(head, known)));
  return at;
}

/// The value with the setting in its place; unchanged where there is a problem.
Value laid(const Value& at, std::string_view key, const Setting& setting, Diagnostics& out) {
  if (key.empty()) {
    Value value = setting.value;
    value.at({setting.flag, 0, 0});
    return value;
  }
  const std::size_t dot = key.find('.');
  const std::string_view head = key.substr(0, dot);
  const std::string_view rest = dot == std::string_view::npos ? "" : key.substr(dot + 1);
  if (at.array() != nullptr) return laid_in_list(at, head, rest, setting, out);
  if (at.table() == nullptr && !at.is_null()) {
    out.push_back(problem_at({setting.flag, 0, 0},
                             fmt::format("'{}' reaches into a key that is no table", setting.key),
                             fmt::format("the file gives {} there", at.kind())));
    return at;
  }
  Value changed = at.is_null() ? Value(Table{}).at({setting.flag, 0, 0}) : at;
  const Value* const inner = at.find(head);
  changed.set(std::string(head), laid(inner == nullptr ? Value() : *inner, rest, setting, out));
  return changed;
}

}  // namespace

Result<Value> with_fleet_settings(Value document, const std::vector<Setting>& settings) {
  Diagnostics problems;
  for (const Setting& setting : settings) document = laid(document, setting.key, setting, problems);
  if (!problems.empty()) return problems;
  return document;
}

}  // namespace polyfleet
