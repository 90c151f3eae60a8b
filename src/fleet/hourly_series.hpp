// Prices, carbon intensities and temperatures by the hour of a study: from one number, from a
// profile of a typical year (12 months x 24 hours) or from a CSV file of stamps and values. Nothing
// is guessed: a missing or doubled hour is named, a file shorter than the study is refused unless
// the document says that its year repeats. Wrong where one typical day a month hides the days that
// matter (heat waves, scarcity prices): use a file for those.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "fleet/site_model.hpp"

namespace polyfleet {

/// What the numbers are: USD per joule, grams per joule, degrees Celsius.
enum class HourlyKind { price, carbon, temperature };
/// "price", "carbon intensity", "temperature".
std::string_view name_of(HourlyKind kind);

/// What stands for a missing hour. Never assumed: the document must say it.
enum class HourlyFill {
  none,         ///< a missing hour is an error
  previous,     ///< the last hour that there was
  interpolate,  ///< a straight line between the neighbours
};

/// A typical year: one day of 24 local hours for each month.
struct HourlyProfile {
  std::string id, name;
  HourlyKind kind = HourlyKind::price;
  int utc_offset_minutes = 0;
  std::array<std::array<double, 24>, 12> table{};  ///< base units
  std::string basis;                               ///< one sentence: sources and status
  /// Over a year of 365 days.
  double mean() const;
};

/// How a file's hours become the study's.
struct HourlyFileRules {
  std::string column;                     ///< of values; empty = the only one beside "time"
  std::optional<int> utc_offset_minutes;  ///< of stamps that state none
  bool repeat_year = false;  ///< hours outside the file take month, day and hour of its last year
  HourlyFill fill = HourlyFill::none;
};

/// One number, a profile or a file.
struct HourlySpec {
  HourlyKind kind = HourlyKind::price;
  std::string what;  ///< "price of abilene", for messages
  Position where;    ///< in the document, for messages
  std::optional<double> constant;
  std::optional<HourlyProfile> profile;
  std::optional<double> profile_mean;  ///< the profile is scaled to this mean (not temperatures)
  std::filesystem::path file;
  HourlyFileRules rules;
};

/// Every hour of the study. Errors: not exactly one of constant, profile and file; a profile whose
/// mean cannot be scaled; all that read_hourly_file says. `notes` gets one sentence for each thing
/// that was filled or repeated.
Result<HourlySeries> build_hourly(const HourlySpec& spec, const FleetTime& time,
                                  std::vector<std::string>* notes = nullptr);

/// From the text of a CSV file: a column "time" (ISO 8601: 2026-01-01T00:00Z, with +01:00, or with
/// neither where the rules state an offset; the beginning of the hour) and columns of values whose
/// headers end in their unit in brackets, as in "price [USD/MWh]", "carbon [gCO2e/kWh]",
/// "temperature [C]". Order does not matter. Errors, with line: stamps that are none or not on the
/// full hour UTC, values that are no number or beyond reason, hours given twice, hours missing (the
/// first ones and the count), units of another kind.
Result<HourlySeries> read_hourly_file(std::string_view text, const std::string& file,
                                      const HourlySpec& spec, const FleetTime& time,
                                      std::vector<std::string>* notes = nullptr);

/// Price and carbon of data/grid/<id>.toml, temperature of data/weather/<id>.toml. Errors: no such
/// file (with the nearest id), a fault in it.
Result<HourlyProfile> load_hourly_profile(const std::filesystem::path& data_directory,
                                          std::string_view id, HourlyKind kind);
/// Ids of data/grid or data/weather, sorted.
std::vector<std::string> hourly_profile_ids(const std::filesystem::path& data_directory,
                                            HourlyKind kind);

}  // namespace polyfleet
