// `polyfleet simulate jobs`: a cluster that runs a trace of jobs.
#pragma once

#include <string>

#include "cli/command_table.hpp"
#include "cli/estimate_flags.hpp"

namespace polyfleet {

struct SimulateJobsArguments {
  std::string input;  ///< a scenario (TOML, JSON) or a trace (CSV)
  SettingTexts settings;
  std::string csv;  ///< folder to write; empty = none
  bool json = false;
};

CommandSpec simulate_jobs_command(SimulateJobsArguments& arguments);

}  // namespace polyfleet
