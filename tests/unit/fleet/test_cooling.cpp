// Cooling by outside temperature: monotone, and within the published PUE of such halls.
#include <doctest/doctest.h>

#include <string>

#include "fleet/class_power.hpp"
#include "fleet/cooling.hpp"
#include "fleet/hourly_series.hpp"
#include "shipped_data.hpp"

using namespace polyfleet;

namespace {

/// Yearly PUE as published, delivery losses of 3 % included.
double published_pue(const std::string& cooling, const std::string& place) {
  const auto kind = load_cooling(kData, cooling);
  REQUIRE_MESSAGE(kind.has_value(), (kind ? "" : to_text(kind.problems())));
  const auto profile = load_hourly_profile(kData, place, HourlyKind::temperature);
  REQUIRE_MESSAGE(profile.has_value(), (profile ? "" : to_text(profile.problems())));
  HourlySpec spec;
  spec.kind = HourlyKind::temperature;
  spec.profile = *profile;
  const FleetTime year({2026, 1, 1}, {2027, 1, 1}, 7);
  const auto temperature = build_hourly(spec, year);
  REQUIRE(temperature.has_value());
  const auto humidity = load_humidity(kData, place);
  REQUIRE(humidity.has_value());
  return pue_series(*kind, *temperature, humidity->value).mean(0, year.hours()) + 1 / 0.97 - 1;
}

}  // namespace

TEST_CASE("wet bulb: Stull's example and saturation") {
  CHECK(wet_bulb(20, 50) == doctest::Approx(13.7).epsilon(0.005));  // the paper's worked example
  CHECK(wet_bulb(25, 99) == doctest::Approx(25).epsilon(0.02));
  CHECK(wet_bulb(35, 20) < 20);
}

TEST_CASE("hotter outside never costs less") {
  for (const std::string& id : cooling_ids(kData)) {
    const auto kind = load_cooling(kData, id);
    REQUIRE(kind.has_value());
    double last = 1;
    for (double t = -30; t <= 50; t += 0.5) {
      const double pue = pue_at(*kind, t, wet_bulb(t, 50));
      INFO(id << " at " << t);
      CHECK(pue >= last - 1e-12);
      CHECK(pue < 1.8);
      last = pue;
    }
  }
}

TEST_CASE("cold enough, only fans and pumps draw") {
  const auto kind = load_cooling(kData, "warm_water");
  double carried = 1 + kind->other;
  for (const CoolingLoop& loop : kind->loops) carried += loop.share * loop.carry;
  CHECK(pue_at(*kind, -10, -10) == doctest::Approx(carried));
  CHECK(pue_at(*kind, 30, 30) > carried);
}

TEST_CASE("yearly PUE of each kind lies in what is published for it") {
  struct Case {
    const char* cooling;
    const char* place;
    double low, high;
  };
  const Case cases[] = {
      {"air_chiller", "frankfurt", 1.2, 1.56},  // data/prices: default_air 1.2 to 1.56
      {"air_chiller", "abilene", 1.3, 1.56},
      {"air_economiser", "columbus", 1.09, 1.16},  // hyperscale_air
      {"air_economiser", "helsinki", 1.06, 1.16},
      {"evaporative", "columbus", 1.06, 1.12},  // Meta 1.08, Google's best 1.06
      {"warm_water", "saline", 1.05, 1.15},     // new_liquid
      {"warm_water", "abilene", 1.05, 1.15},
      {"immersion", "frankfurt", 1.02, 1.06},
  };
  for (const Case& each : cases) {
    const double pue = published_pue(each.cooling, each.place);
    INFO(each.cooling << " in " << each.place << ": " << pue);
    CHECK(pue >= each.low);
    CHECK(pue <= each.high);
  }
  CHECK(published_pue("warm_water", "narvik") < published_pue("warm_water", "abu_dhabi"));
}

TEST_CASE("an unknown kind names those there are") {
  const auto kind = load_cooling(kData, "warm_watr");
  REQUIRE_FALSE(kind.has_value());
  CHECK(to_text(kind.problems()).find("warm_water") != std::string::npos);
}
