#include "serving/router_prediction.hpp"

namespace polyfleet {

int LeastCostRouter::choose(const RouteQuestion& question) {
  // A fuller batch shares each step's price among more, so cheap replicas fill up first and
  // others can be given back.
  return cheapest_that_holds(
      question, [&](const RouterReplica& replica, const RoutePrediction& prediction) {
        const double decode = question.expected_output * prediction.per_token / prediction.batch;
        return (replica.pool->price * ((prediction.prefill + decode) * second)) / usd;
      });
}

}  // namespace polyfleet
