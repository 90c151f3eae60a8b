// Results as text that does not change with the last bits of a double: for the signature.
#pragma once

#include <string>

#include "config/value.hpp"

namespace polyfleet {

/// JSON on one line with every number at nine significant digits.
std::string rounded_text(const Value& document);

}  // namespace polyfleet
