// A serving plan as text: the chosen fleet, the simulation behind it, the next best plans, the
// front, what was refused and why; or what is within reach where nothing meets the targets.
#pragma once

#include <string>

#include "report/serving_plan_answer.hpp"
#include "report/table.hpp"

namespace polyfleet {

struct ServingPlanPage {
  bool front = false;
  bool explain = false;  ///< every assumption with its basis
};

std::string serving_plan_text(const ServingPlanAnswer& answer, const ServingPlanPage& page,
                              PageStyle style);
/// Precondition: no plan was found.
std::string no_serving_plan_text(const ServingPlanAnswer& answer, const ServingPlanPage& page,
                                 PageStyle style);

/// "prefill: mi355x vllm TP 1 fp8 x 12".
std::string pool_text(const ServingPlanQuestion& question, const PlannedPool& pool);

}  // namespace polyfleet
