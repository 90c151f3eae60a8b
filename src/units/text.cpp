#include "units/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include "base/spelling.hpp"

namespace polyfleet::detail {
namespace {

struct NamedUnit {
  std::string_view name;
  Dimension dimension;
  double scale;
  bool printed;  // offered by print_in
};

constexpr Dimension kTime{1, 0, 0, 0, 0, 0, 0};
constexpr Dimension kRate{-1, 0, 0, 0, 0, 0, 0};
constexpr Dimension kData{0, 1, 0, 0, 0, 0, 0};
constexpr Dimension kDataRate{-1, 1, 0, 0, 0, 0, 0};
constexpr Dimension kWork{0, 0, 1, 0, 0, 0, 0};
constexpr Dimension kWorkRate{-1, 0, 1, 0, 0, 0, 0};
constexpr Dimension kEnergy{0, 0, 0, 1, 0, 0, 0};
constexpr Dimension kPower{-1, 0, 0, 1, 0, 0, 0};
constexpr Dimension kMoney{0, 0, 0, 0, 1, 0, 0};
constexpr Dimension kMoneyRate{-1, 0, 0, 0, 1, 0, 0};
constexpr Dimension kMoneyPerEnergy{0, 0, 0, -1, 1, 0, 0};
constexpr Dimension kMoneyPerPower{1, 0, 0, -1, 1, 0, 0};
constexpr Dimension kMoneyPerCarbon{0, 0, 0, 0, 1, -1, 0};
constexpr Dimension kCarbon{0, 0, 0, 0, 0, 1, 0};
constexpr Dimension kCarbonPerEnergy{0, 0, 0, -1, 0, 1, 0};
constexpr Dimension kToken{0, 0, 0, 0, 0, 0, 1};
constexpr Dimension kTokenRate{-1, 0, 0, 0, 0, 0, 1};

/// Ascending scale within a dimension (print_in picks the largest that keeps the number >= 1).
constexpr auto kUnits = std::to_array<NamedUnit>({
    {"ns", kTime, 1e-9, true},
    {"us", kTime, 1e-6, true},
    {"ms", kTime, 1e-3, true},
    {"s", kTime, 1, true},
    {"min", kTime, 60, false},
    {"h", kTime, 3600, true},
    {"days", kTime, 86400, true},
    {"day", kTime, 86400, false},
    {"Hz", kRate, 1, true},
    {"kHz", kRate, 1e3, true},
    {"MHz", kRate, 1e6, true},
    {"GHz", kRate, 1e9, true},
    {"bit", kData, 0.125, false},
    {"B", kData, 1, true},
    {"kB", kData, 1e3, true},
    {"KiB", kData, 1024, false},
    {"MB", kData, 1e6, true},
    {"MiB", kData, 1048576.0, false},
    {"GB", kData, 1e9, true},
    {"GiB", kData, 1073741824.0, false},
    {"TB", kData, 1e12, true},
    {"TiB", kData, 1099511627776.0, false},
    {"PB", kData, 1e15, true},
    {"EB", kData, 1e18, true},
    {"B/s", kDataRate, 1, true},
    {"kB/s", kDataRate, 1e3, true},
    {"MB/s", kDataRate, 1e6, true},
    {"Mbit/s", kDataRate, 0.125e6, false},
    {"Gbit/s", kDataRate, 0.125e9, false},
    {"GB/s", kDataRate, 1e9, true},
    {"GiB/s", kDataRate, 1073741824.0, false},
    {"Tbit/s", kDataRate, 0.125e12, false},
    {"TB/s", kDataRate, 1e12, true},
    {"PB/s", kDataRate, 1e15, true},
    {"FLOP", kWork, 1, true},
    {"MFLOP", kWork, 1e6, true},
    {"GFLOP", kWork, 1e9, true},
    {"TFLOP", kWork, 1e12, true},
    {"PFLOP", kWork, 1e15, true},
    {"EFLOP", kWork, 1e18, true},
    {"ZFLOP", kWork, 1e21, true},
    {"YFLOP", kWork, 1e24, true},
    {"FLOP/s", kWorkRate, 1, true},
    {"GFLOP/s", kWorkRate, 1e9, true},
    {"TFLOP/s", kWorkRate, 1e12, true},
    {"TOP/s", kWorkRate, 1e12, false},
    {"PFLOP/s", kWorkRate, 1e15, true},
    {"EFLOP/s", kWorkRate, 1e18, true},
    {"pJ", kEnergy, 1e-12, true},
    {"nJ", kEnergy, 1e-9, true},
    {"uJ", kEnergy, 1e-6, true},
    {"mJ", kEnergy, 1e-3, true},
    {"J", kEnergy, 1, true},
    {"kJ", kEnergy, 1e3, true},
    {"Wh", kEnergy, 3.6e3, false},
    {"MJ", kEnergy, 1e6, false},
    {"kWh", kEnergy, 3.6e6, true},
    {"MWh", kEnergy, 3.6e9, true},
    {"GWh", kEnergy, 3.6e12, true},
    {"TWh", kEnergy, 3.6e15, true},
    {"mW", kPower, 1e-3, false},
    {"W", kPower, 1, true},
    {"kW", kPower, 1e3, true},
    {"MW", kPower, 1e6, true},
    {"GW", kPower, 1e9, true},
    {"TW", kPower, 1e12, true},
    {"USD", kMoney, 1, true},
    {"kUSD", kMoney, 1e3, false},
    {"MUSD", kMoney, 1e6, true},
    {"BUSD", kMoney, 1e9, true},
    {"USD/h", kMoneyRate, 1.0 / 3600, true},
    {"USD/s", kMoneyRate, 1, false},
    {"USD/MWh", kMoneyPerEnergy, 1.0 / 3.6e9, false},
    {"USD/kWh", kMoneyPerEnergy, 1.0 / 3.6e6, true},
    {"USD/J", kMoneyPerEnergy, 1, false},
    {"USD/kW", kMoneyPerPower, 1e-3, false},
    {"USD/W", kMoneyPerPower, 1, true},
    {"USD/tCO2e", kMoneyPerCarbon, 1e-6, true},
    {"USD/gCO2e", kMoneyPerCarbon, 1, false},
    {"gCO2e", kCarbon, 1, true},
    {"kgCO2e", kCarbon, 1e3, true},
    {"tCO2e", kCarbon, 1e6, true},
    {"MtCO2e", kCarbon, 1e12, true},
    {"gCO2e/kWh", kCarbonPerEnergy, 1.0 / 3.6e6, true},
    {"gCO2e/J", kCarbonPerEnergy, 1, false},
    {"tokens", kToken, 1, true},
    {"token", kToken, 1, false},
    {"Mtokens", kToken, 1e6, true},
    {"Gtokens", kToken, 1e9, true},
    {"Ttokens", kToken, 1e12, true},
    {"tokens/s", kTokenRate, 1, true},
    {"Mtokens/s", kTokenRate, 1e6, false},
});

/// Spellings in use that edit distance would lead astray (b is a bit, B a byte) or not find.
struct Misspelling {
  std::string_view written;
  std::string_view meant;
};
constexpr auto kMisspellings = std::to_array<Misspelling>({
    {"Mbps", "Mbit/s"},
    {"Gbps", "Gbit/s"},
    {"Tbps", "Tbit/s"},
    {"Mb/s", "Mbit/s"},
    {"Gb/s", "Gbit/s"},
    {"Tb/s", "Tbit/s"},
    {"MBps", "MB/s"},
    {"GBps", "GB/s"},
    {"TBps", "TB/s"},
    {"Mb", "MB"},
    {"Gb", "GB"},
    {"K", "kB"},
    {"M", "MB"},
    {"G", "GB"},
    {"T", "TB"},
    {"\u00b5s", "us"},
    {"\u03bcs", "us"},
    {"usec", "us"},
    {"msec", "ms"},
    {"sec", "s"},
    {"seconds", "s"},
    {"minutes", "min"},
    {"hr", "h"},
    {"hours", "h"},
    {"GFLOPS", "GFLOP/s"},
    {"TFLOPS", "TFLOP/s"},
    {"PFLOPS", "PFLOP/s"},
    {"EFLOPS", "EFLOP/s"},
    {"TF", "TFLOP/s"},
    {"PF", "PFLOP/s"},
    {"TOPS", "TOP/s"},
    {"watts", "W"},
    {"$", "USD"},
    {"USD/hr", "USD/h"},
    {"$/h", "USD/h"},
    {"USD/hour", "USD/h"},
    {"g/kWh", "gCO2e/kWh"},
    {"tok/s", "tokens/s"},
    {"tokens/sec", "tokens/s"},
});

std::vector<std::string> names_of(Dimension dimension) {
  std::vector<std::string> names;
  for (const NamedUnit& unit : kUnits) {
    if (unit.dimension == dimension) names.emplace_back(unit.name);
  }
  return names;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::string unit_fix(std::string_view written, Dimension wanted) {
  const std::vector<std::string> names = names_of(wanted);
  for (const Misspelling& known : kMisspellings) {
    const bool fits = std::find(names.begin(), names.end(), known.meant) != names.end();
    if (known.written == written && fits) return fmt::format("did you mean '{}'?", known.meant);
  }
  return name_suggestion(written, names, 40);
}

/// The unit in which a reader meets this magnitude: the largest that keeps the number at least 1.
const NamedUnit* printed_unit(double base, Dimension dimension) {
  const NamedUnit* chosen = nullptr;
  for (const NamedUnit& unit : kUnits) {
    if (!(unit.dimension == dimension) || !unit.printed) continue;
    const bool fits = std::abs(base) >= unit.scale;
    if (chosen == nullptr || (fits && unit.scale > chosen->scale)) chosen = &unit;
    if (base == 0 && unit.scale == 1) return &unit;  // zero carries the base unit
  }
  return chosen;
}

}  // namespace

std::string unit_examples(Dimension dimension) {
  std::string text;
  for (const std::string& name : names_of(dimension)) text += (text.empty() ? "" : ", ") + name;
  return text;
}

Result<double> parse_in(std::string_view text, Dimension wanted) {
  const std::string_view all = trimmed(text);
  double number = 0;
  const auto [end, error] = std::from_chars(all.data(), all.data() + all.size(), number);
  if (error != std::errc{} || !std::isfinite(number)) {
    return problem(fmt::format("'{}' does not begin with a number", text.substr(0, 40)),
                   "write a number and a unit: " + unit_examples(wanted));
  }
  const std::string_view unit_text =
      trimmed(all.substr(static_cast<std::size_t>(end - all.data())));
  if (unit_text.empty()) {
    return problem(fmt::format("'{}' has no unit", text.substr(0, 40)),
                   "add one of " + unit_examples(wanted));
  }
  for (const NamedUnit& unit : kUnits) {
    if (unit.name != unit_text || !(unit.dimension == wanted)) continue;
    const double base = number * unit.scale;
    if (std::isfinite(base)) return base;
    return problem(fmt::format("'{}' is too large", text.substr(0, 40)));
  }
  for (const NamedUnit& unit : kUnits) {
    if (unit.name == unit_text) {
      return problem(fmt::format("'{}' is a unit of another kind of quantity", unit_text),
                     "use one of " + unit_examples(wanted));
    }
  }
  return problem(fmt::format("unknown unit '{}'", unit_text.substr(0, 40)),
                 unit_fix(unit_text, wanted));
}

std::string print_in(double base, Dimension dimension) {
  const NamedUnit* unit = printed_unit(base, dimension);
  const double number = unit == nullptr ? base : base / unit->scale;
  constexpr double kFourDigits = 9999.5;  // beyond: whole digits rather than an exponent
  constexpr double kReadable = 1e15;
  const bool whole = std::abs(number) >= kFourDigits && std::abs(number) < kReadable;
  const std::string digits = whole ? fmt::format("{:.0f}", number) : fmt::format("{:.4g}", number);
  return unit == nullptr ? digits : fmt::format("{} {}", digits, unit->name);
}

std::string exact_in(double base, Dimension dimension) {
  const NamedUnit* printed = printed_unit(base, dimension);
  if (printed != nullptr) {
    std::string text = fmt::format("{} {}", base / printed->scale, printed->name);
    const Result<double> read = parse_in(text, dimension);
    if (read && *read == base) return text;
  }
  for (const NamedUnit& unit : kUnits) {  // rounding spoiled it: the base unit is always exact
    if (unit.dimension == dimension && unit.scale == 1)
      return fmt::format("{} {}", base, unit.name);
  }
  return fmt::format("{}", base);
}

}  // namespace polyfleet::detail
