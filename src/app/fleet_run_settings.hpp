// Settings of the command line laid over the document of a fleet. As for other documents, and into
// lists too: an entry of a list is named by its id (else name or system) or by its place from 1:
// "workload.chat.must", "site.abilene.price", "phase.2.power", "site.columbus.power.1.limit".
#pragma once

#include <vector>

#include "app/scenario_document.hpp"

namespace polyfleet {

/// Errors, all of them: an entry that no list has, a key below something that is no table.
Result<Value> with_fleet_settings(Value document, const std::vector<Setting>& settings);

}  // namespace polyfleet
