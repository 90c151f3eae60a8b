// An inference service of several pools of replicas, of one vendor or many, request by request:
// routing, disaggregated prefill and decode with cache transfer, autoscaling, replicas that join,
// drain, fail and come back. Event-driven on integer time; the same seed and input give the same
// bytes. Every request ends exactly once: finished, refused or cancelled (checked, and reported).
// Left out: blocks of a prefill replica are free when its request leaves, not when the cache has
// been sent; a failed transfer is noticed when it should have arrived.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "serving/engine_model.hpp"
#include "serving/latency_histogram.hpp"
#include "serving/replica.hpp"
#include "traffic/request.hpp"

namespace polyfleet {

enum class PoolRole { aggregated, prefill, decode };
enum class RouterKind {
  round_robin,
  least_loaded,
  prefix_aware,
  predicted_latency,
  least_cost,
  least_energy
};

/// As the horizontal pod autoscaler of Kubernetes decides: replicas wanted = load over target,
/// rounded up; fewer only when every decision of the last `cool_down` wanted fewer.
struct Autoscaling {
  bool on = false;
  int least = 1, most = 1;
  double target_load = 0.7;  ///< running + waiting over max_sequences that is aimed at
  Picos interval = 0;        ///< between decisions
  Picos start_up = 0;        ///< from decision to first request (image, weights, graphs)
  Picos cool_down = 0;       ///< before a replica is drained
};

/// A planned or random change of one replica. join: serves from then on (a replica number beyond
/// the pool's adds one). drain: takes nothing new, hands what it has not started to others where
/// there are any, finishes the rest and goes. fail: caches and unfinished work are lost, generated
/// tokens are not; its requests go to other replicas. recover: serves again, caches empty.
enum class ReplicaChange { join, drain, fail, recover };
struct ReplicaEvent {
  Picos at = 0;
  int pool = 0, replica = 0;  ///< replica: of the pool, from 0
  ReplicaChange change = ReplicaChange::fail;
};

/// A place for a replica: absent, or provisioned and in one of these states.
enum class SlotState { absent, starting, up, draining, failed };
/// What became of a replica, planned or not; all of them come up at the first arrival.
struct SlotChange {
  Picos at = 0;
  int pool = 0, replica = 0;  ///< replica: of the pool, from 0
  SlotState state = SlotState::absent;
};

struct ServingPool {
  std::string name, vendor, accelerator;
  PoolRole role = PoolRole::aggregated;
  int model = 0;  ///< of the scenario's models
  int replicas = 1;
  int accelerators_per_replica = 1;
  const EngineTimes* times = nullptr;  ///< shared by all its replicas
  const MediaTimes* media = nullptr;   ///< instead of times: images or video, one at a time
  EngineSettings settings;
  ReplicaPower power;
  UsdPerSecond price;  ///< of one replica, while it is provisioned (failed ones too)
  Autoscaling autoscaling;
  Seconds mean_time_between_failures;  ///< of one replica, 0 = never
  Seconds time_to_recover;
};

/// Moving a prompt's cache from a prefill pool to a decode pool: the sender's link takes one
/// request at a time, in order; then latency, staging and conversion follow.
struct CacheTransfer {
  int from_pool = 0, to_pool = 0;
  Picos latency = 0;
  double picos_per_token = 0;          ///< at the rate of one replica pair's links
  double convert_picos_per_token = 0;  ///< dtype or layout conversion
  std::string basis;                   ///< which links and terms
  double stage_picos_per_token = 0;    ///< copies through host memory at both ends
};

struct SloClass {
  std::string name = "default";
  Picos first_token = kNever;       ///< TTFT
  Picos per_output_token = kNever;  ///< mean TPOT of a request
  Picos end_to_end = kNever;
};

struct ServingCluster {
  std::vector<ServingPool> pools;
  std::vector<CacheTransfer> transfers;
  std::vector<SloClass> classes;
  RouterKind router = RouterKind::least_loaded;
  std::vector<ReplicaEvent> events;
  double grams_co2e_per_kilowatt_hour = 0;
  UsdPerJoule electricity;
};

/// What became of one request.
struct RequestOutcome {
  enum class End { finished, refused, cancelled };
  End end = End::finished;
  ServingRequest request;
  Picos started = kNever, first_token = kNever, last_token = kNever;
  std::int64_t cached_tokens = 0;
  std::int32_t pool = -1, replica = -1, preemptions = 0, restarts = 0;
};

struct SimulationOptions {
  std::uint64_t seed = 1;
  bool skip_ahead = true;
  Picos warm_up = 0;          ///< requests that arrive earlier are served but not counted
  Picos stop_after = kNever;  ///< no arrivals after this
  Picos sample_interval = 0;  ///< of the timeline, 0 = none
  /// Samples of the timeline of each pool, at least 2: beyond, every second one is dropped and the
  /// interval doubles. 0 = any number.
  std::size_t most_samples = 0;
  std::function<void(const RequestOutcome&)> on_outcome;             ///< each request as it ends
  std::function<bool(Picos now, std::int64_t finished)> keep_going;  ///< false: stop early
};

struct ClassReport {
  std::string name;
  std::int64_t requests = 0, finished = 0, refused = 0, cancelled = 0;
  std::int64_t met_all = 0, met_first_token = 0, met_per_token = 0, met_end_to_end = 0;
  LatencySummary ttft, tpot, end_to_end, queueing;
};

struct PoolReport {
  std::string name, vendor, accelerator;
  PoolRole role = PoolRole::aggregated;
  int accelerators = 0;
  ReplicaTotals totals;
  double replica_seconds = 0;  ///< provisioned
  double utilisation = 0;      ///< busy share of them
  double mean_running = 0;     ///< sequences, per provisioned replica
  double cache_occupancy = 0;  ///< of the blocks of provisioned replicas
  double prefix_hit_rate = 0;  ///< of prompt tokens admitted, recomputed ones included
  std::int64_t failures = 0, requests_ended = 0;
  bool power_known = false;  ///< else energy and carbon are 0 and mean nothing
  Joules energy;             ///< at the wall of the site; a provisioned replica draws at least idle
  Usd cost;                  ///< replicas and electricity
  GramsCo2e carbon;
};

/// What went over one CacheTransfer; times summed over requests.
struct TransferReport {
  int from_pool = 0, to_pool = 0;
  std::int64_t requests = 0, tokens = 0;
  Picos waiting = 0, moving = 0, converting = 0, staging = 0;
};

struct TimelineSample {
  Picos at = 0;
  int pool = 0;
  std::int64_t replicas = 0, running = 0, waiting = 0, used_blocks = 0;
  std::int64_t output_tokens = 0;  ///< since the start
};

/// Counts of requests are of all; tokens, latencies and classes only of counted ones (those that
/// arrive after the warm-up). A run that is stopped early cancels what is under way.
struct SimulationReport {
  Picos duration = 0;          ///< first arrival to last completion
  Picos counted_duration = 0;  ///< the same of counted requests
  std::int64_t arrived = 0, finished = 0, refused = 0, cancelled = 0, counted = 0;
  std::int64_t input_tokens = 0, output_tokens = 0;  ///< of counted, finished requests
  std::int64_t lost = 0;              ///< arrived - finished - refused - cancelled; always 0
  std::int64_t restarted = 0;         ///< times that a request went to another replica
  std::int64_t waited_at_router = 0;  ///< times that a request found no replica up
  std::int64_t preemptions = 0, events = 0;
  double infinite_cache_hit_rate = 0;  ///< of prompt tokens, had every block been kept
  LatencySummary ttft, tpot, end_to_end, queueing;
  std::vector<ClassReport> classes;
  std::vector<PoolReport> pools;
  std::vector<TransferReport> transfers;
  std::vector<TimelineSample> timeline;
  std::vector<SlotChange> changes;  ///< of all replicas, in order of time
  Joules energy;
  Usd cost;
  GramsCo2e carbon;
  bool stopped_early = false;
};

/// Runs until every request of the source has ended. Errors: a faulty source, a request for a model
/// or class that the cluster lacks, and what problems_of finds (serving/cluster_check.hpp).
Result<SimulationReport> simulate_serving(const ServingCluster& cluster, RequestSource& source,
                                          const SimulationOptions& options);

}  // namespace polyfleet
