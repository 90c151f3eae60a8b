// A study of futures as JSON.
#include <cmath>

#include "report/futures_text.hpp"
#include "report/futures_units.hpp"

namespace polyfleet {
namespace {

/// Of a day its date, null where it never comes.
Value shown(const FuturesAnswer& answer, const Outcome& outcome, double value) {
  if (!std::isfinite(value)) return {};
  return is_day(outcome) ? Value(day_text(answer, value))
                         : Value(value * unit_of(answer, outcome).factor);
}

Value outcome_document(const FuturesAnswer& answer, std::size_t i) {
  const Outcome& outcome = answer.futures.outcomes[i];
  Value document{Table{{"id", outcome.id},
                       {"name", title_of(outcome)},
                       {"group", outcome.group},
                       {"unit", unit_of(answer, outcome).name}}};
  const auto set = [&](const char* key, double value) {
    document.set(key, shown(answer, outcome, value));
  };
  set("plan", answer.futures.plan[i]);
  set("median_future", answer.futures.median[i]);
  if (answer.spreads.empty()) return document;
  const OutcomeSpread& spread = answer.spreads[i];
  set("p5", spread.p5);
  set("p25", spread.p25);
  set("p50", spread.p50);
  set("p75", spread.p75);
  set("p95", spread.p95);
  set("mean", spread.mean);
  if (is_day(outcome)) document.set("never", spread.never);
  return document;
}

Value inputs_document(const std::vector<UncertainInput>& inputs) {
  Array list;
  for (const UncertainInput& input : inputs) {
    Array members;
    for (const std::string& member : input.member_ids) members.emplace_back(member);
    Value document{Table{{"id", input.id},
                         {"name", input.name},
                         {"members", std::move(members)},
                         {"correlation", input.correlation},
                         {"basis", input.basis}}};
    if (input.event) document.set("probability", input.probability);
    list.push_back(std::move(document));
  }
  return list;
}

Value tornado_document(const FuturesAnswer& answer) {
  const Tornado& tornado = *answer.tornado;
  Array outcomes;
  if (tornado.median.empty()) return outcomes;  // stopped before the first
  for (const int index : headline_outcomes(tornado.outcomes)) {
    const auto at = static_cast<std::size_t>(index);
    const Outcome& outcome = tornado.outcomes[at];
    std::vector<double> correlations;
    if (answer.futures.done > 2) correlations = input_correlations(answer.futures, index);
    Array bars;
    for (const int bar_index : tornado.sorted_for(index)) {
      const TornadoBar& bar = tornado.bars[static_cast<std::size_t>(bar_index)];
      const auto input = static_cast<std::size_t>(bar.input);
      Value document{Table{{"input", tornado.inputs[input].id},
                           {"low", shown(answer, outcome, bar.low[at])},
                           {"high", shown(answer, outcome, bar.high[at])}}};
      if (!correlations.empty()) document.set("rank_correlation", correlations[input]);
      bars.push_back(std::move(document));
    }
    outcomes.push_back(Value(Table{{"outcome", outcome.id},
                                   {"unit", unit_of(answer, outcome).name},
                                   {"median", shown(answer, outcome, tornado.median[at])},
                                   {"bars", std::move(bars)}}));
  }
  return outcomes;
}

Value tree_document(const FuturesAnswer& answer) {
  const ScenarioTree& tree = *answer.tree;
  const auto values = [&](const std::vector<double>& of) {
    Value document{Table{}};
    for (std::size_t i = 0; i < of.size(); ++i)
      document.set(tree.outcomes[i].id, shown(answer, tree.outcomes[i], of[i]));
    return document;
  };
  Array leaves;
  for (std::size_t i = 0; i < tree.leaves.size(); ++i) {
    const ScenarioLeaf& leaf = tree.leaves[i];
    Value deals{Table{}};
    for (const DealLeaf& each : answer.deal_leaves)
      if (static_cast<std::size_t>(each.leaf) == i) deals.set(each.deal, each.value / usd);
    leaves.push_back(Value(Table{{"name", leaf.name},
                                 {"probability", leaf.probability},
                                 {"feasible", leaf.feasible},
                                 {"outcomes", values(leaf.values)},
                                 {"deals", std::move(deals)}}));
  }
  return Value(Table{{"interrupted", tree.interrupted},
                     {"leaves", std::move(leaves)},
                     {"expected", values(tree.expected)}});
}

Value spread_document(const Percentiles& spread) {
  return Value(Table{{"p5", spread.p5},
                     {"p25", spread.p25},
                     {"p50", spread.p50},
                     {"p75", spread.p75},
                     {"p95", spread.p95}});
}

Value deal_document(const DealFutures& deal) {
  Array reached;
  for (std::size_t i = 0; i < deal.gigawatts.size(); ++i)
    reached.push_back(Value(Table{{"gigawatts", deal.gigawatts[i]}, {"reached", deal.reached[i]}}));
  Value document{Table{{"id", deal.id},
                       {"name", deal.name},
                       {"program", deal.program},
                       {"valued_on", print_date(deal.valued_on)},
                       {"deliveries", std::move(reached)}}};
  if (deal.warrant) {
    document.set("warrant_usd", Value(Table{{"mean", deal.warrant->value.mean},
                                            {"error", deal.warrant->value.error}}));
    document.set("warrant_spread_usd", spread_document(deal.warrant->value_spread));
    document.set("shares", deal.warrant->shares.mean);
    document.set("shares_spread", spread_document(deal.warrant->shares_spread));
  }
  if (deal.investment) {
    document.set("released_usd", deal.investment->released / usd);
    document.set("released_spread_usd", spread_document(deal.investment->released_spread));
    document.set("investment_value_usd", deal.investment->value / usd);
  }
  if (deal.guarantee) document.set("guarantee_usd", deal.guarantee->expected_loss / usd);
  if (!deal.problem.empty()) document.set("problem", deal.problem);
  return document;
}

}  // namespace

Value futures_document(const FuturesAnswer& answer) {
  const Futures& futures = answer.futures;
  Array notes, outcomes, deals;
  for (const std::string& note : futures.notes) notes.emplace_back(note);
  if (!futures.median.empty())
    for (std::size_t i = 0; i < futures.outcomes.size(); ++i)
      outcomes.push_back(outcome_document(answer, i));
  for (const DealFutures& deal : answer.deals) deals.push_back(deal_document(deal));
  Value document{Table{{"futures", futures.values.size()},
                       {"done", futures.done},
                       {"resumed", futures.resumed},
                       {"interrupted", futures.interrupted},
                       {"seed", static_cast<std::int64_t>(futures.seed)},
                       {"notes", std::move(notes)},
                       {"inputs", inputs_document(futures.inputs)},
                       {"outcomes", std::move(outcomes)}}};
  if (answer.tornado) document.set("tornado", tornado_document(answer));
  if (answer.tree) document.set("scenario_tree", tree_document(answer));
  document.set("deals", std::move(deals));
  return document;
}

}  // namespace polyfleet
