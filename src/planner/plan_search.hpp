// The best plans of one pool of like accelerators: every plan of a space is accounted for, either
// evaluated, or refused with a reason, or passed over because a proven bound says that it cannot be
// among the answers. The optimum equals that of evaluating every plan (tests hold it to that), and
// does not depend on the number of threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "planner/plan_evaluator.hpp"
#include "planner/plan_space.hpp"

namespace polyfleet {

struct PlanSearchQuestion {
  PoolQuestion pool;
  PlanTemplate plan_template;
  PlanSpace space;
  PlanConstraints constraints;
  Objective objective = Objective::time;
  std::size_t top = 10;    ///< best plans wanted
  bool with_front = true;  ///< the Pareto front too
  /// The front holds plans whose objective is within this factor of the best: nobody waits ten
  /// times longer for a little more head-room.
  double front_reach = 1.5;
  bool with_families = true;  ///< what each value of each degree of freedom costs
};

/// A plan with what the objectives look at.
struct PlannedPlan {
  TrainingPlan plan;
  std::int64_t devices = 0;
  Seconds time;
  double tokens_per_second = 0;  ///< of all devices in use
  std::optional<Joules> energy;  ///< facility, a step
  std::optional<Usd> cost;       ///< a step
  std::optional<Watts> power;    ///< facility, mean over the step
  Bytes memory;                  ///< of the fullest device
  double head_room = 0;          ///< share of the usable memory that stays free
};

/// Plans that share one value of one degree of freedom ("pipeline 1", "no recompute").
struct PlanFamily {
  std::string dimension;  ///< "tensor parallel"
  std::string value;      ///< "16"
  std::int64_t plans = 0;
  std::int64_t fitting = 0;  ///< found to fit; 0: none (or every one breaks a constraint)
  /// Best step of the family: exact where `exact`, else a proven lower bound.
  std::optional<Seconds> best_time;
  bool exact = false;
  std::optional<PlannedPlan> best;  ///< the best, or where not exact a good one
  Bytes least_memory;               ///< of the leanest plan looked at
  std::string why;                  ///< one sentence: what makes it lose, or not fit
};

struct PlanCounts {
  std::int64_t plans = 0;       ///< in the space; = the sum of the rest
  std::int64_t impossible = 0;  ///< degrees that do not divide or a schedule that does not exist
  std::int64_t too_large = 0;   ///< do not fit in memory
  std::int64_t refused = 0;     ///< break another constraint
  std::int64_t bounded = 0;     ///< a proven bound says they cannot be among the answers
  std::int64_t equal = 0;       ///< provably no better than a twin that was evaluated
  std::int64_t evaluated = 0;
  std::int64_t untouched = 0;  ///< of an interrupted search
};

struct PlanSearchResult {
  std::vector<PlannedPlan> best;   ///< by the objective, best first
  std::vector<PlannedPlan> front;  ///< Pareto set over time, energy, cost, memory head-room
  std::vector<PlanFamily> families;
  PlanCounts counts;
  bool interrupted = false;
  /// How far the best plan can be from the optimum of the space: 0 after a complete search.
  double gap = 0;
  /// When nothing fits: the plan that needs the least memory.
  std::optional<PlannedPlan> leanest;
};

struct SearchControl {
  unsigned threads = 1;
  const std::atomic<bool>* stop = nullptr;          ///< set: return the best so far
  std::function<void(double share)> progress = {};  ///< of the space accounted for, now and then
};

PlanSearchResult search_plans(const PlanSearchQuestion& question, const SearchControl& control);

}  // namespace polyfleet
