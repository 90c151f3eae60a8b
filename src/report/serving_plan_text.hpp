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

/// Which proposals were simulated, which not and why; empty where none was to be.
std::string checked_text(const ServingPlanAnswer& answer);
/// "INTERRUPTED: ..." with what is missing; empty where nothing is.
std::string interrupted_text(const ServingPlanAnswer& answer);
/// The best proposals, with what the simulation made of each.
std::string proposals_table(const ServingPlanAnswer& answer, PageStyle style);
/// Figures of a plan, its pools last.
std::vector<std::string> serving_plan_row(const ServingPlanQuestion& question,
                                          const ServingPlan& plan);

/// "prefill: mi355x vllm TP 1 fp8 x 12".
std::string pool_text(const ServingPlanQuestion& question, const PlannedPool& pool);

}  // namespace polyfleet
