#include "fleet/procurement_answer.hpp"

#include <algorithm>
#include <cmath>

#include "fleet/place.hpp"

namespace polyfleet {

namespace {

constexpr double kCountsAsNone = 1e-7;  // units of power, or shares

/// Adds what one group draws to its quarter.
void add_energy(const AllocationProblem& problem, const AllocationSite& site, bool paid,
                Joules joules, PlannedQuarter& quarter, Usd& carbon_cost) {
  const GramsCo2e grams = joules * site.carbon;
  quarter.drawn += joules;
  quarter.emitted += grams;
  if (paid) quarter.energy += joules * site.price;
  carbon_cost += grams / gram_co2e * problem.policy.carbon_price * usd;
}

/// Draw without work of what stands and of what was bought by then.
Usd add_standing(const ProcurementProblem& problem, int q, PlannedQuarter& planned) {
  const AllocationProblem& each = problem.quarters[at(q)].problem;
  Usd carbon;
  for (const AllocationSite& site : each.sites) {
    const Joules drawn = site.other * site.facility_per_rack * each.length;
    add_energy(each, site, true, drawn, planned, carbon);
  }
  std::vector<double> there;
  for (const AllocationGroup& group : each.groups) there.push_back(group.accelerators);
  for (std::size_t o = 0; o < problem.offers.size(); ++o) {
    const ProcurementOffer& offer = problem.offers[o];
    there[at(offer.group)] += planned.bought[o] / offer.provisioned;
  }
  for (std::size_t g = 0; g < there.size(); ++g) {
    const AllocationGroup& group = each.groups[g];
    const AllocationSite& site = each.sites[at(group.site)];
    const Joules drawn = group.without_work * there[g] * site.facility_per_rack * each.length;
    add_energy(each, site, group.energy_paid, drawn, planned, carbon);
  }
  return carbon;
}

PlannedQuarter quarter_of(const ProcurementProblem& problem, const ProcurementLayout& layout,
                          const ProcurementNumbers& numbers, const std::vector<double>& values,
                          int q, Usd& carbon) {
  const AllocationProblem& each = problem.quarters[at(q)].problem;
  PlannedQuarter planned;
  for (int o = 0; o < layout.offers; ++o) {
    const double units = values[at(layout.stands(o, q))];
    planned.bought.push_back(units > kCountsAsNone ? numbers.unit * units : Watts());
  }
  carbon = add_standing(problem, q, planned);
  planned.accelerators.assign(at(layout.workloads), std::vector<double>(at(layout.groups), 0));
  for (int i = 0; i < static_cast<int>(layout.pairs[at(q)].size()); ++i) {
    const double thousands = values[at(layout.works(i, q))];
    if (thousands <= kCountsAsNone) continue;
    const auto [w, g] = layout.pairs[at(q)][at(i)];
    planned.accelerators[at(w)][at(g)] = thousands * kThousand;
    const AllocationGroup& group = each.groups[at(g)];
    const Joules drawn =
        Joules::from_base(thousands * added_by_work(each, w, g, FleetObjective::energy));
    add_energy(each, each.sites[at(group.site)], group.energy_paid, drawn, planned, carbon);
    planned.on_demand += group.on_use * each.length * (thousands * kThousand);
  }
  for (int w = 0; w < layout.workloads; ++w) {
    const double share = values[at(layout.unmet(w, q))] + values[at(layout.missed(w, q))];
    const double served = (share > kCountsAsNone ? 1 - share : 1) * numbers.demand[at(w)][at(q)];
    planned.unmet.push_back(std::max(0.0, each.demands[at(w)].per_second - served));
  }
  return planned;
}

void add_purchases(const ProcurementProblem& problem, const ProcurementLayout& layout,
                   const ProcurementNumbers& numbers, const std::vector<double>& values,
                   ProcurementPlan& plan) {
  const std::vector<std::string> vendors = vendors_of(problem);
  plan.vendor_power.assign(vendors.size(), Watts());
  for (int q = 0; q < layout.quarters; ++q) {
    for (int o = 0; o < layout.offers; ++o) {
      const double units = values[at(layout.buys(o, q))];
      if (units <= kCountsAsNone) continue;
      const ProcurementOffer& offer = problem.offers[at(o)];
      PlannedPurchase purchase{o, q, numbers.unit * units, 0, {}, {}};
      purchase.accelerators = purchase.power / offer.provisioned;
      purchase.hardware = offer.price[at(q)] * purchase.accelerators;
      purchase.facility = offer.facility * purchase.accelerators;
      plan.purchases.push_back(purchase);
      const auto vendor = std::find(vendors.begin(), vendors.end(), offer.vendor);
      plan.vendor_power[std::size_t(vendor - vendors.begin())] += purchase.power;
      const PlanCost& cost = numbers.buying[at(o)][at(q)];
      plan.cost.hardware += cost.hardware * units;
      plan.cost.facility += cost.facility * units;
      plan.cost.upkeep += cost.upkeep * units;
      plan.cost.residual += cost.residual * units;
    }
  }
}

/// Collects the rows that bind.
class PlanLimits {
 public:
  PlanLimits(const ProcurementProblem& problem, const ProcurementLayout& layout,
             const ProcurementNumbers& numbers, const LinearAnswer& answer, bool missed)
      : problem_(problem), layout_(layout), answer_(answer), missed_(missed) {
    unit_ = missed ? 100 : numbers.scale;
    saves_ = missed ? "% of a quarter's demand" : "USD";
    least_worth_ = kNoticeableCost * std::abs(answer.cost) * unit_;
    scale_ = numbers.scale;
    power_ = numbers.unit / kPowerUnit;
  }

  std::vector<BindingLimit> read() {
    for (int q = 0; q < layout_.quarters; ++q) add_quarter(q);
    for (std::size_t k = 0; k < problem_.budgets.size(); ++k) {
      const YearLimit& limit = problem_.budgets[k];
      add("budget of " + std::to_string(limit.year), "USD",
          saving(layout_.first_budget + static_cast<int>(k)) / scale_, limit.most);
    }
    for (std::size_t k = 0; k < problem_.carbon.size(); ++k) {
      const YearLimit& limit = problem_.carbon[k];
      add("carbon of " + std::to_string(limit.year), "t CO2e",
          saving(layout_.first_carbon + static_cast<int>(k)) * 1e6 / kCarbonUnit, limit.most / 1e6);
    }
    add_shares();
    std::stable_sort(found_.begin(), found_.end(),
                     [](const auto& a, const auto& b) { return a.worth > b.worth; });
    return std::move(found_);
  }

 private:
  /// By one unit more of an upper bound.
  double saving(int row) const { return -answer_.prices[at(row)] * unit_; }

  void add(std::string what, std::string unit, double price, double limit) {
    if (!(price * limit > least_worth_)) return;
    found_.push_back({std::move(what), std::move(unit), price, saves_, price * limit});
  }

  void add_quarter(int q) {
    const ProcurementQuarter& quarter = problem_.quarters[at(q)];
    const std::string when = " in " + quarter.name;
    const double megawatts = kPowerUnit / megawatt;
    for (int s = 0; s < layout_.sites; ++s) {
      const double left = std::max(1.0, quarter.power_left[at(s)] / megawatt);
      add("power of " + problem_.names.sites[at(s)] + when, "MW",
          saving(layout_.power(s, q)) / megawatts, left);
    }
    for (std::size_t k = 0; k < problem_.deliveries.size(); ++k) {
      const DeliveryLimit& limit = problem_.deliveries[k];
      const double most = std::max(1.0, limit.most[at(q)] / megawatt);
      add(limit.name + when, "MW", saving(layout_.delivery(static_cast<int>(k), q)) / megawatts,
          most);
    }
    for (int g = 0; g < layout_.groups && missed_; ++g) {
      const double there = quarter.problem.groups[at(g)].accelerators;
      // Where none stands, a thousand would be the first.
      add("capacity of " + problem_.names.groups[at(g)] + when, "accelerators",
          saving(layout_.capacity(g, q)) / kThousand, there > 0 ? there : kThousand);
    }
  }

  /// A share's bound stands in the weights of its row: the row's price times the power bought.
  void add_shares() {
    const std::vector<std::string> vendors = vendors_of(problem_);
    double bought = 0;
    for (int column = 0; column < layout_.stands(0, 0); ++column)
      bought += answer_.values[at(column)];
    for (int v = 0; v < layout_.vendors; ++v) {
      const double row = saving(layout_.first_most + v);
      const std::string what = "most of vendor " + vendors[at(v)];
      if (bought < kCountsAsNone && row > 0) {
        found_.push_back({what, "% of the power bought", 0, saves_, 0});
      } else {
        add(what, "% of the power bought", row * bought * power_ / 100, 100);
      }
    }
  }

  const ProcurementProblem& problem_;
  const ProcurementLayout& layout_;
  const LinearAnswer& answer_;
  bool missed_;
  double unit_ = 1, least_worth_ = 0, scale_ = 1;
  double power_ = 1;  ///< of a unit of purchase, as the rows count it
  std::string saves_;
  std::vector<BindingLimit> found_;
};

}  // namespace

ProcurementPlan plan_of(const ProcurementProblem& problem, const ProcurementLayout& layout,
                        const ProcurementNumbers& numbers, const std::vector<double>& values) {
  ProcurementPlan plan;
  add_purchases(problem, layout, numbers, values, plan);
  for (int q = 0; q < layout.quarters; ++q) {
    Usd carbon;
    plan.quarters.push_back(quarter_of(problem, layout, numbers, values, q, carbon));
    const PlannedQuarter& planned = plan.quarters.back();
    const ProcurementQuarter& quarter = problem.quarters[at(q)];
    plan.cost.energy += planned.energy * quarter.present;
    plan.cost.on_demand += planned.on_demand * quarter.present;
    plan.cost.carbon += carbon * quarter.present;
    for (int w = 0; w < layout.workloads; ++w) {
      const double value = quarter.problem.demands[at(w)].value * quarter.problem.length.base();
      plan.cost.unmet += planned.unmet[at(w)] * value * quarter.present * usd;
    }
  }
  return plan;
}

std::vector<BindingLimit> plan_limits(const ProcurementProblem& problem,
                                      const ProcurementLayout& layout,
                                      const ProcurementNumbers& numbers, const LinearAnswer& answer,
                                      bool missed) {
  return PlanLimits(problem, layout, numbers, answer, missed).read();
}

}  // namespace polyfleet
