// Varying a question instead of asking it once: `--sweep` and `--sensitivity` of the commands that
// answer one training question.
#pragma once

#include <string>
#include <vector>

#include "cli/command_table.hpp"
#include "cli/estimate_flags.hpp"

namespace polyfleet {

struct WhatIfArguments {
  std::vector<std::string> sweeps;  ///< "KEY=A:B:N", one per axis
  std::string csv;                  ///< file for the points; empty = none
  bool sensitivity = false;

  bool asked() const { return !sweeps.empty() || sensitivity; }
};

/// Options that append to `arguments`.
std::vector<OptionSpec> what_if_options(WhatIfArguments& arguments);

/// The question that is varied, as the command read it.
struct VariedQuestion {
  std::string scenario;  ///< file; empty = flags alone
  const SettingTexts& settings;
  bool strict = false, json = false;
};

/// Runs what was asked and prints it. Exit code 1: no point of a sweep can run.
int run_what_if(const WhatIfArguments& arguments, const VariedQuestion& question);

}  // namespace polyfleet
