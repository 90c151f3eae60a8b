// The reservation of EASY backfilling (Lifka 1995; Mu'alem and Feitelson, IEEE TPDS 2001): when the
// first waiting job will fit if nothing else starts, and how many accelerators it leaves then.
// Others may start where they end before that time or take no more than what is left over. Counted
// by nodes; the left-over is counted by accelerators, so that a fragmented pool may still delay the
// first job a little.
#pragma once

#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "fleet/job_nodes.hpp"

namespace polyfleet {

/// A running job and when it will end.
struct PlannedEnd {
  JobTick end = 0;
  int job = 0;
  const Placement* placement = nullptr;
  friend bool operator<(const PlannedEnd& a, const PlannedEnd& b) {
    return a.end != b.end ? a.end < b.end : a.job < b.job;
  }
};

struct Reservation {
  int pool = 0;
  JobTick at = 0;
  std::int64_t left_over = 0;  ///< accelerators free beside the reserved gang at that time
};

/// Of a gang in one pool whose running jobs are given by end; nothing where it never fits.
std::optional<Reservation> reserve(const JobPool& pool, const JobNodes& nodes,
                                   const std::set<PlannedEnd>& running, int accelerators,
                                   bool may_spread);

}  // namespace polyfleet
