// Every command of the program and the arguments that they fill in.
#pragma once

#include <vector>

#include "cli/catalogue_power_command.hpp"
#include "cli/command_table.hpp"
#include "cli/commands.hpp"
#include "cli/estimate_serve_command.hpp"
#include "cli/launch_command.hpp"
#include "cli/plan_command.hpp"
#include "cli/plan_fleet_command.hpp"
#include "cli/plan_serve_command.hpp"
#include "cli/run_command.hpp"
#include "cli/runs_command.hpp"
#include "cli/simulate_command.hpp"
#include "cli/simulate_fleet_command.hpp"
#include "cli/simulate_jobs_command.hpp"
#include "cli/ui_command.hpp"
#include "cli/value_deal_command.hpp"

namespace polyfleet {

/// One instance per process; exactly one command reads its part.
struct CommandArguments {
  AskArguments list;
  AskArguments show;
  AskArguments compare;
  CataloguePowerArguments power;
  CatalogueCoolingArguments cooling;
  AskArguments estimate, run;
  AskArguments serve;
  AskArguments simulate;
  AskArguments simulate_jobs;
  AskArguments simulate_fleet;
  AskArguments plan;
  AskArguments plan_serve;
  AskArguments size;
  AskArguments plan_fleet;
  ExportArguments exports;
  ImportArguments imports;
  AskArguments value_deal;
  AskArguments validate;
  BenchArguments bench;
  MainJobArguments main_job;
  UiArguments ui;
  RunsArguments runs;
};

/// In the order of the help. The records point into `arguments`.
std::vector<CommandSpec> command_list(CommandArguments& arguments);
const std::vector<CommandGroup>& command_groups();

}  // namespace polyfleet
