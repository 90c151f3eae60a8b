// The flags of `estimate train`: each one is a short name for a key of the scenario, so that a
// flag, a --set and a line of the file mean the same thing and are checked by the same reader.
#pragma once

#include <string>
#include <vector>

#include "cli/commands.hpp"

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

/// Appends the settings of --set; what is no "key=value" goes to faulty_settings.
void add_settings(const std::vector<std::string>& texts, EstimateArguments& arguments);

}  // namespace polyfleet
