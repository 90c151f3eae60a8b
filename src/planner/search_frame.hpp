// What the parts of one search hand to each other: the question with everything that is worked out
// once, and what was found so far. Merging is in a fixed order, so the outcome does not depend on
// which thread came first.
#pragma once

#include <atomic>
#include <limits>

#include "planner/cut_queue.hpp"
#include "planner/pareto.hpp"

namespace polyfleet {

/// What all cells of a search share.
struct SearchFrame {
  const PlanSearchQuestion& question;
  const CutQueue& queue;
  ObjectiveFloor floors;
  std::optional<Bytes> limit;  ///< of memory, head-room taken off
  const std::atomic<bool>* stop = nullptr;
  /// Stage memories that may be worked out below one group before the rest is left untouched.
  std::int64_t budget = std::numeric_limits<std::int64_t>::max();
  bool has_no_budget() const { return budget == std::numeric_limits<std::int64_t>::max(); }
  /// Objective values of plans of the space that a first look found: of the best, and of the last
  /// on a full list of the best. They only prune.
  double known_best = std::numeric_limits<double>::infinity();
  double known_cutoff = std::numeric_limits<double>::infinity();
  SearchFrame(const PlanSearchQuestion& asked, const CutQueue& cuts,
              const std::atomic<bool>* stop_flag);
  CostFloor floor_of(const CutGroup& group) const;  ///< on all devices on offer
};

/// Best plans known, and how the plans looked at ended.
struct PlansFound {
  PlanRanking best;
  ParetoFront front;
  PlanCounts counts;  ///< plans: those below the cells; untouched: those a stop left
  std::optional<PlannedPlan> leanest;  ///< while nothing fits
  bool fits = false;                   ///< some plan fits into memory, accepted or not
  std::optional<Bytes> least_memory;   ///< of the plans looked at
  explicit PlansFound(const PlanSearchQuestion& question)
      : best(question.objective, question.top) {}
  void merge(const PlansFound& other);
};

}  // namespace polyfleet
