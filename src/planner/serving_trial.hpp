// One planned service played request by request: the cluster of its pools (a share of a large one,
// with as much of the traffic), and the figures that the targets name. A share of a service has
// less pooling than the whole: its waits are upper bounds. Replicas of a kind are made once for all
// plans that have them.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
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
  const std::atomic<bool>* stop = nullptr;       ///< set: end without the run under way

  bool stopped() const { return stop != nullptr && stop->load(); }
};

/// What users saw of one size of a service.
struct ServingTrial {
  SimulationReport report;
  LatencyFigures measured;  ///< as the targets measure them
  std::string missed;       ///< "TTFT", "TPOT", "end to end", "refused requests"; empty = all met
  double share = 1;         ///< of the service that was simulated
};

class ServingTrials {
 public:
  /// The references outlive the trials.
  ServingTrials(const ServingPlanQuestion& question, const ReplicaModels& models,
                const TrafficMaker& traffic, const VerifyOptions& options)
      : question_(question), models_(models), traffic_(traffic), options_(options) {}

  const ServingPlanQuestion& question() const { return question_; }
  const VerifyOptions& options() const { return options_; }
  /// Errors: those of the models. Precondition: an index of the question's kinds.
  Result<const ReplicaModel*> model(std::size_t kind);
  /// Nothing: stopped. Errors: those of the traffic and of the simulation.
  Result<std::optional<ServingTrial>> run(const ServingPlan& plan);

 private:
  double scaled(const ServingPlan& plan, std::vector<int>& replicas) const;
  Result<ServingPool> pool_of(const PlannedPool& planned, std::size_t place);
  Result<ServingCluster> cluster_of(const ServingPlan& plan, const std::vector<int>& replicas);
  Diagnostics add_transfers(const ServingPlan& plan, ServingCluster& cluster);
  ServingTrial read_off(SimulationReport report, double share) const;

  const ServingPlanQuestion& question_;
  const ReplicaModels& models_;
  const TrafficMaker& traffic_;
  VerifyOptions options_;
  std::map<std::size_t, std::unique_ptr<ReplicaModel>> made_;  // by kind
};

}  // namespace polyfleet
