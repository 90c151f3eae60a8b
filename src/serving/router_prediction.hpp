// What a router expects of a replica if the request goes there: time to the first token behind the
// prompts that wait, decode step with the request in the batch, what it costs. From the same
// iteration times as the simulation (EngineTimes), the engine's reported queue and mean lengths.
// Wrong by what a router cannot know: requests yet to come, when running ones end, and that the
// iteration under way must end first.
#pragma once

#include "serving/router.hpp"

namespace polyfleet {

struct RoutePrediction {
  double first_token = 0;  ///< seconds
  double per_token = 0;    ///< seconds a token after the first, prompts of others in between
  double prefill = 0;      ///< seconds of engine time for the request's own prompt
  double step_before = 0;  ///< decode step without the request, 0 when nothing runs
  double step_after = 0;   ///< decode step with it
  double batch = 1;        ///< sequences that share step_after

  /// Whether the objectives hold; end to end with the expected number of tokens.
  bool holds(const SloClass& objectives, double expected_output) const;
  double end_to_end(double expected_output) const {
    return first_token + (expected_output > 1 ? (expected_output - 1) * per_token : 0);
  }
};

/// Tokens that a sequence gets from one decode step: more than 1 with speculation.
inline double tokens_per_step(const EngineSettings& settings) {
  return static_cast<double>(settings.tokens_per_step_numerator) /
         static_cast<double>(settings.tokens_per_step_denominator);
}

RoutePrediction predicted_route(const RouteQuestion& question, const RouterReplica& replica);

/// The larger of predicted over allowed; end to end in seconds when the class has no objectives.
double strain(const RoutePrediction& prediction, const RouteQuestion& question);

/// The candidate with the smallest `price` among those that hold the objectives; when none does,
/// the one with the least strain.
template <class Price>
int cheapest_that_holds(const RouteQuestion& question, Price price) {
  int best = -1, calmest = -1;
  double least_price = 0, least_strain = 0;
  for (const int each : question.candidates) {
    const RouterReplica& replica = question.replicas[static_cast<std::size_t>(each)];
    const RoutePrediction prediction = predicted_route(question, replica);
    const double asked = price(replica, prediction);
    const double strained = strain(prediction, question);
    if (prediction.holds(question.objectives, question.expected_output) &&
        (best < 0 || asked < least_price)) {
      best = each;
      least_price = asked;
    }
    if (calmest < 0 || strained < least_strain) {
      calmest = each;
      least_strain = strained;
    }
  }
  return best < 0 ? calmest : best;
}

}  // namespace polyfleet
