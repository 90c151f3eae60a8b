#include "fleet/campaign_speed.hpp"

#include <algorithm>
#include <cmath>

#include "fleet/demand_curve.hpp"
#include "fleet/place.hpp"

namespace polyfleet {
namespace {

struct Place {
  std::size_t workload, group;
};

/// Watts at the meter that the site's limit leaves.
double headroom(const AllocationProblem& problem, const Allocation& allocation, int site) {
  const AllocationSite& limits = problem.sites[at(site)];
  double racks = limits.other.base();
  for (std::size_t g = 0; g < problem.groups.size(); ++g) {
    const AllocationGroup& group = problem.groups[g];
    if (group.site != site) continue;
    racks += group.without_work.base() * (group.accelerators - allocation.switched_off[g]);
    for (std::size_t w = 0; w < problem.demands.size(); ++w)
      racks += allocation.accelerators[w][g] * (problem.active[w][g] - group.without_work.base());
  }
  return limits.available.base() - racks * limits.facility_per_rack;
}

double idle_accelerators(const AllocationProblem& problem, const Allocation& allocation,
                         std::size_t group) {
  double idle = problem.groups[group].accelerators - allocation.switched_off[group];
  for (const std::vector<double>& by_group : allocation.accelerators) idle -= by_group[group];
  return std::max(0.0, idle);
}

bool worth_it(const FleetModel& model, int period, const PeriodProblems& problems,
              const AllocationProblem& problem, const CampaignWindow& window, Place place) {
  const AllocationGroup& group = problem.groups[place.group];
  const Seconds left = (window.deadline - window.begin) * hour;
  if (left <= Seconds()) return true;
  const FleetTime& time = model.time;
  const FleetHour until = std::min(window.deadline, time.hours()) - 1;
  const int to = std::max(time.period_of(until), period) + 1;
  const UsdPerJoule dearer = group.energy_paid ? problem.sites[at(group.site)].price -
                                                     problems.price(group.site, period, to)
                                               : UsdPerJoule();
  const double joules = (problem.active[place.workload][place.group] - group.without_work.base()) *
                        problem.sites[at(group.site)].facility_per_rack /
                        problem.rate[place.workload][place.group];
  const double earlier = value_at(model.workloads[place.workload], time.middle(period)) *
                         (1 - std::pow(1 + model.finance.discount, -(left / kMeanYear)));
  return earlier >= dearer.base() * joules;
}

/// Accelerators that may join, before power is looked at.
double may_join(const FleetModel& model, const AllocationProblem& problem,
                const Allocation& allocation, Place place) {
  const int device = problem.groups[place.group].device_class;
  const double most = model.rates[place.workload][at(device)].most_accelerators;
  return std::min(idle_accelerators(problem, allocation, place.group),
                  most - allocation.accelerators[place.workload][place.group]);
}

}  // namespace

void speed_up_campaigns(const FleetModel& model, int period, const PeriodProblems& problems,
                        const FleetPeriod& from, const CampaignBook& campaigns,
                        Allocation& allocation) {
  const AllocationProblem& problem = from.problem;
  for (std::size_t w = 0; w < problem.demands.size(); ++w) {
    const CampaignWindow& window = campaigns.window(static_cast<int>(w));
    if (window.campaign < 0 || !model.workloads[w].gang) continue;
    for (std::size_t g = 0; g < problem.groups.size(); ++g) {
      const AllocationGroup& group = problem.groups[g];
      if (allocation.accelerators[w][g] <= 0 || group.on_use > UsdPerSecond()) continue;
      double joins = may_join(model, problem, allocation, {w, g});
      if (joins <= 0 || !worth_it(model, period, problems, problem, window, {w, g})) continue;
      const double watts = (problem.active[w][g] - group.without_work.base()) *
                           problem.sites[at(group.site)].facility_per_rack;
      if (watts > 0) joins = std::min(joins, headroom(problem, allocation, group.site) / watts);
      if (joins > 0) allocation.accelerators[w][g] += joins;
    }
  }
}

}  // namespace polyfleet
