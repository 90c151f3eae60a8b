#include "serving/steady_point.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace polyfleet {
namespace {

double bare_seconds(Picos picos) { return static_cast<double>(picos) / kPicosPerSecond; }

/// Mean number of Poisson arrivals among the times with at least one.
double mean_of_some(double mean) { return mean < 1e-9 ? 1 : mean / -std::expm1(-mean); }

}  // namespace

SteadyShape steady_shape(const EngineSettings& settings, const SteadyLoad& load) {
  SteadyShape shape;
  shape.input = load.input_tokens;
  shape.output = load.output_tokens;
  shape.cached = load.input_tokens * load.cached_share;
  // One token at least: the last of a prompt is always computed, for its logits.
  shape.prompt = std::max(1.0, load.input_tokens - shape.cached);
  shape.tokens_a_step = static_cast<double>(settings.tokens_per_step_numerator) /
                        static_cast<double>(settings.tokens_per_step_denominator);
  shape.steps = std::max(0.0, load.output_tokens - 1) / shape.tokens_a_step;
  // Long outputs are seen for longer: the mean over steps, lengths of input and output independent.
  const double output_spread = load.output_variation * load.output_variation;
  shape.context = load.input_tokens + load.output_tokens * (1 + output_spread) / 2;
  shape.prompt_spread = load.input_variation * load.input_variation;
  return shape;
}

/// New tokens of prompts that one iteration takes.
double SteadyPoints::largest_chunk(double decoding) const {
  const EngineSettings& settings = engine_.settings;
  const auto budget = static_cast<double>(settings.token_budget);
  const double each = 1 + static_cast<double>(settings.draft_tokens);
  const double left =
      settings.batching == BatchingPolicy::mixed ? budget - decoding * each : budget;
  const double chunk = std::max(1.0, left);
  return settings.chunked_prefill ? chunk : std::max(chunk, shape_.prompt);
}

/// One iteration's products and decode attention; between whole numbers of sequences by a straight
/// line, so that the search for a point sees no steps.
double SteadyPoints::iteration(double decoding, double tokens, double prompts) const {
  const auto whole = [&](std::int64_t sequences) {
    if (sequences == 0 && tokens <= 0) return 0.0;
    const auto chunk = static_cast<std::int64_t>(std::llround(tokens));
    const std::int64_t sampled = sequences + static_cast<std::int64_t>(std::llround(prompts));
    double time = bare_seconds(engine_.times.tokens({sequences, chunk, sampled}));
    if (sequences > 0) {
      const auto context =
          static_cast<std::int64_t>(std::llround(static_cast<double>(sequences) * shape_.context));
      const DecodeSegment segment = engine_.times.decode_attention(sequences, context);
      time += bare_seconds(segment.fixed) +
              bare_seconds(segment.per_token) * static_cast<double>(context);
    }
    return time;
  };
  const double below = std::floor(std::max(0.0, decoding));
  const double share = std::max(0.0, decoding) - below;
  const auto sequences = static_cast<std::int64_t>(below);
  const double low = whole(sequences);
  return share < 1e-12 ? low : low + share * (whole(sequences + 1) - low);
}

double SteadyPoints::decode_step(double decoding) const { return iteration(decoding, 0, 0); }

/// Attention of one prompt: linear and quadratic in its length, so that its mean over lengths is
/// that of a prompt of the size-biased mean length, scaled down.
double SteadyPoints::prompt_attention() const {
  const double stretch = 1 + shape_.prompt_spread;
  const double chunk = std::min(shape_.prompt * stretch, largest_chunk(0));
  const double chunks = shape_.prompt * stretch / chunk;
  const double prior = shape_.cached + (shape_.prompt * stretch - chunk) / 2;
  const Picos one = engine_.times.prefill_attention(std::max<std::int64_t>(1, std::llround(chunk)),
                                                    std::llround(prior));
  return chunks * bare_seconds(one) / stretch;
}

/// The iterations that process `prompts` prompts together (at most what one iteration takes, or
/// one that needs several).
SteadyPoints::Prefill SteadyPoints::prefill(double decoding, double prompts) const {
  Prefill result;
  const double beside = engine_.settings.batching == BatchingPolicy::mixed ? decoding : 0;
  const double chunk = largest_chunk(beside);
  const double tokens = prompts * shape_.prompt;
  const double spread = shape_.prompt_spread > 0 ? 0.5 : 0;  // the last chunk is half full
  result.iterations = tokens <= chunk ? 1 : std::ceil(tokens / chunk - 1e-9 - spread) + spread;
  const double bare = iteration(beside, 0, 0);
  const double one = iteration(beside, tokens / result.iterations, prompts);
  const double attention = prompts * prompt_attention_;
  result.full = result.iterations * one + attention;
  result.extra = result.full - result.iterations * bare;
  return result;
}

double SteadyPoints::most_prompts(double decoding) const {
  const double beside = engine_.settings.batching == BatchingPolicy::mixed ? decoding : 0;
  const double chunk = largest_chunk(beside);
  const double prompts = chunk / shape_.prompt;
  const double time = iteration(beside, chunk, std::max(1.0, prompts));
  return prompts / (time + prompts * prompt_attention_);
}

/// What is left of an iteration when the request behind an answer comes in: it set off when the
/// iteration before was over, and was as long in the front end.
double SteadyPoints::rest_of(double iteration) const {
  const double front = bare_seconds(engine_.settings.front_end);
  return iteration > front ? iteration - front : iteration / 2;
}

/// The same as add_waiting in a closed loop. Prompts come so many per iteration: while a long
/// prompt keeps the replica busy, no answers end and nothing new comes, which keeps queues short
/// (time-averaged M/G/1 would give three times the wait near saturation).
void SteadyPoints::add_closed_waiting(SteadyPoint& point, double beside) const {
  const double arrivals = others_ * point.rate * point.step;  // in one decode iteration
  const double together = largest_chunk(beside) / shape_.prompt;
  const double prompts = std::clamp(mean_of_some(arrivals), 1.0, std::max(1.0, together));
  const Prefill batch = prefill(beside, prompts);
  const double load = arrivals / together;  // iterations that prompts fill, of all
  const double busy = together > 1 ? -std::expm1(-arrivals) : std::min(1.0, load);
  const double decode_runs = -std::expm1(-beside);
  const double looked_for = static_cast<double>(engine_.settings.receive_interval);
  const double step_alone = looked_for * decode_step(std::max(1.0, beside));
  point.residual = busy * rest_of(batch.full / batch.iterations) +
                   (1 - busy) * decode_runs * rest_of(step_alone);
  const double service = 1 / most_prompts(beside);
  if (engine_.settings.batching == BatchingPolicy::prefill_first) {
    point.congestion = together < 2 ? arrivals / 2 * service : 0;
  } else {
    point.congestion = load < 1
                           ? load * load * service * (1 + shape_.prompt_spread) / 2 / (1 - load)
                           : std::numeric_limits<double>::infinity();
  }
  point.own = prefill(beside, std::min(std::max(1.0, together), 1 + arrivals)).full;
}

/// Residual, congestion and own prefill of an arrival that finds `beside` sequences decoding.
void SteadyPoints::add_waiting(SteadyPoint& point, double beside) const {
  if (!(shape_.prompt > 0)) {  // the cache comes from elsewhere
    point.residual = -std::expm1(-beside) * decode_step(std::max(1.0, beside)) / 2;
    return;
  }
  if (closed_ && point.step > 0) return add_closed_waiting(point, beside);
  const double arrivals = others_ * point.rate;
  const double most = std::max(1.0, largest_chunk(beside) / shape_.prompt);
  const double step_alone = decode_step(std::max(1.0, beside));
  const double decode_runs = -std::expm1(-beside);  // somebody decodes
  const double gap = point.step > 0 ? point.step : prefill(beside, 1).full;
  const double prompts = std::min(most, mean_of_some(arrivals * gap));
  const Prefill batch = prefill(beside, prompts);
  const double busy = std::min(1.0, arrivals * batch.full / prompts);
  const double spread = 1 + shape_.prompt_spread / prompts;
  const double looked_for = static_cast<double>(engine_.settings.receive_interval) * step_alone / 2;
  point.residual = busy * batch.full / 2 * spread + (1 - busy) * decode_runs * looked_for;
  const double service = 1 / most_prompts(beside);
  const double load = arrivals * service;
  point.congestion = load < 1 ? load * load * service * (1 + shape_.prompt_spread) / 2 / (1 - load)
                              : std::numeric_limits<double>::infinity();
  const double interval = busy * batch.full + (1 - busy) * decode_runs * step_alone;
  point.own = prefill(beside, std::min(most, 1 + arrivals * interval)).full;
}

SteadyPoint SteadyPoints::decoding(double decoding) const {
  SteadyPoint point;
  point.decoding = decoding;
  const double beside = others_ * decoding;
  const double alone = decode_step(1 + beside);
  const double most = std::max(1.0, largest_chunk(beside) / shape_.prompt);
  double prompts = 1;
  double extra = 0;
  constexpr int kRounds = 3;  // prompts that share an iteration depend on its length, weakly
  for (int round = 0; round < kRounds; ++round) {
    if (shape_.prompt > 0) extra = prefill(1 + beside, prompts).extra / prompts;
    point.step = alone + beside * extra / shape_.steps;
    point.rate = decoding / (shape_.steps * point.step);
    prompts = std::clamp(mean_of_some(others_ * point.rate * point.step), 1.0, most);
  }
  point.prefill = std::min(1.0, point.rate * extra);
  add_waiting(point, beside);
  return point;
}

SteadyPoint SteadyPoints::prefilling(double rate) const {
  SteadyPoint point;
  point.rate = rate;
  add_waiting(point, 0);
  point.prefill = 1;
  return point;
}

}  // namespace polyfleet
