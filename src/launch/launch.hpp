// Training plans as the files that launch them, and back. Each format has a file of its own
// (launch/<format>.hpp); names of settings are data (data/launch/*.toml, each checked against one
// version of the tool). What a tool cannot be told is listed, never dropped. Wrong where a tool's
// newer release has renamed a setting.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "config/value.hpp"
#include "launch/tool_table.hpp"
#include "training/plan.hpp"
#include "workload/model_spec.hpp"

namespace polyfleet {

enum class LaunchFormat {
  megatron_lm,
  megatron_bridge,
  primus,
  deepspeed,
  torchtitan,
  slurm,
  kubernetes
};

/// One row of the list of formats: the name users write, what it makes, whether it can be read
/// back into a scenario.
struct LaunchFormatEntry {
  LaunchFormat format;
  std::string_view name;  ///< "megatron-lm"
  std::string_view makes;
  bool imports = false;  ///< launchers of plans do; Slurm and Kubernetes only carry them
};
inline constexpr std::size_t kLaunchFormatCount = 7;
const std::array<LaunchFormatEntry, kLaunchFormatCount>& launch_formats();
/// The format of that name, or nothing.
std::optional<LaunchFormat> launch_format_named(std::string_view name);
std::string_view name_of(LaunchFormat format);

/// One pool of like accelerators in a job. A homogeneous job has one. Its plan's layout covers the
/// pool's own devices; ranks of the pools follow each other in the order given.
struct LaunchPool {
  std::string name;         ///< "mi355x"; letters, digits, '-': it names files and components
  std::string vendor;       ///< "AMD", "NVIDIA", ... as in the catalogue
  std::string accelerator;  ///< catalogue id
  std::string system;       ///< catalogue id
  std::int64_t devices = 0;
  int devices_per_node = 8;
  TrainingPlan plan;
};

/// Everything an export needs. `model_id` is how a scenario names the model.
struct LaunchJob {
  std::string name;  ///< empty = named after the model
  ModelSpec model;
  std::string model_id;
  std::string framework;  ///< profile id of the prediction; decides what Slurm and Kubernetes start
  std::vector<LaunchPool> pools;
};

struct LaunchFile {
  std::string name;  ///< relative to the folder of the export
  std::string text;
};

/// A setting of the plan that the tool cannot be told, or not by this file.
struct Unexpressed {
  std::string setting;  ///< key of the plan: "plan.merged_dispatch"
  std::string value;
  std::string why;
};

struct LaunchExport {
  std::vector<LaunchFile> files;
  std::vector<Unexpressed> unexpressed;  ///< in the order of the plan's keys, pool by pool
};

/// The files of one format. Errors: a job without pools, a mixed job in a format that has no form
/// for it. A setting that equals the plan's plain default (TrainingPlan{}) and has no counterpart
/// in the tool is not listed.
Result<LaunchExport> export_launch(LaunchFormat format, const LaunchJob& job,
                                   const ToolTables& tables);

/// A setting of an imported file that has no place in the scenario.
struct ForeignSetting {
  std::string setting;  ///< as written: "--lr"
  std::string value;
  std::string why;  ///< of those that do not matter: what it is; empty for unknown ones
  Position where;
};

/// What came of reading somebody's file.
struct LaunchImport {
  Value scenario;                          ///< keys of docs/scenarios.md, each at its origin
  std::map<std::string, std::string> why;  ///< scenario key -> setting it came from, or the default
  std::optional<ModelSpec> model;          ///< as far as the file describes it (vocab 0 = open)
  std::string model_name;                  ///< how the file names its model; may be empty
  std::vector<ForeignSetting> without_effect;  ///< known; do not change step time or memory
  std::vector<ForeignSetting> not_modelled;    ///< known to matter, but the scenario has no key
  std::vector<ForeignSetting> unknown;         ///< in none of our tables
  Diagnostics unresolved;  ///< variables without a value, includes that were not found
};

/// What the user gives along with a file.
struct ImportContext {
  std::map<std::string, std::string, std::less<>> variables;  ///< for ${NAME} in scripts and YAML
  /// Text of a file that the imported one includes; a diagnostic when there is none.
  std::function<Result<std::string>(const std::string& name)> include;
  std::int64_t devices = 0;  ///< as a flag says; 0 = as the file says, if it does
  /// Share of communication that hides where an overlap is switched on (the framework's profile).
  double tensor_overlap_share = 1, expert_overlap_share = 1;
};

/// Reads a file of one format. Errors: text that the format's syntax refuses, values of the wrong
/// kind. Unknown settings are no error: they are listed.
Result<LaunchImport> import_launch(LaunchFormat format, std::string_view text,
                                   const std::string& file, const ImportContext& context,
                                   const ToolTables& tables);

}  // namespace polyfleet
