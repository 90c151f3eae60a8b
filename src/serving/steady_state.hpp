// Steady state of a service by closed form: what a closed loop of C users, or an open stream of
// requests, sees of one replica. Fixed point of batch size, iteration time and prefill share; the
// queue of prompts as M/G/1 (Pollaczek-Khinchine). Proposes what simulation then verifies. Wrong
// near saturation of an open stream (heavy tails) and where lengths vary widely.
#pragma once

#include <string>

#include "serving/engine_model.hpp"

namespace polyfleet {

struct SteadyLoad {
  double input_tokens = 0, output_tokens = 0;        ///< means
  double input_variation = 0, output_variation = 0;  ///< coefficient of variation
  double cached_share = 0;                           ///< of prompt tokens found in the prefix cache
  double concurrency = 0;  ///< closed loop: users with one request each, per replica; 0 = open
  double requests_per_second = 0;  ///< open: per replica
};

struct SteadyState {
  bool stable = true;  ///< open: the replica keeps up
  std::string limit;   ///< what binds: "compute of prefill", "cache", "max sequences", ...
  Seconds ttft, tpot, end_to_end;  ///< means
  double running = 0;              ///< mean batch
  double requests_per_second = 0;
  TokensPerSecond output_rate, total_rate;  ///< of the replica
  double prefill_share = 0;                 ///< of iteration time
  double cache_share = 0;                   ///< of cache blocks
  Watts power;                              ///< of the replica at the wall of the site
  Joules energy_per_output_token;
  double log_sigma = 0;  ///< of the cost models
};

SteadyState steady_state(const EngineModel& engine, const SteadyLoad& load);

/// Highest request rate of one replica that keeps mean TTFT and TPOT within the bounds (kNever =
/// none), and its state; `stable` is false when none does.
SteadyState most_within(const EngineModel& engine, const SteadyLoad& load, Seconds ttft,
                        Seconds tpot);

/// Disaggregated: prefill-only and decode-only replica states under the same requests.
SteadyState prefill_steady_state(const EngineModel& engine, const SteadyLoad& load);
SteadyState decode_steady_state(const EngineModel& engine, const SteadyLoad& load);

}  // namespace polyfleet
