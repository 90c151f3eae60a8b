// Exported launch files as text and JSON: where they went, and what their tools cannot be told.
#pragma once

#include <vector>

#include "app/plan_export.hpp"
#include "report/table.hpp"

namespace polyfleet {

/// Starts with an empty line; empty when there are no exports.
std::string exports_text(const std::vector<ExportedPlan>& exports, PageStyle style);
/// [{format, folder, files, unexpressed: [{setting, value, why}]}]
Value exports_json(const std::vector<ExportedPlan>& exports);

}  // namespace polyfleet
