// Which replica a request goes to. A router sees, for every replica that may take it, what the
// front door of a service can know: its pool, how many requests it has there, what the engine
// reports of its queue and cache. It does not know how many tokens a request will generate, only
// the mean of its model. One policy a file (router_*.cpp); ties go to the replica with the lower
// number, so that reruns are identical.
#pragma once

#include <memory>
#include <vector>

#include "serving/cluster_replica.hpp"

namespace polyfleet {

/// One replica as its router knows it.
struct RouterReplica {
  const ServingPool* pool = nullptr;
  const ReplicaProbe* probe = nullptr;
  std::int64_t capacity = 1;        ///< requests that can run at once
  std::int64_t outstanding = 0;     ///< handed in and not ended, caches on their way included
  std::int64_t context_tokens = 0;  ///< of these, as they were handed in
};

struct RouteQuestion {
  const RequestState& request;
  const std::vector<RouterReplica>& replicas;  ///< all of the cluster
  const std::vector<int>& candidates;          ///< indices, ascending, not empty
  const SloClass& objectives;
  double expected_output = 1;  ///< tokens that requests of the model generate on average
};

class Router {
 public:
  virtual ~Router() = default;
  /// One of the candidates.
  virtual int choose(const RouteQuestion& question) = 0;
};

std::unique_ptr<Router> make_router(RouterKind kind);

/// Each candidate in turn.
class RoundRobinRouter final : public Router {
 public:
  int choose(const RouteQuestion& question) override;

 private:
  int last_ = -1;
};

/// The smallest share of its capacity outstanding.
class LeastLoadedRouter final : public Router {
 public:
  int choose(const RouteQuestion& question) override;
};

/// The fewest prompt tokens to compute before the first token: those that wait there and those of
/// the request that its cache lacks. Replicas much busier than the least busy one are left out.
class PrefixAwareRouter final : public Router {
 public:
  int choose(const RouteQuestion& question) override;
};

/// The best predicted latency (serving/router_prediction.hpp): measured by the objectives of the
/// request's class where it has any, else the whole time to the last token.
class PredictedLatencyRouter final : public Router {
 public:
  int choose(const RouteQuestion& question) override;
};

/// The cheapest share of a replica's price among those predicted to hold the objectives.
class LeastCostRouter final : public Router {
 public:
  int choose(const RouteQuestion& question) override;
};

/// The least additional energy among those predicted to hold the objectives.
class LeastEnergyRouter final : public Router {
 public:
  int choose(const RouteQuestion& question) override;
};

}  // namespace polyfleet
