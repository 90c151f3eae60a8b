#include <algorithm>

#include "serving/router_prediction.hpp"

namespace polyfleet {

int LeastEnergyRouter::choose(const RouteQuestion& question) {
  // What is added to a replica that draws idle power anyway: its own prefill, and by how much
  // each step gets longer.
  return cheapest_that_holds(question, [&](const RouterReplica& replica,
                                           const RoutePrediction& prediction) {
    const ReplicaPower& power = replica.pool->power;
    if (replica.pool->media != nullptr)
      return power.pue * ((power.prefilling - power.idle) * (prediction.prefill * second) / joule);
    const double steps = question.expected_output / tokens_per_step(replica.pool->settings);
    const Seconds longer =
        steps * std::max(0.0, prediction.step_after - prediction.step_before) * second;
    const Joules added = (power.prefilling - power.idle) * (prediction.prefill * second) +
                         (power.decoding - power.idle) * longer;
    return power.pue * (added / joule);
  });
}

}  // namespace polyfleet
