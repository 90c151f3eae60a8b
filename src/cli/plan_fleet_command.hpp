// `polyfleet plan fleet`: what to buy, when, where and from whom.
#pragma once

#include <cstdint>
#include <string>

#include "cli/command_table.hpp"
#include "cli/estimate_flags.hpp"

namespace polyfleet {

struct PlanFleetArguments {
  std::string scenario;
  SettingTexts settings;  ///< --set
  std::string front;      ///< day of the front; empty = none
  std::string csv;        ///< folder to write to; empty = none
  std::int64_t points = 10, threads = 0;
  bool frontier = false, fresh = false, json = false, explain = false;
};

CommandSpec plan_fleet_command(PlanFleetArguments& arguments);

}  // namespace polyfleet
