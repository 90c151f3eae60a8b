// A published serving run replayed by the cluster simulator: pools of replicas under the load that
// the source describes, from the first request to the last, as its benchmark script measures it.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.hpp"
#include "serving/cluster.hpp"
#include "validation/serve_case.hpp"
#include "validation/serve_engines.hpp"

namespace polyfleet {

struct SimulatedLatency {
  Seconds mean, median, p99;
};

/// What a simulated run shows, over all its replicas.
struct ServeFigures {
  SimulatedLatency ttft, tpot;
  double requests_per_second = 0;
  TokensPerSecond output_rate, total_rate;
  bool power_known = false;
  Watts accelerators, system;  ///< mean draw: all accelerators; with hosts
  double log_sigma = 0;        ///< of the cost models
};

/// How many requests come and when.
struct ServeRun {
  ServeLoad load = ServeLoad::closed_loop;
  std::int64_t users = 0;
  std::int64_t requests = 0;
  double requests_per_second = 0;  ///< within_limits
  double input_tokens = 0, output_tokens = 0;
  double input_variation = 0, output_variation = 0;
  double shortest_length = 1;
};

/// One pool's engine; both are needed where prefill and decode run apart.
struct ServeSide {
  const ServeEngine* engine = nullptr;
  EngineSettings settings;
  int replicas = 1;
};

/// The engine's settings with the recipe's on top, for this many users of a replica.
EngineSettings settings_of(const ServeCase& read, const ServeEngine& engine);

/// Replicas of one engine under the run's load.
Result<ServeFigures> simulate_run(const ServeSide& engine, const ServeRun& run,
                                  const PowerActivity& activity);
/// Prefill and decode apart, the cache moved between them.
Result<ServeFigures> simulate_run(const ServeSide& prefill, const ServeSide& decode,
                                  const ServeRun& run, const PowerActivity& activity);

}  // namespace polyfleet
