// Plans of an inference service as what starts it: `vllm serve` and `sglang.launch_server` command
// lines, one script a pool, and Kubernetes manifests around them. Names of options are data
// (data/launch/vllm.toml, sglang.toml); what an engine cannot be told is listed with the reason.
// Wrong where a newer release has renamed an option.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "launch/launch.hpp"
#include "planner/serving_fleet.hpp"
#include "serving/engine_model.hpp"

namespace polyfleet {

enum class ServingLaunchFormat { vllm, sglang, kubernetes };
inline constexpr std::array<std::string_view, 3> kServingLaunchNames{"vllm", "sglang",
                                                                     "kubernetes"};
constexpr std::string_view name_of(ServingLaunchFormat format) {
  return kServingLaunchNames[static_cast<std::size_t>(format)];
}
std::optional<ServingLaunchFormat> serving_launch_named(std::string_view name);

/// One pool of like replicas.
struct ServingLaunchPool {
  std::string name;                         ///< "mi355x-prefill"; letters, digits, '-'
  std::string vendor, accelerator, system;  ///< catalogue ids
  std::string engine;                       ///< profile id
  PoolRole role = PoolRole::aggregated;
  std::int64_t replicas = 1;
  int accelerators_per_node = 8;
  ServingLayout layout;
  InferenceFormats formats;
  EngineSettings settings;  ///< as planned
  double memory_fraction = 0.9;
  Speculation speculation;

  int nodes_per_replica() const {
    return (layout.accelerators() + accelerators_per_node - 1) / accelerators_per_node;
  }
};

struct ServingLaunchJob {
  std::string name;      ///< empty = the model's
  std::string model_id;  ///< how the plan names the model
  std::string weights;   ///< Hugging Face name or path, where one is known
  std::vector<ServingLaunchPool> pools;
};

struct ServingToolTables {
  ToolTable vllm, sglang;
  Value cluster;  ///< cluster.toml: resources and node labels per vendor

  static Result<ServingToolTables> load(const std::string& data_folder);
};

/// The files of one format. Errors: a job without pools, a pool of an engine that the format does
/// not start (kubernetes starts both).
Result<LaunchExport> export_serving(ServingLaunchFormat format, const ServingLaunchJob& job,
                                    const ServingToolTables& tables);

/// The job's name in lower-case letters, digits and '-'.
std::string plain_name(const ServingLaunchJob& job);

}  // namespace polyfleet
