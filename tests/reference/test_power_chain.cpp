// Frontier's chain against ExaDigiT/RAPS: config/frontier.yaml at 6c142bf and its runs idle and at
// peak, case F7 of the public oracles.
#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "catalogue/catalogue.hpp"
#include "fleet/power_chain.hpp"
#include "shipped_data.hpp"

using namespace polyfleet;

namespace {

/// Agrees to the decimals that the source prints.
bool to_decimals(double got, double printed, int decimals) {
  return std::abs(got - printed) <= 0.5 * std::pow(10, -decimals) * (1 + 1e-9);
}

}  // namespace

TEST_CASE("Frontier idle and at peak to four decimals of a megawatt") {
  const auto frontier = frontier_case(kData);
  REQUIRE_MESSAGE(frontier.has_value(), (frontier ? "" : to_text(frontier.problems())));
  const ChainPower &idle = frontier->idle, &peak = frontier->peak;
  CHECK(to_decimals(idle.total / megawatt, 7.3065, 4));
  CHECK(to_decimals(peak.total / megawatt, 28.2279, 4));
  CHECK(to_decimals(idle.loss / megawatt, 0.57, 2));
  CHECK(to_decimals(peak.loss / megawatt, 1.81, 2));
  CHECK(to_decimals(idle.node / watt, 626.26, 2));
  CHECK(to_decimals(idle.stages[0] / watt, 652.306, 3));
  CHECK(to_decimals(idle.stages[1] / watt, 683.913, 3));
  CHECK(to_decimals(peak.node / watt, 2704.26, 2));
  CHECK(to_decimals(peak.stages[0] / watt, 2772.714, 3));
  CHECK(to_decimals(peak.stages[1] / watt, 2892.671, 3));
  CHECK(to_decimals(peak.efficiency(), 0.9359, 4));
  // The simulator prints 0.9218; its own powers and losses give 0.92188, so it cuts off.
  CHECK(std::floor(idle.efficiency() * 1e4) / 1e4 == doctest::Approx(0.9218).epsilon(1e-9));
  MESSAGE("idle " << idle.total / megawatt << " MW, efficiency " << idle.efficiency() << "; peak "
                  << peak.total / megawatt << " MW, efficiency " << peak.efficiency());
}

TEST_CASE("between idle and peak the chain is linear, and every watt is accounted for") {
  const auto chain = load_power_chain(kData, "frontier");
  REQUIRE(chain.has_value());
  const ChainPower low = chain_power(*chain, 0), high = chain_power(*chain, 1),
                   half = chain_power(*chain, 0.5);
  CHECK(half.total / watt == doctest::Approx((low.total + high.total) / 2.0 / watt));
  double useful = half.node / watt * chain->nodes;
  for (const ChainShared& shared : chain->shared) useful += shared.count * (shared.power / watt);
  CHECK(half.total / watt == doctest::Approx(useful + half.loss / watt).epsilon(1e-12));
}

TEST_CASE("one job on 100,000 H100 swings the meter by about what a square-wave study takes") {
  const auto catalogue = load_catalogue(kData);
  const auto activity = load_power_activity(kData);
  REQUIRE(catalogue.has_value());
  REQUIRE(activity.has_value());
  const auto h100 = catalogue->accelerator("nv_h100_sxm");
  REQUIRE(h100.has_value());
  const TrainingSwing swing = training_swing(*h100, *activity, 0.97, 1e5);
  // A public study of grid resonance models 66.7 MW from full draw to nothing.
  CHECK(swing.stopped / megawatt == doctest::Approx(66.7).epsilon(0.1));
  CHECK(swing.in_step / megawatt == doctest::Approx(38.8).epsilon(0.02));
}
