// What must hold between the terms of a deal, beyond the range of each: order of gigawatts,
// hurdles and dates, and sums.
#pragma once

#include "capital/deal.hpp"
#include "capital/share_price.hpp"
#include "config/value.hpp"

namespace polyfleet {

/// Adds every fault, at its place in the document the deal was read from.
void check_deal(const Deal& deal, const Value& document, Diagnostics& out);
void check_share(const ShareTerms& share, const Value& document, Diagnostics& out);

}  // namespace polyfleet
