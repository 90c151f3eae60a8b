// Scheduler and cache settings of one engine replica. Defaults of vLLM, SGLang and TensorRT-LLM
// are data (data/engines/*.toml, each with its source); a scenario may override every one.
#pragma once

#include <cstdint>

#include "sim/picos.hpp"

namespace polyfleet {

/// mixed: decode first, prefill chunks fill the rest of the token budget of the same iteration
/// (vLLM, TensorRT-LLM). prefill_first: waiting prompts run in iterations of their own before
/// decode goes on (SGLang's default).
enum class BatchingPolicy { mixed, prefill_first };
/// What happens to the last sequence when cache blocks run out.
enum class PreemptionMode { recompute, swap };
enum class AdmissionPolicy { first_come, priority };

struct EngineSettings {
  /// Precondition of a replica: cache_blocks > 0.
  BatchingPolicy batching = BatchingPolicy::mixed;
  AdmissionPolicy admission = AdmissionPolicy::first_come;
  PreemptionMode preemption = PreemptionMode::recompute;
  std::int64_t token_budget = 8192;  ///< new tokens in one iteration
  std::int64_t max_sequences = 256;  ///< running at once
  std::int64_t max_waiting = 0;      ///< queue limit, 0 = none; beyond it requests are refused
  std::int64_t block_tokens = 16;    ///< cache block
  std::int64_t cache_blocks = 0;     ///< of the replica (all attention ranks together)
  double watermark = 0.01;           ///< share of blocks kept free on admission
  bool chunked_prefill = true;       ///< false: a prompt runs whole (beyond the budget alone)
  /// Admission needs blocks for the whole prompt and takes them (vLLM with
  /// scheduler_reserve_full_isl, SGLang); false: for its first chunk only (earlier vLLM V1).
  bool reserve_prompt = true;
  /// Admission counts all that running sequences will ever hold, so that nothing is preempted
  /// (TensorRT-LLM's default, GUARANTEED_NO_EVICT).
  bool reserve_output = false;
  bool prefix_cache = false;
  std::int64_t max_model_length = 0;  ///< 0 = the cache is the only limit
  Picos swap_per_token = 0;           ///< host link time of one token's cache, for swap
  Picos front_end = 0;                ///< tokeniser, HTTP: between arrival and the queue
  Picos first_token_delay = 0;        ///< between the end of prefill and the user
  std::int64_t first_token_steps =
      0;  ///< decode iterations a first token waits (scheduler interval)
  /// Speculative decoding: every sequence gets numerator/denominator tokens an iteration on average
  /// (accepted drafts and the sure one), in a fixed pattern floor((i+1)r) - floor(ir).
  std::int64_t tokens_per_step_numerator = 1;
  std::int64_t tokens_per_step_denominator = 1;
  std::int64_t draft_tokens = 0;  ///< a decoding sequence takes 1 + this of the token budget
  /// Arrivals are looked for only after so many decode iterations (SGLang's
  /// --scheduler-recv-interval); always after a prefill and when idle.
  std::int64_t receive_interval = 1;
};

}  // namespace polyfleet
