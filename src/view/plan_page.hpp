// A plan search as pictures: what the plans that no other beats trade for what, the best plans
// side by side, how near the best of each family of plans comes, what became of every plan of the
// space, and the best plan's own step.
#pragma once

#include "catalogue/catalogue.hpp"
#include "chart/figure.hpp"
#include "planner/plan_sensitivity.hpp"
#include "report/plan_answer.hpp"

namespace polyfleet {

/// `moves`: whether the best plan stays the best; null where that was not asked.
FigurePage plan_page(const PlanAnswer& answer, const std::vector<MovedInput>* moves,
                     const Catalogue& catalogue);

}  // namespace polyfleet
