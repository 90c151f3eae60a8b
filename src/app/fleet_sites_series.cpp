#include "app/fleet_sites_series.hpp"

#include <fmt/format.h>

#include "base/input_files.hpp"
#include "fleet/cooling.hpp"

namespace polyfleet {
namespace {

template <class T>
std::optional<T> found_in_data(Result<T> result, const Position& where, Diagnostics& out) {
  if (result) return *std::move(result);
  for (Diagnostic each : result.problems()) {
    if (each.where.file.empty()) each.where = where;
    out.push_back(std::move(each));
  }
  return std::nullopt;
}

/// Beside the scenario, else in data/.
std::filesystem::path file_of(const std::string& name, const SiteContext& context) {
  if (input_exists(context.folder / name)) return context.folder / name;
  if (input_exists(context.data / name)) return context.data / name;
  return context.folder / name;
}

std::optional<HourlySeries> hours_of(const StatedSeries& stated, HourlyKind kind,
                                     const std::string& site, const SiteContext& context,
                                     std::vector<std::string>& assumptions, Diagnostics& out) {
  HourlySpec spec;
  spec.kind = kind;
  spec.what = fmt::format("{} of {}", name_of(kind), site);
  spec.where = stated.where;
  spec.constant = stated.constant;
  spec.profile_mean = stated.mean;
  spec.rules = stated.rules;
  if (!stated.file.empty()) spec.file = file_of(stated.file, context);
  if (!stated.profile.empty()) {
    spec.profile =
        found_in_data(load_hourly_profile(context.data, stated.profile, kind), stated.where, out);
    if (!spec.profile) return std::nullopt;
  }
  return found_in_data(build_hourly(spec, context.time, &assumptions), stated.where, out);
}

void set_price(const StatedFleetSite& stated, const Site& region, const SiteContext& context,
               SiteModel& site, std::vector<std::string>& assumptions, Diagnostics& out) {
  if (stated.price.is_stated()) {
    if (const auto hours =
            hours_of(stated.price, HourlyKind::price, stated.id, context, assumptions, out))
      site.price = *hours;
  } else if (region.electricity_price) {
    site.price = HourlySeries(region.electricity_price->value.base());
    assumptions.push_back(assumption_line(
        fmt::format("{}: price of electricity, all hours (region {})", stated.id, region.id),
        *region.electricity_price));
  } else if (stated.written.find("price") == nullptr) {
    out.push_back(problem_at(
        stated.where,
        fmt::format("site '{}' states no price of electricity and its region has none", stated.id),
        "add price = \"60 USD/MWh\", a profile or a file"));
  }
}

void set_carbon(const StatedFleetSite& stated, const Site& region, const SiteContext& context,
                SiteModel& site, std::vector<std::string>& assumptions, Diagnostics& out) {
  if (stated.carbon.is_stated()) {
    if (const auto hours =
            hours_of(stated.carbon, HourlyKind::carbon, stated.id, context, assumptions, out))
      site.carbon = *hours;
  } else if (region.carbon_intensity) {
    site.carbon = HourlySeries(region.carbon_intensity->value.base());
    assumptions.push_back(assumption_line(
        fmt::format("{}: carbon of the grid, all hours (region {})", stated.id, region.id),
        *region.carbon_intensity));
  } else if (stated.written.find("carbon") == nullptr) {
    out.push_back(problem_at(
        stated.where,
        fmt::format("site '{}' states no carbon intensity and its region has none", stated.id),
        "add carbon = \"300 gCO2e/kWh\", a profile, a file, or a region of data/sites"));
  }
}

/// From outside temperature and the kind of cooling.
void set_cooling(const StatedFleetSite& stated, const SiteContext& context, SiteModel& site,
                 std::vector<std::string>& assumptions, Diagnostics& out) {
  for (const char* key : {"cooling", "weather"}) {
    if (stated.written.find(key) == nullptr)
      out.push_back(problem_at(
          stated.where,
          fmt::format("site '{}' states cooling or weather without the other, {}", stated.id, key),
          "state both, or a constant pue"));
  }
  if (stated.cooling.empty() || stated.weather.empty()) return;
  const auto kind =
      found_in_data(load_cooling(context.data, stated.cooling), place_of(stated, "cooling"), out);
  const auto humidity =
      found_in_data(load_humidity(context.data, stated.weather), place_of(stated, "weather"), out);
  StatedSeries weather;
  weather.where = place_of(stated, "weather");
  if (stated.temperature_file.empty()) {
    weather.profile = stated.weather;
  } else {
    weather.where = place_of(stated, "temperature_file");
    weather.file = stated.temperature_file;
  }
  if (!kind || !humidity) return;
  const auto temperature =
      hours_of(weather, HourlyKind::temperature, stated.id, context, assumptions, out);
  if (temperature) site.pue = pue_series(*kind, *temperature, humidity->value);
}

void set_pue(const StatedFleetSite& stated, const SiteContext& context, SiteModel& site,
             std::vector<std::string>& assumptions, Diagnostics& out) {
  const bool by_weather = !stated.cooling.empty() || !stated.weather.empty();
  if (by_weather && stated.pue) {
    out.push_back(problem_at(place_of(stated, "pue"),
                             fmt::format("site '{}' states a pue and its cooling", stated.id),
                             "keep pue, or cooling and weather"));
  } else if (by_weather) {
    set_cooling(stated, context, site, assumptions, out);
  } else {
    const Figure<double>& published = stated.pue ? *stated.pue : *context.defaults.pue;
    if (!stated.pue) assumptions.push_back(assumption_line(stated.id + ": PUE", published));
    const FacilityDesign design = facility_of_published(published.value, site.delivery);
    site.pue = HourlySeries(design.pue);
    site.delivery = design.delivery;
  }
}

}  // namespace

void set_series(const StatedFleetSite& stated, const Site& region, const SiteContext& context,
                SiteModel& site, std::vector<std::string>& assumptions, Diagnostics& out) {
  set_price(stated, region, context, site, assumptions, out);
  set_carbon(stated, region, context, site, assumptions, out);
  set_pue(stated, context, site, assumptions, out);
}

}  // namespace polyfleet
