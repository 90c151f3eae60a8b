#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/spelling.hpp"
#include "catalogue/figure_field.hpp"
#include "fleet/clock_units.hpp"
#include "fleet/cooling.hpp"
#include "fleet/hourly_series.hpp"
#include "fleet/hourly_stamp.hpp"

namespace polyfleet {
namespace {

constexpr std::size_t kMonths = 12, kSeasons = 4;

/// Fraction of the day's range below its maximum at each local hour, midnight first: ASHRAE
/// Handbook Fundamentals 2009, chapter 14, table 6 (from memory of the page).
constexpr std::array<double, kHoursADay> kBelowMaximum{
    0.82, 0.88, 0.92, 0.95, 0.98, 1.00, 0.98, 0.91, 0.74, 0.55, 0.38, 0.23,
    0.13, 0.05, 0.00, 0.00, 0.06, 0.14, 0.24, 0.39, 0.50, 0.59, 0.68, 0.75};

const char* folder_of(HourlyKind kind) {
  return kind == HourlyKind::temperature ? "weather" : "grid";
}

Result<Value> profile_document(const std::filesystem::path& data_directory, std::string_view id,
                               HourlyKind kind) {
  const std::vector<std::string> known = hourly_profile_ids(data_directory, kind);
  if (std::find(known.begin(), known.end(), id) == known.end()) {
    return problem(fmt::format("no profile '{}' in data/{}", id, folder_of(kind)),
                   name_suggestion(id, known, 40));
  }
  return read_document((data_directory / folder_of(kind) / (std::string(id) + ".toml")).string());
}

/// Exactly `count` numbers; nothing, with a problem, otherwise.
std::optional<std::vector<double>> numbers(const Value& value, std::size_t count,
                                           std::string_view key, Diagnostics& out) {
  std::vector<double> read;
  if (const Array* list = value.array()) {
    for (const Value& each : *list) {
      if (const auto number = detail::read_number(each, Range{}, false, key, out))
        read.push_back(*number);
    }
  }
  if (read.size() == count) return read;
  out.push_back(problem_at(value.where(), fmt::format("{} must be {} numbers", key, count)));
  return std::nullopt;
}

std::optional<std::vector<double>> numbers_of(const Value& table, std::string_view key,
                                              std::size_t count, Diagnostics& out) {
  const Value* value = table.find(key);
  if (value == nullptr) {
    detail::missing_key(table.where(), "profile", std::string(key),
                        fmt::format("{} numbers", count), out);
    return std::nullopt;
  }
  return numbers(*value, count, key, out);
}

/// December to February, March to May, June to August, September to November.
std::size_t season_of(std::size_t month) { return (month + 1) % kMonths / 3; }

/// mean x months x hours of the season, scaled so that the year's mean is `mean`.
bool shape_table(const Value& table, double mean, HourlyProfile& profile, Diagnostics& out) {
  const auto months = numbers_of(table, "months", kMonths, out);
  const Value* hours = table.find("hours");
  if (hours == nullptr || hours->array() == nullptr || hours->array()->size() != kSeasons) {
    out.push_back(problem_at(table.where(), "hours must be 4 lists of 24 numbers, winter first"));
    return false;
  }
  std::vector<std::vector<double>> seasons;
  for (const Value& each : *hours->array()) {
    if (const auto season = numbers(each, kHoursADay, "hours", out)) seasons.push_back(*season);
  }
  if (!months || seasons.size() != kSeasons) return false;
  for (std::size_t m = 0; m < kMonths; ++m) {
    for (std::size_t h = 0; h < kHoursADay; ++h)
      profile.table[m][h] = (*months)[m] * seasons[season_of(m)][h];
  }
  const double raw = profile.mean();
  if (!(raw > 0)) {
    out.push_back(problem_at(table.where(), "the mean of months and hours must be positive"));
    return false;
  }
  for (auto& day : profile.table) {
    for (double& value : day) value *= mean / raw;
  }
  return true;
}

std::string text_of(const Value& table, std::string_view key) {
  const Value* value = table.find(key);
  return value != nullptr && value->text() != nullptr ? *value->text() : std::string();
}

template <class Q>
void read_grid(const Value& table, HourlyProfile& profile, Diagnostics& out) {
  const Value* stated = table.find("mean");
  if (stated == nullptr)
    return detail::missing_key(table.where(), "profile", "mean", "a figure", out);
  const auto mean = read_figure<Q>(*stated, "mean", out);
  if (!mean || !shape_table(table, mean->value.base(), profile, out)) return;
  profile.basis = fmt::format("{}: mean {} ({}, {}), shape {} ({})", profile.name,
                              print_quantity(mean->value), name_of(mean->status), mean->source,
                              text_of(table, "shape_status"), text_of(table, "shape_source"));
}

void read_weather(const Value& document, HourlyProfile& profile, Diagnostics& out) {
  const auto high = numbers_of(document, "high", kMonths, out);
  const auto low = numbers_of(document, "low", kMonths, out);
  if (!high || !low) return;
  for (std::size_t m = 0; m < kMonths; ++m) {
    if ((*high)[m] < (*low)[m])
      out.push_back(problem_at(document.where(),
                               fmt::format("month {} has a maximum below its minimum", m + 1)));
    for (std::size_t h = 0; h < kHoursADay; ++h)
      profile.table[m][h] = (*high)[m] - kBelowMaximum[h] * ((*high)[m] - (*low)[m]);
  }
  profile.basis = fmt::format("{}: mean daily maximum and minimum by month, {} ({})", profile.name,
                              text_of(document, "status"), text_of(document, "source"));
}

}  // namespace

std::vector<std::string> hourly_profile_ids(const std::filesystem::path& data_directory,
                                            HourlyKind kind) {
  std::vector<std::string> ids;
  std::error_code failed;
  for (const auto& entry :
       std::filesystem::directory_iterator(data_directory / folder_of(kind), failed)) {
    if (entry.path().extension() == ".toml") ids.push_back(entry.path().stem().string());
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

Result<HourlyProfile> load_hourly_profile(const std::filesystem::path& data_directory,
                                          std::string_view id, HourlyKind kind) {
  const Result<Value> document = profile_document(data_directory, id, kind);
  if (!document) return document.problems();
  HourlyProfile profile;
  Diagnostics problems;
  profile.id = id;
  profile.kind = kind;
  profile.name = text_of(*document, "name");
  const auto offset = parse_utc_offset(text_of(*document, "utc_offset"));
  if (!offset)
    problems.push_back(
        problem_at(document->where(), "utc_offset must be an offset such as \"-06:00\""));
  profile.utc_offset_minutes = offset.value_or(0);
  if (kind == HourlyKind::temperature) {
    read_weather(*document, profile, problems);
  } else {
    const char* key = kind == HourlyKind::price ? "price" : "carbon";
    const Value* table = document->find(key);
    if (table == nullptr)
      problems.push_back(problem_at(document->where(),
                                    fmt::format("profile '{}' has no [{}]", id, key),
                                    "state the value itself"));
    else if (kind == HourlyKind::price)
      read_grid<UsdPerJoule>(*table, profile, problems);
    else
      read_grid<GramsCo2ePerJoule>(*table, profile, problems);
  }
  if (!problems.empty()) return problems;
  return profile;
}

Result<Figure<double>> load_humidity(const std::filesystem::path& data_directory,
                                     std::string_view place) {
  const Result<Value> document = profile_document(data_directory, place, HourlyKind::temperature);
  if (!document) return document.problems();
  Diagnostics problems;
  const Value* value = document->find("humidity");
  if (value == nullptr)
    return problem_at(document->where(), fmt::format("place '{}' has no humidity", place));
  const auto figure = read_figure<double>(*value, "humidity", problems);
  if (!figure) return problems;
  return *figure;
}

}  // namespace polyfleet
