#include "fleet/allocation_program.hpp"

#include <algorithm>
#include <cmath>

namespace polyfleet {

namespace {

constexpr double kTie = 1e-6;      // of the dearest pair: between equals, the one that draws less
constexpr double kArrival = 1e-7;  // and the one that stays
constexpr double kLeastWeight = 1e-6;  // of the most valuable workload: one of no value

/// Objective units of drawing one joule at a site's meter. Energy that a partner pays costs
/// nothing.
double of_energy(const AllocationProblem& problem, const AllocationSite& site, bool paid,
                 FleetObjective objective) {
  const double carbon = site.carbon.base();
  if (objective == FleetObjective::energy) return 1;
  if (objective == FleetObjective::carbon) return carbon;
  return (paid ? site.price.base() : 0) + problem.policy.carbon_price * carbon;
}

const AllocationSite& site_of(const AllocationProblem& problem, const AllocationGroup& group) {
  return problem.sites[static_cast<std::size_t>(group.site)];
}

/// Joules at the meter that a thousand accelerators add by working; the mean, not the peak.
double energy_of_work(const AllocationProblem& problem, int workload, int group) {
  const auto w = static_cast<std::size_t>(workload);
  const auto g = static_cast<std::size_t>(group);
  const AllocationGroup& place = problem.groups[g];
  const double above = problem.active[w][g] - place.without_work.base();
  return kThousand * site_of(problem, place).facility_per_rack * above *
         problem.demands[w].mean_over_peak * problem.length.base();
}

}  // namespace

AllocationShape shape_of(const AllocationProblem& problem) {
  AllocationShape shape;
  shape.groups = static_cast<int>(problem.groups.size());
  shape.sites = static_cast<int>(problem.sites.size());
  shape.demands = static_cast<int>(problem.demands.size());
  for (int w = 0; w < shape.demands; ++w) {
    for (int g = 0; g < shape.groups; ++g) {
      if (problem.rate[static_cast<std::size_t>(w)][static_cast<std::size_t>(g)] > 0) {
        shape.pairs.push_back({w, g});
      }
    }
  }
  shape.limits_totals = problem.most_energy || problem.most_carbon;
  for (const AllocationGroup& group : problem.groups) {
    shape.site_of.push_back(group.site);
    shape.vendor_of.push_back(group.vendor);
  }
  for (const FleetVendorShare& share : problem.policy.shares) {
    shape.share_vendors.push_back(share.vendor);
  }
  return shape;
}

double added_by_work(const AllocationProblem& problem, int workload, int group,
                     FleetObjective objective) {
  const AllocationGroup& place = problem.groups[static_cast<std::size_t>(group)];
  const double energy = energy_of_work(problem, workload, group) *
                        of_energy(problem, site_of(problem, place), place.energy_paid, objective);
  if (objective == FleetObjective::energy || objective == FleetObjective::carbon) return energy;
  return energy + kThousand * place.on_use.base() * problem.length.base();
}

double without_any_work(const AllocationProblem& problem, FleetObjective objective) {
  double sum = 0;
  for (const AllocationSite& site : problem.sites) {
    sum += site.other.base() * site.facility_per_rack * of_energy(problem, site, true, objective);
  }
  for (const AllocationGroup& group : problem.groups) {
    const AllocationSite& site = site_of(problem, group);
    sum += group.without_work.base() * group.accelerators * site.facility_per_rack *
           of_energy(problem, site, group.energy_paid, objective);
  }
  return sum * problem.length.base();
}

AllocationProgram::AllocationProgram(AllocationShape shape) : shape_(std::move(shape)) {
  LinearParts parts;
  const auto variables = static_cast<std::size_t>(shape_.variables());
  const auto rows = static_cast<std::size_t>(shape_.rows());
  parts.cost.assign(variables, 0);
  parts.low.assign(variables, 0);
  parts.high.assign(variables, 0);
  parts.row_low.assign(rows, -kUnbounded);
  parts.row_high.assign(rows, kUnbounded);
  // 2 stands for a weight that update() sets: a zero would not keep its place.
  const auto place = [&](int row, int variable, double weight = 2) {
    parts.entries.push_back({row, variable, weight});
  };
  const int shares = static_cast<int>(shape_.share_vendors.size());
  for (int i = 0; i < shape_.pair_count(); ++i) {
    const AllocationPair& pair = shape_.pairs[index(i)];
    for (const int column : {shape_.stays(i), shape_.comes(i)}) {
      place(shape_.capacity(pair.group), column, 1);
      place(shape_.power(shape_.site_of[index(pair.group)]), column);
      place(shape_.demand(pair.workload), column);
      for (int share = 0; share < shares; ++share) {
        place(shape_.most(share), column);
        place(shape_.least(share), column);
      }
      if (!shape_.limits_totals) continue;
      place(shape_.energy(), column);
      place(shape_.carbon(), column);
    }
  }
  for (int w = 0; w < shape_.demands; ++w) {
    place(shape_.demand(w), shape_.unmet(w), 1);
    place(shape_.demand(w), shape_.missed(w), 1);
    place(shape_.missed_value(), shape_.missed(w));
    place(shape_.lost_value(), shape_.unmet(w));
  }
  for (int g = 0; g < shape_.groups; ++g) {
    place(shape_.capacity(g), shape_.off(g), 1);
    place(shape_.power(shape_.site_of[index(g)]), shape_.off(g));
  }
  program_ = LinearProgram(parts);
}

void AllocationProgram::update(const AllocationProblem& problem) {
  update_demands(problem);
  update_pairs(problem);
  update_limits(problem);
  update_weights(problem);
  if (shape_.limits_totals) update_totals(problem);
  limit_missed(kUnbounded);
  limit_lost(kUnbounded);
}

void AllocationProgram::update_demands(const AllocationProblem& problem) {
  demand_.assign(index(shape_.demands), 0);
  for (int w = 0; w < shape_.demands; ++w) {
    const AllocationDemand& demand = problem.demands[index(w)];
    const double all = std::max(demand.per_second, demand.least);
    demand_[index(w)] = all;
    const double may_lose = demand.must || all <= 0 ? 0 : 1 - demand.least / all;
    program_.set_bounds(shape_.unmet(w), 0, may_lose);
    program_.set_bounds(shape_.missed(w), 0, all > 0 ? 1 : 0);
    // Never more than is wanted: a negative price of electricity is no reason to work for nobody.
    const double wanted = all > 0 ? 1 : 0;
    program_.set_row_bounds(shape_.demand(w), wanted, wanted);
  }
}

void AllocationProgram::update_pairs(const AllocationProblem& problem) {
  const std::vector<FleetVendorShare>& shares = problem.policy.shares;
  for (int i = 0; i < shape_.pair_count(); ++i) {
    const auto [w, g] = shape_.pairs[index(i)];
    const AllocationDemand& demand = problem.demands[index(w)];
    const AllocationGroup& group = problem.groups[index(g)];
    const bool may = demand_[index(w)] > 0 && (demand.only_group < 0 || demand.only_group == g);
    const double before =
        problem.previous.empty() ? 0 : problem.previous[index(w)][index(g)] / kThousand;
    program_.set_bounds(shape_.stays(i), 0, may ? before : 0);
    program_.set_bounds(shape_.comes(i), 0, may ? kUnbounded : 0);
    const double arriving =
        problem.previous.empty() ? 1 : std::max(0.0, 1 - demand.migration / problem.length);
    const double served =
        may ? problem.rate[index(w)][index(g)] * kThousand / demand_[index(w)] : 1;
    program_.set_weight(shape_.demand(w), shape_.stays(i), served);
    program_.set_weight(shape_.demand(w), shape_.comes(i), served * arriving);
    const double megawatts = problem.active[index(w)][index(g)] * kThousand / 1e6;
    const double idle = group.without_work / megawatt * kThousand;
    const AllocationSite& site = problem.sites[index(group.site)];
    for (const int column : {shape_.stays(i), shape_.comes(i)}) {
      program_.set_weight(shape_.power(group.site), column,
                          site.facility_per_rack * (megawatts - idle));
      for (int k = 0; k < static_cast<int>(shares.size()); ++k) {
        const double own = group.vendor == shares[index(k)].vendor ? 1 : 0;
        program_.set_weight(shape_.most(k), column, megawatts * (own - shares[index(k)].most));
        program_.set_weight(shape_.least(k), column, megawatts * (own - shares[index(k)].least));
      }
    }
  }
}

void AllocationProgram::update_limits(const AllocationProblem& problem) {
  std::vector<double> left(index(shape_.sites));
  for (int s = 0; s < shape_.sites; ++s) {
    const AllocationSite& site = problem.sites[index(s)];
    const Watts other = site.other * site.facility_per_rack;
    left[index(s)] = std::max(0.0, (site.available - other) / megawatt);
  }
  for (int g = 0; g < shape_.groups; ++g) {
    const AllocationGroup& group = problem.groups[index(g)];
    const double thousands = group.accelerators / kThousand;
    const double idle = group.without_work / megawatt * kThousand *
                        problem.sites[index(group.site)].facility_per_rack;
    program_.set_row_bounds(shape_.capacity(g), -kUnbounded, thousands);
    program_.set_weight(shape_.power(group.site), shape_.off(g), -idle);
    left[index(group.site)] -= idle * thousands;
  }
  for (int s = 0; s < shape_.sites; ++s) {
    program_.set_row_bounds(shape_.power(s), -kUnbounded, left[index(s)]);
  }
  for (int g = 0; g < shape_.groups; ++g) {  // off only where idling alone takes too much
    const bool dark = left[index(shape_.site_of[index(g)])] < 0;
    program_.set_bounds(shape_.off(g), 0,
                        dark ? problem.groups[index(g)].accelerators / kThousand : 0);
  }
  for (int k = 0; k < static_cast<int>(problem.policy.shares.size()); ++k) {
    const FleetVendorShare& share = problem.policy.shares[index(k)];
    program_.set_row_bounds(shape_.most(k), -kUnbounded, share.most < 1 ? 0 : kUnbounded);
    program_.set_row_bounds(shape_.least(k), share.least > 0 ? 0 : -kUnbounded, kUnbounded);
  }
}

void AllocationProgram::update_weights(const AllocationProblem& problem) {
  const FleetObjective objective = problem.policy.objective;
  values_cost_ = objective == FleetObjective::cost;
  pair_cost_.assign(shape_.pairs.size(), 0);
  pair_tie_.assign(shape_.pairs.size(), 0);
  double dearest = 0, hungriest = 0, at_work = 0;
  for (std::size_t i = 0; i < shape_.pairs.size(); ++i) {
    const auto [w, g] = shape_.pairs[i];
    pair_cost_[i] = added_by_work(problem, w, g, objective);
    pair_tie_[i] = energy_of_work(problem, w, g);
    dearest = std::max(dearest, std::abs(pair_cost_[i]));
    hungriest = std::max(hungriest, std::abs(pair_tie_[i]));
  }
  scale_ = dearest > 0 ? dearest : 1;
  for (std::size_t i = 0; i < shape_.pairs.size(); ++i) {
    pair_cost_[i] /= scale_;
    pair_tie_[i] *= hungriest > 0 ? kTie / hungriest : 0;
  }
  for (const AllocationGroup& group : problem.groups) at_work += group.accelerators / kThousand;

  value_.assign(index(shape_.demands), 0);
  double most = 0;
  for (int w = 0; w < shape_.demands; ++w) {
    value_[index(w)] = problem.demands[index(w)].value * demand_[index(w)] * problem.length.base();
    most = std::max(most, value_[index(w)]);
  }
  value_unit_ = most;
  missed_weight_.assign(index(shape_.demands), 1);
  lost_weight_ = missed_weight_;
  for (int w = 0; w < shape_.demands && most > 0; ++w) {
    lost_weight_[index(w)] = std::max(kLeastWeight, value_[index(w)] / most);
    missed_weight_[index(w)] = value_[index(w)] > 0 ? value_[index(w)] / most : 1;
  }
  for (int w = 0; w < shape_.demands; ++w) {
    value_[index(w)] /= scale_;
    program_.set_weight(shape_.missed_value(), shape_.missed(w), missed_weight_[index(w)]);
    program_.set_weight(shape_.lost_value(), shape_.unmet(w), lost_weight_[index(w)]);
  }
  above_all_ = 1e3 * std::max({1.0, at_work, values_cost_ ? most / scale_ : 1.0});
}

void AllocationProgram::update_totals(const AllocationProblem& problem) {
  for (int i = 0; i < shape_.pair_count(); ++i) {
    const auto [w, g] = shape_.pairs[index(i)];
    const double energy = added_by_work(problem, w, g, FleetObjective::energy) / kEnergyUnit;
    const double carbon = added_by_work(problem, w, g, FleetObjective::carbon) / kCarbonUnit;
    for (const int column : {shape_.stays(i), shape_.comes(i)}) {
      program_.set_weight(shape_.energy(), column, energy);
      program_.set_weight(shape_.carbon(), column, carbon);
    }
  }
  // Beyond what is drawn without work nothing is left: never less than that.
  const auto left = [&](double most, FleetObjective of, double unit) {
    return std::max(0.0, most - without_any_work(problem, of)) / unit;
  };
  const double joules = problem.most_energy
                            ? left(problem.most_energy->base(), FleetObjective::energy, kEnergyUnit)
                            : kUnbounded;
  const double grams = problem.most_carbon
                           ? left(problem.most_carbon->base(), FleetObjective::carbon, kCarbonUnit)
                           : kUnbounded;
  program_.set_row_bounds(shape_.energy(), -kUnbounded, joules);
  program_.set_row_bounds(shape_.carbon(), -kUnbounded, grams);
}

LinearAnswer AllocationProgram::minimise(AllocationGoal goal, bool again) {
  const bool pays = goal == AllocationGoal::all || goal == AllocationGoal::objective;
  for (int i = 0; i < shape_.pair_count(); ++i) {
    const double cost = pays ? pair_cost_[index(i)] + pair_tie_[index(i)] : 0;
    program_.set_cost(shape_.stays(i), cost);
    program_.set_cost(shape_.comes(i), pays ? cost + kArrival : 0);
  }
  for (int w = 0; w < shape_.demands; ++w) {
    const double value = pays && values_cost_ ? value_[index(w)] : 0;
    double unmet = value, missed = value;
    if (goal == AllocationGoal::all) missed = above_all_;
    if (goal == AllocationGoal::missed) missed = missed_weight_[index(w)];
    if (goal == AllocationGoal::lost) {
      unmet = lost_weight_[index(w)];
      missed = above_all_;
    }
    program_.set_cost(shape_.unmet(w), unmet);
    program_.set_cost(shape_.missed(w), missed);
  }
  for (int g = 0; g < shape_.groups; ++g) program_.set_cost(shape_.off(g), pays ? kTie : 0);
  return program_.solve(again);
}

void AllocationProgram::limit_missed(double most) {
  program_.set_row_bounds(shape_.missed_value(), -kUnbounded, most);
}

void AllocationProgram::limit_lost(double most) {
  program_.set_row_bounds(shape_.lost_value(), -kUnbounded, most);
}

double AllocationProgram::missed_of(const LinearAnswer& answer) const {
  double sum = 0;
  for (int w = 0; w < shape_.demands; ++w) {
    sum += missed_weight_[index(w)] * answer.values[index(shape_.missed(w))];
  }
  return sum;
}

double AllocationProgram::lost_of(const LinearAnswer& answer) const {
  double sum = 0;
  for (int w = 0; w < shape_.demands; ++w) {
    sum += lost_weight_[index(w)] * answer.values[index(shape_.unmet(w))];
  }
  return sum;
}

double AllocationProgram::unit_of(AllocationGoal goal) const {
  const bool pays = goal == AllocationGoal::all || goal == AllocationGoal::objective;
  return pays ? scale_ : value_unit_;
}

}  // namespace polyfleet
