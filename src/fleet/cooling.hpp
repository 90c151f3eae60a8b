// What cooling adds to the draw of the racks by outside temperature. Heat leaves through a liquid
// loop and an air loop; each loop is carried off by fans and pumps alone while the outside is cold
// enough, by chillers when it is hot, by a mixture between. A chiller's efficiency is a share of
// Carnot's between its loop and the outside air. Parameters of each kind: data/power/cooling.toml,
// set so that published PUEs of such halls come out (docs/fleet_power.md). Wrong for a single hall
// by a few points of PUE; part-load losses and water are left out.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "catalogue/figure.hpp"
#include "fleet/site_model.hpp"

namespace polyfleet {

/// Zero degrees Celsius in kelvin.
inline constexpr double kZeroCelsius = 273.15;

/// One path of heat.
struct CoolingLoop {
  double share = 1;           ///< of the racks' heat
  double carry = 0;           ///< fans and pumps, watts a watt of heat
  double supply = 20;         ///< temperature that the racks are given, Celsius
  double approach = 5;        ///< the outside must be this much below supply to cool alone, kelvin
  double mixing = 10;         ///< above that, up to here the outside still helps, kelvin
  double carnot_share = 0.5;  ///< chiller's efficiency over Carnot's
};

struct CoolingKind {
  std::string id, name;
  std::vector<CoolingLoop> loops;
  double other = 0;                ///< light, offices, controls: watts a watt of racks
  double humid_effectiveness = 0;  ///< of evaporation: share of the way from air to wet bulb
  std::string basis;
};

/// Cooling and the rest over the racks' draw, plus one; delivery losses are not in it.
/// `wet_bulb`: only evaporative kinds look at it.
double pue_at(const CoolingKind& kind, double celsius, double wet_bulb);

/// Wet-bulb temperature in Celsius by Stull (J. Appl. Meteorol. Climatol. 50, 2267, 2011), from air
/// temperature and relative humidity in percent; at sea level, 5 to 99 %, -20 to 50 C.
double wet_bulb(double celsius, double humidity);

/// pue_at over every hour. `humidity`: mean relative humidity in percent, taken as constant, which
/// overstates the wet bulb of hot afternoons.
HourlySeries pue_series(const CoolingKind& kind, const HourlySeries& temperature, double humidity);

/// Of data/power/cooling.toml. Errors: no such kind (with those there are), faults of the file.
Result<CoolingKind> load_cooling(const std::filesystem::path& data_directory, std::string_view id);
std::vector<std::string> cooling_ids(const std::filesystem::path& data_directory);

/// Mean relative humidity of a place of data/weather, percent.
Result<Figure<double>> load_humidity(const std::filesystem::path& data_directory,
                                     std::string_view place);

}  // namespace polyfleet
