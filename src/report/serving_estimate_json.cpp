#include "report/json_parts.hpp"
#include "report/serving_estimate.hpp"
#include "report/training_json.hpp"

namespace polyfleet {
namespace {

Value memory_json(const EngineModel& engine) {
  Value json{Table{}};
  json.set("fits", engine.fits_in_memory());
  if (!engine.fits_in_memory()) json.set("misfit", engine.misfit());
  const InferenceMemory& memory = engine.memory();
  json.set("weights_bytes", memory.weights / byte);
  json.set("cache_per_token_bytes", memory.cache_per_token / byte);
  json.set("cache_per_sequence_bytes", memory.cache_per_sequence / byte);
  json.set("activations_bytes", memory.activations / byte);
  json.set("cache_tokens", engine.cache_tokens());
  return json;
}

Value iteration_json(const IterationBreakdown& where) {
  Value json{Table{}};
  json.set("products", where.products / second);
  json.set("experts", where.experts / second);
  json.set("attention", where.attention / second);
  json.set("small_kernels", where.small_kernels / second);
  json.set("communication", where.communication / second);
  json.set("host", where.host / second);
  json.set("total", where.total / second);
  return json;
}

/// Factors on the value, at a level of 80 %.
Value interval_json(const ServingInterval& interval) {
  Value json{Table{}};
  json.set("low", interval.low);
  json.set("high", interval.high);
  json.set("basis", interval.basis);
  return json;
}

Value point_json(const ServedPoint& point, bool powered) {
  const SteadyState& state = point.state;
  Value json{Table{}};
  json.set("concurrency", point.concurrency > 0 ? Value(point.concurrency) : Value());
  json.set("stable", state.stable);
  json.set("limit", state.limit);
  json.set("ttft_s", state.stable ? Value(state.ttft / second) : Value());
  json.set("tpot_s", state.tpot / second);
  json.set("end_to_end_s", state.stable ? Value(state.end_to_end / second) : Value());
  json.set("ttft_interval", interval_json(point.ttft));
  json.set("tpot_interval", interval_json(point.tpot));
  json.set("throughput_interval", interval_json(point.throughput));
  json.set("running", state.running);
  json.set("requests_per_s", state.requests_per_second);
  json.set("output_tokens_per_s", state.output_rate / token_per_second);
  json.set("total_tokens_per_s", state.total_rate / token_per_second);
  json.set("prefill_share", state.prefill_share);
  json.set("cache_share", state.cache_share);
  json.set("power_w", powered ? Value(state.power / watt) : Value());
  json.set("energy_per_output_token_j",
           powered ? Value(state.energy_per_output_token / joule) : Value());
  json.set("usd_per_million_output_tokens", base_or_null(point.per_million_output));
  json.set("usd_per_million_tokens", base_or_null(point.per_million_total));
  json.set("carbon_per_million_output_tokens_g", base_or_null(point.carbon_per_million_output));
  json.set("decode_step_s", iteration_json(point.iteration));
  return json;
}

}  // namespace

Value serving_estimate_json(const ServingEstimate& estimate) {
  const EngineModel& engine = *estimate.served.engine;
  const EngineQuestion& question = engine.question();
  const bool powered = engine.power().known;
  Value json{Table{}};
  json.set("name", estimate.name);
  json.set("model", estimate.served.model->id);
  json.set("accelerator", estimate.served.machine->accelerator.id);
  json.set("system", estimate.served.machine->system.id);
  json.set("engine", estimate.served.profile->id);
  json.set("formats", question.formats.name);
  json.set("cache", name_of(question.formats.cache));
  json.set("layout", layout_json(question.layout));
  json.set("accelerators", engine.accelerators());
  json.set("input_tokens", estimate.load.input_tokens);
  json.set("output_tokens", estimate.load.output_tokens);
  json.set("memory", memory_json(engine));
  Value points{Array{}};
  for (const ServedPoint& point : estimate.points) points.push(point_json(point, powered));
  json.set("points", std::move(points));
  if (estimate.within) json.set("within", point_json(*estimate.within, powered));
  Value power{Table{}};
  power.set("known", powered);
  power.set("basis", engine.power().basis);
  json.set("power", std::move(power));
  json.set("price_basis", estimate.served.prices.basis);
  json.set("assumptions", assumptions_json(estimate.served.assumptions));
  return json;
}

}  // namespace polyfleet
