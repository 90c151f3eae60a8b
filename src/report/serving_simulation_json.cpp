#include "report/serving_simulation.hpp"
#include "report/serving_totals.hpp"
#include "report/training_json.hpp"

namespace polyfleet {
namespace {

Value seconds_json(Picos picos) {
  return picos == kNever ? Value() : Value(seconds_of_picos(picos) / second);
}

Value latency_json(const LatencySummary& summary) {
  Value json{Table{}};
  json.set("count", summary.count);
  json.set("mean", summary.mean);
  json.set("p50", summary.p50);
  json.set("p90", summary.p90);
  json.set("p95", summary.p95);
  json.set("p99", summary.p99);
  json.set("max", summary.maximum);
  return json;
}

template <class R>
void set_latencies(Value& json, const R& report) {
  json.set("ttft_s", latency_json(report.ttft));
  json.set("tpot_s", latency_json(report.tpot));
  json.set("end_to_end_s", latency_json(report.end_to_end));
  json.set("queueing_s", latency_json(report.queueing));
}

Value requests_json(const SimulationReport& report) {
  Value json{Table{}};
  json.set("arrived", report.arrived);
  json.set("finished", report.finished);
  json.set("refused", report.refused);
  json.set("cancelled", report.cancelled);
  json.set("lost", report.lost);
  json.set("counted", report.counted);
  json.set("restarted", report.restarted);
  json.set("waited_at_router", report.waited_at_router);
  json.set("preemptions", report.preemptions);
  return json;
}

Value class_json(const ClassReport& each, const SloClass& bounds, double duration) {
  Value json{Table{}};
  json.set("name", each.name);
  json.set("ttft_bound_s", seconds_json(bounds.first_token));
  json.set("tpot_bound_s", seconds_json(bounds.per_output_token));
  json.set("end_to_end_bound_s", seconds_json(bounds.end_to_end));
  json.set("requests", each.requests);
  json.set("finished", each.finished);
  json.set("refused", each.refused);
  json.set("cancelled", each.cancelled);
  json.set("met", each.met_all);
  json.set("met_ttft", each.met_first_token);
  json.set("met_tpot", each.met_per_token);
  json.set("met_end_to_end", each.met_end_to_end);
  json.set("goodput_requests_per_s",
           duration > 0 ? Value(static_cast<double>(each.met_all) / duration) : Value());
  set_latencies(json, each);
  return json;
}

void set_ledger(Value& json, const ServingLedger& ledger) {
  const bool spent = ledger.powered && ledger.tokens > 0;
  json.set("accelerators", ledger.accelerators);
  json.set("prompt_tokens", ledger.prompt_tokens);
  json.set("generated_tokens", ledger.generated_tokens);
  json.set("replica_seconds", ledger.provisioned_seconds);
  json.set("busy_share", ledger.provisioned_seconds > 0
                             ? Value(ledger.busy_seconds / ledger.provisioned_seconds)
                             : Value());
  json.set("energy_j", ledger.powered ? Value(ledger.energy / joule) : Value());
  json.set("carbon_g", ledger.powered ? Value(ledger.carbon / gram_co2e) : Value());
  json.set("cost_usd", ledger.priced ? Value(ledger.cost / usd) : Value());
  json.set("usd_per_million_tokens", ledger.priced && ledger.tokens > 0
                                         ? Value(ledger.cost / usd / ledger.tokens * 1e6)
                                         : Value());
  json.set("energy_per_token_j", spent ? Value(ledger.energy / joule / ledger.tokens) : Value());
}

Value pool_json(const PoolReport& pool, const ServingLedger& ledger) {
  Value json{Table{}};
  json.set("name", pool.name);
  json.set("vendor", pool.vendor);
  json.set("accelerator", pool.accelerator);
  json.set("role", name_of(pool.role));
  set_ledger(json, ledger);
  json.set("utilisation", pool.utilisation);
  json.set("mean_running", pool.mean_running);
  json.set("cache_occupancy", pool.cache_occupancy);
  json.set("prefix_hit_rate", pool.prefix_hit_rate);
  json.set("failures", pool.failures);
  json.set("requests_ended", pool.requests_ended);
  Value totals{Table{}};
  totals.set("iterations", pool.totals.iterations);
  totals.set("recomputed_tokens", pool.totals.recomputed_tokens);
  totals.set("prefix_hit_tokens", pool.totals.prefix_hit_tokens);
  totals.set("preemptions", pool.totals.preemptions);
  totals.set("swapped_tokens", pool.totals.swapped_tokens);
  json.set("totals", std::move(totals));
  return json;
}

Value transfers_json(const ServingSimulation& run) {
  Value list{Array{}};
  for (std::size_t i = 0; i < run.report.transfers.size(); ++i) {
    const TransferReport& each = run.report.transfers[i];
    const CacheTransfer& link = run.cluster.transfers[i];
    Value json{Table{}};
    json.set("from", run.cluster.pools[static_cast<std::size_t>(each.from_pool)].name);
    json.set("to", run.cluster.pools[static_cast<std::size_t>(each.to_pool)].name);
    json.set("requests", each.requests);
    json.set("tokens", each.tokens);
    json.set("waiting_s", seconds_json(each.waiting));
    json.set("moving_s", seconds_json(each.moving));
    json.set("staging_s", seconds_json(each.staging));
    json.set("converting_s", seconds_json(each.converting));
    json.set("latency_s", seconds_json(link.latency));
    json.set("seconds_per_token", link.picos_per_token / kPicosPerSecond);
    json.set("staging_seconds_per_token", link.stage_picos_per_token / kPicosPerSecond);
    json.set("converting_seconds_per_token", link.convert_picos_per_token / kPicosPerSecond);
    json.set("basis", link.basis);
    list.push(std::move(json));
  }
  return list;
}

Value pools_json(const ServingSimulation& run) {
  Value list{Array{}};
  const std::vector<ServingLedger> ledgers = ledgers_by_pool(run);
  for (std::size_t i = 0; i < ledgers.size(); ++i) {
    Value json = pool_json(run.report.pools[i], ledgers[i]);
    json.set("assumptions", assumptions_json(run.engines[i].assumptions));
    list.push(std::move(json));
  }
  return list;
}

Value vendors_json(const ServingSimulation& run) {
  Value list{Array{}};
  for (const ServingLedger& each : ledgers_by_vendor(run)) {
    Value json{Table{}};
    json.set("vendor", each.name);
    set_ledger(json, each);
    list.push(std::move(json));
  }
  return list;
}

Value totals_json(const ServingSimulation& run) {
  const SimulationReport& report = run.report;
  const ServingLedger all = ledger_of_all(run);
  const auto output = static_cast<double>(report.output_tokens);
  Value json{Table{}};
  json.set("input_tokens", report.input_tokens);
  json.set("output_tokens", report.output_tokens);
  json.set("output_tokens_per_s", output_rate(report));
  set_ledger(json, all);
  json.set("usd_per_million_output_tokens",
           all.priced && output > 0 ? Value(all.cost / usd / output * 1e6) : Value());
  json.set("energy_per_output_token_j",
           all.powered && output > 0 ? Value(all.energy / joule / output) : Value());
  return json;
}

template <class List>
Value texts_json(const List& texts) {
  Value list{Array{}};
  for (const std::string& each : texts) list.push(each);
  return list;
}

}  // namespace

Value serving_simulation_json(const ServingSimulation& run) {
  const SimulationReport& report = run.report;
  Value json{Table{}};
  json.set("name", run.name);
  json.set("seed", static_cast<std::int64_t>(run.seed));
  json.set("router", name_of(run.cluster.router));
  json.set("models", texts_json(run.models));
  if (!run.misfits.empty()) {
    json.set("misfits", texts_json(run.misfits));
    return json;
  }
  const double counted = seconds_of_picos(report.counted_duration) / second;
  json.set("stopped_early", report.stopped_early);
  json.set("duration_s", seconds_json(report.duration));
  json.set("counted_duration_s", counted);
  json.set("requests", requests_json(report));
  set_latencies(json, report);
  Value classes{Array{}};
  for (std::size_t i = 0; i < report.classes.size(); ++i) {
    const bool stated = i < run.cluster.classes.size();
    classes.push(
        class_json(report.classes[i], stated ? run.cluster.classes[i] : SloClass{}, counted));
  }
  json.set("classes", std::move(classes));
  json.set("infinite_cache_hit_rate", report.infinite_cache_hit_rate);
  json.set("pools", pools_json(run));
  json.set("vendors", vendors_json(run));
  json.set("transfers", transfers_json(run));
  json.set("totals", totals_json(run));
  json.set("remarks", texts_json(run.remarks));
  return json;
}

}  // namespace polyfleet
