#include <doctest/doctest.h>

#include <cmath>

#include "fleet/demand_curve.hpp"

using namespace polyfleet;
using doctest::Approx;

TEST_CASE("demand grows exponentially between its points and is level outside") {
  const std::vector<DemandPoint> points{{0, 1}, {100, std::exp(1)}};
  CHECK(mean_demand(points, 0, 100) == Approx(std::exp(1) - 1));
  CHECK(mean_demand(points, 0, 50) == Approx(2 * (std::exp(0.5) - 1)));
  CHECK(mean_demand(points, -50, 0) == 1);
  CHECK(mean_demand(points, 100, 300) == Approx(std::exp(1)));
  CHECK(mean_demand(points, -100, 200) == Approx((1 + (std::exp(1) - 1) + std::exp(1)) / 3));
  CHECK(mean_demand({}, 0, 10) == 0);
  CHECK(mean_demand({{40, 7}}, 0, 100) == 7);
}

TEST_CASE("from or to nothing it is linear; two points with one value are that value") {
  CHECK(mean_demand({{0, 0}, {100, 8}}, 0, 50) == Approx(2));
  CHECK(mean_demand({{0, 0}, {100, 8}}, 50, 100) == Approx(6));
  CHECK(mean_demand({{0, 8}, {100, 0}}, 0, 100) == Approx(4));
  CHECK(mean_demand({{0, 5}, {100, 5}, {200, 5}}, 13, 177) == Approx(5).epsilon(1e-14));
}

TEST_CASE("what a unit is worth grows with the plan's change and the future's") {
  FleetModel model;
  FleetWorkload& workload = model.workloads.emplace_back();
  workload.value = 8;
  workload.value_growth = -0.5;
  const auto year = static_cast<FleetHour>(kMeanYear / hour);  // 8,766 h, 0.18 s short of the year
  CHECK(value_at(workload, 0) == 8);
  CHECK(value_at(workload, year) == doctest::Approx(4).epsilon(1e-4));
  FleetVariation future;
  CHECK(value_at(model, 0, year, future) == value_at(workload, year));
  future.value_growth = {1.5};
  CHECK(value_at(model, 0, 0, future) == 8);
  CHECK(value_at(model, 0, 2 * year, future) == doctest::Approx(8 * 0.75 * 0.75).epsilon(1e-4));
}
