// Steady state of a service by closed form: what a closed loop of C users, or an open stream of
// requests, sees of one replica. Fixed point of batch size, iteration time and prefill share; the
// queue of prompts as M/G/1 with decode steps as its vacations (Pollaczek-Khinchine; Takagi,
// Queueing Analysis 1, 1991), closed by the arrival theorem (Reiser and Lavenberg, J. ACM 27,
// 1980); seats (sequences, cache) as G/G/m (Allen-Cunneen). Proposes what simulation then verifies.
// Wrong near saturation of an open stream (heavy tails), where lengths vary widely, in a closed
// loop of equal lengths (users then move in lockstep), and blind to work lost by preemption.
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

/// What the closed form needs of an engine; references live as long as their owner.
struct SteadyEngine {
  const EngineTimes& times;
  const EngineSettings& settings;
  ReplicaPower power;
  double log_sigma = 0;
};
SteadyEngine steady_engine(const EngineModel& engine);

/// Precondition of all: input_tokens and output_tokens at least 1, cached_share below 1, and
/// exactly one of concurrency and requests_per_second above zero (most_within: neither is read).
/// A request that is longer than the cache gives `stable` false and rates of zero.
SteadyState steady_state(const SteadyEngine& engine, const SteadyLoad& load);
SteadyState steady_state(const EngineModel& engine, const SteadyLoad& load);

/// Highest request rate of one replica that keeps mean TTFT and TPOT within the bounds
/// (Seconds of infinity = none), and its state; `stable` is false when none does.
SteadyState most_within(const SteadyEngine& engine, const SteadyLoad& load, Seconds ttft,
                        Seconds tpot);
SteadyState most_within(const EngineModel& engine, const SteadyLoad& load, Seconds ttft,
                        Seconds tpot);

/// Disaggregated: prefill-only and decode-only replica states under the same requests. The prefill
/// half counts first tokens as its output; the decode half has no TTFT of its own.
SteadyState prefill_steady_state(const SteadyEngine& engine, const SteadyLoad& load);
SteadyState prefill_steady_state(const EngineModel& engine, const SteadyLoad& load);
SteadyState decode_steady_state(const SteadyEngine& engine, const SteadyLoad& load);
SteadyState decode_steady_state(const EngineModel& engine, const SteadyLoad& load);

}  // namespace polyfleet
