#include <doctest/doctest.h>

#include <cmath>

#include "cost/measured_table.hpp"

using namespace polyfleet;

TEST_CASE("one neighbour: its residual, discounted by distance and noise") {
  // Simple kriging with one point: weight = exp(-d) / (1 + nugget); left over 1 - exp(-2d) / (1 +
  // nugget).
  ResidualModel model;
  model.length = {2, 1, 1, 1, 1, 1};
  model.nugget = 0.25;
  const MeasuredTable table({{4, 0, 0}}, {0.3}, {0}, model);
  const Correction here = table.at({4, 0, 0});
  CHECK(here.log_ratio == doctest::Approx(0.3 / 1.25));
  CHECK(here.unexplained == doctest::Approx(1 - 1 / 1.25));
  const MeasuredTable two({{4, 0, 0}, {100, 0, 0}}, {0.3, 0.0}, {0, 1}, model);
  CHECK(two.at({6, 0, 0}).log_ratio == doctest::Approx(0.3 * std::exp(-1) / 1.25).epsilon(1e-6));
}

TEST_CASE("far from every point the correction vanishes and nothing is explained") {
  ResidualModel model;
  const MeasuredTable table({{0, 0, 0}, {1, 0, 0}, {0, 1, 0}}, {0.5, 0.4, 0.3}, {0, 1, 2}, model);
  const Correction far = table.at({60, 60, 60});
  CHECK(std::abs(far.log_ratio) < 1e-12);
  CHECK(far.unexplained == doctest::Approx(1));
  CHECK(residual_sigma(model, far) == doctest::Approx(model.spread));
  CHECK(residual_sigma(model, {0, 0}) == doctest::Approx(0.01));
}

TEST_CASE("a left-out group and a left-out place do not count") {
  ResidualModel model;
  model.nugget = 0;
  const MeasuredTable table({{0, 0, 0}, {1, 0, 0}}, {0.5, -0.5}, {0, 1}, model);
  CHECK(table.at({0, 0, 0}).log_ratio == doctest::Approx(0.5));
  CHECK(table.at({0, 0, 0}, 0).log_ratio == doctest::Approx(-0.5 * std::exp(-1)));
  CHECK(table.at({0, 0, 0}, MeasuredTable::kSamePlaceExcluded).log_ratio ==
        doctest::Approx(-0.5 * std::exp(-1)));
}

TEST_CASE("residuals beyond the clip are pulled in to it") {
  ResidualModel model;
  model.nugget = 0;
  model.clip = 0.1;
  CHECK(MeasuredTable({{0, 0, 0}}, {2.0}, {0}, model).at({0, 0, 0}).log_ratio ==
        doctest::Approx(0.1));
}

TEST_CASE("the tree finds the nearest points whatever their order") {
  ResidualModel model;
  model.nugget = 1e-6;
  std::vector<MeasuredPoint> points, reversed;
  std::vector<double> residuals, residuals_reversed;
  for (int i = 0; i < 500; ++i) {
    const double x = (i * 37 % 101) / 10.0, y = (i * 53 % 97) / 10.0, z = (i * 71 % 89) / 10.0;
    points.push_back({x, y, z});
    residuals.push_back(std::sin(x) + 0.1 * y - 0.2 * z);
  }
  reversed.assign(points.rbegin(), points.rend());
  residuals_reversed.assign(residuals.rbegin(), residuals.rend());
  model.clip = 100;
  const MeasuredTable table(points, residuals, std::vector<int>(500, 0), model);
  const MeasuredTable other(reversed, residuals_reversed, std::vector<int>(500, 0), model);
  for (int i = 0; i < 500; i += 7) {
    CHECK(table.at(points[i]).log_ratio == doctest::Approx(residuals[i]).epsilon(1e-3));
    MeasuredPoint between = points[i];
    between[0] += 0.033;
    CHECK(table.at(between).log_ratio ==
          doctest::Approx(other.at(between).log_ratio).epsilon(1e-9));
  }
}
