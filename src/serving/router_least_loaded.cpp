#include "serving/router.hpp"

namespace polyfleet {

int LeastLoadedRouter::choose(const RouteQuestion& question) {
  int best = question.candidates.front();
  for (const int each : question.candidates) {
    const RouterReplica& a = question.replicas[static_cast<std::size_t>(each)];
    const RouterReplica& b = question.replicas[static_cast<std::size_t>(best)];
    if (a.outstanding * b.capacity < b.outstanding * a.capacity) best = each;
  }
  return best;
}

}  // namespace polyfleet
