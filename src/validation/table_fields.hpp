// Fields that several of the tables beside published figures have. Inside the room.
#pragma once

#include <string>
#include <utility>

#include "config/fields.hpp"

namespace polyfleet {

/// Of a share of a whole.
inline constexpr Range kShareRange{0, 1};

/// A key that is read by people only.
template <class T>
Field<T> remark_field(std::string key) {
  return {std::move(key),
          "text",
          "a remark",
          false,
          [](T&, const Value&, Diagnostics&) {},
          [](const T&) { return Value(""); }};
}

}  // namespace polyfleet
