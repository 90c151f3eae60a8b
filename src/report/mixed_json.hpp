// A plan search over several pools as JSON for programs: everything, without selection. Keys carry
// their unit; order and names are stable.
#pragma once

#include "config/value.hpp"
#include "report/mixed_answer.hpp"

namespace polyfleet {

Value mixed_json(const MixedAnswer& answer);

}  // namespace polyfleet
