// A plan search over several pools for people: the best mixed plan pool by pool, what the pools
// would do alone, what limits the mix, whether not mixing is better, and the other ways to mix.
#pragma once

#include <string>

#include "report/mixed_answer.hpp"
#include "report/table.hpp"

namespace polyfleet {

/// The report as lines; the same answer gives the same text.
std::string mixed_text(const MixedAnswer& answer, PageStyle style);

/// "replica groups on different pools", ...
std::string kind_text(MixKind kind);

}  // namespace polyfleet
