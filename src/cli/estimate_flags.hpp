// Flags that are short names for keys of a document, so that a flag, a --set and a line of the file
// mean the same thing and are checked by the same reader; and those of a training question
// (`estimate train`, `plan train`).
#pragma once

#include <string>
#include <vector>

#include "app/scenario_document.hpp"
#include "cli/command_table.hpp"

namespace polyfleet {

/// texts and numbers: lists written "a,b".
enum class FlagKind { text, number, truth, texts, numbers };

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

/// These flags as options that append to `texts`, and --set with this example in its help.
std::vector<OptionSpec> flag_options(const std::vector<EstimateFlag>& flags, SettingTexts& texts);
OptionSpec set_option(SettingTexts& texts, std::string help);

/// Every flag of a training question and --set as options that append to `texts`.
std::vector<OptionSpec> setting_options(SettingTexts& texts);

}  // namespace polyfleet
