#include "report/fleet_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "report/fleet_spread.hpp"

namespace polyfleet {
namespace {

constexpr double kWholeFrom = 1000;
constexpr std::size_t kNameWidth = 36;  // of the longest usual name and unit
constexpr std::size_t kValueWidth = 8;  // of a column with its gap

struct UnitStep {
  std::string_view unit, larger;
  double factor;
};
// Per unit, largest first.
constexpr auto kSteps = std::to_array<UnitStep>({{"USD", "billion USD", 1e9},
                                                 {"USD", "million USD", 1e6},
                                                 {"GWh", "TWh", 1e3},
                                                 {"tCO2e", "MtCO2e", 1e6},
                                                 {"tCO2e", "ktCO2e", 1e3},
                                                 {"accelerators", "million accelerators", 1e6},
                                                 {"accelerators", "accelerators", 1},
                                                 {"GWh", "GWh", 1},
                                                 {"GWh", "MWh", 1e-3},
                                                 {"GW", "GW", 1},
                                                 {"GW", "MW", 1e-3},
                                                 {"%", "%", 1},
                                                 {"-", "-", 1},
                                                 {"h", "h", 1},
                                                 {"gCO2e/kWh", "gCO2e/kWh", 1}});
constexpr auto kCounts = std::to_array<UnitStep>({{"", "quintillion ", 1e18},
                                                  {"", "quadrillion ", 1e15},
                                                  {"", "trillion ", 1e12},
                                                  {"", "billion ", 1e9},
                                                  {"", "million ", 1e6}});

double largest_of(const FleetLine& line) {
  double largest = std::abs(line.total);
  for (const double value : line.values) largest = std::max(largest, std::abs(value));
  return largest;
}

std::vector<std::string> row_of(const FleetLine& line, std::size_t first, std::size_t end,
                                bool last_block, const FuturesAnswer* futures) {
  const double largest = largest_of(line);
  const ScaledUnit scaled = scaled_unit(line.unit, largest);
  const auto cell = [&](double value) {
    return row_number(value / scaled.factor, largest / scaled.factor);
  };
  std::vector<std::string> cells{line.unit == "-" ? line.name : line.name + ", " + scaled.name};
  for (std::size_t i = first; i < end; ++i) cells.push_back(cell(line.values[i]));
  if (!last_block) return cells;
  cells.push_back(cell(line.total));
  if (futures == nullptr) return cells;
  const std::optional<OutcomeSpread> spread = spread_of(*futures, line);
  for (const double value : {spread ? spread->p5 : 0, spread ? spread->p95 : 0})
    cells.push_back(spread ? cell(value) : "-");
  return cells;
}

std::vector<std::string> titles_of(const std::string& title, const std::vector<FleetSlice>& slices,
                                   std::size_t first, std::size_t end, bool last_block,
                                   bool with_futures) {
  std::vector<std::string> titles{title};
  for (std::size_t i = first; i < end; ++i) titles.push_back(slices[i].name);
  if (!last_block) return titles;
  titles.emplace_back("study");
  if (with_futures) titles.insert(titles.end(), {"p5", "p95"});
  return titles;
}

}  // namespace

ScaledUnit scaled_unit(std::string_view unit, double largest) {
  if (unit == "FLOP") {
    if (largest < 1) return {"FLOP", 1};
    const int power = static_cast<int>(std::floor(std::log10(largest) / 3)) * 3;
    if (power < 6) return {"FLOP", 1};
    return {fmt::format("1e{} FLOP", power), std::pow(10.0, power)};
  }
  bool known = false;
  for (const UnitStep& step : kSteps) {
    if (step.unit != unit) continue;
    known = true;
    if (largest >= step.factor) return {std::string(step.larger), step.factor};
  }
  if (known) return {std::string(unit), 1};
  for (const UnitStep& step : kCounts) {
    if (largest >= step.factor) return {fmt::format("{}{}", step.larger, unit), step.factor};
  }
  return {std::string(unit), 1};
}

std::string number_text(double value) {
  if (!std::isfinite(value)) return "never";
  if (std::abs(value) >= kWholeFrom) return fmt::format("{:.0f}", value);
  // No "-0" and no "1e-17" where rounding left a trace.
  if (std::abs(value) < 1e-12) return "0";
  return fmt::format("{:.4g}", value);
}

std::string row_number(double value, double largest) {
  if (!std::isfinite(value)) return "never";
  constexpr int kDigits = 4, kMostDecimals = 3;
  const int before = largest > 0 ? static_cast<int>(std::floor(std::log10(largest))) + 1 : 1;
  const int decimals = std::clamp(kDigits - before, 0, kMostDecimals);
  const std::string text = fmt::format("{:.{}f}", value, decimals);
  // What rounds to nothing is shown as nothing, whatever its sign.
  return text.find_first_of("123456789") == std::string::npos ? "0" : text;
}

std::string amount_text(double value, std::string_view unit) {
  if (unit == "FLOP") return fmt::format("{:.4g} FLOP", value);
  const ScaledUnit scaled = scaled_unit(unit, std::abs(value));
  return fmt::format("{} {}", number_text(value / scaled.factor), scaled.name);
}

std::string lines_table(const std::string& title, const std::vector<const FleetLine*>& lines,
                        const std::vector<FleetSlice>& slices, const FleetTableStyle& style) {
  if (lines.empty()) return {};
  const std::size_t page = style.page.width == 0 ? 1000 : style.page.width;
  const std::size_t room = std::max(page, kNameWidth + 5 * kValueWidth) - kNameWidth;
  const std::size_t extra = style.futures == nullptr ? 1 : 3;
  const std::size_t block = std::max<std::size_t>(room / kValueWidth, extra + 2) - extra;
  std::string text;
  for (std::size_t first = 0; first < slices.size(); first += block) {
    const std::size_t end = std::min(slices.size(), first + block);
    const bool last = end == slices.size();
    TextTable table(titles_of(title, slices, first, end, last, style.futures != nullptr));
    for (const FleetLine* line : lines) table.row(row_of(*line, first, end, last, style.futures));
    text += '\n' + table.text(style.page);
  }
  return text;
}

std::string fleet_table(const std::string& title, const std::vector<FleetLine>& lines,
                        const std::string& group, const std::vector<FleetSlice>& slices,
                        const FleetTableStyle& style) {
  std::vector<const FleetLine*> chosen;
  for (const FleetLine& line : lines) {
    if (line.group == group && (style.sites || !line.of_site)) chosen.push_back(&line);
  }
  return lines_table(title, chosen, slices, style);
}

}  // namespace polyfleet
