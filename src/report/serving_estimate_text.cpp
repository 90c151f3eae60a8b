#include <fmt/format.h>

#include "report/plan_rows.hpp"
#include "report/serving_estimate.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

std::string three(double number) { return fmt::format("{:.3g}", number); }
std::string milliseconds(Seconds time) { return fmt::format("{:.4g}", time / millisecond); }

/// Whole numbers grouped, small ones with three digits.
std::string rate_text(double rate) {
  constexpr double kWhole = 1000;
  return rate < kWhole ? three(rate) : grouped(std::llround(rate));
}

std::string load_text(const ServedPoint& point) {
  if (point.concurrency > 0) return fmt::format("{:g} users", point.concurrency);
  return fmt::format("{} req/s", three(point.state.requests_per_second));
}

std::string lengths_text(const SteadyLoad& load) {
  std::string text = fmt::format("{:g} tokens in, {:g} out", load.input_tokens, load.output_tokens);
  if (load.input_variation > 0 || load.output_variation > 0)
    text += fmt::format(" (variation {:g} and {:g})", load.input_variation, load.output_variation);
  if (load.cached_share > 0)
    text += fmt::format(", {} of prompts found in the prefix cache", share_text(load.cached_share));
  return text;
}

std::string memory_table(const ServingEstimate& estimate, PageStyle style) {
  const EngineModel& engine = *estimate.served.engine;
  const InferenceMemory& memory = engine.memory();
  const double tokens = estimate.load.input_tokens + estimate.load.output_tokens;
  TextTable table({"memory", ""});
  table.row({"weights", print_quantity(memory.weights) + " per accelerator"});
  table.row({"cache of one token", print_quantity(memory.cache_per_token) + " per accelerator"});
  table.row({"cache capacity",
             fmt::format("{} tokens of the replica, {} requests of {:g} tokens",
                         grouped(engine.cache_tokens()),
                         grouped(static_cast<std::int64_t>(sequences_in_cache(engine, tokens))),
                         tokens)});
  return table.text(style);
}

std::string optional_cost(const std::optional<Usd>& cost) {
  return cost ? fmt::format("{:.4g}", *cost / usd) : "unknown";
}

std::string curve_table(const ServingEstimate& estimate, PageStyle style) {
  const double parts = estimate.served.engine->accelerators();
  TextTable table({"load", "TTFT ms", "TPOT ms", "80 % interval", "tok/s/user", "req/s",
                   "output tok/s", "per accelerator", "batch", "cache", "bound by"});
  for (const ServedPoint& point : estimate.points) {
    const SteadyState& state = point.state;
    if (!state.stable && state.requests_per_second <= 0) {
      table.row({load_text(point), "none", "", "", "", "", "", "", "", "", state.limit});
      continue;
    }
    const double output = state.output_rate / token_per_second;
    table.row({load_text(point), state.stable ? milliseconds(state.ttft) : "grows",
               milliseconds(state.tpot),
               fmt::format("{} to {}", milliseconds(point.tpot.low * state.tpot),
                           milliseconds(point.tpot.high * state.tpot)),
               three(second / state.tpot), three(state.requests_per_second), rate_text(output),
               rate_text(output / parts), fmt::format("{:.1f}", state.running),
               share_text(state.cache_share), state.limit});
  }
  return table.text(style);
}

std::string cost_table(const ServingEstimate& estimate, PageStyle style) {
  const bool powered = estimate.served.engine->power().known;
  TextTable table({"load", "power", "J per output token", "USD per M output", "USD per M in + out",
                   "gCO2e per M output"});
  for (const ServedPoint& point : estimate.points) {
    if (point.state.requests_per_second <= 0) continue;
    table.row({load_text(point), powered ? print_quantity(point.state.power) : "unknown",
               powered ? three(point.state.energy_per_output_token / joule) : "unknown",
               optional_cost(point.per_million_output), optional_cost(point.per_million_total),
               point.carbon_per_million_output ? three(*point.carbon_per_million_output / gram_co2e)
                                               : "unknown"});
  }
  std::string text = table.text(style);
  if (!estimate.served.prices.device)
    text += "no price of the accelerator is published: state one with --price\n";
  if (!powered) text += "power is unknown: " + estimate.served.engine->power().basis + "\n";
  return text;
}

std::string iteration_table(const ServingEstimate& estimate, PageStyle style) {
  TextTable table({"a decode step", "ms", "products", "experts", "attention", "small kernels",
                   "communication", "host", "prefill adds"});
  for (const ServedPoint& point : estimate.points) {
    const IterationBreakdown& where = point.iteration;
    if (!(where.total > 0 * second)) continue;
    const auto share = [&](Seconds part) { return share_text(part / where.total); };
    table.row({load_text(point), milliseconds(where.total), share(where.products),
               share(where.experts), share(where.attention), share(where.small_kernels),
               share(where.communication), share(where.host),
               share_text(point.state.prefill_share)});
  }
  return table.text(style) +
         "prefill adds: its share of all iteration time, beside the decode steps\n";
}

std::string within_text(const ServingEstimate& estimate) {
  const ServedPoint& point = *estimate.within;
  const SteadyState& state = point.state;
  const std::string bounds = bounds_text(estimate);
  if (!state.stable)
    return fmt::format("{}: no rate meets it ({}: TTFT {}, TPOT {})\n", bounds, state.limit,
                       print_quantity(state.ttft), print_quantity(state.tpot));
  return fmt::format(
      "{}: {} requests/s of an open stream, {} output tokens/s (TTFT {}, TPOT {}, {} USD per M "
      "output)\n",
      bounds, three(state.requests_per_second), rate_text(state.output_rate / token_per_second),
      print_quantity(state.ttft), print_quantity(state.tpot),
      optional_cost(point.per_million_output));
}

/// What the 80 % intervals rest on.
std::string interval_text(const ServingEstimate& estimate) {
  if (estimate.points.empty()) return {};
  const ServedPoint& point = estimate.points.front();
  const auto factors = [](const char* name, const ServingInterval& interval) {
    return fmt::format("{} x {:.2f} to x {:.2f}", name, interval.low, interval.high);
  };
  return fmt::format("80 % intervals at {}: {}, {}, {} ({})\n", load_text(point),
                     factors("TTFT", point.ttft), factors("TPOT", point.tpot),
                     factors("throughput", point.throughput), point.tpot.basis);
}

std::string assumption_lines(const std::vector<Assumption>& assumptions, PageStyle style) {
  TextTable table({"assumed", "", "why"});
  for (const Assumption& each : assumptions) table.row({each.setting, each.value, each.basis});
  return table.empty() ? "" : '\n' + table.text(style);
}

}  // namespace

std::string bounds_text(const ServingEstimate& estimate) {
  std::string text;
  if (estimate.ttft_bound) text += "mean TTFT at most " + print_quantity(*estimate.ttft_bound);
  if (estimate.tpot_bound)
    text += (text.empty() ? "" : " and ") + std::string("mean TPOT at most ") +
            print_quantity(*estimate.tpot_bound);
  return text;
}

namespace {

std::string engine_text(const ResolvedEngine& served) {
  const EngineQuestion& question = served.engine->question();
  const ServingLayout& layout = question.layout;
  std::string text = fmt::format("{}, TP {}", served.profile->name, layout.tensor);
  const auto degree = [&](const char* name, int value) {
    if (value > 1) text += fmt::format(" {} {}", name, value);
  };
  degree("PP", layout.pipeline);
  degree("EP", layout.expert);
  degree("attention DP", layout.attention_data);
  degree("CP", layout.context);
  text += fmt::format(", {}, cache {}", question.formats.name, name_of(question.formats.cache));
  if (question.speculation.draft_tokens > 0)
    text += fmt::format(", {} draft tokens ({:g} tokens a step)", question.speculation.draft_tokens,
                        question.speculation.tokens_per_step);
  return text;
}

}  // namespace

std::string served_heading(const ResolvedEngine& served) {
  const Accelerator& part = *served.accelerator;
  return fmt::format(
      "{} on {} x {} ({}){}, {}", served.model->name, served.accelerators, part.name,
      served.system->id, part.edition.empty() ? "" : ", figures " + part.edition,
      served.media != nullptr ? served.media->question().engine->name : engine_text(served));
}

double sequences_in_cache(const EngineModel& engine, double tokens) {
  return static_cast<double>(engine.cache_tokens()) / tokens;
}

std::string serving_estimate_text(const ServingEstimate& estimate, bool explain, PageStyle style) {
  std::string text = estimate.name.empty() ? "" : estimate.name + "\n";
  text += served_heading(estimate.served) + "\n" + lengths_text(estimate.load) + "\n\n";
  const EngineModel& engine = *estimate.served.engine;
  if (!engine.fits_in_memory())
    return text + "does not fit: " + engine.misfit() + "\n" +
           assumption_lines(estimate.served.assumptions, style);
  text += memory_table(estimate, style);
  text += '\n' + curve_table(estimate, style);
  text += '\n' + cost_table(estimate, style);
  if (estimate.within) text += '\n' + within_text(estimate);
  if (explain) text += '\n' + iteration_table(estimate, style);
  text += assumption_lines(estimate.served.assumptions, style);
  return text + interval_text(estimate);
}

}  // namespace polyfleet
