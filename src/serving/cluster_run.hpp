// One run of a cluster simulation. The loop takes whatever comes first: a replica's next event (a
// tournament over replicas), a control event (a queue), the next arrival (asked of the source). At
// one time, what ends on replicas comes first, then control events in the order they were made,
// then arrivals, and last idle replicas begin: all who come at once find them idle. Replicas are
// advanced only when something happens to them: cost follows events, not time or replicas.
#pragma once

#include <optional>
#include <vector>

#include "serving/autoscaler.hpp"
#include "serving/cluster_fleet.hpp"
#include "serving/cluster_prefix_bound.hpp"
#include "serving/cluster_requests.hpp"
#include "serving/cluster_statistics.hpp"
#include "serving/transfer_links.hpp"
#include "sim/event_queue.hpp"
#include "sim/random_stream.hpp"

namespace polyfleet {

enum class ControlKind {
  prefilled,      ///< request: goes on to a decode replica
  cache_arrived,  ///< request: at its decode replica
  cancelled,      ///< request: its user goes away
  planned,        ///< subject: of the cluster's events
  failed,         ///< subject: slot, at random
  recovered,      ///< subject: slot
  ready,          ///< subject: slot, start-up is over
  retired,        ///< subject: slot, drained and empty
  scaling         ///< subject: pool, time to decide
};
struct ControlEvent {
  ControlKind kind = ControlKind::scaling;
  int subject = 0;
  ClusterRequest* request = nullptr;
  std::int64_t serial = 0;  ///< of the request, or of the slot's state or life
};

class ClusterRun final : private ReplicaListener {
 public:
  /// All outlive the run. Precondition: problems_of(cluster) found nothing.
  ClusterRun(const ServingCluster& cluster, RequestSource& source,
             const SimulationOptions& options);
  Result<SimulationReport> run();

 private:
  // cluster_run.cpp: the loop, requests in and out
  void start(Picos at);
  bool step();
  void take_arrival();
  std::optional<Diagnostic> problem_with(const ServingRequest& request) const;
  void handle(const ControlEvent& event);
  bool told_to_stop();
  void end(ClusterRequest& request, RequestOutcome::End end, Picos at);
  void first_token(RequestState& state, Picos at) override;
  void finished(RequestState& state, Picos at) override;
  void refused(RequestState& state, Picos at) override;

  // cluster_routing.cpp: where requests go
  void route(ClusterRequest& request);
  void dispatch(ClusterRequest& request, RouteGroup& group);
  void bring_up_to_date(const std::vector<int>& slots);
  const std::vector<int>& candidates(const ClusterRequest& request, const RouteGroup& group);
  bool may_come(const ClusterRequest& request, const RouteGroup& group) const;
  void enter(ClusterRequest& request, int slot);
  void leave(ClusterRequest& request);
  void submit(ClusterRequest& request);
  void send_cache(ClusterRequest& request);
  void cache_arrived(ClusterRequest& request);
  void restart(ClusterRequest& request);
  void cancel(ClusterRequest& request);
  void route_waiting(RouteGroup& group);

  // cluster_changes.cpp: replicas that come and go
  void planned(const ReplicaEvent& event);
  void bring_up(int slot);
  void fail(int slot, bool recovers);
  void drain(int slot);
  void retire(int slot);
  void decide_scaling(int pool);
  void start_one(int pool);
  void drain_one(int pool);
  bool may_serve(int pool) const;

  // cluster_report.cpp
  void sample();
  void thin_timeline();
  PoolReport pool_report(int pool) const;
  SimulationReport report() const;

  const ServingPool& pool(int index) const {
    return cluster_->pools[static_cast<std::size_t>(index)];
  }

  const ServingCluster* cluster_;
  RequestSource* source_;
  const SimulationOptions* options_;
  ClusterFleet fleet_;
  TransferLinks links_;
  ClusterRequests requests_;
  ClusterStatistics statistics_;
  InfinitePrefixCache prefix_bound_;
  EventQueue<ControlEvent> control_;            ///< its ticks are picoseconds here
  std::vector<Autoscaler> autoscalers_;         ///< of each pool
  std::vector<RandomStream> failure_streams_;   ///< of each slot
  std::vector<std::int64_t> failures_, ended_;  ///< of each pool
  std::vector<int> arrivals_planned_;           ///< joins and recoveries to come, of each pool
  struct Outputs {
    double tokens = 0, requests = 0;
  };
  std::vector<Outputs> outputs_;  ///< of each model, for routers
  SloClass no_objectives_;
  std::vector<int> eligible_;  ///< scratch of candidates()
  RequestOutcome outcome_;     ///< scratch of end()
  std::vector<TimelineSample> timeline_;
  std::optional<Diagnostics> problems_;
  Picos now_ = 0, next_sample_ = kNever, sample_interval_ = 0;
  std::int64_t steps_ = 0, waited_ = 0;
  std::int64_t prompt_tokens_ = 0, known_tokens_ = 0;  ///< for the bound on prefix hits
  bool arrivals_over_ = false, stopped_ = false;
};

}  // namespace polyfleet
