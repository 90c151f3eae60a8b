// `polyfleet estimate serve`: the steady state of one replica of an inference engine.
#pragma once

#include <string>

#include "cli/command_table.hpp"
#include "cli/serving_flags.hpp"

namespace polyfleet {

struct EstimateServeArguments {
  std::string scenario;   ///< file; empty = flags alone
  SettingTexts settings;  ///< flags and --set
  bool json = false, explain = false;
};

CommandSpec estimate_serve_command(EstimateServeArguments& arguments);

}  // namespace polyfleet
