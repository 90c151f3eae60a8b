#include <fmt/format.h>

#include "base/csv.hpp"
#include "report/deal_report.hpp"

namespace polyfleet {
namespace {

std::string row(std::initializer_list<std::string> cells) {
  std::string line;
  bool first = true;
  for (const std::string& cell : cells) {
    line += (first ? "" : ",") + csv_cell(cell);
    first = false;
  }
  return line + "\n";
}

std::string number(double value) { return fmt::format("{:.12g}", value); }

std::string date_cell(const std::optional<CalendarDate>& date) {
  return date ? print_date(*date) : "";
}

std::string tranches_csv(const DealAnswer& answer) {
  std::string text = row({"deal", "delivered_gw", "shares", "hurdle_usd", "in_time", "vests",
                          "vests_error", "vest_date", "value_usd", "value_error_usd"});
  for (const WarrantValue& warrant : answer.warrants->positions) {
    for (const TrancheValue& tranche : warrant.tranches)
      text += row({warrant.deal, number(tranche.delivered / gigawatt), number(tranche.shares),
                   number(tranche.hurdle / usd), number(tranche.delivered_in_time.mean),
                   number(tranche.vests.mean), number(tranche.vests.error),
                   date_cell(tranche.vest_date), number(tranche.value.mean),
                   number(tranche.value.error)});
  }
  return text;
}

std::string spread_row(const std::string& deal, const std::string& what,
                       const Percentiles& spread) {
  return row({deal, what, number(spread.p5), number(spread.p25), number(spread.p50),
              number(spread.p75), number(spread.p95)});
}

std::string percentiles_csv(const DealAnswer& answer) {
  std::string text = row({"deal", "quantity", "p5", "p25", "p50", "p75", "p95"});
  if (answer.warrants) {
    for (const WarrantValue& warrant : answer.warrants->positions) {
      text += spread_row(warrant.deal, "value_usd", warrant.value_spread);
      text += spread_row(warrant.deal, "shares", warrant.shares_spread);
    }
  }
  if (answer.investment)
    text += spread_row(answer.deals.front().id, "released_usd", answer.investment->released_spread);
  return text;
}

std::string money_csv(const DealAnswer& answer) {
  std::string text = row({"delivered_gw", "amount_usd", "released", "date", "value_usd"});
  for (const InvestmentValue::Row& each : answer.investment->rows)
    text += row({each.delivered == Watts() ? "" : number(each.delivered / gigawatt),
                 number(each.amount / usd), number(each.released), date_cell(each.date),
                 number(each.value / usd)});
  return text;
}

std::string terms_csv(const DealAnswer& answer) {
  std::string text = row({"key", "value", "range", "status", "source", "note"});
  for (const NamedTerm& term : answer.terms)
    text += row({term.key, term.value, term.range, std::string(name_of(term.status)), term.source,
                 term.note});
  return text;
}

std::string facts_csv(const Deal& deal) {
  std::string text = row({"date", "fact", "status", "source"});
  for (const DealFact& fact : deal.facts)
    text += row({print_date(fact.date), fact.what, std::string(name_of(fact.status)), fact.source});
  return text;
}

std::string sensitivity_csv(const DealSensitivity& sensitivity) {
  std::string text = row({"key", "low", "value_at_low_usd", "high", "value_at_high_usd"});
  for (const DealSwing& swing : sensitivity.swings)
    text += row({swing.key, swing.low, number(swing.at_low / usd), swing.high,
                 number(swing.at_high / usd)});
  return text;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> deal_csv(const DealAnswer& answer) {
  std::vector<std::pair<std::string, std::string>> files;
  if (answer.warrants) files.emplace_back("tranches.csv", tranches_csv(answer));
  if (answer.warrants || answer.investment)
    files.emplace_back("percentiles.csv", percentiles_csv(answer));
  if (answer.investment) files.emplace_back("money.csv", money_csv(answer));
  files.emplace_back("terms.csv", terms_csv(answer));
  if (!answer.deals.front().facts.empty())
    files.emplace_back("facts.csv", facts_csv(answer.deals.front()));
  if (answer.sensitivity)
    files.emplace_back("sensitivity.csv", sensitivity_csv(*answer.sensitivity));
  return files;
}

}  // namespace polyfleet
