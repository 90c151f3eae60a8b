// What fits into the memory of a replica beside its weights: cache tokens, by the rule of the
// engine (what its memory fraction is a fraction of). Wrong where an engine's profiling run finds
// another peak of activations than the builders count.
#pragma once

#include <cstdint>
#include <string>

#include "serving/engine_machine.hpp"
#include "serving/engine_profile.hpp"
#include "workload/inference_work.hpp"

namespace polyfleet {

struct EngineCapacity {
  InferenceMemory memory;          ///< of the busiest accelerator
  Bytes cache;                     ///< room for it on that accelerator
  std::int64_t cache_tokens = 0;   ///< of the replica, all attention ranks
  std::int64_t cache_blocks = 0;   ///< the same in whole blocks
  std::int64_t max_sequences = 0;  ///< the settings', less where per-sequence state does not fit
  std::string misfit;              ///< empty when weights and one block fit
};

struct CapacityQuestion {
  InferenceContext context;
  const EngineProfile& profile;
  const EngineSettings& settings;
  Bytes visible_memory;
  double memory_fraction = 0;  ///< 0 = the profile's
  bool drafts = false;         ///< a prediction module is loaded too
};

EngineCapacity engine_capacity(const CapacityQuestion& question);

}  // namespace polyfleet
