#include "report/serving_plan_json.hpp"

#include <algorithm>

#include "report/json_parts.hpp"
#include "report/serving_plan_text.hpp"

namespace polyfleet {
namespace {

template <class Q>
Value base_of(const std::optional<Q>& quantity) {
  return quantity ? Value(quantity->base()) : Value();
}

Value latency_json(const LatencyFigures& figures) {
  return json_table({{"ttft", figures.ttft / second},
                     {"tpot", figures.tpot / second},
                     {"end_to_end", figures.end_to_end / second}});
}

const char* role_name(PoolRole role) {
  if (role == PoolRole::prefill) return "prefill";
  return role == PoolRole::decode ? "decode" : "aggregated";
}

Value pool_json(const ServingPlanQuestion& question, const PlannedPool& pool) {
  const ReplicaKind& kind = question.kinds[pool.kind];
  const ServingOffer& offer = question.offers[kind.offer];
  const SteadyState& state = pool.point.state;
  Value json = json_table({{"offer", offer.name},
                           {"vendor", offer.vendor},
                           {"accelerator", offer.accelerator},
                           {"system", offer.system},
                           {"role", role_name(pool.role)},
                           {"engine", kind.engine},
                           {"formats", kind.formats.name},
                           {"cache", name_of(kind.formats.cache)},
                           {"layout", layout_json(kind.layout)}});
  if (kind.max_sequences > 0) json.set("max_sequences", kind.max_sequences);
  json.set("replicas", pool.replicas);
  json.set("accelerators_per_replica", pool.accelerators_per_replica);
  json.set("requests_per_second_each", pool.point.requests_per_second);
  json.set("running_each", state.running);
  json.set("cache_share", state.cache_share);
  json.set("limit", state.limit);
  return json;
}

Value plan_json_of(const ServingPlanQuestion& question, const ServingPlan& plan) {
  const ServingDemand& demand = question.demand;
  const double tokens = demand.requests_per_second * demand.shape.output_tokens;
  Value pools{Array{}};
  for (const PlannedPool& pool : plan.pools) pools.push(pool_json(question, pool));
  Value json = json_table({{"pools", pools}, {"accelerators", plan.accelerators}});
  json.set("usd_per_hour", plan.cost ? Value(*plan.cost / usd_per_hour) : Value());
  json.set("usd_per_million_output_tokens",
           plan.cost ? Value(*plan.cost * second / usd / tokens * 1e6) : Value());
  json.set("watts", base_of(plan.power));
  json.set("peak_watts", base_of(plan.peak_power));
  json.set("joules_per_output_token", plan.power ? Value(*plan.power / watt / tokens) : Value());
  json.set("grams_co2e_per_hour", plan.carbon ? Value(plan.carbon->base() * 3600) : Value());
  json.set("mean", latency_json(plan.mean));
  json.set("as_measured_by_targets", latency_json(plan.measured));
  if (plan.transfer)
    json.set("cache_transfer",
             json_table({{"latency", seconds_of_picos(plan.transfer->latency) / second},
                         {"seconds_per_token", plan.transfer->picos_per_token / kPicosPerSecond},
                         {"conversion_seconds_per_token",
                          plan.transfer->convert_picos_per_token / kPicosPerSecond},
                         {"basis", plan.transfer->basis}}));
  return json;
}

Value plans_json(const ServingPlanQuestion& question, const std::vector<ServingPlan>& plans,
                 std::size_t most) {
  Value list{Array{}};
  for (std::size_t i = 0; i < plans.size() && i < most; ++i)
    list.push(plan_json_of(question, plans[i]));
  return list;
}

Value summary_json(const LatencySummary& summary) {
  return json_table({{"count", summary.count},
                     {"mean", summary.mean},
                     {"p50", summary.p50},
                     {"p90", summary.p90},
                     {"p95", summary.p95},
                     {"p99", summary.p99},
                     {"maximum", summary.maximum}});
}

Value verified_json(const ServingPlanQuestion& question, const VerifiedPlan& verified) {
  const SimulationReport& report = verified.report;
  Value runs{Array{}};
  for (const VerifyRun& run : verified.runs) {
    Value replicas{Array{}};
    for (const std::int64_t count : run.replicas) replicas.push(count);
    runs.push(json_table({{"replicas", replicas},
                          {"measured", latency_json(run.measured)},
                          {"missed", run.missed}}));
  }
  return json_table({{"met", verified.met},
                     {"note", verified.note},
                     {"plan", plan_json_of(question, verified.plan)},
                     {"share_simulated", verified.share},
                     {"measured", latency_json(verified.measured)},
                     {"ttft", summary_json(report.ttft)},
                     {"tpot", summary_json(report.tpot)},
                     {"end_to_end", summary_json(report.end_to_end)},
                     {"requests_counted", report.counted},
                     {"requests_refused", report.refused},
                     {"preemptions", report.preemptions},
                     {"runs", runs}});
}

/// `fates` are of the proposals in "proposed".
Value checks_json(const ServingPlanAnswer& answer) {
  const CheckedProposals& checked = answer.checked;
  Value fates{Array{}};
  for (std::size_t i = 0; i < std::min(answer.question.top, checked.fates.size()); ++i)
    fates.push(name_of(checked.fates[i]));
  return json_table({{"proposals", checked.fates.size()},
                     {"simulated", checked.verified.size()},
                     {"budget", checked.budget},
                     {"runs", checked.runs},
                     {"fates", fates},
                     {"summary", checked_text(answer)}});
}

Value counts_json(const ServingPlanCounts& counts) {
  return json_table({{"kinds", counts.kinds},
                     {"configurations", counts.configurations},
                     {"feasible", counts.feasible},
                     {"dominated", counts.dominated},
                     {"refused", counts.refused},
                     {"steady_states", counts.states},
                     {"relaxations", counts.programs}});
}

Value effort_json(const ServingBestEffort& effort) {
  const auto text = [](const std::optional<std::string>& name) {
    return name ? Value(*name) : Value();
  };
  Value json{Table{}};
  json.set("ttft", effort.ttft_of ? Value(effort.ttft / second) : Value());
  json.set("ttft_by", text(effort.ttft_of));
  json.set("tpot", effort.tpot_of ? Value(effort.tpot / second) : Value());
  json.set("tpot_by", text(effort.tpot_of));
  json.set("nearest", text(effort.nearest));
  if (effort.nearest) {
    json.set("nearest_latency", latency_json(effort.nearest_latency));
    json.set("nearest_over_target", effort.nearest_excess);
  }
  json.set("limit", effort.limit);
  json.set("requests_per_second",
           effort.requests_per_second ? Value(*effort.requests_per_second) : Value());
  return json;
}

Value target_json(const LatencyTarget& target) {
  if (!target.most) return {};
  return json_table({{"most", *target.most / second}, {"measure", name_of(target.measure)}});
}

}  // namespace

Value serving_plan_json(const ServingPlanAnswer& answer) {
  const ServingPlanQuestion& question = answer.question;
  const ServingDemand& demand = question.demand;
  Value json{Table{}};
  json.set("name", answer.name);
  json.set("model", answer.model.id);
  json.set("objective", name_of(question.objective));
  json.set("demand", json_table({{"requests_per_second", demand.requests_per_second},
                                 {"input_tokens", demand.shape.input_tokens},
                                 {"input_variation", demand.shape.input_variation},
                                 {"output_tokens", demand.shape.output_tokens},
                                 {"output_variation", demand.shape.output_variation},
                                 {"cached_share", demand.shape.cached_share}}));
  json.set("targets", json_table({{"ttft", target_json(question.targets.ttft)},
                                  {"tpot", target_json(question.targets.tpot)},
                                  {"end_to_end", target_json(question.targets.end_to_end)}}));
  const ServingPlan* chosen = chosen_plan(answer);
  json.set("plan", chosen != nullptr ? plan_json_of(question, *chosen) : Value());
  Value verified{Array{}};
  for (const VerifiedPlan& each : answer.checked.verified)
    verified.push(verified_json(question, each));
  json.set("simulated", verified);
  json.set("proposed", plans_json(question, answer.result.best, question.top));
  if (!answer.checked.fates.empty()) json.set("checks", checks_json(answer));
  json.set("interrupted", answer.checked.interrupted);
  json.set("front", plans_json(question, answer.result.front, answer.result.front.size()));
  json.set("gap", answer.result.gap);
  json.set("counts", counts_json(answer.result.counts));
  Value refused{Array{}};
  for (const RefusedConfigurations& group : answer.result.refused)
    refused.push(json_table({{"reason", name_of(group.reason)},
                             {"offer", group.offer},
                             {"configurations", group.configurations},
                             {"nearest", group.nearest}}));
  json.set("refused", refused);
  if (answer.result.best_effort) json.set("best_effort", effort_json(*answer.result.best_effort));
  Value assumed{Array{}};
  for (const Assumption& each : answer.assumptions)
    assumed.push(
        json_table({{"setting", each.setting}, {"value", each.value}, {"basis", each.basis}}));
  json.set("assumptions", assumed);
  return json;
}

}  // namespace polyfleet
