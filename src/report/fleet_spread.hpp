// Percentiles of a line of a fleet report over the futures that were played.
#pragma once

#include <optional>

#include "report/fleet_lines.hpp"
#include "report/futures_answer.hpp"

namespace polyfleet {

/// Of the whole study, in the unit of the line; nothing where futures do not keep such a line or
/// none was done.
std::optional<OutcomeSpread> spread_of(const FuturesAnswer& futures, const FleetLine& line);
/// Of one kind of outcome that stands for the whole study (net present value, cost).
std::optional<OutcomeSpread> spread_of(const FuturesAnswer& futures, OutcomeKind kind);

}  // namespace polyfleet
