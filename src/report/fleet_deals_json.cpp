#include "report/fleet_json.hpp"
#include "report/json_parts.hpp"

namespace polyfleet {
namespace {

Value day_json(const std::optional<CalendarDate>& date) {
  return date ? Value(print_date(*date)) : Value();
}

Value numbers_json(const std::vector<double>& numbers) {
  Value list{Array{}};
  for (const double number : numbers) list.push(number);
  return list;
}

Value fleet_warrant_json(const WarrantValue& warrant) {
  Value tranches{Array{}};
  for (const TrancheValue& each : warrant.tranches)
    tranches.push(json_table({{"gw", each.delivered / gigawatt},
                              {"shares", each.shares},
                              {"hurdle_usd", each.hurdle / usd},
                              {"vests", each.vests.mean},
                              {"vest_date", day_json(each.vest_date)},
                              {"value_usd", each.value.mean}}));
  return json_table({{"tranches", tranches},
                     {"value_usd", warrant.value.mean},
                     {"value_error_usd", warrant.value.error},
                     {"value_spread_usd", percentiles_json(warrant.value_spread)},
                     {"shares", warrant.shares.mean},
                     {"shares_spread", percentiles_json(warrant.shares_spread)}});
}

Value fleet_investment_json(const InvestmentValue& investment) {
  Value rows{Array{}};
  for (const InvestmentValue::Row& each : investment.rows)
    rows.push(json_table({{"gw", each.delivered / gigawatt},
                          {"amount_usd", each.amount / usd},
                          {"released", each.released},
                          {"date", day_json(each.date)},
                          {"value_usd", each.value / usd}}));
  return json_table({{"rows", rows},
                     {"released_usd", investment.released / usd},
                     {"value_usd", investment.value / usd}});
}

}  // namespace

Value deals_json(const std::vector<DealFutures>& deals) {
  Value list{Array{}};
  for (const DealFutures& deal : deals) {
    Value json = json_table({{"deal", deal.id},
                             {"name", deal.name},
                             {"program", deal.program},
                             {"valued_on", print_date(deal.valued_on)},
                             {"gigawatts", numbers_json(deal.gigawatts)},
                             {"reached", numbers_json(deal.reached)}});
    if (deal.warrant) json.set("warrant", fleet_warrant_json(*deal.warrant));
    if (deal.investment) json.set("investment", fleet_investment_json(*deal.investment));
    if (deal.guarantee)
      json.set("guarantee",
               json_table({{"expected_loss_usd", deal.guarantee->expected_loss / usd},
                           {"greatest_exposure_usd", deal.guarantee->greatest_exposure / usd}}));
    if (!deal.problem.empty()) json.set("problem", deal.problem);
    list.push(json);
  }
  return list;
}

}  // namespace polyfleet
