// `polyfleet simulate serve`: an inference service request by request.
#pragma once

#include <cstdint>
#include <string>

#include "cli/command_table.hpp"
#include "cli/serving_flags.hpp"

namespace polyfleet {

struct SimulateArguments {
  std::string scenario;
  SettingTexts settings;           ///< --set, --seed
  std::string requests, timeline;  ///< files to write; empty = none
  bool json = false;
};

/// Shown under the help of `simulate` and of `simulate serve`.
extern const char kSimulateExamples[];

CommandSpec simulate_serve_command(SimulateArguments& arguments);

}  // namespace polyfleet
