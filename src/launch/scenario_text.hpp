// An imported scenario and its model as TOML that people read: every key says where it came from.
#pragma once

#include <string>

#include "launch/launch.hpp"

namespace polyfleet {

/// The scenario's keys in their tables, each with its origin behind it; `head` lines come first as
/// comments.
std::string scenario_toml(const LaunchImport& import, const std::string& head);

/// A model in the form of data/models, as far as an import can describe one.
std::string model_toml(const ModelSpec& model, const std::string& head);

}  // namespace polyfleet
