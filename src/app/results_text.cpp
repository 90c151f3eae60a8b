#include "app/results_text.hpp"

#include <fmt/format.h>

namespace polyfleet {
namespace {

Value rounded(const Value& value) {
  if (const Array* list = value.array()) {
    Value copy{Array{}};
    for (const Value& each : *list) copy.push(rounded(each));
    return copy;
  }
  if (const Table* table = value.table()) {
    Value copy{Table{}};
    for (const auto& [key, each] : *table) copy.set(key, rounded(each));
    return copy;
  }
  if (value.integer() == nullptr && value.number())
    return Value(fmt::format("{:.9g}", *value.number()));
  return value;
}

}  // namespace

std::string rounded_text(const Value& document) { return to_json(rounded(document), -1); }

}  // namespace polyfleet
