#include "report/plans_summary.hpp"

#include <algorithm>

namespace polyfleet {
namespace {

double share_within(const std::vector<double>& shares, double most) {
  const auto within =
      std::count_if(shares.begin(), shares.end(), [&](double share) { return share <= most; });
  return static_cast<double>(within) / static_cast<double>(shares.size());
}

PlansSummary summary_of_all(const std::vector<const JudgedPlan*>& plans) {
  PlansSummary summary;
  std::vector<double> shares, ratios;
  for (const JudgedPlan* plan : plans) {
    ++summary.configurations;
    const bool inside = plan->outside.empty();
    if (inside) ++summary.inside;
    if (inside && plan->planner_holds()) ++summary.no_slower_inside;
    if (!plan->fits) continue;
    ++summary.fitting;
    if (plan->planner_holds()) ++summary.no_slower;
    shares.push_back(plan->standing.share_faster());
    ratios.push_back(plan->ratio());
  }
  if (shares.empty()) return summary;
  summary.within_5 = share_within(shares, 0.05);
  summary.within_10 = share_within(shares, 0.10);
  summary.within_25 = share_within(shares, 0.25);
  summary.median_share = median_of(shares);
  summary.median_ratio = median_of(ratios);
  return summary;
}

const std::string& group_of(const JudgedPlan& plan, PlansGrouping grouping) {
  if (grouping == PlansGrouping::source) return plan.source;
  return grouping == PlansGrouping::vendor ? plan.vendor : plan.workload;
}

}  // namespace

PlansSummary summary_of(const PlanValidation& validation) {
  std::vector<const JudgedPlan*> all;
  for (const JudgedPlan& plan : validation.plans) all.push_back(&plan);
  return summary_of_all(all);
}

std::map<std::string, PlansSummary> grouped(const PlanValidation& validation,
                                            PlansGrouping grouping) {
  std::map<std::string, std::vector<const JudgedPlan*>> groups;
  for (const JudgedPlan& plan : validation.plans) groups[group_of(plan, grouping)].push_back(&plan);
  std::map<std::string, PlansSummary> summaries;
  for (const auto& [name, plans] : groups) summaries.emplace(name, summary_of_all(plans));
  return summaries;
}

}  // namespace polyfleet
