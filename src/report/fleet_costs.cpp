#include "report/fleet_costs.hpp"

#include <functional>
#include <map>

#include "capital/cash_flow.hpp"
#include "capital/deal_date.hpp"

namespace polyfleet {
namespace {

bool is_cost(Account account) {
  switch (account) {
    case Account::hardware_capital:
    case Account::facility_capital:
    case Account::grid_cost:
    case Account::generation_cost:
    case Account::curtailment_income:
    case Account::upkeep:
    case Account::partner_rent:
    case Account::residual_value:
      return true;
    case Account::carbon_cost:
      return info(account).cash;
    default:
      return false;
  }
}

bool is_facility(const LedgerRow& row) {
  return row.account == Account::facility_capital ||
         (row.account == Account::residual_value && row.phase < 0);
}

/// The part of a phase's cost that a row belongs to.
Usd& part_of(PhaseCost& cost, const LedgerRow& row) {
  if (is_facility(row)) return cost.facility;
  switch (row.account) {
    case Account::hardware_capital:
    case Account::residual_value:
      return cost.capital;
    case Account::upkeep:
      return cost.upkeep;
    case Account::partner_rent:
      return cost.rent;
    default:
      return cost.energy;
  }
}

/// Power and time of every phase at every site: what site rows are shared by.
class SiteShares {
 public:
  SiteShares(const FleetModel& model, const Ledger& ledger) : model_(model) {
    for (const LedgerRow& row : ledger.rows()) {
      if (row.account != Account::installed_power || row.phase < 0) continue;
      by_period_[{row.period, row.phase}] += row.amount;
      in_all_[row.phase] += row.amount;
    }
  }

  /// Calls `give` with phases and shares, sum 1; false where the site has no phase.
  bool share(const LedgerRow& row, const std::function<void(int, double)>& give) const {
    std::vector<std::pair<int, double>> weights = weights_of(row, is_facility(row), true);
    if (weights.empty()) weights = weights_of(row, true, true);
    if (weights.empty()) weights = weights_of(row, true, false);
    double sum = 0;
    for (const auto& [phase, weight] : weights) sum += weight;
    for (const auto& [phase, weight] : weights) give(phase, weight / sum);
    return !weights.empty();
  }

 private:
  std::vector<std::pair<int, double>> weights_of(const LedgerRow& row, bool whole_study,
                                                 bool only_payers) const {
    std::vector<std::pair<int, double>> weights;
    for (std::size_t i = 0; i < model_.phases.size(); ++i) {
      const FleetPhase& phase = model_.phases[i];
      if (phase.site != row.site) continue;
      const bool pays =
          is_facility(row) ? phase.ownership == Ownership::owned : !phase.energy_included;
      if (only_payers && !pays) continue;
      const double weight = weight_of(row.period, static_cast<int>(i), whole_study);
      if (weight > 0) weights.emplace_back(static_cast<int>(i), weight);
    }
    return weights;
  }

  double weight_of(int period, int phase, bool whole_study) const {
    if (whole_study) {
      const auto found = in_all_.find(phase);
      return found == in_all_.end() ? 0 : found->second;
    }
    const auto found = by_period_.find({period, phase});
    return found == by_period_.end() ? 0 : found->second;
  }

  const FleetModel& model_;
  std::map<std::pair<int, int>, double> by_period_;
  std::map<int, double> in_all_;
};

void add_capacity(const LedgerRow& row, FleetCosts& costs) {
  if (row.phase < 0) return;
  PhaseCost& cost = costs.phases[static_cast<std::size_t>(row.phase)];
  if (row.account == Account::installed_power)
    cost.gigawatt_years += row.amount * (watt * second / (gigawatt * year_of_365));
  if (row.account == Account::installed) cost.accelerator_hours += row.amount * (second / hour);
}

void add_output(const LedgerRow& row, FleetCosts& costs) {
  if (row.workload < 0) return;
  WorkloadCost& cost = costs.workloads[static_cast<std::size_t>(row.workload)];
  if (row.account == Account::output_units) cost.units += row.amount;
  if (row.account == Account::output_tokens) cost.tokens += row.amount;
}

/// Accelerator-hours in use by workload of every group.
std::vector<std::vector<double>> hours_of_groups(const FleetModel& model, const FleetRun& run) {
  std::vector<std::vector<double>> hours(run.groups.size(),
                                         std::vector<double>(model.workloads.size()));
  for (std::size_t period = 0; period < run.periods.size(); ++period) {
    const double length = model.time.length(static_cast<int>(period)) / hour;
    for (std::size_t g = 0; g < run.periods[period].size(); ++g) {
      const std::vector<double>& in_use = run.periods[period][g].in_use;
      for (std::size_t w = 0; w < in_use.size(); ++w) hours[g][w] += in_use[w] * length;
    }
  }
  return hours;
}

/// Hands the cost of every group to the workloads that used it.
void share_over_workloads(const FleetModel& model, const FleetRun& run, FleetCosts& costs) {
  const std::vector<std::vector<double>> hours = hours_of_groups(model, run);
  for (std::size_t g = 0; g < run.groups.size(); ++g) {
    Usd cost;
    for (const int phase : run.groups[g].phases)
      cost += costs.phases[static_cast<std::size_t>(phase)].total();
    double all = 0;
    for (const double each : hours[g]) all += each;
    if (all == 0) costs.idle += cost;
    for (std::size_t w = 0; w < hours[g].size(); ++w) {
      if (hours[g][w] == 0) continue;
      costs.workloads[w].cost += cost * (hours[g][w] / all);
      costs.workloads[w].accelerator_hours += hours[g][w];
    }
  }
}

}  // namespace

Usd FleetCosts::total() const {
  Usd sum = unplaced;
  for (const PhaseCost& phase : phases) sum += phase.total();
  return sum;
}

FleetCosts fleet_costs(const FleetModel& model, const FleetRun& run) {
  FleetCosts costs;
  costs.phases.resize(model.phases.size());
  costs.workloads.resize(model.workloads.size());
  const SiteShares shares(model, run.ledger);
  for (const LedgerRow& row : run.ledger.rows()) {
    add_capacity(row, costs);
    add_output(row, costs);
    if (!is_cost(row.account)) continue;
    const Usd spent = -row.amount * usd;
    if (row.phase >= 0) {
      part_of(costs.phases[static_cast<std::size_t>(row.phase)], row) += spent;
      continue;
    }
    const bool placed = shares.share(row, [&](int phase, double share) {
      part_of(costs.phases[static_cast<std::size_t>(phase)], row) += spent * share;
    });
    if (!placed) costs.unplaced += spent;
  }
  share_over_workloads(model, run, costs);
  return costs;
}

PhaseCost cost_of(const FleetCosts& costs, const FleetModel& model, Ownership ownership) {
  PhaseCost sum;
  for (std::size_t i = 0; i < model.phases.size(); ++i) {
    if (model.phases[i].ownership != ownership) continue;
    const PhaseCost& each = costs.phases[i];
    sum.capital += each.capital;
    sum.facility += each.facility;
    sum.energy += each.energy;
    sum.upkeep += each.upkeep;
    sum.rent += each.rent;
    sum.gigawatt_years += each.gigawatt_years;
    sum.accelerator_hours += each.accelerator_hours;
  }
  return sum;
}

std::string_view name_of(Ownership ownership) {
  switch (ownership) {
    case Ownership::owned:
      return "owned";
    case Ownership::take_or_pay:
      return "partner, take or pay";
    case Ownership::on_demand:
      return "partner, on demand";
  }
  return "";
}

Usd cost_of(const FleetCosts& costs, const FleetRun& run, const CampaignOutcome& campaign) {
  double done = 0;
  for (const CampaignOutcome& each : run.campaigns) {
    if (each.workload == campaign.workload) done += each.done;
  }
  if (done == 0) return {};
  return costs.workloads[static_cast<std::size_t>(campaign.workload)].cost * (campaign.done / done);
}

Usd net_present_value(const FleetModel& model, const Ledger& ledger) {
  std::vector<double> by_period(static_cast<std::size_t>(model.time.periods()));
  for (const LedgerRow& row : ledger.rows()) {
    if (row.account == Account::residual_value ||
        (info(row.account).group == "money" && info(row.account).cash))
      by_period[static_cast<std::size_t>(row.period)] += row.amount;
  }
  std::vector<CashFlow> flows;
  for (int period = 0; period < model.time.periods(); ++period) {
    const FleetHour middle = (model.time.first_hour(period) + model.time.end_hour(period)) / 2;
    flows.push_back(
        {model.time.date_of(middle), by_period[static_cast<std::size_t>(period)] * usd});
  }
  return net_present_value(flows, model.finance.discount, model.time.begin());
}

}  // namespace polyfleet
