// The arguments of each command and the records that describe them (cli/command_table.hpp). Exit
// codes: 0 ok, 1 infeasible or failed check, 2 bad input, 3 internal.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/ask_command.hpp"
#include "cli/command_table.hpp"
#include "cli/estimate_flags.hpp"

namespace polyfleet {

struct BenchArguments {
  bool json = false, signature = false, planner = false, serving = false, fleet = false;
};
struct MainJobArguments {
  std::string scenario, against;  ///< fleets; empty = the shipped ones
  std::string folder = "results/main-job";
  std::int64_t futures = 200;
  SettingTexts settings;
  bool training = false;
  std::string scenarios;  ///< of --training: folder; empty = the shipped one
  bool json = false;
};

CommandSpec catalogue_list_command(AskArguments&);
CommandSpec catalogue_show_command(AskArguments&);
CommandSpec catalogue_compare_command(AskArguments&);
CommandSpec estimate_train_command(AskArguments&);
CommandSpec validate_command(AskArguments&);
CommandSpec bench_command(BenchArguments&);
CommandSpec main_job_command(MainJobArguments&);
/// Shown under the help of `estimate` and of `estimate train`.
extern const char kEstimateExamples[];

/// Parses the arguments, runs the command and returns the process's exit code.
int run_command_line(int argc, char** argv);

}  // namespace polyfleet
