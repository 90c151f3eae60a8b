#include <algorithm>

#include "serving/router.hpp"

namespace polyfleet {

int RoundRobinRouter::choose(const RouteQuestion& question) {
  const auto& candidates = question.candidates;
  const auto next = std::upper_bound(candidates.begin(), candidates.end(), last_);
  last_ = next == candidates.end() ? candidates.front() : *next;
  return last_;
}

}  // namespace polyfleet
