// A proposed plan request by request: the cluster of its pools (a share of a large one, with as
// much of the traffic) is simulated, the figures that the targets name are read off, and the number
// of replicas follows: more where a target is missed, fewer where there is room. Bounded effort;
// every run is reported. A share of a service has less pooling than the whole: its waits are upper
// bounds.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "planner/serving_fleet.hpp"
#include "serving/cluster.hpp"

namespace polyfleet {

/// Requests of the question's kind at this rate: at least so many of them.
using TrafficMaker = std::function<Result<std::unique_ptr<RequestSource>>(
    double requests_per_second, std::int64_t requests)>;

struct VerifyOptions {
  std::int64_t requests = 2000;  ///< counted ones, at least
  std::int64_t most_requests = 10000;
  int most_replicas = 24;  ///< simulated at once; larger services are scaled down
  int most_runs = 8;       ///< of one plan
  std::uint64_t seed = 1;
  RouterKind router = RouterKind::least_loaded;  ///< where the pools of each phase are alike
};

/// One simulation: replicas of the service (not of the simulated share) and what users saw.
struct VerifyRun {
  std::vector<std::int64_t> replicas;  ///< by pool
  LatencyFigures measured;
  std::string missed;  ///< "TTFT", "TPOT", "end to end", "refused requests"; empty = all met
};

struct VerifiedPlan {
  ServingPlan proposed;
  ServingPlan plan;  ///< with the replicas that the simulation asks for; loads worked out again
  LatencyFigures measured;  ///< of that plan, simulated
  SimulationReport report;
  std::vector<VerifyRun> runs;
  double share = 1;  ///< of the service that was simulated
  bool met = false;
  std::string note;  ///< what changed or what keeps it from being met, in words
};

/// Errors: those of the traffic and of the simulation.
Result<VerifiedPlan> verify_serving_plan(const ServingPlanQuestion& question,
                                         const ServingPlan& proposed, const ReplicaModels& models,
                                         const TrafficMaker& traffic, const VerifyOptions& options);

}  // namespace polyfleet
