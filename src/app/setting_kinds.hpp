// The settings that a kind of question takes: key, kind, help and closed choices, from the tables
// of fields that read them. The API describes `set` with them, and the web page offers their
// choices, so that a choice the reader learns is described and offered without a further list.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace polyfleet {

/// One key of `set` (--set KEY=VALUE).
struct SettingKind {
  std::string key;   ///< "plan.layout.tensor"
  std::string type;  ///< as Field::type has it: "integer", "one of: none full"
  std::string help;
  std::vector<std::string> choices;  ///< the only values; empty = no closed list
};

/// In the order of the reference pages (docs/scenarios.md, docs/planner.md, docs/serving.md). Keys
/// inside lists of tables are not among them, as no single setting reaches one. Empty for commands
/// whose scenario is made of such lists (fleets, jobs, deals) and for those without settings.
std::vector<SettingKind> setting_kinds(std::string_view command);

}  // namespace polyfleet
