#include "fleet/allocation_limits.hpp"

#include <algorithm>
#include <cmath>

namespace polyfleet {

namespace {

constexpr double kNothing = 1e-6;  // MW, within the tolerance of the solver

std::string unit_of_objective(FleetObjective objective) {
  switch (objective) {
    case FleetObjective::energy:
      return "J";
    case FleetObjective::carbon:
      return "g CO2e";
    case FleetObjective::cost:
    case FleetObjective::output:
      break;
  }
  return "USD";
}

/// Reads the rows of one answer.
class LimitReader {
 public:
  LimitReader(const AllocationProblem& problem, const AllocationNames& names,
              const AllocationProgram& program, const LinearAnswer& answer, AllocationGoal goal)
      : problem_(problem),
        names_(names),
        program_(program),
        shape_(program.shape()),
        answer_(answer),
        goal_(goal) {
    noticeable_ = kNoticeableCost * (goal == AllocationGoal::missed ? program.missed_of(answer)
                                                                    : std::abs(answer.cost));
    unit_ = program.unit_of(goal);
    saves_ = goal == AllocationGoal::all || goal == AllocationGoal::objective
                 ? unit_of_objective(problem.policy.objective)
                 : "USD of unmet demand";
    if (unit_ <= 0) {
      unit_ = 1;
      saves_ = "of the demand";
    }
    if (goal == AllocationGoal::missed) name_the_only_one();
  }

  std::vector<BindingLimit> read() {
    for (int s = 0; s < shape_.sites; ++s) add_power(s);
    for (int g = 0; g < shape_.groups; ++g) add_capacity(g);
    for (int k = 0; k < static_cast<int>(shape_.share_vendors.size()); ++k) add_shares(k);
    if (shape_.limits_totals) add_totals();
    if (goal_ == AllocationGoal::missed) {
      for (int w = 0; w < shape_.demands; ++w) add_impossible(w);
    } else {
      for (int w = 0; w < shape_.demands; ++w) add_demand(w);
    }
    std::stable_sort(found_.begin(), found_.end(),
                     [](const auto& a, const auto& b) { return a.worth > b.worth; });
    return std::move(found_);
  }

 private:
  double price(int row) const { return answer_.prices[static_cast<std::size_t>(row)]; }
  double value(int variable) const { return answer_.values[static_cast<std::size_t>(variable)]; }

  /// One workload alone is missed: prices in its own units say more than USD.
  void name_the_only_one() {
    int missed = 0, last = 0;
    for (int w = 0; w < shape_.demands; ++w) {
      if (value(shape_.missed(w)) > kUnservedShare) ++missed, last = w;
    }
    if (missed != 1) return;
    unit_ = program_.demand_of(last) / program_.missed_weight(last);
    const auto w = static_cast<std::size_t>(last);
    saves_ = names_.units[w] + "/s of " + names_.workloads[w];
  }

  /// `price` in cost of the program a unit of the limit, which stands at `limit`.
  void add(std::string what, std::string unit, double price, double limit) {
    if (!(price * limit > noticeable_)) return;
    found_.push_back(
        {std::move(what), std::move(unit), price * unit_, saves_, price * limit * unit_});
  }

  void add_power(int s) {
    const AllocationSite& site = problem_.sites[static_cast<std::size_t>(s)];
    add("power of " + names_.sites[static_cast<std::size_t>(s)], "MW", -price(shape_.power(s)),
        site.available / megawatt);
  }

  void add_capacity(int g) {
    const AllocationGroup& group = problem_.groups[static_cast<std::size_t>(g)];
    const double row = price(shape_.capacity(g));
    if (!(row < 0)) return;
    const double megawatts = group.without_work / megawatt *
                             problem_.sites[static_cast<std::size_t>(group.site)].facility_per_rack;
    double saved = -row / kThousand + price(shape_.power(group.site)) * megawatts;
    if (goal_ == AllocationGoal::all || goal_ == AllocationGoal::objective) {
      AllocationProblem alone = only(g);
      saved -= without_any_work(alone, problem_.policy.objective) / unit_;
    }
    // Where none is in service, a thousand would be the first.
    const double limit = group.accelerators > 0 ? group.accelerators : kThousand;
    add("capacity of " + names_.groups[static_cast<std::size_t>(g)], "accelerators", saved, limit);
  }

  /// One accelerator of a group and nothing else, for what it draws without work.
  AllocationProblem only(int g) const {
    AllocationProblem alone;
    alone.length = problem_.length;
    alone.policy.carbon_price = problem_.policy.carbon_price;
    alone.groups = {problem_.groups[static_cast<std::size_t>(g)]};
    alone.sites = {problem_.sites[static_cast<std::size_t>(alone.groups[0].site)]};
    alone.groups[0].site = 0;
    alone.groups[0].accelerators = 1;
    alone.sites[0].other = {};
    return alone;
  }

  /// A share's bound stands in the weights of its row: by the chain rule its price is the row's
  /// times the power in use.
  void add_shares(int k) {
    const FleetVendorShare& share = problem_.policy.shares[static_cast<std::size_t>(k)];
    double in_use = 0;
    for (int i = 0; i < shape_.pair_count(); ++i) {
      const auto [w, g] = shape_.pairs[static_cast<std::size_t>(i)];
      in_use += problem_.active[static_cast<std::size_t>(w)][static_cast<std::size_t>(g)] *
                kThousand / 1e6 * (value(shape_.stays(i)) + value(shape_.comes(i)));
    }
    add_share("most of vendor " + share.vendor, -price(shape_.most(k)), in_use, share.most);
    add_share("least of vendor " + share.vendor, price(shape_.least(k)), in_use, share.least);
  }

  /// Where it keeps everything from working its bound changes nothing at first, yet it forbids.
  void add_share(std::string what, double row_price, double in_use, double bound) {
    const char* unit = "% of power in use";
    if (in_use < kNothing && row_price * bound > noticeable_) {
      found_.push_back({std::move(what), unit, 0, saves_, 0});
    } else {
      add(std::move(what), unit, row_price * in_use / 100, 100 * bound);
    }
  }

  void add_totals() {
    if (problem_.most_energy) {
      add("energy of the period", "MWh",
          -price(shape_.energy()) * (megawatt_hour / joule) / kEnergyUnit,
          *problem_.most_energy / megawatt_hour);
    }
    if (problem_.most_carbon) {
      add("carbon of the period", "t CO2e", -price(shape_.carbon()) * 1e6 / kCarbonUnit,
          problem_.most_carbon->base() / 1e6);
    }
  }

  void add_demand(int w) {
    const auto at = static_cast<std::size_t>(w);
    const double all = program_.demand_of(w);
    if (all <= 0) return;
    add("demand of " + names_.workloads[at], names_.units[at] + "/s", price(shape_.demand(w)) / all,
        all);
  }

  void add_impossible(int w) {
    const auto at = static_cast<std::size_t>(w);
    if (!(value(shape_.missed(w)) > kUnservedShare)) return;
    const int only_group = problem_.demands[at].only_group;
    for (int g = 0; g < shape_.groups; ++g) {
      if (only_group >= 0 && g != only_group) continue;
      if (problem_.rate[at][static_cast<std::size_t>(g)] > 0) return;
    }
    const std::string where =
        only_group < 0 ? "no group can run "
                       : names_.groups[static_cast<std::size_t>(only_group)] + " cannot run ";
    found_.push_back({where + names_.workloads[at], "accelerators", 0, saves_, 0});
  }

  const AllocationProblem& problem_;
  const AllocationNames& names_;
  const AllocationProgram& program_;
  const AllocationShape& shape_;
  const LinearAnswer& answer_;
  AllocationGoal goal_;
  double noticeable_ = 0, unit_ = 1;
  std::string saves_;
  std::vector<BindingLimit> found_;
};

}  // namespace

std::vector<BindingLimit> binding_limits(const AllocationProblem& problem,
                                         const AllocationNames& names,
                                         const AllocationProgram& program,
                                         const LinearAnswer& answer, AllocationGoal goal) {
  return LimitReader(problem, names, program, answer, goal).read();
}

}  // namespace polyfleet
