#include <fmt/format.h>

#include "report/fleet_costs.hpp"
#include "report/fleet_spread.hpp"
#include "report/fleet_table.hpp"
#include "report/fleet_text.hpp"
#include "report/plain_units.hpp"

namespace polyfleet {
namespace {

std::string usd_text(Usd amount) { return amount_text(amount / usd, "USD"); }

std::string over(Usd amount, double by, std::string_view unit) {
  return by == 0 ? "-" : fmt::format("{} USD/{}", number_text(amount / usd / by), unit);
}

std::string ownership_table(const FleetAnswer& answer, const FleetCosts& costs, PageStyle style) {
  std::vector<std::string> titles{"cost, own and partner"};
  std::vector<PhaseCost> columns;
  for (const Ownership each : {Ownership::owned, Ownership::take_or_pay, Ownership::on_demand}) {
    const PhaseCost cost = cost_of(costs, answer.model, each);
    if (cost.gigawatt_years == 0 && cost.total() == Usd{}) continue;
    titles.emplace_back(name_of(each));
    columns.push_back(cost);
  }
  if (columns.empty()) return {};
  TextTable table(titles);
  const auto row = [&](std::string name, const auto& cell) {
    std::vector<std::string> cells{std::move(name)};
    for (const PhaseCost& cost : columns) cells.push_back(cell(cost));
    table.row(std::move(cells));
  };
  row("hardware less what is left", [](const PhaseCost& c) { return usd_text(c.capital); });
  row("building less what is left", [](const PhaseCost& c) { return usd_text(c.facility); });
  row("energy", [](const PhaseCost& c) { return usd_text(c.energy); });
  row("upkeep", [](const PhaseCost& c) { return usd_text(c.upkeep); });
  row("rent", [](const PhaseCost& c) { return usd_text(c.rent); });
  table.rule();
  row("cost", [](const PhaseCost& c) { return usd_text(c.total()); });
  row("gigawatt-years", [](const PhaseCost& c) { return number_text(c.gigawatt_years); });
  row("cost of a gigawatt-year", [](const PhaseCost& c) {
    return c.gigawatt_years == 0 ? "-" : usd_text(c.total() / c.gigawatt_years);
  });
  row("cost of an accelerator",
      [](const PhaseCost& c) { return over(c.total(), c.accelerator_hours, "h"); });
  return '\n' + table.text(style);
}

std::string workload_table(const FleetAnswer& answer, const FleetCosts& costs, PageStyle style) {
  TextTable table(
      {"cost of work", "cost", "an accelerator in use", "a million", "unit", "a million tokens"});
  for (std::size_t i = 0; i < costs.workloads.size(); ++i) {
    const WorkloadCost& cost = costs.workloads[i];
    if (cost.units == 0 && cost.cost == Usd{}) continue;
    const double million = kMillion;
    table.row({answer.model.workloads[i].id, usd_text(cost.cost),
               over(cost.cost, cost.accelerator_hours, "h"),
               cost.units == 0 ? "-" : usd_text(cost.cost / cost.units * million),
               answer.model.workloads[i].unit,
               cost.tokens == 0 ? "-" : usd_text(cost.cost / cost.tokens * million)});
  }
  for (const CampaignOutcome& each : answer.run.campaigns)
    table.row({"run " + each.id, usd_text(cost_of(costs, answer.run, each))});
  if (costs.idle != Usd{}) table.row({"groups that never worked", usd_text(costs.idle)});
  if (costs.unplaced != Usd{}) table.row({"of no phase", usd_text(costs.unplaced)});
  table.rule().row({"all", usd_text(costs.total())});
  return '\n' + table.text(style);
}

std::string worth_table(const FleetAnswer& answer, const FleetCosts& costs, PageStyle style) {
  const Usd npv = net_present_value(answer.model, answer.run.ledger);
  const double residual = answer.run.ledger.total(Account::residual_value);
  TextTable table({"worth on the first day", ""});
  std::string text = usd_text(npv);
  if (answer.futures) {
    if (const auto spread = spread_of(*answer.futures, OutcomeKind::npv))
      text += fmt::format("  (futures: 5 % {}, 50 % {}, 95 % {})", amount_text(spread->p5, "USD"),
                          amount_text(spread->p50, "USD"), amount_text(spread->p95, "USD"));
  }
  table.row({"net present value", text});
  table.row({"", fmt::format("at {:.4g} % a year, with what is left at the end: {}",
                             100 * answer.model.finance.discount, amount_text(residual, "USD"))});
  double years = 0;
  for (const PhaseCost& phase : costs.phases) years += phase.gigawatt_years;
  if (years > 0)
    table.row({"cost of a gigawatt-year", usd_text(costs.total() / years) + " over all capacity"});
  return '\n' + table.text(style);
}

void add_warrant(const WarrantValue& warrant, TextTable& table) {
  for (const TrancheValue& tranche : warrant.tranches)
    table.row({fmt::format("tranche at {:.3g} GW, from {:.4g} USD a share",
                           tranche.delivered / gigawatt, tranche.hurdle / usd),
               amount_text(tranche.shares, "shares"),
               fmt::format("{:.1f} %", 100 * tranche.vests.mean),
               tranche.vest_date ? print_date(*tranche.vest_date) : "never",
               usd_text(tranche.value.mean * usd)});
  table.row({"all tranches, mean", amount_text(warrant.shares.mean, "shares"), "", "",
             usd_text(warrant.value.mean * usd)});
  table.row({"  one path in twenty below", amount_text(warrant.shares_spread.p5, "shares"), "", "",
             usd_text(warrant.value_spread.p5 * usd)});
  table.row({"  one path in twenty above", amount_text(warrant.shares_spread.p95, "shares"), "", "",
             usd_text(warrant.value_spread.p95 * usd)});
}

void add_investment(const InvestmentValue& investment, TextTable& table) {
  for (const InvestmentValue::Row& row : investment.rows)
    table.row({row.delivered == Watts{}
                   ? "payment"
                   : fmt::format("release at {:.3g} GW", row.delivered / gigawatt),
               usd_text(row.amount), fmt::format("{:.0f} %", 100 * row.released),
               row.date ? print_date(*row.date) : "never", usd_text(row.value)});
  table.row(
      {"money from the vendor", usd_text(investment.released), "", "", usd_text(investment.value)});
}

}  // namespace

std::string fleet_costs_text(const FleetAnswer& answer, PageStyle style) {
  const FleetCosts costs = fleet_costs(answer.model, answer.run);
  return ownership_table(answer, costs, style) + workload_table(answer, costs, style) +
         worth_table(answer, costs, style);
}

std::string fleet_deals_text(const std::vector<DealFutures>& deals, PageStyle style) {
  std::string text;
  for (const DealFutures& deal : deals) {
    TextTable table(
        {deal.name, "of", "happens", "mean day", "worth on " + print_date(deal.valued_on)});
    if (deal.warrant) add_warrant(*deal.warrant, table);
    if (deal.investment) add_investment(*deal.investment, table);
    if (deal.guarantee)
      table.row({"guarantee, at the greatest exposure", usd_text(deal.guarantee->greatest_exposure),
                 "", "", usd_text(deal.guarantee->expected_loss)});
    if (!deal.problem.empty()) table.row({"not valued", deal.problem});
    text += '\n' + table.text(style);
  }
  return text;
}

}  // namespace polyfleet
