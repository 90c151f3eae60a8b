// Sites of a fleet scenario as people write them, and the SiteModel that each becomes: electricity
// price and carbon by hour, cooling by outside temperature, power steps with dates, battery,
// on-site generation, a contract to draw less.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/fleet_document_fields.hpp"
#include "app/fleet_finance.hpp"
#include "catalogue/catalogue.hpp"
#include "fleet/class_power.hpp"
#include "fleet/hourly_series.hpp"
#include "fleet/site_model.hpp"

namespace polyfleet {

/// Values over the hours: one number, a profile of data/grid, or a CSV file.
struct StatedSeries {
  Position where;
  std::optional<double> constant;  ///< base units; may be negative
  std::string profile;             ///< id of a profile; its mean becomes `mean` where stated
  std::optional<double> mean;      ///< base units
  std::string file;                ///< stamps and values
  HourlyFileRules rules;           ///< how the file's hours become the study's
  bool is_stated() const { return constant || !profile.empty() || !file.empty(); }
};

/// [[site.power]]: from this day on so much may be drawn from the grid.
struct StatedPowerStep : StatedEntry {
  std::optional<CalendarDate> from;
  std::optional<Figure<Watts>> limit;
};

struct StatedBattery : StatedEntry {
  std::optional<Figure<Watts>> power;
  std::optional<Figure<Joules>> energy;
  std::optional<double> round_trip;
  std::optional<CalendarDate> from;
};

struct StatedGeneration : StatedEntry {
  std::optional<Figure<Watts>> power;
  std::optional<Figure<UsdPerJoule>> cost;
  std::optional<Figure<GramsCo2ePerJoule>> carbon;
  std::optional<CalendarDate> from;
};

struct StatedCurtailment : StatedEntry {
  std::optional<double> share, hours_a_year, calls_a_year;
  std::optional<Seconds> longest_call;
  std::optional<Figure<UsdPerSecond>> standing;
  std::optional<Figure<UsdPerJoule>> called;
};

/// [[site]]
struct StatedFleetSite : StatedEntry {
  std::string id, name, region, cooling, weather, temperature_file;
  std::optional<int> utc_offset;
  StatedSeries price, carbon;
  std::optional<double> price_growth, carbon_growth, carbon_free_share;
  std::optional<Figure<double>> pue, delivery;
  std::optional<Figure<UsdPerWatt>> facility_cost;
  std::vector<StatedPowerStep> power;
  std::optional<StatedBattery> battery;
  std::optional<StatedGeneration> generation;
  std::optional<StatedCurtailment> curtailment;
};

const FieldTable<StatedFleetSite>& fleet_site_fields();
const FieldTable<StatedPowerStep>& power_step_fields();
const FieldTable<StatedBattery>& battery_fields();
const FieldTable<StatedGeneration>& generation_fields();
const FieldTable<StatedCurtailment>& curtailment_fields();

/// What a site needs beside itself.
struct SiteContext {
  const Catalogue& catalogue;
  const FleetTime& time;
  const FleetDefaults& defaults;
  const FleetPowerShares& power_shares;
  std::filesystem::path folder;  ///< of the scenario: files are looked for here first
  std::filesystem::path data;    ///< then here
};

/// The site as numbers. Problems: an unknown region, a region without a figure that is needed,
/// faulty hours; what was not stated is named in `assumptions`.
SiteModel resolve_site(const StatedFleetSite& stated, const SiteContext& context,
                       std::vector<std::string>& assumptions, Diagnostics& out);

}  // namespace polyfleet
