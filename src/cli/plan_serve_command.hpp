// `polyfleet plan serve`: the inference service that meets its latency targets.
#pragma once

#include <string>
#include <vector>

#include "cli/command_table.hpp"
#include "cli/estimate_flags.hpp"

namespace polyfleet {

struct PlanServeArguments {
  std::string scenario;  ///< file; empty = flags alone
  SettingTexts settings;
  std::vector<std::string> exports;  ///< FORMAT=DIR
  bool front = false, json = false, explain = false;
};

CommandSpec plan_serve_command(PlanServeArguments& arguments);

}  // namespace polyfleet
