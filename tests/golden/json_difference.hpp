// Compares a result with its accepted one: numbers at a relative 1e-9 (or as said), texts exactly.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include "config/value.hpp"

namespace polyfleet {

/// The first difference, as "path: accepted became now", or empty.
inline std::string json_difference(const Value& accepted, const Value& now,
                                   const std::string& path = {}, double tolerance = 1e-9) {
  if (accepted.table() != nullptr && now.table() != nullptr) {
    for (const auto& [key, value] : *accepted.table()) {
      const Value* other = now.find(key);
      if (other == nullptr) return path + "." + key + ": gone";
      const std::string found = json_difference(value, *other, path + "." + key, tolerance);
      if (!found.empty()) return found;
    }
    for (const auto& [key, value] : *now.table()) {
      if (accepted.find(key) == nullptr) return path + "." + key + ": new";
    }
    return {};
  }
  if (accepted.array() != nullptr && now.array() != nullptr) {
    if (accepted.array()->size() != now.array()->size()) return path + ": another length";
    for (std::size_t i = 0; i < accepted.array()->size(); ++i) {
      const std::string found = json_difference((*accepted.array())[i], (*now.array())[i],
                                                path + "[" + std::to_string(i) + "]", tolerance);
      if (!found.empty()) return found;
    }
    return {};
  }
  const auto a = accepted.number(), b = now.number();
  const bool same = a && b ? std::abs(*a - *b) <= tolerance * std::max(std::abs(*a), std::abs(*b))
                           : to_json(accepted, -1) == to_json(now, -1);
  return same ? "" : path + ": " + to_json(accepted, -1) + " became " + to_json(now, -1);
}

}  // namespace polyfleet
