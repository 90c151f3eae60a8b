// The table of places and kinds of cooling of report/power_tables.hpp.
#include <fmt/format.h>

#include <algorithm>

#include "fleet/class_power.hpp"
#include "fleet/cooling.hpp"
#include "fleet/hourly_series.hpp"
#include "report/power_tables.hpp"

namespace polyfleet {
namespace {

/// A year without leap day.
const FleetTime& typical_year() {
  static const FleetTime year({2026, 1, 1}, {2027, 1, 1}, 7);
  return year;
}

struct YearOfPue {
  double mean = 0, highest = 0;
};

YearOfPue year_of(const CoolingKind& kind, const HourlySeries& temperature, double humidity,
                  double delivery) {
  const HourlySeries pue = pue_series(kind, temperature, humidity);
  const double losses = 1 / delivery - 1;
  const auto& hours = pue.by_hour();
  return {pue.mean(0, typical_year().hours()) + losses,
          *std::max_element(hours.begin(), hours.end()) + losses};
}

struct Place {
  std::string id;
  HourlySeries temperature;
  double humidity = 0;
};

Result<Place> load_place(const std::filesystem::path& data, const std::string& id) {
  const auto profile = load_hourly_profile(data, id, HourlyKind::temperature);
  if (!profile) return profile.problems();
  const auto humidity = load_humidity(data, id);
  if (!humidity) return humidity.problems();
  HourlySpec spec;
  spec.kind = HourlyKind::temperature;
  spec.what = "temperature of " + id;
  spec.profile = *profile;
  const auto series = build_hourly(spec, typical_year());
  if (!series) return series.problems();
  return Place{id, *series, humidity->value};
}

}  // namespace

Result<CatalogueView> cooling_of_places(const Catalogue& catalogue) {
  const std::filesystem::path& data = catalogue.directory();
  const auto shares = load_fleet_power_shares(data);
  if (!shares) return shares.problems();
  std::vector<CoolingKind> kinds;
  std::vector<std::string> titles{"place", "mean C"};
  for (const std::string& id : cooling_ids(data)) {
    const auto kind = load_cooling(data, id);
    if (!kind) return kind.problems();
    kinds.push_back(*kind);
    titles.push_back(id);
  }
  CatalogueView view{TextTable(titles), {}, Value{Array{}}};
  for (const std::string& id : hourly_profile_ids(data, HourlyKind::temperature)) {
    const auto place = load_place(data, id);
    if (!place) return place.problems();
    const double mean = place->temperature.mean(0, typical_year().hours());
    std::vector<std::string> row{id, fmt::format("{:.1f}", mean)};
    Value json;
    json.set("place", id).set("mean_celsius", mean);
    for (const CoolingKind& kind : kinds) {
      const YearOfPue year =
          year_of(kind, place->temperature, place->humidity, shares->delivery.value);
      row.push_back(fmt::format("{:.3f} ({:.2f})", year.mean, year.highest));
      json.set(kind.id, year.mean).set(kind.id + "_highest", year.highest);
    }
    view.table.row(std::move(row));
    view.json.push(std::move(json));
  }
  view.remarks.push_back(fmt::format(
      "PUE of a typical year as operators publish it, delivery losses of {:.0f} % included; in "
      "brackets that of its warmest hour",
      100 * (1 / shares->delivery.value - 1)));
  return view;
}

}  // namespace polyfleet
