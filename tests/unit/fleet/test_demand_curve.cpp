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
