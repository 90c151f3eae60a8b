#include <doctest/doctest.h>

#include "serving/engine_grid.hpp"

using namespace polyfleet;

TEST_CASE("grid: whole numbers to 16, then four points a factor of two") {
  for (std::size_t i = 0; i <= 16; ++i) CHECK(grid_number(i) == static_cast<double>(i));
  CHECK(grid_number(17) == 20);
  CHECK(grid_number(20) == 32);
  CHECK(grid_number(21) == 40);
  for (std::size_t i = 0; i < 90; ++i) {
    const GridPlace place = grid_place(grid_number(i));
    CHECK(place.lower == i);
    CHECK(place.share == 0);
  }
}

TEST_CASE("grid: a place between points gives the number back") {
  for (const double number : {0.25, 3.5, 15.75, 17.0, 18.5, 31.0, 100.0, 8191.0, 123456.0}) {
    const GridPlace place = grid_place(number);
    CHECK(place.share >= 0);
    CHECK(place.share < 1);
    const double back =
        (1 - place.share) * grid_number(place.lower) + place.share * grid_number(place.lower + 1);
    CHECK(back == doctest::Approx(number));
  }
  CHECK(grid_place(-1).lower == 0);
}

TEST_CASE("grid: each point is computed once") {
  LazyGrid<double> grid;
  int computed = 0;
  const auto square = [&](double x) {
    ++computed;
    return x * x;
  };
  CHECK(grid.at(20, square) == 32 * 32);
  CHECK(grid.at(20, square) == 32 * 32);
  CHECK(computed == 1);
}
