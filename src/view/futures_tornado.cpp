// What moves a fleet's outcomes, and the branches of its scenario tree (declared in
// view/futures_figures.hpp).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "report/fleet_table.hpp"
#include "report/futures_text.hpp"
#include "report/futures_units.hpp"
#include "report/plain_units.hpp"
#include "view/deal_figures.hpp"
#include "view/fleet_series.hpp"
#include "view/futures_figures.hpp"

namespace polyfleet {
namespace {

/// Bars of a tornado that are shown; the rest is counted.
constexpr std::size_t kShownBars = 12;
/// Outcomes that have a picture of what moves them; --json and tornado.csv have every headline.
constexpr std::array kMoved{"npv",           "cost",        "token_cost",
                            "tokens",        "grid_energy", "carbon_location_based",
                            "gigawatt_years"};

std::string input_name(const UncertainInput& input) {
  return input.event ? fmt::format("{} ({:.3g} %)", input.name, 100 * input.probability)
                     : input.name;
}

double largest_value(const Tornado& tornado, std::size_t at) {
  double largest = std::abs(tornado.median[at]);
  for (const TornadoBar& bar : tornado.bars)
    largest = std::max({largest, std::abs(bar.low[at]), std::abs(bar.high[at])});
  return largest;
}

/// Bars that move the outcome; empty data where nothing does.
PageFigure tornado_of(const FuturesAnswer& answer, int index) {
  const Tornado& tornado = *answer.tornado;
  const auto at = static_cast<std::size_t>(index);
  const Outcome& outcome = tornado.outcomes[at];
  const OutcomeUnit unit = unit_of(answer, outcome);
  const ScaledUnit scaled = scaled_unit(unit.name, largest_value(tornado, at) * unit.factor);
  const double factor = unit.factor / scaled.factor;
  std::vector<double> correlations;
  if (answer.futures.done > 2) correlations = input_correlations(answer.futures, index);
  std::vector<std::string> names, members;
  std::vector<double> low, high, ranks;
  std::size_t left = 0;
  for (const int bar_index : tornado.sorted_for(index)) {
    const TornadoBar& bar = tornado.bars[static_cast<std::size_t>(bar_index)];
    const UncertainInput& input = tornado.inputs[static_cast<std::size_t>(bar.input)];
    if (names.size() >= kShownBars || tornado.width(bar_index, index) == 0) {
      ++left;
      continue;
    }
    names.push_back(input_name(input));
    members.push_back(input.basis);
    low.push_back(rounded(bar.low[at] * factor));
    high.push_back(rounded(bar.high[at] * factor));
    ranks.push_back(correlations.empty()
                        ? std::nan("")
                        : rounded(correlations[static_cast<std::size_t>(bar.input)]));
  }
  PageFigure figure;
  figure.id = "tornado_" + figure_id_of(outcome.id);
  figure.title = fmt::format("What moves {}", title_of(outcome));
  figure.reading = fmt::format(
      "Each input alone at its 10 % and 90 % point, all others at their median; events without and "
      "with, their chance in brackets. The median future has {}.",
      outcome_text(answer, outcome, tornado.median[at]));
  if (left > 0) figure.reading += fmt::format(" {} more inputs move it less or not.", left);
  figure.data.word("input", names).number("at 10 %", scaled.name, low);
  figure.data.number("at 90 %", scaled.name, high).number("rank correlation", "", ranks);
  figure.data.word("basis", members);
  TornadoChart chart;
  chart.name = "input";
  chart.low = "at 10 %";
  chart.high = "at 90 %";
  chart.base = rounded(tornado.median[at] * factor);
  chart.base_label = "median future";
  figure.chart = std::move(chart);
  figure.assumptions = {
      "What two inputs do only together is not in the bars; the rank correlations over the futures "
      "(in the table) see it."};
  return figure;
}

/// An outcome of the tree's leaves, in the unit that suits the largest.
void add_outcome(const FuturesAnswer& answer, const std::string& id, const std::string& name,
                 DataTable& table) {
  const ScenarioTree& tree = *answer.tree;
  const int index = outcome_index(tree.outcomes, id);
  if (index < 0) return;
  const auto at = static_cast<std::size_t>(index);
  const OutcomeUnit unit = unit_of(answer, tree.outcomes[at]);
  double largest = 0;
  for (const ScenarioLeaf& leaf : tree.leaves)
    largest = std::max(largest, std::abs(leaf.values[at] * unit.factor));
  if (largest == 0) return;
  const ScaledUnit scaled = scaled_unit(unit.name, largest);
  std::vector<double> values;
  for (const ScenarioLeaf& leaf : tree.leaves)
    values.push_back(rounded(leaf.values[at] * unit.factor / scaled.factor));
  values.push_back(rounded(tree.expected[at] * unit.factor / scaled.factor));
  table.number(name, scaled.name, std::move(values));
}

DataTable tree_table(const FuturesAnswer& answer) {
  const ScenarioTree& tree = *answer.tree;
  std::vector<std::string> names, met;
  std::vector<double> chances;
  for (const ScenarioLeaf& leaf : tree.leaves) {
    names.push_back(leaf.name);
    met.emplace_back(leaf.feasible ? "yes" : "no");
    chances.push_back(rounded(100 * leaf.probability));
  }
  names.emplace_back("expected");
  met.emplace_back("");
  chances.push_back(100);
  DataTable table;
  table.word("scenario", names).number("chance", "%", chances).word("every must is met", met);
  constexpr std::array kShown{std::pair{"npv", "net present value"},
                              std::pair{"cost", "cost"},
                              std::pair{"tokens", "tokens"},
                              std::pair{"training_flop", "training"},
                              std::pair{"grid_energy", "grid energy"},
                              std::pair{"carbon_location_based", "carbon"},
                              std::pair{"gigawatt_years", "gigawatt-years"}};
  for (const auto& [id, name] : kShown) add_outcome(answer, id, name, table);
  return table;
}

PageFigure tree_chances(const FuturesAnswer& answer) {
  PageFigure figure;
  figure.id = "scenario_tree";
  figure.title = "Branches of the scenario tree";
  figure.reading =
      "How likely each chain of events is, as the scenario states it, and what the "
      "fleet comes to in it; the last row is the mean by chance.";
  figure.data = tree_table(answer);
  BarChart chart;
  chart.category = "scenario";
  chart.horizontal = true;
  chart.values = {figure.data.find("net present value") != nullptr ? "net present value"
                                                                   : "chance"};
  figure.chart = std::move(chart);
  figure.assumptions = {
      "Each leaf is played once against the plan with nothing else varied; chances are the "
      "scenario's."};
  return figure;
}

PageFigure tree_deals(const FuturesAnswer& answer) {
  std::vector<std::string> leaves;
  for (const ScenarioLeaf& leaf : answer.tree->leaves) leaves.push_back(leaf.name);
  PageFigure figure;
  figure.id = "scenario_tree_deals";
  figure.title = "What the deals are worth in each branch";
  figure.reading = "Warrants, money released and guarantees, by deal.";
  figure.data.word("scenario", leaves);
  NamedSeries series(leaves.size());
  for (const DealLeaf& each : answer.deal_leaves)
    series.of(each.deal)[static_cast<std::size_t>(each.leaf)] = each.value / usd;
  BarChart chart;
  chart.category = "scenario";
  chart.values = series.add_to(figure.data, "BUSD", 1 / kBillion);
  chart.horizontal = true;
  figure.chart = std::move(chart);
  return figure;
}

}  // namespace

FigureSection tornado_section(const FuturesAnswer& answer) {
  FigureSection section{"What matters", {}};
  if (!answer.tornado || answer.tornado->median.empty() || answer.tornado->bars.empty())
    return section;
  for (const char* id : kMoved) {
    const int index = outcome_index(answer.tornado->outcomes, id);
    if (index < 0) continue;
    PageFigure figure = tornado_of(answer, index);
    if (figure.data.rows() > 0) section.figures.push_back(std::move(figure));
  }
  return section;
}

FigureSection tree_section(const FuturesAnswer& answer) {
  FigureSection section{"Scenario tree", {}};
  if (!answer.tree || answer.tree->interrupted || answer.tree->leaves.empty()) return section;
  section.figures.push_back(tree_chances(answer));
  if (!answer.deal_leaves.empty()) section.figures.push_back(tree_deals(answer));
  return section;
}

}  // namespace polyfleet
