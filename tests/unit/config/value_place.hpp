// Where a value stands, as a text to compare.
#pragma once

#include <string>

#include "config/value.hpp"

namespace polyfleet {

/// "line:column", or "missing".
inline std::string place_of(const Value* value) {
  if (value == nullptr) return "missing";
  return std::to_string(value->where().line) + ":" + std::to_string(value->where().column);
}

}  // namespace polyfleet
