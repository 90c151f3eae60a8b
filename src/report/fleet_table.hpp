// Lines of a fleet report as a table: slices as columns, units scaled for people ("billion USD",
// "1e24 FLOP"), percentiles of the whole study beside the total where futures were played.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/fleet_answer.hpp"
#include "report/fleet_lines.hpp"
#include "report/table.hpp"

namespace polyfleet {

/// A larger unit and how many of the plain one it holds.
struct ScaledUnit {
  std::string name;
  double factor = 1;
};
/// The largest unit in which `largest` is at least 1.
ScaledUnit scaled_unit(std::string_view unit, double largest);
/// A number of a row whose largest number is `largest`: all with the decimals that give that one
/// four digits.
std::string row_number(double value, double largest);
/// Four significant digits, whole numbers from 1,000 on.
std::string number_text(double value);
/// One amount with its scaled unit: "3.21 billion USD", "8.07e29 FLOP".
std::string amount_text(double value, std::string_view unit);

struct FleetTableStyle {
  PageStyle page;
  const FuturesAnswer* futures = nullptr;  ///< null = no percentiles
  bool sites = false;                      ///< lines of single sites too
};

/// Some lines, in their order; empty where there are none. A study of more slices than fit a page
/// is cut into several tables.
std::string lines_table(const std::string& title, const std::vector<const FleetLine*>& lines,
                        const std::vector<FleetSlice>& slices, const FleetTableStyle& style);
/// Those of one group.
std::string fleet_table(const std::string& title, const std::vector<FleetLine>& lines,
                        const std::string& group, const std::vector<FleetSlice>& slices,
                        const FleetTableStyle& style);

}  // namespace polyfleet
