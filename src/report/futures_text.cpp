#include "report/futures_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "report/fleet_table.hpp"
#include "report/fleet_text.hpp"
#include "report/futures_units.hpp"
#include "report/plain_units.hpp"

namespace polyfleet {
namespace {

/// Bars of a tornado that a page shows; the rest is counted.
constexpr std::size_t kShownBars = 12;

/// The numbers of a row in one unit that suits the largest.
std::vector<std::string> cells_of(const FuturesAnswer& answer, const Outcome& outcome,
                                  const std::vector<double>& values) {
  std::vector<std::string> cells;
  if (is_day(outcome)) {
    cells.emplace_back("");
    for (const double value : values) cells.push_back(day_text(answer, value));
    return cells;
  }
  const OutcomeUnit unit = unit_of(answer, outcome);
  double largest = 0;
  for (const double value : values)
    if (std::isfinite(value)) largest = std::max(largest, std::abs(value * unit.factor));
  const ScaledUnit scaled = scaled_unit(unit.name, largest);
  cells.push_back(scaled.name);
  for (const double value : values)
    cells.push_back(number_text(value * unit.factor / scaled.factor));
  return cells;
}

bool moves(const OutcomeSpread& spread, double plan) {
  return spread.p5 != spread.p95 || spread.mean != plan || spread.never > 0;
}

/// Plan, percentiles and mean of one outcome with its unit; of a day how often it is missed.
std::vector<std::string> spread_row(const FuturesAnswer& answer, std::size_t i, std::string name) {
  const Outcome& outcome = answer.futures.outcomes[i];
  const OutcomeSpread& s = answer.spreads[i];
  std::vector<std::string> row{std::move(name)};
  std::vector<std::string> cells =
      cells_of(answer, outcome, {answer.futures.plan[i], s.p5, s.p25, s.p50, s.p75, s.p95, s.mean});
  if (is_day(outcome)) {
    cells.erase(cells.begin());  // no unit
    cells.back() = s.never == 0 ? "" : fmt::format("{:.3g} %", 100 * s.never);
  }
  row.insert(row.end(), cells.begin(), cells.end());
  return row;
}

std::vector<std::string> titles_of(const std::string& what, bool days) {
  std::vector<std::string> titles{what};
  if (!days) titles.emplace_back("");
  titles.insert(titles.end(), {"plan", "5 %", "25 %", "50 %", "75 %", "95 %"});
  titles.emplace_back(days ? "missed in" : "mean");
  return titles;
}

std::string headlines_text(const FuturesAnswer& answer, PageStyle style) {
  const std::vector<Outcome>& outcomes = answer.futures.outcomes;
  TextTable table(titles_of("over the futures", false));
  std::vector<int> shown = headline_outcomes(outcomes);
  if (const int shorts = outcome_index(outcomes, "short_periods"); shorts >= 0)
    shown.push_back(shorts);
  for (const int index : shown) {
    const auto i = static_cast<std::size_t>(index);
    if (answer.futures.plan[i] != 0 || moves(answer.spreads[i], 0))
      table.row(spread_row(answer, i, outcomes[i].name));
  }
  return '\n' + table.text(style);
}

std::string deliveries_text(const FuturesAnswer& answer, PageStyle style) {
  const std::vector<Outcome>& outcomes = answer.futures.outcomes;
  TextTable power(titles_of("installed at the end of", false));
  TextTable days(titles_of("accepted, done on", true));
  bool any_later = false;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const Outcome& outcome = outcomes[i];
    const OutcomeSpread& s = answer.spreads[i];
    if (outcome.kind == OutcomeKind::gigawatts && (answer.futures.plan[i] != 0 || moves(s, 0)))
      power.row(spread_row(answer, i, fmt::format("{}, {}", outcome.program, outcome.year)));
    // What neither plan nor futures reach lies beyond the study.
    if (!is_day(outcome) || (s.never == 1 && std::isinf(answer.futures.plan[i]))) continue;
    any_later = any_later || s.never > 0;
    days.row(spread_row(answer, i,
                        outcome.kind == OutcomeKind::campaign
                            ? outcome.program
                            : fmt::format("{} GW, {}", outcome.number, outcome.program)));
  }
  std::string text;
  if (!power.empty()) text += '\n' + power.text(style);
  if (!days.empty()) text += '\n' + days.text(style);
  if (any_later) text += "later: not by the end of the study\n";
  return text;
}

std::string heading(const FuturesAnswer& answer) {
  const Futures& futures = answer.futures;
  if (futures.values.empty()) return {};
  std::string text = fmt::format("{} futures, seed {}: {} uncertain inputs", futures.done,
                                 futures.seed, futures.inputs.size());
  if (futures.resumed > 0) text += fmt::format("; {} taken from {}", futures.resumed, answer.store);
  text += '\n';
  if (futures.interrupted)
    text += fmt::format("INTERRUPTED after {} of {}{}\n", futures.done, futures.values.size(),
                        answer.store.empty() ? "" : ": run again with the same store to go on");
  for (const std::string& note : futures.notes) text += note + '\n';
  return text;
}

std::string tornado_text(const FuturesAnswer& answer, const std::string& wanted, PageStyle style) {
  const Tornado& tornado = *answer.tornado;
  const int outcome = outcome_index(tornado.outcomes, wanted.empty() ? "npv" : wanted);
  if (outcome < 0) return fmt::format("\nthere is no outcome '{}' to show what moves it\n", wanted);
  if (tornado.bars.empty()) return {};
  const auto at = static_cast<std::size_t>(outcome);
  const Outcome& shown = tornado.outcomes[at];
  std::vector<double> correlations;
  if (answer.futures.done > 2) correlations = input_correlations(answer.futures, outcome);
  TextTable table(
      {"what moves " + title_of(shown), "", "at 10 %", "at 90 %", "range", "rank corr."});
  std::size_t count = 0, left = 0;
  for (const int index : tornado.sorted_for(outcome)) {
    const TornadoBar& bar = tornado.bars[static_cast<std::size_t>(index)];
    if (count++ >= kShownBars || tornado.width(index, outcome) == 0) {
      left += 1;
      continue;
    }
    const UncertainInput& input = tornado.inputs[static_cast<std::size_t>(bar.input)];
    std::vector<std::string> row{
        input.event ? fmt::format("{} ({:.3g} %)", input.name, 100 * input.probability)
                    : input.name};
    for (std::string& cell : cells_of(answer, shown, {bar.low[at], bar.high[at]}))
      row.push_back(std::move(cell));
    row.push_back(is_day(shown) ? "" : outcome_text(answer, shown, tornado.width(index, outcome)));
    row.push_back(correlations.empty()
                      ? "-"
                      : fmt::format("{:+.2f}", correlations[static_cast<std::size_t>(bar.input)]));
    table.row(std::move(row));
  }
  std::string text = '\n' + table.text(style);
  text += fmt::format("median {}; events: without and with, their chance in brackets",
                      outcome_text(answer, shown, tornado.median[at]));
  if (left > 0) text += fmt::format("; {} more inputs move it less or not", left);
  return text + '\n';
}

/// Gigawatts of all programs together at the end of the study.
double final_gigawatts(const std::vector<Outcome>& outcomes, const std::vector<double>& values) {
  int last = 0;
  for (const Outcome& each : outcomes)
    if (each.kind == OutcomeKind::gigawatts) last = std::max(last, each.year);
  double watts = 0;
  for (std::size_t i = 0; i < outcomes.size(); ++i)
    if (outcomes[i].kind == OutcomeKind::gigawatts && outcomes[i].year == last) watts += values[i];
  return watts / kWattsAGigawatt;
}

/// What each deal is worth in each leaf.
std::string deal_leaves_text(const FuturesAnswer& answer, PageStyle style) {
  std::vector<std::string> deals;
  for (const DealLeaf& each : answer.deal_leaves)
    if (std::find(deals.begin(), deals.end(), each.deal) == deals.end()) deals.push_back(each.deal);
  if (deals.empty()) return {};
  std::vector<std::string> titles{"worth of the deals, billion USD"};
  titles.insert(titles.end(), deals.begin(), deals.end());
  TextTable table(titles);
  std::vector<double> expected(deals.size());
  for (std::size_t i = 0; i < answer.tree->leaves.size(); ++i) {
    std::vector<std::string> cells{answer.tree->leaves[i].name};
    cells.resize(titles.size());
    for (const DealLeaf& each : answer.deal_leaves) {
      if (static_cast<std::size_t>(each.leaf) != i) continue;
      const auto at = static_cast<std::size_t>(std::find(deals.begin(), deals.end(), each.deal) -
                                               deals.begin());
      cells[at + 1] = number_text(each.value / usd / kBillion);
      expected[at] += answer.tree->leaves[i].probability * (each.value / usd);
    }
    table.row(std::move(cells));
  }
  table.rule();
  std::vector<std::string> cells{"expected"};
  for (const double value : expected) cells.push_back(number_text(value / kBillion));
  table.row(std::move(cells));
  return '\n' + table.text(style);
}

std::string tree_text(const FuturesAnswer& answer, PageStyle style) {
  const ScenarioTree& tree = *answer.tree;
  if (tree.interrupted) return "\nINTERRUPTED: the scenario tree is not finished\n";
  constexpr std::array kShown{std::pair{"npv", "present value, "}, std::pair{"cost", "cost, "},
                              std::pair{"tokens", ""}, std::pair{"training_flop", ""},
                              std::pair{"grid_energy", ""}};
  std::vector<std::string> titles{"scenario", "chance"};
  std::vector<std::size_t> columns;
  std::vector<ScaledUnit> scales;
  for (const auto& [id, title] : kShown) {
    const int index = outcome_index(tree.outcomes, id);
    if (index < 0) continue;
    const auto at = static_cast<std::size_t>(index);
    const OutcomeUnit unit = unit_of(answer, tree.outcomes[at]);
    double largest = 0;
    for (const ScenarioLeaf& leaf : tree.leaves)
      largest = std::max(largest, std::abs(leaf.values[at] * unit.factor));
    if (largest == 0) continue;
    columns.push_back(at);
    scales.push_back(scaled_unit(unit.name, largest));
    scales.back().factor /= unit.factor;
    titles.push_back(title + scales.back().name);
  }
  titles.emplace_back("GW at end");
  TextTable table(titles);
  const auto row = [&](const std::string& name, double chance, const std::vector<double>& values) {
    std::vector<std::string> cells{name, fmt::format("{:.4g} %", 100 * chance)};
    for (std::size_t i = 0; i < columns.size(); ++i)
      cells.push_back(number_text(values[columns[i]] / scales[i].factor));
    cells.push_back(number_text(final_gigawatts(tree.outcomes, values)));
    table.row(std::move(cells));
  };
  for (const ScenarioLeaf& leaf : tree.leaves) {
    row(leaf.feasible ? leaf.name : leaf.name + " (a must is not met)", leaf.probability,
        leaf.values);
  }
  table.rule();
  row("expected", 1, tree.expected);
  return '\n' + table.text(style) + deal_leaves_text(answer, style);
}

}  // namespace

std::string futures_text(const FuturesAnswer& answer, PageStyle style,
                         const std::string& tornado_outcome) {
  std::string text = heading(answer);
  if (!answer.spreads.empty())
    text += headlines_text(answer, style) + deliveries_text(answer, style);
  if (answer.tornado) text += tornado_text(answer, tornado_outcome, style);
  if (answer.tree) text += tree_text(answer, style);
  if (!answer.deals.empty())
    text += fmt::format("\ndeals over the deliveries of {} futures\n", answer.futures.done) +
            fleet_deals_text(answer.deals, style);
  return text;
}

}  // namespace polyfleet
