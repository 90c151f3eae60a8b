// The flags of a training question (`estimate train`, `plan train`): each one is a short name for a
// key of the scenario, so that a flag, a --set and a line of the file mean the same thing and are
// checked by the same reader.
#pragma once

#include <string>
#include <vector>

#include "app/scenario_document.hpp"
#include "cli/command_table.hpp"

namespace polyfleet {

enum class FlagKind { text, number, truth };

struct EstimateFlag {
  std::string names;  ///< "--tp,--tensor"
  std::string key;    ///< "plan.layout.tensor"
  FlagKind kind = FlagKind::text;
  std::string type;  ///< for the help: "N", "NAME"
  std::string help;
};

const std::vector<EstimateFlag>& estimate_flags();

/// The setting that a flag with this text means.
Setting setting_of_flag(const EstimateFlag& flag, const std::string& text);

/// What a user sets on the command line: flags and --set, in the order given.
struct SettingTexts {
  std::vector<Setting> settings;
  Diagnostics faulty;  ///< --set texts that are no "key=value"
};

/// Every flag and --set as options that append to `texts`.
std::vector<OptionSpec> setting_options(SettingTexts& texts);

}  // namespace polyfleet
