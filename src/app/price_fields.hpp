// The keys of the [prices] table of a scenario.
#pragma once

#include "app/scenario_document.hpp"

namespace polyfleet {

const FieldTable<StatedPrices>& price_fields();

}  // namespace polyfleet
