// `polyfleet plan train`: the best training plan of a model on a cluster.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/command_table.hpp"
#include "cli/estimate_flags.hpp"

namespace polyfleet {

struct PlanArguments {
  std::string scenario, cluster;  ///< files; empty = flags alone
  SettingTexts settings;
  std::vector<std::string> exports;  ///< FORMAT=DIR
  std::string out;                   ///< file for the best plan's scenario
  std::string timeline;
  std::int64_t threads = 0;  ///< 0 = all cores
  bool compare_stated = false, front = false, strict = false;
  bool json = false, explain = false;
  bool sensitivity = false;
};

extern const char kPlanExamples[];
CommandSpec plan_train_command(PlanArguments& arguments);

}  // namespace polyfleet
