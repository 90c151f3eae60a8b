// Where one plan stands among all plans of a space that use every device: counted where the space
// is small, else estimated on an unbiased sample. Internal to the validation room.
#pragma once

#include "validation/plan_validation.hpp"

namespace polyfleet {

/// The space that a published plan is judged in: degrees, stages, experts, micro-batch and
/// recomputation open; what the source and its framework settle (sharding, overlaps, offload)
/// pinned as the row has it.
PlanSpace space_around(const RowInterpretation& row);

/// Counts plans faster than `time`. `most`: plans evaluated on average; each plan of a larger space
/// is drawn with equal probability, by its number alone.
PlanStanding plan_standing(const PlanSearchQuestion& question, Seconds time, std::size_t most);

}  // namespace polyfleet
