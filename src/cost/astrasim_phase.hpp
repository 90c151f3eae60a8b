// How long one chunk occupies one dimension under ASTRA-sim's assumptions: the message exchanges of
// its ring, direct and halving-doubling algorithms, to the nanosecond. A chunk starts with one
// endpoint delay; every message costs its link time and one endpoint delay, and a reduction where
// it has one.
#pragma once

#include <cstdint>
#include <optional>

#include "cost/astrasim.hpp"

namespace polyfleet {

/// ASTRA-sim's clock counts nanoseconds.
using AstraSimTick = std::int64_t;

/// The time taken, or nothing for a combination the mode does not cover. `size`: bytes of the chunk
/// when it enters the dimension (all_gather: the part this rank holds).
std::optional<AstraSimTick> astrasim_phase(CollectiveKind kind, std::int64_t size,
                                           const AstraSimDimension& dimension,
                                           const AstraSimAssumptions& assumptions);

}  // namespace polyfleet
