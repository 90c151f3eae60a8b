// `polyfleet estimate run` and `polyfleet plan size`: arguments and records.
#pragma once

#include <string>

#include "app/run_sizing.hpp"
#include "cli/command_table.hpp"
#include "cli/estimate_flags.hpp"

namespace polyfleet {

struct RunArguments {
  std::string scenario;   ///< file; empty = flags alone
  SettingTexts settings;  ///< flags and --set
  RunTexts run;
  SimulationRequest simulation;
  bool strict = false, json = false;
};
struct SizeArguments {
  std::string scenario;
  SettingTexts settings;
  SizingTexts sizing;
  bool strict = false, json = false;
};

CommandSpec estimate_run_command(RunArguments& arguments);
CommandSpec plan_size_command(SizeArguments& arguments);

}  // namespace polyfleet
