#include "workload/hugging_face_source.hpp"

#include <fmt/format.h>

#include "config/fields.hpp"

namespace polyfleet {

const Value* HuggingFaceSource::find(std::string_view name) const {
  const Value* value = table_.find(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

void HuggingFaceSource::problem(const Value& at, std::string what, std::string fix) const {
  out_.push_back(problem_at(at.where(), std::move(what), std::move(fix)));
}

std::optional<std::int64_t> HuggingFaceSource::whole(Names names, double most) const {
  std::optional<std::int64_t> found;
  std::string_view first;
  for (const std::string_view name : names) {
    const Value* value = find(name);
    if (value == nullptr) continue;
    const auto number = detail::read_integer(*value, Range{0, most}, name, out_);
    if (!number) continue;
    if (found && *found != *number) {
      problem(*value, fmt::format("{} = {} contradicts {} = {}", name, *number, first, *found),
              "keep the one that is right");
    } else if (!found) {
      found = number;
      first = name;
    }
  }
  return found;
}

std::int64_t HuggingFaceSource::required(Names names, std::string_view what) const {
  const std::size_t before = out_.size();
  if (const auto value = whole(names)) return *value;
  if (out_.size() == before) {
    std::string known;
    for (const std::string_view name : names)
      known += fmt::format("{}\"{}\"", known.empty() ? "" : " or ", name);
    out_.push_back(problem_at(where(), fmt::format("config lacks {}", what),
                              fmt::format("add {}: ...", known)));
  }
  return 0;
}

std::optional<double> HuggingFaceSource::number(std::string_view name) const {
  const Value* value = find(name);
  if (value == nullptr) return std::nullopt;
  return detail::read_number(*value, Range{0, 1e9}, false, name, out_);
}

std::optional<bool> HuggingFaceSource::flag(std::string_view name) const {
  const Value* value = find(name);
  if (value == nullptr) return std::nullopt;
  return detail::read_bool(*value, name, out_);
}

std::optional<std::string> HuggingFaceSource::text(std::string_view name) const {
  const Value* value = find(name);
  if (value == nullptr) return std::nullopt;
  return detail::read_text(*value, name, out_);
}

const Array* HuggingFaceSource::array(std::string_view name) const {
  const Value* value = find(name);
  if (value == nullptr) return nullptr;
  if (value->array() == nullptr)
    problem(*value, fmt::format("{} must be an array, not {}", name, value->kind()), "");
  return value->array();
}

const Value* HuggingFaceSource::table(std::string_view name) const {
  const Value* value = find(name);
  if (value == nullptr) return nullptr;
  if (value->table() == nullptr) {
    problem(*value, fmt::format("{} must be a table, not {}", name, value->kind()), "");
    return nullptr;
  }
  return value;
}

}  // namespace polyfleet
