// A plan search for people: the question, the best plan with its estimate, the next best, the
// Pareto front, and why the other families of plans lost.
#pragma once

#include <string>

#include "report/plan_answer.hpp"
#include "report/table.hpp"

namespace polyfleet {

struct PlanTextParts {
  bool front = false;    ///< the Pareto front
  bool explain = false;  ///< every assumption with its basis
};

/// The report as lines. The same answer gives the same text: times of the search itself are not
/// part of it.
std::string plan_text(const PlanAnswer& answer, PlanTextParts parts, PageStyle style);

/// Why nothing fits and what would. Precondition: no best plan.
std::string no_plan_text(const PlanAnswer& answer, PageStyle style);

/// "searched 6,582,816 plans: 1,204 evaluated, ..., gap 0 %".
std::string counts_text(const PlanCounts& counts);

}  // namespace polyfleet
