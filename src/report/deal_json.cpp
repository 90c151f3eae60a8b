
#include "report/deal_report.hpp"
#include "report/json_parts.hpp"

namespace polyfleet {
namespace {

Value date_value(const std::optional<CalendarDate>& date) {
  return date ? Value(print_date(*date)) : Value();
}

Value sampled_json(const Sampled& sampled) {
  Value value;
  value.set("mean", sampled.mean).set("error", sampled.error);
  return value;
}

Value tranche_json(const TrancheValue& tranche) {
  Value value;
  value.set("delivered_gw", tranche.delivered / gigawatt).set("shares", tranche.shares);
  value.set("hurdle_usd", tranche.hurdle / usd);
  value.set("in_time", sampled_json(tranche.delivered_in_time));
  value.set("vests", sampled_json(tranche.vests));
  value.set("vest_date", date_value(tranche.vest_date));
  value.set("value_usd", sampled_json(tranche.value));
  return value;
}

Value warrant_json(const WarrantValue& warrant) {
  Value tranches{Array{}};
  for (const TrancheValue& tranche : warrant.tranches) tranches.push(tranche_json(tranche));
  Value value;
  value.set("deal", warrant.deal).set("tranches", tranches);
  value.set("value_usd", sampled_json(warrant.value));
  value.set("value_percentiles_usd", percentiles_json(warrant.value_spread));
  value.set("shares", sampled_json(warrant.shares));
  value.set("shares_percentiles", percentiles_json(warrant.shares_spread));
  value.set("value_per_gigawatt_usd", warrant.per_gigawatt / usd);
  value.set("exercise_cash_usd", warrant.exercise_cash / usd);
  value.set("value_if_dilution_unforeseen_usd", sampled_json(warrant.value_if_unforeseen));
  return value;
}

Value valuation_json(const DealAnswer& answer) {
  const WarrantValuation& all = *answer.warrants;
  Value positions{Array{}};
  for (const WarrantValue& warrant : all.positions) positions.push(warrant_json(warrant));
  Value value;
  value.set("positions", positions);
  value.set("value_usd", sampled_json(all.value)).set("shares", sampled_json(all.shares));
  value.set("per_share_outstanding_usd", all.per_share_outstanding / usd);
  value.set("of_market_value", all.of_market_value);
  value.set("dilution", all.dilution).set("greatest_dilution", all.greatest_dilution);
  value.set("paths", all.paths).set("steps", all.steps);
  Value closed{Array{}};
  for (const Usd tranche : answer.closed_form) closed.push(tranche / usd);
  value.set("closed_form_usd", answer.closed_form.empty() ? Value() : closed);
  return value;
}

Value share_json(const DealAnswer& answer) {
  Value value;
  value.set("id", answer.share->id).set("name", answer.share->name);
  value.set("price_usd", answer.model.price / usd).set("price_source", answer.price_source);
  value.set("volatility", answer.model.volatility).set("rate", answer.model.rate);
  value.set("dividend_yield", answer.model.dividend_yield);
  value.set("outstanding", answer.model.outstanding);
  return value;
}

Value deployments_json(const DealAnswer& answer) {
  Value deals{Array{}};
  for (std::size_t i = 0; i < answer.deals.size(); ++i) {
    Value powers{Array{}}, paths{Array{}};
    for (const Watts power : milestones(answer.deals[i])) powers.push(power / gigawatt);
    for (const DeploymentPath& path : answer.deployments[i]) {
      Value dates{Array{}};
      for (const auto& date : path.reached) dates.push(date_value(date));
      paths.push(dates);
    }
    Value deal;
    deal.set("deal", answer.deals[i].id).set("milestones_gw", powers).set("paths", paths);
    deals.push(deal);
  }
  return deals;
}

Value investment_json(const InvestmentValue& investment) {
  Value rows{Array{}};
  for (const InvestmentValue::Row& row : investment.rows) {
    Value value;
    value.set("delivered_gw", row.delivered == Watts() ? Value() : Value(row.delivered / gigawatt));
    value.set("amount_usd", row.amount / usd).set("released", row.released);
    value.set("date", date_value(row.date)).set("value_usd", row.value / usd);
    rows.push(value);
  }
  Value value;
  value.set("rows", rows).set("released_usd", investment.released / usd);
  value.set("released_percentiles_usd", percentiles_json(investment.released_spread));
  value.set("value_usd", investment.value / usd);
  return value;
}

Value terms_json(const std::vector<NamedTerm>& terms) {
  Value list{Array{}};
  for (const NamedTerm& term : terms) {
    Value value;
    value.set("key", term.key).set("value", term.value);
    value.set("range", term.range.empty() ? Value() : Value(term.range));
    value.set("status", name_of(term.status)).set("source", term.source).set("note", term.note);
    list.push(value);
  }
  return list;
}

Value sensitivity_json(const DealSensitivity& sensitivity) {
  Value swings{Array{}};
  for (const DealSwing& swing : sensitivity.swings) {
    Value value;
    value.set("key", swing.key).set("low", swing.low).set("value_at_low_usd", swing.at_low / usd);
    value.set("high", swing.high).set("value_at_high_usd", swing.at_high / usd);
    swings.push(value);
  }
  Value value;
  value.set("value_usd", sensitivity.base / usd).set("paths", sensitivity.paths);
  value.set("swings", swings);
  if (sensitivity.interrupted()) value.set("interrupted", true).set("ranges", sensitivity.ranges);
  return value;
}

Value facts_json(const Deal& deal) {
  Value list{Array{}};
  for (const DealFact& fact : deal.facts) {
    Value value;
    value.set("date", print_date(fact.date)).set("what", fact.what);
    value.set("status", name_of(fact.status)).set("source", fact.source);
    list.push(value);
  }
  return list;
}

}  // namespace

Value deal_json(const DealAnswer& answer) {
  const Deal& deal = answer.deals.front();
  Value value;
  value.set("deal", deal.id).set("name", deal.name).set("vendor", deal.vendor);
  value.set("buyer", deal.buyer).set("state", deal.state).set("summary", deal.summary);
  value.set("signed_on", print_date(deal.signed_on));
  value.set("valued_on", print_date(answer.valued_on))
      .set("seed", static_cast<std::int64_t>(answer.seed));
  value.set("share", answer.share ? share_json(answer) : Value());
  value.set("own_deliveries", answer.own_deliveries).set("correlated", answer.correlated);
  value.set("deployments", deployments_json(answer));
  value.set("warrants", answer.warrants ? valuation_json(answer) : Value());
  value.set("investment", answer.investment ? investment_json(*answer.investment) : Value());
  Value guarantee;
  if (answer.guarantee) {
    guarantee.set("expected_loss_usd", answer.guarantee->expected_loss / usd);
    guarantee.set("greatest_exposure_usd", answer.guarantee->greatest_exposure / usd);
  }
  value.set("guarantee", guarantee);
  value.set("sensitivity", answer.sensitivity ? sensitivity_json(*answer.sensitivity) : Value());
  value.set("terms", terms_json(answer.terms)).set("facts", facts_json(deal));
  return value;
}

Value deal_list_json(const std::vector<DealSummary>& deals) {
  Value list{Array{}};
  for (const DealSummary& deal : deals) {
    Value value;
    value.set("deal", deal.id).set("name", deal.name).set("signed_on", print_date(deal.signed_on));
    value.set("state", deal.state).set("summary", deal.summary);
    list.push(value);
  }
  return list;
}

}  // namespace polyfleet
