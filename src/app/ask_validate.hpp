// Where the rows of a table of measurements come from, for the pages of validations.
#pragma once

#include <filesystem>

#include "view/validation_page.hpp"

namespace polyfleet {

/// Title and address of each row of a CSV with the columns id, source_title and source_url. Empty
/// for tables without them or that cannot be read: validations diagnose those themselves.
RowSources row_sources(const std::filesystem::path& table);

}  // namespace polyfleet
