#include "serving/router_prediction.hpp"

namespace polyfleet {

int PredictedLatencyRouter::choose(const RouteQuestion& question) {
  int best = -1;
  double least = 0;
  for (const int each : question.candidates) {
    const RouterReplica& replica = question.replicas[static_cast<std::size_t>(each)];
    const double strained = strain(predicted_route(question, replica), question);
    if (best < 0 || strained < least) {
      best = each;
      least = strained;
    }
  }
  return best;
}

}  // namespace polyfleet
