#include "serving/router_prediction.hpp"

#include <algorithm>

namespace polyfleet {
namespace {

double seconds(Picos picos) { return static_cast<double>(picos) / kPicosPerSecond; }

/// The batch that a prediction assumes.
struct Batch {
  std::int64_t sequences = 0;
  std::int64_t context = 0;  ///< summed
};

double step_time(const EngineTimes& times, const Batch& batch) {
  if (batch.sequences <= 0) return 0;
  const DecodeSegment attention = times.decode_attention(batch.sequences, batch.context);
  return seconds(times.tokens({batch.sequences, 0, batch.sequences}) + attention.fixed) +
         seconds(attention.per_token) * static_cast<double>(batch.context);
}

/// An iteration with `tokens` of prompts in it. Their prior context: half of the request's prompt.
double chunk_time(const ServingPool& pool, const Batch& batch, std::int64_t tokens,
                  std::int64_t prompt) {
  if (tokens <= 0) return 0;
  const EngineTimes& times = *pool.times;
  const Picos attention = times.prefill_attention(std::min(tokens, prompt),
                                                  std::max<std::int64_t>(0, prompt - tokens) / 2);
  if (pool.settings.batching == BatchingPolicy::prefill_first || batch.sequences == 0)
    return seconds(times.tokens({0, tokens, 1}) + attention);
  const DecodeSegment decode = times.decode_attention(batch.sequences, batch.context);
  return seconds(times.tokens({batch.sequences, tokens, batch.sequences + 1}) + attention +
                 decode.fixed) +
         seconds(decode.per_token) * static_cast<double>(batch.context);
}

double prefill_time(const ServingPool& pool, const Batch& batch, std::int64_t tokens,
                    std::int64_t prompt) {
  const bool mixed = pool.settings.batching == BatchingPolicy::mixed;
  const std::int64_t room =
      std::max<std::int64_t>(1, pool.settings.token_budget - (mixed ? batch.sequences : 0));
  const double whole =
      tokens < room ? 0
                    : static_cast<double>(tokens / room) * chunk_time(pool, batch, room, prompt);
  return whole + chunk_time(pool, batch, tokens % room, prompt);
}

RoutePrediction predicted_media(const RouteQuestion& question, const RouterReplica& replica) {
  RoutePrediction prediction;
  prediction.prefill = seconds(replica.pool->media->service_time(*question.request.request.media));
  prediction.first_token = static_cast<double>(replica.outstanding + 1) * prediction.prefill;
  return prediction;
}

/// Until enough of those before it have left: a place in the batch, or room in the cache.
double waiting_for_room(const RouterReplica& replica, const Batch& after, double expected_output,
                        double step) {
  const EngineSettings& settings = replica.pool->settings;
  const auto places = static_cast<double>(settings.max_sequences);
  const auto cache = static_cast<double>(settings.cache_blocks * settings.block_tokens);
  const double crowd = (static_cast<double>(replica.outstanding + 1) - places) / places;
  const double spill = (static_cast<double>(after.context) - cache) / cache;
  return std::max({0.0, crowd, spill}) * expected_output * step;
}

}  // namespace

RoutePrediction predicted_route(const RouteQuestion& question, const RouterReplica& replica) {
  if (replica.pool->media != nullptr) return predicted_media(question, replica);
  const RequestState& state = question.request;
  const ServingPool& pool = *replica.pool;
  const EngineSettings& settings = pool.settings;
  const ReplicaLoad load = replica.probe->load();
  const std::int64_t prompt = state.request.input_tokens + state.generated;
  const auto half_output = static_cast<std::int64_t>(question.expected_output / 2);
  const Batch now{load.running,
                  replica.outstanding > 0
                      ? load.running * (replica.context_tokens / replica.outstanding + half_output)
                      : 0};
  const std::int64_t together = std::min(replica.outstanding + 1, settings.max_sequences);
  const Batch after{together,
                    (replica.context_tokens + prompt) / (replica.outstanding + 1) * together +
                        half_output * together};
  RoutePrediction prediction;
  prediction.batch = static_cast<double>(together);
  prediction.step_before = step_time(*pool.times, now);
  prediction.step_after = step_time(*pool.times, after);
  const std::int64_t own =
      state.cache_arrives ? 0 : prompt - replica.probe->prefix_match(state.request);
  // While a sequence decodes, each of the others is replaced once by a prompt like this one
  // (steady state of a batch): TPOT = step + B t_prefill / output, as in a closed loop.
  const double longer =
      std::max(0.0, prefill_time(pool, after, own, prompt) - (own > 0 ? prediction.step_after : 0));
  prediction.per_token =
      prediction.step_after / tokens_per_step(settings) +
      static_cast<double>(together - 1) * longer / std::max(1.0, question.expected_output);
  prediction.prefill = prefill_time(pool, Batch{}, own, prompt);
  prediction.first_token =
      seconds(settings.front_end + settings.first_token_delay) +
      prefill_time(pool, now, load.waiting_prefill_tokens + own, prompt) +
      waiting_for_room(replica, after, question.expected_output / tokens_per_step(settings),
                       prediction.step_after);
  return prediction;
}

bool RoutePrediction::holds(const SloClass& objectives, double expected_output) const {
  return first_token <= seconds(objectives.first_token) &&
         per_token <= seconds(objectives.per_output_token) &&
         end_to_end(expected_output) <= seconds(objectives.end_to_end);
}

double strain(const RoutePrediction& prediction, const RouteQuestion& question) {
  const SloClass& objectives = question.objectives;
  const double whole = prediction.end_to_end(question.expected_output);
  double strained = 0;
  bool bounded = false;
  const auto hold = [&](double predicted, Picos allowed) {
    if (allowed == kNever) return;
    bounded = true;
    strained = std::max(strained, predicted / std::max(1e-12, seconds(allowed)));
  };
  hold(prediction.first_token, objectives.first_token);
  hold(prediction.per_token, objectives.per_output_token);
  hold(whole, objectives.end_to_end);
  return bounded ? strained : whole;
}

}  // namespace polyfleet
