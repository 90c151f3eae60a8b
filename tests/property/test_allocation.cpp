#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "fleet/allocation.hpp"
#include "sim/random_stream.hpp"

namespace polyfleet {
namespace {

using Mix = std::vector<std::vector<double>>;  ///< accelerators [workload][group]

AllocationGroup random_group(RandomStream& random, int sites) {
  AllocationGroup group;
  group.site = static_cast<int>(random.below(static_cast<std::uint64_t>(sites)));
  group.vendor = random.chance(0.5) ? "AMD" : "NVIDIA";
  group.accelerators = random.chance(0.1) ? 0 : 1e3 * random.uniform() * 200;
  group.without_work = (50 + 200 * random.uniform()) * watt;
  if (random.chance(0.3)) group.on_use = 3 * random.uniform() * usd_per_hour;
  group.energy_paid = random.chance(0.8);
  return group;
}

AllocationSite random_site(RandomStream& random) {
  AllocationSite site;
  site.available = 400 * random.uniform() * megawatt;
  site.facility_per_rack = 1.1 + 0.4 * random.uniform();
  site.price = (0.02 + 0.1 * random.uniform()) * usd_per_kilowatt_hour;
  site.carbon = 600 * random.uniform() * gram_co2e_per_kilowatt_hour;
  site.other = random.uniform() * megawatt;
  return site;
}

AllocationDemand random_demand(RandomStream& random) {
  AllocationDemand demand;
  demand.per_second = random.chance(0.1) ? 0 : 1e8 * random.uniform();
  demand.mean_over_peak = 0.5 + 0.5 * random.uniform();
  demand.value = std::pow(10, -8 + 3 * random.uniform());
  demand.must = random.chance(0.3);
  demand.least = random.chance(0.3) ? 0.5 * demand.per_second : 0;
  demand.migration = 20 * random.uniform() * hour;
  return demand;
}

/// A fleet of up to 5 groups and 4 workloads at up to 3 sites, drawn from a seed.
AllocationProblem random_problem(RandomStream& random) {
  AllocationProblem problem;
  problem.length = 168 * hour;
  const int sites = 1 + static_cast<int>(random.below(3));
  const std::size_t groups = 1 + random.below(5), demands = 1 + random.below(4);
  for (int s = 0; s < sites; ++s) problem.sites.push_back(random_site(random));
  for (std::size_t g = 0; g < groups; ++g) problem.groups.push_back(random_group(random, sites));
  for (std::size_t w = 0; w < demands; ++w) {
    problem.demands.push_back(random_demand(random));
    std::vector<double> rate, active, before;
    for (std::size_t g = 0; g < groups; ++g) {
      rate.push_back(random.chance(0.2) ? 0 : 50 + 2000 * random.uniform());
      active.push_back(problem.groups[g].without_work.base() + 300 + 1500 * random.uniform());
      before.push_back(problem.groups[g].accelerators * random.uniform() /
                       static_cast<double>(demands));
    }
    problem.rate.push_back(rate);
    problem.active.push_back(active);
    problem.previous.push_back(before);
  }
  if (random.chance(0.5)) problem.previous.clear();
  if (random.chance(0.4)) problem.policy.shares = {{"AMD", 0, 0.3 + 0.6 * random.uniform()}};
  return problem;
}

AllocationNames names_for(const AllocationProblem& problem) {
  AllocationNames names;
  names.workloads.assign(problem.demands.size(), "workload");
  names.units.assign(problem.demands.size(), "tokens");
  for (std::size_t g = 0; g < problem.groups.size(); ++g) {
    names.groups.push_back("group " + std::to_string(g));
  }
  for (std::size_t s = 0; s < problem.sites.size(); ++s) {
    names.sites.push_back("site " + std::to_string(s));
  }
  return names;
}

Allocation solve(const AllocationProblem& problem) {
  return Allocator(names_for(problem)).solve(problem);
}

double in_use(const Mix& mix, std::size_t group) {
  double sum = 0;
  for (const std::vector<double>& by_group : mix) sum += by_group[group];
  return sum;
}

double meter_watts(const AllocationProblem& problem, const Mix& mix, std::size_t site) {
  double racks = problem.sites[site].other.base();
  for (std::size_t g = 0; g < problem.groups.size(); ++g) {
    const AllocationGroup& group = problem.groups[g];
    if (group.site != static_cast<int>(site)) continue;
    racks += (group.accelerators - in_use(mix, g)) * group.without_work.base();
    for (std::size_t w = 0; w < mix.size(); ++w) racks += mix[w][g] * problem.active[w][g];
  }
  return racks * problem.sites[site].facility_per_rack;
}

double vendor_share(const AllocationProblem& problem, const Mix& mix, const std::string& vendor) {
  double own = 0, all = 0;
  for (std::size_t g = 0; g < problem.groups.size(); ++g) {
    for (std::size_t w = 0; w < mix.size(); ++w) {
      const double watts = mix[w][g] * problem.active[w][g];
      all += watts;
      if (problem.groups[g].vendor == vendor) own += watts;
    }
  }
  return all > 0 ? own / all : 0;
}

/// Units a second that a mix serves; arrivals lose their migration time.
double served(const AllocationProblem& problem, const Mix& mix, std::size_t w) {
  double sum = 0;
  for (std::size_t g = 0; g < problem.groups.size(); ++g) {
    double useful = mix[w][g];
    if (!problem.previous.empty()) {
      const double arrive = std::max(0.0, mix[w][g] - problem.previous[w][g]);
      useful -= arrive * std::min(1.0, problem.demands[w].migration / problem.length);
    }
    sum += useful * problem.rate[w][g];
  }
  return sum;
}

/// USD a period by the definition in the header, written a second time.
double cost_of(const AllocationProblem& problem, const Mix& mix) {
  double cost = 0;
  for (std::size_t g = 0; g < problem.groups.size(); ++g) {
    const AllocationGroup& group = problem.groups[g];
    const AllocationSite& site = problem.sites[static_cast<std::size_t>(group.site)];
    double watts = (group.accelerators - in_use(mix, g)) * group.without_work.base();
    for (std::size_t w = 0; w < mix.size(); ++w) {
      const double mean = problem.demands[w].mean_over_peak;
      watts += mix[w][g] * (mean * problem.active[w][g] + (1 - mean) * group.without_work.base());
      cost += mix[w][g] * group.on_use.base() * problem.length.base();
    }
    const double energy = watts * site.facility_per_rack * problem.length.base();
    if (group.energy_paid) cost += energy * site.price.base();
  }
  for (const AllocationSite& site : problem.sites) {
    cost += site.other.base() * site.facility_per_rack * problem.length.base() * site.price.base();
  }
  for (std::size_t w = 0; w < mix.size(); ++w) {
    const double unmet = std::max(0.0, problem.demands[w].per_second - served(problem, mix, w));
    cost += unmet * problem.demands[w].value * problem.length.base();
  }
  return cost;
}

bool dark(const AllocationProblem& problem) {
  const Mix nothing(problem.demands.size(), std::vector<double>(problem.groups.size(), 0));
  for (std::size_t s = 0; s < problem.sites.size(); ++s) {
    if (meter_watts(problem, nothing, s) > problem.sites[s].available.base()) return true;
  }
  return false;
}

bool keeps_limits(const AllocationProblem& problem, const Mix& mix) {
  for (std::size_t g = 0; g < problem.groups.size(); ++g) {
    if (in_use(mix, g) > problem.groups[g].accelerators * (1 + 1e-12)) return false;
  }
  for (std::size_t s = 0; s < problem.sites.size(); ++s) {
    const double available = problem.sites[s].available.base();
    if (meter_watts(problem, mix, s) > available + 1e-6 * (available + 1e6)) return false;
  }
  for (const FleetVendorShare& share : problem.policy.shares) {
    if (vendor_share(problem, mix, share.vendor) > share.most + 1e-6) return false;
  }
  return true;
}

/// A point within all limits, never serving more than is wanted: scaled down until it fits.
Mix random_mix(RandomStream& random, const AllocationProblem& problem) {
  Mix mix(problem.demands.size(), std::vector<double>(problem.groups.size(), 0));
  for (std::size_t g = 0; g < problem.groups.size(); ++g) {
    double left = problem.groups[g].accelerators;
    for (std::size_t w = 0; w < mix.size(); ++w) {
      if (problem.rate[w][g] <= 0) continue;
      mix[w][g] = left * random.uniform();
      left -= mix[w][g];
    }
  }
  for (std::size_t w = 0; w < mix.size(); ++w) {
    const double now = served(problem, mix, w), wanted = problem.demands[w].per_second;
    if (now > wanted) {
      for (double& count : mix[w]) count *= wanted / now;
    }
  }
  for (int halving = 0; halving < 60 && !keeps_limits(problem, mix); ++halving) {
    for (std::vector<double>& by_group : mix) {
      for (double& count : by_group) count /= 2;
    }
  }
  return mix;
}

bool serves_what_it_must(const AllocationProblem& problem, const Mix& mix) {
  for (std::size_t w = 0; w < mix.size(); ++w) {
    const AllocationDemand& demand = problem.demands[w];
    const double least = demand.must ? std::max(demand.per_second, demand.least) : demand.least;
    if (served(problem, mix, w) < least * (1 - 1e-9)) return false;
  }
  return true;
}

template <class Property>
bool holds(const char* name, Property property) {
  return rc::check(name, [&] {
    RandomStream random(*rc::gen::inRange<std::uint64_t>(0, 1u << 30), 7);
    const AllocationProblem problem = random_problem(random);
    property(random, problem);
  });
}

}  // namespace

TEST_CASE("an allocation never exceeds capacity, power or a vendor's share, and adds up") {
  CHECK(holds("limits are kept", [](RandomStream&, const AllocationProblem& problem) {
    RC_PRE(!dark(problem));
    const Allocation allocation = solve(problem);
    RC_ASSERT(keeps_limits(problem, allocation.accelerators));
    for (std::size_t w = 0; w < problem.demands.size(); ++w) {
      const double wanted = problem.demands[w].per_second;
      const double now = served(problem, allocation.accelerators, w);
      RC_ASSERT(now + allocation.unmet[w] >= wanted * (1 - 1e-6));
      // Under a vendor's share it can pay to let the other vendor's accelerators move for nothing.
      if (!problem.policy.shares.empty()) continue;
      RC_ASSERT(now + allocation.unmet[w] <= wanted * (1 + 1e-6));
    }
    const double cost = cost_of(problem, allocation.accelerators);
    RC_ASSERT(std::abs(cost - allocation.objective) <= 1e-6 * cost + 1e-3);
    if (allocation.feasible) {
      RC_ASSERT(std::all_of(problem.demands.begin(), problem.demands.end(), [&](const auto& d) {
        return !d.must || allocation.unmet[static_cast<std::size_t>(&d - problem.demands.data())] <=
                              1e-6 * d.per_second;
      }));
    } else {
      RC_ASSERT(!allocation.binding.empty());
    }
  }));
}

TEST_CASE("no random point within the limits is better") {
  CHECK(holds("optimal", [](RandomStream& random, const AllocationProblem& problem) {
    RC_PRE(!dark(problem));
    const Allocation allocation = solve(problem);
    for (int trial = 0; trial < 30; ++trial) {
      const Mix mix = random_mix(random, problem);
      if (!serves_what_it_must(problem, mix)) continue;
      RC_ASSERT(allocation.feasible);
      RC_ASSERT(cost_of(problem, mix) >= allocation.objective * (1 - 1e-6) - 1e-3);
    }
  }));
}

TEST_CASE("the order of groups does not matter") {
  CHECK(holds("permuted", [](RandomStream& random, const AllocationProblem& problem) {
    std::vector<std::size_t> order(problem.groups.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
    AllocationProblem turned = problem;
    for (std::size_t g = 0; g < order.size(); ++g) {
      turned.groups[g] = problem.groups[order[g]];
      for (std::size_t w = 0; w < problem.demands.size(); ++w) {
        turned.rate[w][g] = problem.rate[w][order[g]];
        turned.active[w][g] = problem.active[w][order[g]];
        if (!problem.previous.empty()) turned.previous[w][g] = problem.previous[w][order[g]];
      }
    }
    const Allocation a = solve(problem), b = solve(turned);
    RC_ASSERT(a.feasible == b.feasible);
    RC_ASSERT(std::abs(a.objective - b.objective) <= 1e-6 * std::abs(a.objective));
    for (std::size_t w = 0; w < problem.demands.size() && !dark(problem); ++w) {
      for (std::size_t g = 0; g < order.size(); ++g) {
        const double there = problem.groups[order[g]].accelerators;
        RC_ASSERT(std::abs(a.accelerators[w][order[g]] - b.accelerators[w][g]) <= 1e-3 * there + 1);
      }
    }
  }));
}

TEST_CASE("more power and more capacity that draws nothing without work never raise the cost") {
  CHECK(holds("monotone", [](RandomStream& random, const AllocationProblem& problem) {
    AllocationProblem more = problem;
    for (AllocationGroup& group : more.groups) group.without_work = {};
    const Allocation before = solve(more);
    const std::size_t g = random.below(problem.groups.size());
    more.groups[g].accelerators *= 1.2;
    more.sites[random.below(problem.sites.size())].available *= 1.2;
    const Allocation after = solve(more);
    RC_ASSERT(!before.feasible || after.feasible);
    if (before.feasible) RC_ASSERT(after.objective <= before.objective * (1 + 1e-6) + 1e-3);
  }));
}

TEST_CASE("a price is what a small change of the limit saves") {
  CHECK(holds("finite difference", [](RandomStream&, const AllocationProblem& problem) {
    RC_PRE(!dark(problem));
    const Allocation before = solve(problem);
    RC_PRE(before.feasible);
    for (const BindingLimit& limit : before.binding) {
      AllocationProblem more = problem, less = problem;
      double step = 0;
      bool bottom = false;
      for (std::size_t g = 0; g < problem.groups.size(); ++g) {
        if (limit.what != "capacity of group " + std::to_string(g)) continue;
        step = 1;
        bottom = problem.groups[g].accelerators < step;
        more.groups[g].accelerators += step;
        less.groups[g].accelerators = std::max(0.0, less.groups[g].accelerators - step);
      }
      for (std::size_t s = 0; s < problem.sites.size(); ++s) {
        if (limit.what != "power of site " + std::to_string(s)) continue;
        step = 1e-3;
        more.sites[s].available += step * megawatt;
        less.sites[s].available -= step * megawatt;
      }
      if (step == 0) continue;
      const Allocation up = solve(more), down = solve(less);
      if (!up.feasible || !down.feasible) continue;
      // At a corner the price lies between the savings on either side (the cost is convex).
      const double exact = 1e-4 * limit.price + 1e-8 * before.objective / step;
      RC_ASSERT(limit.price >= (before.objective - up.objective) / step - exact);
      if (bottom) continue;
      RC_ASSERT(limit.price <= (down.objective - before.objective) / step + exact);
    }
  }));
}

TEST_CASE("an allocator with a past gives the cost of a new one") {
  CHECK(holds("warm start", [](RandomStream& random, const AllocationProblem& problem) {
    Allocator warm(names_for(problem));
    AllocationProblem now = problem;
    for (int week = 0; week < 4; ++week) {
      for (AllocationDemand& demand : now.demands)
        demand.per_second *= 0.8 + 0.6 * random.uniform();
      for (AllocationSite& site : now.sites) site.price *= 0.8 + 0.4 * random.uniform();
      for (std::size_t w = 0; w < now.rate.size(); ++w) {
        for (double& rate : now.rate[w]) rate *= 1 + 0.05 * random.uniform();
      }
      const Allocation a = warm.solve(now), b = solve(now);
      RC_ASSERT(a.feasible == b.feasible);
      RC_ASSERT(std::abs(a.objective - b.objective) <= 1e-6 * std::abs(b.objective) + 1e-3);
      now.previous = a.accelerators;
    }
  }));
}

TEST_CASE("other objectives: nothing within the limits that serves as much draws or emits less") {
  CHECK(holds("lexicographic", [](RandomStream& random, const AllocationProblem& drawn) {
    AllocationProblem problem = drawn;
    problem.policy.objective = FleetObjective::energy;
    const Allocation energy = solve(problem);
    problem.policy.objective = FleetObjective::carbon;
    const Allocation carbon = solve(problem);
    problem.policy.objective = FleetObjective::output;
    const Allocation output = solve(problem);
    RC_ASSERT(energy.feasible == output.feasible);
    double lost_energy = 0, lost_carbon = 0, lost_output = 0;
    for (std::size_t w = 0; w < problem.demands.size(); ++w) {
      const double value = problem.demands[w].value;
      lost_energy += value * energy.unmet[w];
      lost_carbon += value * carbon.unmet[w];
      lost_output += value * output.unmet[w];
    }
    const double near = 1e-5 * (1 + lost_output);
    RC_ASSERT(std::abs(lost_energy - lost_output) <= near);
    RC_ASSERT(std::abs(lost_carbon - lost_output) <= near);
    static_cast<void>(random);
  }));
}

}  // namespace polyfleet
