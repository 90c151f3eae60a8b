#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>

#include "training/checkpoint_interval.hpp"

using namespace polyfleet;

namespace {

/// What the interval is to minimise.
double relative_time(Seconds interval, Seconds blocking, Seconds mean) {
  return std::expm1((interval + blocking) / mean) / (interval / second);
}

}  // namespace

TEST_CASE("published approximations by hand") {
  // w = 50 s, M = 10,000 s: sqrt(2 x 50 x 10000) = 1000 s
  CHECK(young_interval(50 * second, 1e4 * second) / second == doctest::Approx(1000));
  // 1000 (1 + sqrt(0.0025) / 3 + 0.0025 / 9) - 50
  CHECK(daly_interval(50 * second, 1e4 * second) / second ==
        doctest::Approx(1000 * (1 + 0.05 / 3 + 0.0025 / 9) - 50));
  CHECK(daly_interval(300 * second, 100 * second) == 100 * second);
}

TEST_CASE("the exact interval is the minimiser, from writes of nothing to writes longer than M") {
  for (const double mean : {1e2, 1e4, 1e7}) {
    for (const double share : {1e-10, 1e-6, 1e-3, 0.1, 1.0, 5.0, 10.0}) {
      const Seconds between = mean * second, write = mean * share * second;
      const Seconds best = exact_interval(write, between);
      CAPTURE(mean);
      CAPTURE(share);
      // The derivative's root: (1 - t / M) e^((t + w) / M) = 1
      const double t = best / between;
      CHECK(std::log1p(-t) + t + share == doctest::Approx(0).epsilon(1e-9).scale(share));
      const double least = relative_time(best, write, between);
      for (const double factor : {0.5, 0.9, 0.99, 1.01, 1.1, 1.5}) {
        if (share < 1e-6 && std::abs(factor - 1) < 0.05) continue;  // flat to the last bits
        CHECK(relative_time(best * factor, write, between) >= least * (1 - 1e-15));
      }
    }
  }
  CHECK(exact_interval(0 * second, 1 * day) == 0 * second);
}

TEST_CASE("Young and Daly are its first terms") {
  const Seconds write = 1 * second, mean = 1e6 * second;
  const Seconds exact = exact_interval(write, mean);
  CHECK(young_interval(write, mean) / exact == doctest::Approx(1).epsilon(1e-3));
  CHECK(daly_interval(write, mean) / exact == doctest::Approx(1).epsilon(1e-6));
  // Young is too long and Daly still close where a write is a tenth of the time between failures.
  const Seconds long_write = 1e5 * second;
  const Seconds longer = exact_interval(long_write, mean);
  CHECK(young_interval(long_write, mean) > 1.1 * longer);
  CHECK(daly_interval(long_write, mean) / longer == doctest::Approx(1).epsilon(2e-3));
}

TEST_CASE("the chosen interval is the best whole number of steps above the background write") {
  const Seconds write = 20 * second, mean = 4 * hour, step = 7 * second;
  const IntervalChoice free = choose_interval(write, 0 * second, step, mean);
  CHECK(free.steps == std::round(free.steps));
  CHECK(free.chosen == free.steps * step);
  for (double steps = 1; steps < 400; ++steps)
    CHECK(relative_time(steps * step, write, mean) >=
          relative_time(free.chosen, write, mean) * (1 - 1e-15));
  CHECK_FALSE(free.held_by_write);
  const IntervalChoice held = choose_interval(1e-3 * second, 600 * second, step, mean);
  CHECK(held.held_by_write);
  CHECK(held.steps == 86);  // 85.7 steps
  CHECK(choose_interval(0 * second, 0 * second, step, mean).steps == 1);
}
