// How many replicas a pool should have, as the horizontal pod autoscaler of Kubernetes decides
// (kubernetes.io, "Horizontal Pod Autoscaling"): wanted = load / (target x capacity), rounded up
// and kept between the bounds; more at once, fewer only down to the most that any decision of the
// last `cool_down` wanted (its stabilisation window, 300 s by default there). Knows nothing of
// start-up time: replicas that start count as present.
#pragma once

#include <deque>
#include <utility>

#include "serving/cluster.hpp"

namespace polyfleet {

class Autoscaler {
 public:
  /// `capacity`: requests that one replica runs at once. The pool starts with `present` replicas.
  Autoscaler(const Autoscaling& rules, std::int64_t capacity, int present, Picos now);
  /// Replicas to start (positive) or to drain (negative), when `load` requests run or wait and
  /// `present` replicas are up or starting. Times do not go back.
  int decide(Picos now, std::int64_t load, int present);

 private:
  Autoscaling rules_;
  std::int64_t capacity_;
  std::deque<std::pair<Picos, int>> wanted_;  ///< decisions, falling: the first is the most
};

}  // namespace polyfleet
