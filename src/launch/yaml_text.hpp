// Values as YAML text in block style, written so that parse_yaml (and YAML 1.1 readers, to whom NO
// is false) read back the same values.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>

#include "config/value.hpp"

namespace polyfleet {

/// A table of these members, in this order.
Value table_with(std::initializer_list<std::pair<const char*, Value>> members);
/// Tables in block style, lists of plain values in one line. The keys keep their order.
std::string to_yaml(const Value& value);

}  // namespace polyfleet
