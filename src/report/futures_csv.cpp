// A study of futures as CSV: values in the plain unit that each row or column names; days as dates,
// empty where they never come.
#include <fmt/format.h>

#include <cmath>

#include "base/csv.hpp"
#include "report/futures_text.hpp"
#include "report/futures_units.hpp"

namespace polyfleet {
namespace {

std::string cell(const FuturesAnswer& answer, const Outcome& outcome, double value) {
  if (!std::isfinite(value)) return "";
  if (is_day(outcome)) return day_text(answer, value);
  return fmt::format("{:.12g}", value * unit_of(answer, outcome).factor);
}

std::string head_of(const FuturesAnswer& answer, const Outcome& outcome) {
  return fmt::format("{},{},{}", csv_cell(outcome.id), csv_cell(title_of(outcome)),
                     csv_cell(unit_of(answer, outcome).name));
}

std::string percentiles_csv(const FuturesAnswer& answer) {
  std::string text = "id,name,unit,plan,median_future,p5,p25,p50,p75,p95,mean,never\n";
  for (std::size_t i = 0; i < answer.spreads.size(); ++i) {
    const Outcome& outcome = answer.futures.outcomes[i];
    const OutcomeSpread& s = answer.spreads[i];
    text += head_of(answer, outcome);
    for (const double value : {answer.futures.plan[i], answer.futures.median[i], s.p5, s.p25, s.p50,
                               s.p75, s.p95, s.mean})
      text += ',' + cell(answer, outcome, value);
    text += fmt::format(",{:.12g}\n", s.never);
  }
  return text;
}

std::string every_future_csv(const FuturesAnswer& answer) {
  const Futures& futures = answer.futures;
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < futures.outcomes.size(); ++i) {
    const Outcome& outcome = futures.outcomes[i];
    if (outcome.kind != OutcomeKind::account || outcome.year == 0) columns.push_back(i);
  }
  std::string text = "future";
  for (const std::size_t i : columns)
    text += ',' + csv_cell(fmt::format("{} [{}]", futures.outcomes[i].id,
                                       unit_of(answer, futures.outcomes[i]).name));
  for (const UncertainInput& input : futures.inputs) text += ',' + csv_cell("input:" + input.id);
  text += '\n';
  for (std::size_t future = 0; future < futures.values.size(); ++future) {
    if (futures.values[future].empty()) continue;
    text += fmt::format("{}", future);
    for (const std::size_t i : columns)
      text += ',' + cell(answer, futures.outcomes[i], futures.values[future][i]);
    for (const double drawn : futures.drawn[future]) text += fmt::format(",{:.12g}", drawn);
    text += '\n';
  }
  return text;
}

std::string tornado_csv(const FuturesAnswer& answer) {
  const Tornado& tornado = *answer.tornado;
  std::string text = "outcome,name,unit,input,input_name,event,median,low,high,rank_correlation\n";
  for (const int index : headline_outcomes(tornado.outcomes)) {
    const auto at = static_cast<std::size_t>(index);
    const Outcome& outcome = tornado.outcomes[at];
    std::vector<double> correlations;
    if (answer.futures.done > 2) correlations = input_correlations(answer.futures, index);
    for (const int bar_index : tornado.sorted_for(index)) {
      const TornadoBar& bar = tornado.bars[static_cast<std::size_t>(bar_index)];
      const UncertainInput& input = tornado.inputs[static_cast<std::size_t>(bar.input)];
      text += fmt::format(
          "{},{},{},{},{},{},{},{}\n", head_of(answer, outcome), csv_cell(input.id),
          csv_cell(input.name), input.event ? "yes" : "no",
          cell(answer, outcome, tornado.median[at]), cell(answer, outcome, bar.low[at]),
          cell(answer, outcome, bar.high[at]),
          correlations.empty()
              ? ""
              : fmt::format("{:.12g}", correlations[static_cast<std::size_t>(bar.input)]));
    }
  }
  return text;
}

std::string tree_csv(const FuturesAnswer& answer) {
  const ScenarioTree& tree = *answer.tree;
  std::string text = "id,name,unit,expected";
  for (const ScenarioLeaf& leaf : tree.leaves) text += ',' + csv_cell(leaf.name);
  text += "\nprobability,,,1";
  for (const ScenarioLeaf& leaf : tree.leaves) text += fmt::format(",{:.12g}", leaf.probability);
  text += '\n';
  for (std::size_t i = 0; i < tree.expected.size(); ++i) {
    const Outcome& outcome = tree.outcomes[i];
    text += head_of(answer, outcome) + ',' + cell(answer, outcome, tree.expected[i]);
    for (const ScenarioLeaf& leaf : tree.leaves)
      text += ',' + cell(answer, outcome, leaf.values[i]);
    text += '\n';
  }
  return text;
}

void add_deal(const DealFutures& deal, std::string& text) {
  const auto row = [&](const std::string& what, double number, double mean,
                       const Percentiles& spread) {
    text += fmt::format("{},{},{},{:.12g},{:.12g},{:.12g},{:.12g},{:.12g},{:.12g},{:.12g}\n",
                        csv_cell(deal.id), print_date(deal.valued_on), what, number, mean,
                        spread.p5, spread.p25, spread.p50, spread.p75, spread.p95);
  };
  for (std::size_t i = 0; i < deal.gigawatts.size(); ++i)
    text += fmt::format("{},{},reached_share,{:.12g},{:.12g},,,,,\n", csv_cell(deal.id),
                        print_date(deal.valued_on), deal.gigawatts[i], deal.reached[i]);
  if (deal.warrant) {
    row("warrant_usd", 0, deal.warrant->value.mean, deal.warrant->value_spread);
    row("shares", 0, deal.warrant->shares.mean, deal.warrant->shares_spread);
  }
  if (deal.investment)
    row("released_usd", 0, deal.investment->released / usd, deal.investment->released_spread);
  if (deal.guarantee)
    text += fmt::format("{},{},guarantee_usd,0,{:.12g},,,,,\n", csv_cell(deal.id),
                        print_date(deal.valued_on), deal.guarantee->expected_loss / usd);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> futures_csv(const FuturesAnswer& answer) {
  std::vector<std::pair<std::string, std::string>> files;
  if (!answer.spreads.empty()) {
    files.emplace_back("futures_percentiles.csv", percentiles_csv(answer));
    files.emplace_back("futures.csv", every_future_csv(answer));
  }
  if (answer.tornado && !answer.tornado->bars.empty())
    files.emplace_back("tornado.csv", tornado_csv(answer));
  if (answer.tree && !answer.tree->interrupted)
    files.emplace_back("scenario_tree.csv", tree_csv(answer));
  if (!answer.deals.empty()) {
    std::string text = "deal,valued_on,what,gigawatts,mean,p5,p25,p50,p75,p95\n";
    for (const DealFutures& deal : answer.deals) add_deal(deal, text);
    files.emplace_back("deal_futures.csv", std::move(text));
  }
  return files;
}

}  // namespace polyfleet
