// What is particular to an engine and not to hardware: scheduler defaults, host time, number
// formats it picks, collective library. One file an engine in data/engines, every figure with its
// source. Only host times may be fitted to end-to-end measurements (on the documented half of the
// sources); the rest comes from documentation or microbenchmarks.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "catalogue/dtype.hpp"
#include "serving/engine_settings.hpp"
#include "units/quantity.hpp"
#include "workload/serving_layout.hpp"

namespace polyfleet {

struct EngineProfile {
  std::string id;                      ///< "vllm", "sglang", "trtllm", "atom"
  std::string name;                    ///< "vLLM"
  std::vector<std::string> vendors;    ///< accelerator vendors that it runs on
  EngineSettings settings;             ///< scheduler defaults (cache_blocks 0: from memory)
  double memory_fraction = 0.9;        ///< of the accelerator's memory that the engine takes
  Bytes memory_reserve;                ///< graphs, communicators, context, beside weights and cache
  Seconds host_per_iteration;          ///< scheduling and launch that the device waits for
  Seconds host_per_sequence;           ///< and for every running sequence (sampling, detokenising)
  Seconds eager_floor_per_layer;       ///< prefill without a graph: host launch of one layer
  std::int64_t graph_sequences = 0;    ///< largest decode batch replayed as a graph
  double small_kernels_per_layer = 0;  ///< 0 = as the operator builders count them
  std::string collective_library;      ///< of decode's all-reduce: "vllm", "trtllm", "sglang"
  bool cache_follows_weights = false;  ///< FP8 cache with FP8 or FP4 weights unless told otherwise
  std::string source;
};

/// Reads every *.toml of data/engines that is an engine; all problems are reported.
Result<std::vector<EngineProfile>> load_engine_profiles(
    const std::filesystem::path& data_directory);

/// Named sets of formats (data/engines/formats.toml): "bf16", "fp8", "nvfp4", "nvfp4 experts", ...
Result<std::vector<InferenceFormats>> load_inference_formats(
    const std::filesystem::path& data_directory);

}  // namespace polyfleet
