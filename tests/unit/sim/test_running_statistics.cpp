#include <doctest/doctest.h>

#include <cmath>

#include "sim/running_statistics.hpp"

using namespace polyfleet;

TEST_CASE("mean, variance and range by hand") {
  RunningStatistics statistics;
  CHECK(statistics.variance() == 0);
  for (const double value : {2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0}) statistics.add(value);
  CHECK(statistics.count() == 8);
  CHECK(statistics.mean() == 5);
  CHECK(statistics.variance() == doctest::Approx(32.0 / 7));
  CHECK(statistics.least() == 2);
  CHECK(statistics.greatest() == 9);
  CHECK(statistics.standard_error() == doctest::Approx(std::sqrt(32.0 / 7 / 8)));
}

TEST_CASE("a large offset costs no digits") {
  RunningStatistics statistics;
  for (const double value : {1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16}) statistics.add(value);
  CHECK(statistics.variance() == doctest::Approx(30));
}

TEST_CASE("merging parts is adding all values") {
  RunningStatistics all, left, right, none;
  for (int i = 0; i < 50; ++i) {
    const double value = std::sin(i) * i;
    all.add(value);
    (i < 17 ? left : right).add(value);
  }
  left.merge(right);
  left.merge(none);
  none.merge(left);
  for (const RunningStatistics& each : {left, none}) {
    CHECK(each.count() == all.count());
    CHECK(each.mean() == doctest::Approx(all.mean()).epsilon(1e-13));
    CHECK(each.variance() == doctest::Approx(all.variance()).epsilon(1e-12));
    CHECK(each.least() == all.least());
    CHECK(each.greatest() == all.greatest());
  }
}

TEST_CASE("quantiles of tables") {
  CHECK(normal_quantile(0.5) == doctest::Approx(0));
  CHECK(normal_quantile(0.975) == doctest::Approx(1.959963984540054).epsilon(1e-12));
  CHECK(normal_quantile(0.001) == doctest::Approx(-3.090232306167813).epsilon(1e-12));
  // Student's t, both tails (tables of the distribution)
  CHECK(student_quantile(0.95, 1) == doctest::Approx(12.7062).epsilon(1e-5));
  CHECK(student_quantile(0.95, 2) == doctest::Approx(4.30265).epsilon(1e-5));
  CHECK(student_quantile(0.95, 5) == doctest::Approx(2.57058).epsilon(1e-5));
  CHECK(student_quantile(0.99, 10) == doctest::Approx(3.16927).epsilon(1e-5));
  CHECK(student_quantile(0.90, 30) == doctest::Approx(1.69726).epsilon(1e-5));
  CHECK(student_quantile(0.95, 1e6) == doctest::Approx(1.959966).epsilon(1e-5));
  CHECK(quantile({1, 2, 3, 4}, 0.5) == 2.5);
  CHECK(quantile({1, 2, 3, 4}, 0) == 1);
  CHECK(quantile({1, 2, 3, 4}, 1) == 4);
  CHECK(quantile({7}, 0.3) == 7);
}

TEST_CASE("the interval of four values by hand") {
  RunningStatistics statistics;
  statistics.add(5);
  CHECK(statistics.interval(0.95).low == 5);
  for (const double value : {7.0, 9.0, 11.0}) statistics.add(value);
  const ConfidenceInterval interval = statistics.interval(0.95);
  const double half = 3.182446 * std::sqrt(20.0 / 3 / 4);  // t of three degrees of freedom
  CHECK(interval.low == doctest::Approx(8 - half).epsilon(1e-5));
  CHECK(interval.high == doctest::Approx(8 + half).epsilon(1e-5));
}
