// The parts of a training step by name, in the order in which reports list them. One list for text,
// JSON and tables, so that none of them can forget a part: they sum to the step's total.
#pragma once

#include <string>
#include <vector>

#include "training/step.hpp"

namespace polyfleet {

/// One cause of time: "compute: mlp", "tensor-parallel communication, exposed".
struct StepPart {
  std::string name;  ///< for people
  std::string key;   ///< for programs: "compute_mlp", "tensor_exposed"
  Seconds time;
};

/// Every part, the empty ones included; the times sum to where.total.
std::vector<StepPart> step_parts(const StepBreakdown& where);

/// What a timeline multiplies the bound's times by: below 1 where software of the day runs faster
/// than the bound, as time that is saved has no place of its own on a timeline; else 1.
double timeline_scale(const StepBreakdown& where);

/// What follows a pipeline that the bound puts at so long, on every stage, in order, the empty ones
/// included, scaled by timeline_scale: with the pipeline times that scale they sum to the total. Of
/// the host's time what does not lie in the passes.
std::vector<StepPart> step_end_parts(const StepBreakdown& where, Seconds pipeline);

}  // namespace polyfleet
