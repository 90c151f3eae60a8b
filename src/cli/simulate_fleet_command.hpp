// `polyfleet simulate fleet`: gigawatts over years, played out.
#pragma once

#include <cstdint>
#include <string>

#include "cli/command_table.hpp"
#include "cli/estimate_flags.hpp"

namespace polyfleet {

struct SimulateFleetArguments {
  std::string scenario;
  SettingTexts settings;  ///< --set
  std::int64_t futures = 0, seed = 1, threads = 0;
  std::string store;  ///< file to resume from and append to; empty = none
  std::string csv;    ///< folder to write to; empty = none
  std::string by = "year";
  bool tornado = false, tree = false, hourly = false, fresh = false;
  bool json = false, explain = false;
};

CommandSpec simulate_fleet_command(SimulateFleetArguments& arguments);

}  // namespace polyfleet
