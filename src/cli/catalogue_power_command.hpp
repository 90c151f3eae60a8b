// `polyfleet catalogue power` and `polyfleet catalogue cooling`: what systems and halls draw.
#pragma once

#include <string>

#include "cli/command_table.hpp"

namespace polyfleet {

struct CataloguePowerArguments {
  std::string system;  ///< one system's chain; empty = all systems
  double pue = 0;      ///< instead of each system's own; 0 = its own
  bool json = false;
};
struct CatalogueCoolingArguments {
  bool json = false;
};

CommandSpec catalogue_power_command(CataloguePowerArguments& arguments);
CommandSpec catalogue_cooling_command(CatalogueCoolingArguments& arguments);

}  // namespace polyfleet
