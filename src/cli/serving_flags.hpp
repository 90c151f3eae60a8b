// The flags of `estimate serve`: each a short name for a key of its document, so that a flag, a
// --set and a line of the file mean the same thing and are checked by the same reader.
#pragma once

#include <vector>

#include "cli/estimate_flags.hpp"

namespace polyfleet {

/// Every flag of an engine and its load, and --set, as options that append to `texts`.
std::vector<OptionSpec> serving_options(SettingTexts& texts);
/// --set KEY=VALUE alone.
OptionSpec serving_set_option(SettingTexts& texts);

}  // namespace polyfleet
