// Published serving rows grouped by configuration, and what each row measured: its quantity, what
// it is divided by, and its value in base units.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "validation/serve_case.hpp"
#include "validation/truth_row.hpp"

namespace polyfleet {

/// The id up to its first dot: rows of one configuration share it.
std::string_view configuration_of(std::string_view id);
/// The leading letters of an id, and the two digits of a round where it has some ("ML51-0012" ->
/// "ML51", "IX0001.median_tpot" -> "IX", "IXG001" -> "IXG").
std::string source_of_serving_id(std::string_view id);

/// Rows of one configuration, in the order of the table.
struct RowGroup {
  std::string id;
  std::vector<const TruthRow*> rows;
};
/// Configurations in the order of their first rows. Pointers into `rows`.
std::vector<RowGroup> grouped_by_configuration(const std::vector<TruthRow>& rows);

/// Quantity, divisor and value of one row; `skip` says why where it is none that a simulation has.
ServeRow read_serve_row(const TruthRow& row);

}  // namespace polyfleet
