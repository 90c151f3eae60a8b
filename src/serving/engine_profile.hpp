// What is particular to an engine and not to hardware: scheduler defaults, host time, number
// formats it picks, collective library. One file an engine in data/engines, every figure with its
// source, some only on certain parts or releases. Only host times may be fitted to end-to-end
// measurements (on the documented half of the sources); the rest comes from documentation or
// microbenchmarks. Wrong where a deployment overrides defaults: that belongs into the scenario.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "catalogue/accelerator.hpp"
#include "config/value.hpp"
#include "serving/engine_settings.hpp"
#include "units/quantity.hpp"
#include "workload/serving_layout.hpp"

namespace polyfleet {

/// What an engine's memory fraction is a fraction of.
enum class MemoryRule {
  of_total,     ///< vLLM: fraction x total holds weights, activations, reserve and cache
  static_pool,  ///< SGLang: fraction x total holds weights and cache; the rest lies outside
  of_free,      ///< TensorRT-LLM: fraction x (total - weights - activations - reserve) is cache
};

/// What an engine's releases support differently: `hybrid` has linear attention layers, `routed`
/// has experts and no such layers, `dense` neither.
enum class ModelClass { dense, routed, hybrid };
ModelClass model_class(const ModelSpec& model);

/// One default of an engine and where it holds; empty conditions hold everywhere.
struct EngineSettingRule {
  std::string key;
  Value value;
  std::vector<std::string> families, except_families, accelerators;
  Bytes memory_at_least;           ///< of the accelerator, visible to programs
  std::vector<ModelClass> models;  ///< kinds of models where it holds; empty = all
  std::string version_from;        ///< "0.5.6": this release and later ones; empty = all
  std::string version_below;       ///< "0.5.7": releases before it; empty = all
  std::string source, status;
};

/// Grouped products of experts. `table`: as the part's operator table. `streaming`: they read the
/// weights of touched experts as well as a dense product of as many bytes reads its own. `between`:
/// the geometric mean of both, where an engine's kernel is known to be neither.
enum class ExpertKernels { table, streaming, between };

/// Which kernels an engine runs where tables of operators do not tell: launches that it saves by
/// fusing or by a second stream, and the grouped products of its experts.
struct EngineKernels {
  ExpertKernels experts = ExpertKernels::table;
  Seconds expert_overhead = {};       ///< of a layer's grouped products beyond that reading
  bool hides_shared_experts = false;  ///< shared experts run fused with, or beside, routed ones
  bool fuses_norm = false;            ///< residual and norm ride on the all-reduce before them
  bool fuses_quantise = false;        ///< activations are quantised by the kernel that makes them
  bool fuses_block_quantise = false;  ///< also where every 128 elements have their own scale
  bool fuses_rotary_cache = false;    ///< rotary embedding and cache write are one kernel
};

struct EngineProfile {
  std::string id;                    ///< "vllm", "sglang", "trtllm", "atom"
  std::string name;                  ///< "vLLM"
  std::vector<std::string> vendors;  ///< accelerator vendors that it runs on
  EngineSettings settings;           ///< scheduler defaults (cache_blocks 0: from memory)
  double memory_fraction = 0.9;      ///< of the accelerator's memory that the engine takes
  MemoryRule memory_rule = MemoryRule::of_total;
  Bytes memory_reserve;              ///< graphs, communicators, context, beside weights and cache
  Seconds host_per_iteration;        ///< scheduling and launch that the device waits for
  Seconds host_shortest_iteration;   ///< the host cannot prepare iterations faster than this
  Seconds host_per_sequence;         ///< and for every running sequence (sampling, detokenising)
  Seconds eager_launch;              ///< host time of one operator without a graph (prefill)
  std::int64_t graph_sequences = 0;  ///< largest decode batch replayed as a graph
  EngineKernels kernels;
  std::string collective_library;      ///< of its all-reduce: "vllm" has vllm_graph, vllm_eager
  bool cache_follows_weights = false;  ///< FP8 cache with FP8 or FP4 weights unless told otherwise
  std::string source;
  std::vector<EngineSettingRule> rules;  ///< every default of the file, in its order
};

/// Reads every *.toml of data/engines that is an engine; all problems are reported. The defaults
/// are those that hold everywhere; see profile_on.
Result<std::vector<EngineProfile>> load_engine_profiles(
    const std::filesystem::path& data_directory);

/// Where an engine runs: the accelerator with its visible memory, the release ("" = the latest),
/// and the model (null: what holds for some kinds of models only is left out).
struct EngineSite {
  const Accelerator& accelerator;
  Bytes visible_memory;
  std::string_view version = {};
  const ModelSpec* model = nullptr;
};

/// The engine's defaults there.
EngineProfile profile_on(const EngineProfile& profile, const EngineSite& site);

/// Named sets of formats (data/engines/formats.toml): "bf16", "fp8", "nvfp4_experts", ...
Result<std::vector<InferenceFormats>> load_inference_formats(
    const std::filesystem::path& data_directory);

/// The set with the cache that the engine picks for it when nothing else is said.
InferenceFormats formats_of_engine(const InferenceFormats& formats, const EngineProfile& profile);

}  // namespace polyfleet
