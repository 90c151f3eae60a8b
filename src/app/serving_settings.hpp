// The scheduler settings of an engine as keys of a document: what a user writes over an engine's
// defaults (data/engines).
#pragma once

#include "config/fields.hpp"
#include "serving/engine_settings.hpp"

namespace polyfleet {

const FieldTable<EngineSettings>& engine_settings_fields();

/// The settings over `base`. Precondition: `settings` was read without problems before.
EngineSettings settings_over(const EngineSettings& base, const Value& settings);

}  // namespace polyfleet
