#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/deal_report.hpp"
#include "report/plain_units.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

std::string millions(double shares) { return fmt::format("{:.2f} M", shares / 1e6); }
std::string billions(double dollars) { return fmt::format("{:.2f} BUSD", dollars / 1e9); }
std::string power_text(Watts power) { return fmt::format("{:.4g} GW", power / gigawatt); }
std::string date_text(const std::optional<CalendarDate>& date) {
  return date ? print_date(*date) : "never";
}

/// The middle of the dates on which the futures reach a milestone.
std::string middle_delivery(const std::vector<DeploymentPath>& paths, std::size_t milestone) {
  std::vector<std::string> dates;
  for (const DeploymentPath& path : paths) dates.push_back(date_text(path.reached[milestone]));
  std::sort(dates.begin(), dates.end());  // "never" sorts last
  return dates.empty() ? "never" : dates[dates.size() / 2];
}

std::string head(const DealAnswer& answer) {
  const Deal& deal = answer.deals.front();
  std::string text =
      fmt::format("{} ({}): {}\n{} to {}, {}; valued on {}", deal.name, deal.id, deal.summary,
                  deal.vendor, deal.buyer, deal.state, print_date(answer.valued_on));
  if (answer.warrants)
    text += fmt::format(
        "\n{}: {} a share ({}), volatility {:.4g} % a year, riskless {:.4g} %, {:.0f} M shares "
        "outstanding",
        answer.share->name, print_quantity(answer.model.price), answer.price_source,
        100 * answer.model.volatility, 100 * answer.model.rate, answer.model.outstanding / 1e6);
  const std::size_t futures = answer.deployments.front().size();
  if (answer.own_deliveries) {
    text += "\ndeliveries on the dates given, without delay";
  } else if (futures == 1) {
    text += "\ndeliveries as planned, one path";
  } else {
    text += fmt::format(
        "\ndeliveries as planned, {} equally likely delays of {:.4g} to {:.4g} "
        "months",
        futures, deal.delay_months.low, deal.delay_months.high);
  }
  if (answer.warrants)
    text += fmt::format("; {} price paths, seed {}", answer.warrants->paths, answer.seed);
  return text + "\n";
}

std::string tranche_table(const DealAnswer& answer, PageStyle style) {
  const WarrantValue& warrant = answer.warrants->positions.front();
  const std::vector<Watts> powers = milestones(answer.deals.front());
  std::vector<std::string> titles{"tranche", "shares",    "hurdle", "delivered", "in time",
                                  "vests",   "on (mean)", "value",  "+-"};
  if (!answer.closed_form.empty()) titles.push_back("closed form");
  TextTable table(titles);
  for (std::size_t i = 0; i < warrant.tranches.size(); ++i) {
    const TrancheValue& tranche = warrant.tranches[i];
    std::vector<std::string> row{
        power_text(tranche.delivered),
        millions(tranche.shares),
        fmt::format("{:.4g} USD", tranche.hurdle / usd),
        middle_delivery(answer.deployments.front(), milestone_of(powers, tranche.delivered)),
        percent_text(tranche.delivered_in_time.mean),
        percent_text(tranche.vests.mean),
        date_text(tranche.vest_date),
        billions(tranche.value.mean),
        fmt::format("{:.3f}", tranche.value.error / 1e9)};
    if (!answer.closed_form.empty()) row.push_back(billions(answer.closed_form[i] / usd));
    table.row(row);
  }
  table.rule();
  table.row({"all", millions(answer.deals.front().warrant->shares.value), "", "", "",
             millions(warrant.shares.mean), "", billions(warrant.value.mean),
             fmt::format("{:.3f}", warrant.value.error / 1e9)});
  return table.text(style);
}

std::string spread_table(const WarrantValue& warrant, PageStyle style) {
  TextTable table({"over the futures", "5 %", "25 %", "50 %", "75 %", "95 %"});
  const Percentiles& value = warrant.value_spread;
  const Percentiles& shares = warrant.shares_spread;
  table.row({"value", billions(value.p5), billions(value.p25), billions(value.p50),
             billions(value.p75), billions(value.p95)});
  table.row({"shares that vest", millions(shares.p5), millions(shares.p25), millions(shares.p50),
             millions(shares.p75), millions(shares.p95)});
  return table.text(style);
}

std::string sides_text(const DealAnswer& answer) {
  const WarrantValuation& all = *answer.warrants;
  const WarrantValue& own = all.positions.front();
  const Deal& deal = answer.deals.front();
  std::string text =
      fmt::format("To {}: {} +- {:.3f}, {} a gigawatt; {} is paid to exercise.\n", deal.buyer,
                  billions(own.value.mean), own.value.error / 1e9, billions(own.per_gigawatt / usd),
                  fmt::format("{:.2f} MUSD", own.exercise_cash / usd / 1e6));
  for (std::size_t i = 1; i < all.positions.size(); ++i)
    text += fmt::format("Beside it {} to {}: {} +- {:.3f}, {} shares vest in the mean.\n",
                        answer.deals[i].id, answer.deals[i].buyer,
                        billions(all.positions[i].value.mean), all.positions[i].value.error / 1e9,
                        millions(all.positions[i].shares.mean));
  text += fmt::format(
      "{}'s holders give away {}{}: {:.2f} USD of each share outstanding, {} of the market value.\n"
      "Dilution: {} of the enlarged company in the mean, {} if every tranche vests.\n",
      deal.vendor, billions(all.value.mean), all.positions.size() > 1 ? " in all" : "",
      all.per_share_outstanding / usd, percent_text(all.of_market_value),
      percent_text(all.dilution), percent_text(all.greatest_dilution));
  text += fmt::format(
      "The quoted price is taken to foresee the dilution; if it does not, {}'s part is worth {}.\n",
      deal.buyer, billions(own.value_if_unforeseen.mean));
  return text;
}

std::string money_text(const DealAnswer& answer, PageStyle style) {
  std::string text;
  const Deal& deal = answer.deals.front();
  if (answer.investment && !answer.investment->rows.empty()) {
    TextTable table(
        {"money of " + deal.vendor, "amount", "released in", "on (mean)", "value of the day"});
    std::size_t payment = 0;
    for (const InvestmentValue::Row& row : answer.investment->rows) {
      const bool dated = row.delivered == Watts();
      table.row({dated ? deal.payments[payment++].what : "at " + power_text(row.delivered),
                 billions(row.amount / usd), percent_text(row.released), date_text(row.date),
                 billions(row.value / usd)});
    }
    table.rule();
    table.row({"all", billions(answer.investment->released / usd), "", "",
               billions(answer.investment->value / usd)});
    text += "\n" + table.text(style);
  }
  if (answer.guarantee)
    text += fmt::format(
        "\nGuarantee of up to {}: expected loss {} of the day, highest exposure {} in the mean.\n",
        billions(deal.guarantee->amount.value / usd),
        billions(answer.guarantee->expected_loss / usd),
        billions(answer.guarantee->greatest_exposure / usd));
  return text;
}

/// "tranche.2.hurdle" -> "tranche.", 2, ".hurdle"; place 0: of no list.
struct ListKey {
  std::string list, rest;
  int place = 0;
};
ListKey list_key(const std::string& key) {
  const std::size_t first = key.find('.');
  const std::size_t second = first == std::string::npos ? first : key.find('.', first + 1);
  if (second == std::string::npos || key[first + 1] < '0' || key[first + 1] > '9')
    return {key, "", 0};
  return {key.substr(0, first + 1), key.substr(second), std::stoi(key.substr(first + 1))};
}

/// Terms of one list that differ in their value only, as one row: "tranche.1-5.hurdle", "200 USD
/// ... 520 USD".
struct TermRow {
  NamedTerm term;
  ListKey key;
  int last = 0;
  bool alike = true;
  std::string last_value = {};
};

std::vector<TermRow> gathered(const std::vector<NamedTerm>& terms) {
  std::vector<TermRow> rows;
  for (const NamedTerm& term : terms) {
    const ListKey key = list_key(term.key);
    const auto continued = std::find_if(rows.begin(), rows.end(), [&](const TermRow& row) {
      return key.place > 0 && row.key.list == key.list && row.key.rest == key.rest &&
             row.last + 1 == key.place && row.term.range == term.range &&
             row.term.status == term.status && row.term.source == term.source &&
             row.term.note == term.note;
    });
    if (continued == rows.end()) {
      rows.push_back({term, key, key.place});
      continue;
    }
    continued->alike = continued->alike && continued->term.value == term.value;
    continued->last = key.place;
    continued->last_value = term.value;
  }
  for (TermRow& row : rows) {
    if (!row.alike) row.term.value += " ... " + row.last_value;
    if (row.last > row.key.place)
      row.term.key = fmt::format("{}{}-{}{}", row.key.list, row.key.place, row.last, row.key.rest);
  }
  return rows;
}

std::string terms_table(const DealAnswer& answer, PageStyle style) {
  TextTable table({"term", "value", "range", "status", "source or reason"});
  for (const TermRow& row : gathered(answer.terms)) {
    const NamedTerm& term = row.term;
    const std::string reason = term.source.empty() || term.note.empty()
                                   ? term.source + term.note
                                   : term.source + ": " + term.note;
    table.row({term.key, term.value, term.range, std::string(name_of(term.status)), reason});
  }
  return table.text(style);
}

std::string facts_table(const Deal& deal, PageStyle style) {
  TextTable table({"date", "fact", "status", "source"});
  for (const DealFact& fact : deal.facts)
    table.row({print_date(fact.date), fact.what, std::string(name_of(fact.status)), fact.source});
  return table.text(style);
}

}  // namespace

std::string DealSensitivity::interrupted_text() const {
  return fmt::format("INTERRUPTED: {} of {} assumptions were varied", swings.size(), ranges);
}

std::string deal_sensitivity_text(const DealSensitivity& sensitivity, PageStyle style) {
  TextTable table({"assumption", "low", "value", "high", "value", "swing"});
  for (const DealSwing& swing : sensitivity.swings) {
    const Usd width = max(swing.at_low, swing.at_high) - min(swing.at_low, swing.at_high);
    table.row({swing.key, swing.low, billions(swing.at_low / usd), swing.high,
               billions(swing.at_high / usd), billions(width / usd)});
  }
  return fmt::format(
             "One assumption at a time over its range, this deal alone, {} paths, from {}:\n",
             sensitivity.paths, billions(sensitivity.base / usd)) +
         (sensitivity.interrupted() ? sensitivity.interrupted_text() + '\n' : std::string()) +
         table.text(style);
}

std::string deal_text(const DealAnswer& answer, bool facts, PageStyle style) {
  std::string text = head(answer);
  if (answer.warrants) {
    text += "\n" + tranche_table(answer, style) + "\n" +
            spread_table(answer.warrants->positions.front(), style) + "\n" + sides_text(answer);
  }
  text += money_text(answer, style);
  if (answer.sensitivity) text += "\n" + deal_sensitivity_text(*answer.sensitivity, style);
  text += "\n" + terms_table(answer, style);
  const Deal& deal = answer.deals.front();
  if (facts) {
    text += "\n" + facts_table(deal, style);
  } else if (!deal.facts.empty()) {
    text += fmt::format("\n{} dated facts: --facts\n", deal.facts.size());
  }
  return text;
}

std::string deal_list_text(const std::vector<DealSummary>& deals, PageStyle style) {
  TextTable table({"deal", "name", "signed", "state", "what"});
  for (const DealSummary& deal : deals)
    table.row({deal.id, deal.name, print_date(deal.signed_on), deal.state, deal.summary});
  return table.text(style);
}

}  // namespace polyfleet
