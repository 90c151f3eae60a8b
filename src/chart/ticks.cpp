#include "chart/ticks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "base/check.hpp"
#include "chart/number_text.hpp"

namespace polyfleet {
namespace {

// Units that take SI prefixes; the others say "million", "billion".
constexpr std::array<std::string_view, 15> kPrefixed{"W",      "Wh", "J",  "B",     "B/s",
                                                     "FLOP/s", "s",  "Hz", "bit/s", "FLOP",
                                                     "g",      "V",  "A",  "OP/s",  "Wh/token"};

struct Power {
  int exponent;
  std::string_view prefix, word;
};
constexpr std::array<Power, 9> kPowers{{{-12, "p", "10⁻¹²"},
                                        {-9, "n", "10⁻⁹"},
                                        {-6, "µ", "10⁻⁶"},
                                        {-3, "m", "10⁻³"},
                                        {3, "k", "thousand"},
                                        {6, "M", "million"},
                                        {9, "G", "billion"},
                                        {12, "T", "trillion"},
                                        {15, "P", "10¹⁵"}}};

constexpr double kSmallest = 1e-290;  // differences below it have no step of their own

bool takes_prefix(const std::string& unit) {
  return std::find(kPrefixed.begin(), kPrefixed.end(), unit) != kPrefixed.end();
}

/// Chooses what the labels are divided by, so that the largest has one to three digits before the
/// point; thousands of what takes no prefix keep their commas, and seconds are not thousands.
void choose_factor(double largest, const std::string& unit, TickedRange& range) {
  range.unit = unit;
  if (!(largest > 0)) return;
  const bool prefixed = takes_prefix(unit);
  const int exponent = 3 * static_cast<int>(std::floor(std::log10(largest * 1.0000001) / 3));
  if (exponent == 0 || (exponent == 3 && !prefixed) || (exponent == -3 && !prefixed)) return;
  if (unit == "s" && exponent > 0 && exponent < 9) return;
  if (exponent < -12 || exponent > 15) {
    range.factor = std::pow(10.0, exponent);
    range.unit = fmt::format("1e{}{}{}", exponent, unit.empty() ? "" : " ", unit);
    return;
  }
  for (const Power& power : kPowers) {
    if (power.exponent != exponent) continue;
    range.factor = std::pow(10.0, exponent);
    range.unit = prefixed ? std::string(power.prefix) + unit
                          : std::string(power.word) + (unit.empty() ? "" : " " + unit);
  }
}

double round_step(double range, int most) {
  const double raw = range / std::max(1, most);
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  for (const double step : {1.0, 2.0, 5.0})
    if (step * power >= raw * 0.999999) return step * power;
  return 10 * power;
}

std::string fixed_label(double value, int decimals) {
  std::string text = fmt::format("{:.{}f}", value == 0 ? 0.0 : value, decimals);
  if (text.find_first_not_of("-0.") == std::string::npos && text[0] == '-') text.erase(0, 1);
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::size_t begin = text[0] == '-' ? 1 : 0;
  for (std::size_t at = point; at > begin + 3; at -= 3) text.insert(at - 3, ",");
  if (text[0] == '-') text.replace(0, 1, "−");
  return text;
}

/// A number of a logarithmic axis, which has no common factor: 0.001, 10, 1,000, 100k, 2M, 10⁻⁷.
std::string log_label(double value) {
  const int exponent = static_cast<int>(std::floor(std::log10(value) + 1e-9));
  if (exponent < -4 || exponent > 17) return fmt::format("{:.0e}", value);
  if (exponent < 4) return readable_number(value, 6);
  const int power = exponent / 3 * 3;
  constexpr std::array<std::string_view, 5> kSuffixes{"k", "M", "G", "T", "P"};
  return fmt::format("{}{}", readable_number(value / std::pow(10.0, power), 6),
                     kSuffixes[static_cast<std::size_t>(power / 3 - 1)]);
}

}  // namespace

TickedRange linear_ticks(double low, double high, const std::string& unit, int most) {
  TickedRange range;
  const double size = std::max(std::fabs(low), std::fabs(high));
  if (!(high - low > std::max(size * 1e-12, kSmallest))) {  // one value: room on both sides
    const double pad = size > kSmallest ? size * 0.1 : 1;
    low = low >= 0 && low < pad ? 0 : low - pad;
    high = high + pad;
  }
  const double step = round_step(high - low, most);
  const double first = std::floor(low / step + 1e-9), last = std::ceil(high / step - 1e-9);
  range.low = first * step;
  range.high = last * step;
  choose_factor(std::max(std::fabs(range.low), std::fabs(range.high)), unit, range);
  const int decimals =
      std::clamp(static_cast<int>(-std::floor(std::log10(step / range.factor) + 1e-9)), 0, 9);
  constexpr double kMostTicks = 60;  // rounding must never make an endless list
  for (double i = 0; i <= std::min(last - first, kMostTicks); ++i) {
    const double value = (first + i) * step;
    range.ticks.push_back({value, fixed_label(value / range.factor, decimals)});
  }
  return range;
}

TickedRange log_ticks(double low, double high, const std::string& unit, int most) {
  TickedRange range;
  range.unit = unit;
  POLYFLEET_CHECK(low > 0 && low <= high, "a logarithmic axis of positive values");
  if (high / low < 1.0000001) low /= 2, high *= 2;
  const auto grown = [](double value, bool up) {
    const double power = std::pow(10.0, std::floor(std::log10(value) + 1e-9));
    const std::array<double, 5> steps{1, 2, 5, 10, 20};
    if (up) {
      for (const double step : steps)
        if (step * power >= value * 0.999999) return step * power;
    }
    for (std::size_t i = 4; i > 0; --i)
      if (steps[i - 1] * power <= value * 1.000001) return steps[i - 1] * power;
    return power;
  };
  range.low = grown(low, false);
  range.high = grown(high, true);
  const int first = static_cast<int>(std::floor(std::log10(range.low) + 1e-9));
  const int last = static_cast<int>(std::ceil(std::log10(range.high) - 1e-9));
  const int decades = std::max(1, last - first);
  const int stride = std::max(1, (decades + most - 1) / std::max(1, most));
  constexpr double kFewDecades = 2.5;  // 1, 2 and 5 of each then still are fewer than nine labels
  const bool between = std::log10(range.high / range.low) <= kFewDecades || decades * 3 <= most;
  for (int exponent = first; exponent <= last; exponent += stride) {
    for (const double step : {1.0, 2.0, 5.0}) {
      if (step > 1 && !between) break;
      const double value = step * std::pow(10.0, exponent);
      if (value >= range.low * 0.999999 && value <= range.high * 1.000001)
        range.ticks.push_back({value, log_label(value)});
    }
  }
  if (range.ticks.size() < 2) {
    range.ticks = {{range.low, log_label(range.low)}, {range.high, log_label(range.high)}};
  }
  return range;
}

}  // namespace polyfleet
