#include <algorithm>
#include <cmath>

#include "fleet/place.hpp"
#include "fleet/procurement_program.hpp"

namespace polyfleet {

namespace {

double years_of(Seconds time) { return time / (365.25 * day); }

/// Years from the begin of the plan to the begin of each quarter, and to its end last.
std::vector<double> begins(const ProcurementProblem& problem) {
  std::vector<double> years{0};
  for (const ProcurementQuarter& quarter : problem.quarters) {
    years.push_back(years.back() + years_of(quarter.problem.length));
  }
  return years;
}

/// Present value of one unit bought in a quarter: price, upkeep while it works, and what it is
/// worth at the end of the plan (straight line).
PlanCost buying_cost(const ProcurementProblem& problem, const ProcurementOffer& offer, int quarter,
                     Watts unit, const std::vector<double>& years) {
  const double count = unit / offer.provisioned;
  const double present = problem.quarters[at(quarter)].present;
  PlanCost cost;
  cost.hardware = offer.price[at(quarter)] * count * present;
  cost.facility = offer.facility * count * present;
  const Usd capital = (offer.price[at(quarter)] + offer.facility) * count;
  const int works = quarter + problem.quarters_to_work;
  for (int q = works; q < static_cast<int>(problem.quarters.size()); ++q) {
    const ProcurementQuarter& each = problem.quarters[at(q)];
    cost.upkeep += capital * (problem.upkeep * years_of(each.problem.length) * each.present);
  }
  const double age = std::max(0.0, years.back() - years[at(quarter)]);
  const double end = problem.quarters.back().present;
  const auto left = [&](double life) { return std::max(0.0, 1 - age / life) * end; };
  cost.residual = offer.price[at(quarter)] * count * left(problem.hardware_years) +
                  offer.facility * count * left(problem.facility_years);
  return cost;
}

/// Of one unit that stands and does not work, in a quarter.
double idle_cost(const ProcurementQuarter& quarter, const ProcurementOffer& offer, Watts unit) {
  AllocationProblem alone;
  alone.length = quarter.problem.length;
  alone.policy = quarter.problem.policy;
  alone.groups = {quarter.problem.groups[at(offer.group)]};
  alone.sites = {quarter.problem.sites[at(alone.groups[0].site)]};
  alone.groups[0].site = 0;
  alone.groups[0].accelerators = unit / offer.provisioned;
  alone.sites[0].other = {};
  return without_any_work(alone, FleetObjective::cost) * quarter.present;
}

}  // namespace

double thousands_in_unit(const ProcurementOffer& offer, Watts unit) {
  return unit / offer.provisioned * offer.in_service / kThousand;
}

ProcurementNumbers numbers_of(const ProcurementProblem& problem, const ProcurementLayout& layout) {
  ProcurementNumbers numbers;
  numbers.unit = problem.block > Watts() ? problem.block : kPowerUnit;
  const std::vector<double> years = begins(problem);
  double dearest = 0;
  for (const ProcurementOffer& offer : problem.offers) {
    std::vector<PlanCost>& buying = numbers.buying.emplace_back();
    std::vector<double>& idle = numbers.idle.emplace_back();
    for (int q = 0; q < layout.quarters; ++q) {
      buying.push_back(buying_cost(problem, offer, q, numbers.unit, years));
      idle.push_back(idle_cost(problem.quarters[at(q)], offer, numbers.unit));
      dearest = std::max(dearest, std::abs(buying.back().total() / usd));
    }
  }
  numbers.scale = dearest > 0 ? dearest : 1;
  double most = 1;
  for (int w = 0; w < layout.workloads; ++w) {
    std::vector<double>& unmet = numbers.unmet.emplace_back();
    std::vector<double>& demand = numbers.demand.emplace_back();
    for (const ProcurementQuarter& quarter : problem.quarters) {
      const AllocationDemand& each = quarter.problem.demands[at(w)];
      demand.push_back(std::max(each.per_second, each.least));
      unmet.push_back(each.value * demand.back() * quarter.problem.length.base() * quarter.present);
      most = std::max(most, unmet.back() / numbers.scale);
    }
  }
  numbers.above_all = 1e4 * most;
  for (const ProcurementQuarter& quarter : problem.quarters) {
    numbers.standing += without_any_work(quarter.problem, FleetObjective::cost) * quarter.present;
  }
  return numbers;
}

}  // namespace polyfleet
