// Somebody's launch file as a scenario that `estimate train` and `plan train` read: the launch
// room's import, completed by what the user states (accelerator, devices) and by the catalogue's
// model of the same shape: `polyfleet import`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/workspace.hpp"
#include "launch/launch.hpp"

namespace polyfleet {

/// What the user gives along with the file; empty and 0 = not given.
struct ImportWishes {
  std::string model, accelerator, system;
  std::int64_t devices = 0, sequence = 0, global_batch = 0, micro_batch = 0, vocab = 0;
  std::string include;               ///< folder of presets
  std::vector<std::string> defines;  ///< "NAME=VALUE"
  std::string model_file;            ///< where a model that no catalogue entry equals is written
};

struct ImportedScenario {
  LaunchImport import;     ///< the scenario completed
  std::string scenario;    ///< TOML
  std::string model_text;  ///< TOML of a model of one's own; empty = the catalogue has it
};

/// Reads the file. Errors: the format's own, and everything that is missing for an estimate, each
/// with the flag that gives it.
Result<ImportedScenario> import_scenario(Workspace& workspace, LaunchFormat format,
                                         const std::string& path, const ImportWishes& wishes);

/// Whether two models cost the same: equal shapes, vocabularies within 2 % (padding) where both are
/// known.
bool is_same_shape(const ModelSpec& a, const ModelSpec& b);

}  // namespace polyfleet
