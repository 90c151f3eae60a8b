#include "fleet/procurement_program.hpp"

#include <algorithm>
#include <cmath>

#include "fleet/place.hpp"

namespace polyfleet {

namespace {

int size_of(const auto& list) { return static_cast<int>(list.size()); }

/// Writes the rows of one program.
class PartsWriter {
 public:
  PartsWriter(const ProcurementProblem& problem, const ProcurementLayout& layout,
              const ProcurementNumbers& numbers)
      : problem_(problem), layout_(layout), numbers_(numbers) {
    parts_.cost.assign(at(layout.columns), 0);
    parts_.low.assign(at(layout.columns), 0);
    parts_.high.assign(at(layout.columns), kUnbounded);
    parts_.row_low.assign(at(layout.rows), -kUnbounded);
    parts_.row_high.assign(at(layout.rows), kUnbounded);
  }

  LinearParts write() {
    for (int q = 0; q < layout_.quarters; ++q) {
      for (int o = 0; o < layout_.offers; ++o) write_offer(o, q);
      for (int w = 0; w < layout_.workloads; ++w) write_demand(w, q);
      write_work(q);
      write_limits(q);
    }
    write_budgets();
    write_carbon();
    write_shares();
    return std::move(parts_);
  }

 private:
  void entry(int row, int column, double weight) {
    parts_.entries.push_back({row, column, weight});
  }
  void bound(int row, double low, double high) {
    parts_.row_low[at(row)] = low;
    parts_.row_high[at(row)] = high;
  }

  /// stands(q) = stands(q - 1) + what was bought in time - what has reached its age.
  void write_offer(int o, int q) {
    const ProcurementOffer& offer = problem_.offers[at(o)];
    const int buys = layout_.buys(o, q), stands = layout_.stands(o, q);
    parts_.cost[at(buys)] = numbers_.buying[at(o)][at(q)].total() / usd / numbers_.scale;
    parts_.cost[at(stands)] = numbers_.idle[at(o)][at(q)] / numbers_.scale;
    if (q < offer.first_quarter) parts_.high[at(buys)] = 0;
    if (!problem_.fixed.empty()) {
      const Watts decided = problem_.fixed[at(o)][at(q)];
      if (decided >= Watts()) {
        parts_.low[at(buys)] = parts_.high[at(buys)] = decided / numbers_.unit;
      }
    }
    const int row = layout_.stock(o, q);
    bound(row, 0, 0);
    entry(row, stands, 1);
    if (q > 0) entry(row, layout_.stands(o, q - 1), -1);
    const int bought = q - problem_.quarters_to_work;
    if (bought >= 0) entry(row, layout_.buys(o, bought), -1);
    const int retired = bought - static_cast<int>(std::lround(4 * problem_.hardware_years));
    if (retired >= 0) entry(row, layout_.buys(o, retired), 1);
    entry(layout_.capacity(offer.group, q), stands, -thousands_in_unit(offer, numbers_.unit));
    const int site = problem_.quarters[at(q)].problem.groups[at(offer.group)].site;
    entry(layout_.power(site, q), stands, numbers_.unit / kPowerUnit);
  }

  void write_demand(int w, int q) {
    const AllocationDemand& demand = problem_.quarters[at(q)].problem.demands[at(w)];
    const double all = numbers_.demand[at(w)][at(q)];
    const int row = layout_.demand(w, q);
    const int unmet = layout_.unmet(w, q), missed = layout_.missed(w, q);
    bound(row, all > 0 ? 1 : 0, all > 0 ? 1 : 0);
    entry(row, unmet, 1);
    entry(row, missed, 1);
    entry(layout_.missed_total, missed, 1);
    const bool early = q < problem_.meet_from && all > 0;
    const bool must = !early && (problem_.meet_all || demand.must || all <= 0);
    parts_.high[at(unmet)] = must ? 0 : early ? 1 : 1 - demand.least / all;
    parts_.high[at(missed)] = all > 0 ? 1 : 0;
    parts_.cost[at(unmet)] = numbers_.unmet[at(w)][at(q)] / numbers_.scale;
    parts_.cost[at(missed)] = numbers_.above_all;
  }

  void write_work(int q) {
    const ProcurementQuarter& quarter = problem_.quarters[at(q)];
    for (int i = 0; i < size_of(layout_.pairs[at(q)]); ++i) {
      const auto [w, g] = layout_.pairs[at(q)][at(i)];
      const int column = layout_.works(i, q);
      const double all = numbers_.demand[at(w)][at(q)];
      parts_.cost[at(column)] = added_by_work(quarter.problem, w, g, FleetObjective::cost) *
                                quarter.present / numbers_.scale;
      if (all <= 0) parts_.high[at(column)] = 0;
      entry(layout_.capacity(g, q), column, 1);
      entry(layout_.demand(w, q), column,
            all > 0 ? quarter.problem.rate[at(w)][at(g)] * kThousand / all : 1);
    }
    for (int g = 0; g < layout_.groups; ++g) {
      bound(layout_.capacity(g, q), -kUnbounded,
            quarter.problem.groups[at(g)].accelerators / kThousand);
    }
  }

  void write_limits(int q) {
    for (int s = 0; s < layout_.sites; ++s) {
      const Watts left = problem_.quarters[at(q)].power_left[at(s)];
      bound(layout_.power(s, q), -kUnbounded, std::max(0.0, left / kPowerUnit));
    }
    for (int k = 0; k < size_of(problem_.deliveries); ++k) {
      const DeliveryLimit& limit = problem_.deliveries[at(k)];
      bound(layout_.delivery(k, q), -kUnbounded, limit.most[at(q)] / kPowerUnit);
      for (const int o : limit.offers) {
        entry(layout_.delivery(k, q), layout_.buys(o, q), numbers_.unit / kPowerUnit);
      }
    }
  }

  /// In units of the scale: USD of the year, hardware and facility.
  void write_budgets() {
    for (int k = 0; k < size_of(problem_.budgets); ++k) {
      const YearLimit& limit = problem_.budgets[at(k)];
      bound(layout_.first_budget + k, -kUnbounded, limit.most / numbers_.scale);
      for (int q = 0; q < layout_.quarters; ++q) {
        const ProcurementQuarter& quarter = problem_.quarters[at(q)];
        if (quarter.year != limit.year) continue;
        for (int o = 0; o < layout_.offers; ++o) {
          const PlanCost& cost = numbers_.buying[at(o)][at(q)];
          const double price = (cost.hardware + cost.facility) / usd / quarter.present;
          entry(layout_.first_budget + k, layout_.buys(o, q), price / numbers_.scale);
        }
      }
    }
  }

  void write_carbon() {
    for (int k = 0; k < size_of(problem_.carbon); ++k) {
      const int row = layout_.first_carbon + k;
      double left = problem_.carbon[at(k)].most;
      for (int q = 0; q < layout_.quarters; ++q) {
        if (problem_.quarters[at(q)].year != problem_.carbon[at(k)].year) continue;
        left -= write_carbon_of(row, q);
      }
      bound(row, -kUnbounded, std::max(0.0, left) / kCarbonUnit);
    }
  }

  /// What is emitted in the quarter whatever the plan.
  double write_carbon_of(int row, int q) {
    const AllocationProblem& problem = problem_.quarters[at(q)].problem;
    for (int i = 0; i < size_of(layout_.pairs[at(q)]); ++i) {
      const auto [w, g] = layout_.pairs[at(q)][at(i)];
      entry(row, layout_.works(i, q),
            added_by_work(problem, w, g, FleetObjective::carbon) / kCarbonUnit);
    }
    for (int o = 0; o < layout_.offers; ++o) {
      const ProcurementOffer& offer = problem_.offers[at(o)];
      const AllocationGroup& group = problem.groups[at(offer.group)];
      const AllocationSite& site = problem.sites[at(group.site)];
      const Joules drawn = group.without_work * (numbers_.unit / offer.provisioned) *
                           site.facility_per_rack * problem.length;
      entry(row, layout_.stands(o, q), drawn * site.carbon / gram_co2e / kCarbonUnit);
    }
    return without_any_work(problem, FleetObjective::carbon);
  }

  void write_shares() {
    const std::vector<std::string> vendors = vendors_of(problem_);
    for (int v = 0; v < layout_.vendors; ++v) {
      double least = 0, most = problem_.largest_share;
      for (const BoughtShare& share : problem_.shares) {
        if (share.vendor != vendors[at(v)]) continue;
        least = share.least;
        most = std::min(most, share.most);
      }
      bound(layout_.first_most + v, -kUnbounded, most < 1 ? 0 : kUnbounded);
      bound(layout_.first_least + v, least > 0 ? 0 : -kUnbounded, kUnbounded);
      for (int o = 0; o < layout_.offers; ++o) {
        const double own = problem_.offers[at(o)].vendor == vendors[at(v)] ? 1 : 0;
        const double power = numbers_.unit / kPowerUnit;
        for (int q = 0; q < layout_.quarters; ++q) {
          entry(layout_.first_most + v, layout_.buys(o, q), power * (own - most));
          entry(layout_.first_least + v, layout_.buys(o, q), power * (own - least));
        }
      }
    }
  }

  const ProcurementProblem& problem_;
  const ProcurementLayout& layout_;
  const ProcurementNumbers& numbers_;
  LinearParts parts_;
};

}  // namespace

ProcurementLayout::ProcurementLayout(const ProcurementProblem& problem) {
  const AllocationProblem& first = problem.quarters.front().problem;
  quarters = size_of(problem.quarters);
  offers = size_of(problem.offers);
  workloads = size_of(first.demands);
  groups = size_of(first.groups);
  sites = size_of(first.sites);
  vendors = size_of(vendors_of(problem));
  columns = missed(workloads, 0);
  for (const ProcurementQuarter& quarter : problem.quarters) {
    first_pair.push_back(columns);
    pairs.push_back(shape_of(quarter.problem).pairs);
    columns += size_of(pairs.back());
  }
  first_delivery = power(sites, 0);
  first_budget = delivery(size_of(problem.deliveries), 0);
  first_carbon = first_budget + size_of(problem.budgets);
  first_most = first_carbon + size_of(problem.carbon);
  first_least = first_most + vendors;
  missed_total = first_least + vendors;
  rows = missed_total + 1;
}

LinearParts parts_of(const ProcurementProblem& problem, const ProcurementLayout& layout,
                     const ProcurementNumbers& numbers) {
  return PartsWriter(problem, layout, numbers).write();
}

}  // namespace polyfleet
