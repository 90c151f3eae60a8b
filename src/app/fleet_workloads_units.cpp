#include "app/fleet_workloads_units.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

#include "base/spelling.hpp"

namespace polyfleet {
namespace {

struct Word {
  std::string_view name;
  double scale;
};
constexpr std::array<Word, 8> kTokens{{{"tokens", 1},
                                       {"token", 1},
                                       {"ktokens", 1e3},
                                       {"Mtokens", 1e6},
                                       {"Gtokens", 1e9},
                                       {"Ttokens", 1e12},
                                       {"Mtoken", 1e6},
                                       {"Ptokens", 1e15}}};
constexpr std::array<Word, 3> kVideos{{{"videos", 1}, {"video", 1}, {"Mvideos", 1e6}}};
constexpr std::array<Word, 5> kTimes{
    {{"s", 1}, {"min", 60}, {"h", 3600}, {"day", 86400}, {"month", 365.25 / 12 * 86400}}};

template <class Words>
std::optional<double> scale_of(const Words& words, std::string_view name) {
  for (const Word& word : words) {
    if (word.name == name) return word.scale;
  }
  return std::nullopt;
}

std::optional<double> unit_scale(WorkloadKind kind, std::string_view name) {
  return kind == WorkloadKind::video ? scale_of(kVideos, name) : scale_of(kTokens, name);
}

const char* unit_list(WorkloadKind kind) {
  return kind == WorkloadKind::video ? "videos, Mvideos"
                                     : "tokens, Mtokens, Gtokens, Ttokens, Ptokens";
}

struct Parsed {
  double number = 0;
  std::string_view before, after;  ///< of the slash
};

/// "number before/after"; nothing where it does not begin with a number.
std::optional<Parsed> parse(std::string_view text) {
  Parsed parsed;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parsed.number);
  if (error != std::errc{} || !std::isfinite(parsed.number)) return std::nullopt;
  std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const auto trim = [](std::string_view part) {
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    return part;
  };
  const std::size_t slash = unit.find('/');
  parsed.before = trim(unit.substr(0, slash));
  if (slash != std::string_view::npos) parsed.after = trim(unit.substr(slash + 1));
  return parsed;
}

void refuse(const StatedEntry& entry, std::string_view key, std::string_view text,
            const std::string& fix, Diagnostics& out) {
  out.push_back(problem_at(place_of(entry, key),
                           fmt::format("{}: '{}' is not understood", key, text.substr(0, 40)),
                           fix));
}

}  // namespace

std::optional<double> read_amount(const StatedEntry& entry, std::string_view key,
                                  std::string_view text, WorkloadKind kind, Diagnostics& out) {
  const auto parsed = parse(text);
  const auto unit = parsed ? unit_scale(kind, parsed->before) : std::nullopt;
  if (!unit || !parsed->after.empty() || parsed->number <= 0) {
    refuse(entry, key, text, fmt::format("write a number above 0 and one of {}", unit_list(kind)),
           out);
    return std::nullopt;
  }
  return parsed->number * *unit;
}

std::optional<double> read_flow(const StatedEntry& entry, std::string_view key,
                                std::string_view text, WorkloadKind kind, Diagnostics& out) {
  const auto parsed = parse(text);
  const auto unit = parsed ? unit_scale(kind, parsed->before) : std::nullopt;
  const auto time = parsed ? scale_of(kTimes, parsed->after) : std::nullopt;
  if (!unit || !time || parsed->number <= 0) {
    refuse(entry, key, text,
           fmt::format("write a number above 0, one of {}, and /s, /min, /h, /day or /month",
                       unit_list(kind)),
           out);
    return std::nullopt;
  }
  return parsed->number * *unit / *time;
}

std::optional<double> read_value(const StatedEntry& entry, std::string_view key,
                                 std::string_view text, WorkloadKind kind, Diagnostics& out) {
  const auto parsed = parse(text);
  const auto unit = parsed ? unit_scale(kind, parsed->after) : std::nullopt;
  if (!unit || parsed->before != "USD" || parsed->number < 0) {
    refuse(entry, key, text,
           kind == WorkloadKind::video ? "write a price such as \"0.4 USD/video\""
                                       : "write a price such as \"1.5 USD/Mtokens\"",
           out);
    return std::nullopt;
  }
  return parsed->number / *unit;
}

}  // namespace polyfleet
