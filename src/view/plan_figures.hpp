// The figures of a plan search: scatters of the front, the best plans, families and counts.
#pragma once

#include "chart/figure.hpp"
#include "report/plan_answer.hpp"

namespace polyfleet {

/// Time against energy, cost and free memory: the front joined, the best plans and the best of
/// every family beside it. What no plan knows (energy, cost) has no figure.
std::vector<PageFigure> front_figures(const PlanAnswer& answer);
/// The best plans with the settings that tell them apart.
PageFigure best_plans_figure(const PlanSearchResult& result);
/// By degree of freedom, how far the best of each value stands behind the best plan.
std::vector<PageFigure> family_figures(const PlanSearchResult& result);
/// What became of every plan of the space.
PageFigure counts_figure(const PlanCounts& counts);
/// Changes of the question under which a plan fits.
PageFigure changes_figure(const std::vector<QuestionChange>& changes);

}  // namespace polyfleet
