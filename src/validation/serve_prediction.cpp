#include "validation/serve_prediction.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "serving/steady_state.hpp"

namespace polyfleet {
namespace {

/// Requests of a simulated piece of an endless offline run, in full batches: enough that filling
/// and draining, which a ten-minute run hides, weigh little beside the middle.
constexpr double kOfflineWaves = 6;
/// Poisson requests behind a 99th percentile: its standard error is then about a tenth of itself.
constexpr std::int64_t kServerRequests = 1200;
constexpr int kBisections = 7;  // the rate to 1 %

ServeFigures scaled(ServeFigures figures, double factor) {
  figures.requests_per_second *= factor;
  figures.output_rate = figures.output_rate * factor;
  figures.total_rate = figures.total_rate * factor;
  figures.accelerators = figures.accelerators * factor;
  figures.system = figures.system * factor;
  return figures;
}

ServeRun run_of(const ServeCase& read) {
  ServeRun run;
  run.load = read.load;
  run.users = read.concurrency;
  run.input_tokens = read.input_tokens;
  run.output_tokens = read.output_tokens;
  run.input_variation = read.input_variation;
  run.output_variation = read.output_variation;
  run.shortest_length = read.recipe.shortest_length;
  return run;
}

std::int64_t closed_loop_requests(const ServeCase& read) {
  constexpr std::int64_t kPerUser = 10;  // where the source says nothing: InferenceX's number
  const std::int64_t per_user = read.recipe.requests_per_user;
  return read.concurrency * (per_user > 0 ? per_user : kPerUser);
}

SteadyLoad steady_load(const ServeCase& read) {
  SteadyLoad load;
  load.input_tokens = read.input_tokens;
  load.output_tokens = read.output_tokens;
  load.input_variation = read.input_variation;
  load.output_variation = read.output_variation;
  return load;
}

/// Requests that run at once when more wait: as many as seats and cache hold on average.
std::int64_t full_batch(const ServeCase& read, const EngineModel& model,
                        const EngineSettings& settings) {
  const double mean_context = read.input_tokens + read.output_tokens / 2;
  const double by_cache = static_cast<double>(model.cache_tokens()) / mean_context;
  const double seats = static_cast<double>(settings.max_sequences);
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::min(by_cache, seats)));
}

}  // namespace

Result<ServeFigures> ServePredictor::predict(const ServeCase& read) {
  if (!read.skip.empty()) return problem(read.skip);
  const auto& pools = read.pools;
  const std::string load = fmt::format(
      "{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}", static_cast<int>(read.load), read.concurrency,
      read.input_tokens, read.output_tokens, read.requests, read.limits.ttft / second,
      read.limits.tpot / second, read.recipe.max_sequences, read.recipe.receive_interval,
      read.recipe.first_token_steps, read.layout_is_open ? read.accelerators : 0,
      read.experts_are_open,
      pools ? fmt::format("{}x{}+{}", pools->prefill.workers,
                          ServeEngines::key(read, pools->prefill.layout), pools->decode.workers)
            : std::string());
  const std::string key = ServeEngines::key(read, read.layout) + '|' + load;
  auto found = known_.find(key);
  if (found == known_.end()) found = known_.emplace(key, fresh(read)).first;
  return found->second;
}

Result<ServeFigures> ServePredictor::fresh(const ServeCase& read) {
  if (read.pools) return disaggregated(read);
  if (read.layout_is_open) return best_layout(read);
  if (read.experts_are_open) return best_experts(read, read.layout);
  return one_layout(read, read.layout);
}

/// The experts of a layout cut over no rank or over all of them, the latter also with attention on
/// whole sequences (DP attention): the highest output rate of those that fit.
Result<ServeFigures> ServePredictor::best_experts(const ServeCase& read,
                                                  const ServingLayout& layout) {
  Result<ServeFigures> best = one_layout(read, layout);
  const ModelSpec* model = engines_.world().model(read.model_id);
  if (model == nullptr || !model->is_moe() || layout.tensor == 1) return best;
  for (const int attention_data : {1, layout.tensor}) {
    ServingLayout cut = layout;
    cut.expert = layout.tensor;
    cut.attention_data = attention_data;
    Result<ServeFigures> one = one_layout(read, cut);
    if (one && (!best || best->output_rate < one->output_rate)) best = std::move(one);
  }
  return best;
}

Result<ServeFigures> ServePredictor::one_layout(const ServeCase& read,
                                                const ServingLayout& layout) {
  const Result<const ServeEngine*> engine = engines_.engine(read, layout);
  if (!engine) return engine.problems();
  if (read.load == ServeLoad::within_limits) return within_limits(read, **engine);
  if (read.load == ServeLoad::all_at_once) return offline(read, **engine);
  ServeSide side{*engine, settings_of(read, **engine), 1};
  ServeRun run = run_of(read);
  if (read.load == ServeLoad::static_batch) {
    run.requests = read.concurrency;
    side.settings.max_sequences = std::max(side.settings.max_sequences, read.concurrency);
  } else {
    run.requests = closed_loop_requests(read);
  }
  return simulate_run(side, run, engines_.world().activity());
}

Result<ServeFigures> ServePredictor::disaggregated(const ServeCase& read) {
  const ServePool &front = read.pools->prefill, &back = read.pools->decode;
  const Result<const ServeEngine*> prefill = engines_.engine(read, front.layout);
  if (!prefill) return prefill.problems();
  const Result<const ServeEngine*> decode = engines_.engine(read, back.layout);
  if (!decode) return decode.problems();
  ServeRun run = run_of(read);
  run.requests = closed_loop_requests(read);
  // The limits of sequences in the recipes are those of aggregated runs; decode pools are started
  // with as many seats as the concurrency that is measured needs.
  ServeSide out{*decode, settings_of(read, **decode), back.workers};
  out.settings.max_sequences = std::max(out.settings.max_sequences, read.concurrency);
  return simulate_run({*prefill, settings_of(read, **prefill), front.workers}, out, run,
                      engines_.world().activity());
}

/// Replicas of every power of two of accelerators: the layout with the highest output rate.
Result<ServeFigures> ServePredictor::best_layout(const ServeCase& read) {
  std::optional<ServeFigures> best;
  Diagnostics problems;
  constexpr int kMostTensor = 8;  // one node: submitters do not cut a layer across nodes
  for (int tensor = 1; tensor <= std::min(kMostTensor, read.accelerators); tensor *= 2) {
    const int replicas = read.accelerators / tensor;
    Result<ServeFigures> one = best_experts(read, {.tensor = tensor});
    if (!one) {
      problems = one.problems();
      continue;
    }
    const ServeFigures all = scaled(*one, replicas);
    if (!best || best->output_rate < all.output_rate) best = all;
  }
  if (!best) return problems;
  return *best;
}

Result<ServeFigures> ServePredictor::offline(const ServeCase& read, const ServeEngine& engine) {
  const ServeSide side{&engine, settings_of(read, engine), 1};
  ServeRun run = run_of(read);
  run.requests = read.requests;
  if (run.requests > 0) return simulate_run(side, run, engines_.world().activity());
  // A long run's middle: as many users as fit, each with a new request when one ends.
  run.load = ServeLoad::closed_loop;
  run.users = full_batch(read, *engine.model, side.settings);
  run.requests = static_cast<std::int64_t>(kOfflineWaves * static_cast<double>(run.users));
  return simulate_run(side, run, engines_.world().activity());
}

Result<ServeFigures> ServePredictor::within_limits(const ServeCase& read,
                                                   const ServeEngine& engine) {
  const ServeSide side{&engine, settings_of(read, engine), 1};
  const SteadyState reach = most_within(
      SteadyEngine{*engine.model, side.settings, engine.model->power(), engine.log_sigma},
      steady_load(read), read.limits.ttft, read.limits.tpot);
  if (!reach.stable) return problem("the latency limits cannot be met at any rate");
  ServeRun run = run_of(read);
  run.requests = kServerRequests;
  std::optional<ServeFigures> best;
  double low = 0, high = 1.2 * reach.requests_per_second;
  for (int i = 0; i < kBisections; ++i) {
    run.requests_per_second = i == 0 ? high : (low + high) / 2;
    const Result<ServeFigures> tried = simulate_run(side, run, engines_.world().activity());
    if (!tried) return tried.problems();
    if (tried->ttft.p99 <= read.limits.ttft && tried->tpot.p99 <= read.limits.tpot) {
      low = run.requests_per_second;
      best = *tried;
      // The offered rate is what counts: a finite run ends with a drain.
      best->requests_per_second = low;
      best->output_rate = low * read.output_tokens * token / second;
      best->total_rate = low * (read.input_tokens + read.output_tokens) * token / second;
      if (i == 0) break;
    } else {
      high = run.requests_per_second;
    }
  }
  if (!best) return problem("the latency limits cannot be met at any rate");
  return *best;
}

double value_of_row(const ServeRow& row, const ServeCase& read, const ServeFigures& figures) {
  const auto latency = [&](const SimulatedLatency& all) {
    switch (row.statistic) {
      case ServeStatistic::mean:
        return all.mean / second;
      case ServeStatistic::median:
        return all.median / second;
      case ServeStatistic::percentile_99:
        return all.p99 / second;
    }
    return all.mean / second;
  };
  const auto divided = [&](double whole) {
    if (row.per == ServePer::accelerator) return whole / read.accelerators;
    if (row.per == ServePer::decode_accelerator)
      return whole / (read.pools ? read.pools->decode.accelerators : read.accelerators);
    return whole;
  };
  switch (row.metric) {
    case ServeMetric::tpot:
    case ServeMetric::p99_tpot:
      return latency(figures.tpot);
    case ServeMetric::ttft:
    case ServeMetric::p99_ttft:
      return latency(figures.ttft);
    case ServeMetric::total_throughput:
      return divided(figures.total_rate.base());
    case ServeMetric::output_throughput:
      return divided(figures.output_rate.base());
    case ServeMetric::accelerator_power:
      return divided(figures.accelerators.base());
    case ServeMetric::system_power:
      return figures.system.base();
    case ServeMetric::unknown:
      break;
  }
  return 0;
}

}  // namespace polyfleet
