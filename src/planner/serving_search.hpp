// Which service meets the targets with the least cost, energy, accelerators, latency or carbon.
// Every kind of replica is loaded as far as the targets allow (planner/serving_points.hpp); plans
// of one kind, pairs of a prefill and a decode kind, and mixtures by integer programming are
// compared. Every configuration is counted: feasible, or refused with a reason, or no better in
// anything than another. A proposal by the closed form: planner/serving_verify.hpp simulates the
// best.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "planner/serving_fleet.hpp"

namespace polyfleet {

/// Configurations refused for one reason on one offer.
struct RefusedConfigurations {
  ServingRefusal reason = ServingRefusal::memory;
  std::string offer;
  std::int64_t configurations = 0;
  std::string nearest;  ///< the one that misses by least, and by how much
  double excess = 0;    ///< of that one
};

struct ServingPlanCounts {
  std::int64_t kinds = 0;           ///< ways to run a replica
  std::int64_t configurations = 0;  ///< = feasible + dominated + refused
  std::int64_t feasible = 0;
  std::int64_t dominated = 0;  ///< pairs whose part is no better in anything than another part
  std::int64_t refused = 0;
  std::int64_t states = 0;    ///< steady states worked out
  std::int64_t programs = 0;  ///< relaxations solved for mixtures
};

/// What is within reach where nothing meets the question.
struct ServingBestEffort {
  std::optional<std::string> ttft_of, tpot_of, nearest;  ///< kinds
  Seconds ttft, tpot;                                    ///< least of any kind, at no load
  LatencyFigures nearest_latency;  ///< of the kind that misses its targets by least, at no load
  double nearest_excess = 0;       ///< its worst latency over the target
  std::string limit;               ///< what binds there
  /// Where targets can be met but stock, power or shares bind: what the offers can carry.
  std::optional<double> requests_per_second;
};

struct ServingPlanResult {
  std::vector<ServingPlan> best;   ///< by the objective, best first
  std::vector<ServingPlan> front;  ///< over cost, energy and latency; by cost
  std::vector<RefusedConfigurations> refused;
  ServingPlanCounts counts;
  /// No mixture of the considered points is better than the best by more (relative; 0 = proven).
  double gap = 0;
  /// When nothing is feasible, after a search to its end.
  std::optional<ServingBestEffort> best_effort;
  bool interrupted = false;  ///< stopped: kinds, pairs or mixtures were not looked at
};

/// `on_plan`: told every feasible plan, in no promised order. `stop` set: what was found so far.
ServingPlanResult search_serving_plans(const ServingPlanQuestion& question,
                                       const ReplicaModels& models,
                                       const std::function<void(const ServingPlan&)>& on_plan = {},
                                       const std::atomic<bool>* stop = nullptr);

}  // namespace polyfleet
