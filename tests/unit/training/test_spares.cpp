#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>

#include "training/spares.hpp"
#include "training/straggler.hpp"

using namespace polyfleet;

TEST_CASE("Erlang's formula by hand") {
  CHECK(erlang_loss(0, 3) == 1);
  CHECK(erlang_loss(1, 2) == doctest::Approx(2.0 / 3));  // a / (1 + a)
  CHECK(erlang_loss(2, 1) == doctest::Approx(0.2));      // (1/2) / (1 + 1 + 1/2)
  CHECK(erlang_loss(10, 0) == 0);
  CHECK(erlang_loss(200, 150) < 1e-4);
}

TEST_CASE("no spare: the run waits for every repair") {
  // one failure every 9 h of running, repair 1 h: a tenth of the time
  CHECK(waiting_share(0, 1.0 / (9 * hour), 1 * hour) == doctest::Approx(0.1));
}

TEST_CASE("the number of spares is the least that suffices") {
  const Hertz rate = 1.0 / (5 * hour);
  for (const double availability : {0.5, 0.9, 0.99, 0.999, 0.999999}) {
    for (const double repair : {0.01, 1.0, 24.0, 400.0}) {
      const int spares = spares_for_availability(availability, rate, repair * hour);
      CHECK(waiting_share(spares, rate, repair * hour) <= 1 - availability);
      if (spares > 0) CHECK(waiting_share(spares - 1, rate, repair * hour) > 1 - availability);
    }
  }
  CHECK(spares_for_availability(0.999, 0 * hertz, 1 * day) == 0);
  CHECK(spares_for_horizon(0.999, rate, 1 * hour, 30 * day) >=
        spares_for_horizon(0.9, rate, 1 * hour, 30 * day));
  CHECK(spares_for_horizon(0.999, rate, 1 * hour, 300 * day) >=
        spares_for_horizon(0.999, rate, 1 * hour, 30 * day));
  // One window: no more failures than the Poisson quantile; e^-1 (1 + 1 + 1/2 + 1/6) = 0.981
  CHECK(spares_for_horizon(0.98, 1.0 / hour, 1 * hour, 1 * hour) == 3);
  CHECK(spares_for_horizon(0.982, 1.0 / hour, 1 * hour, 1 * hour) == 4);
}

TEST_CASE("expected maxima of normal samples (Tippett's table, 1925)") {
  CHECK(expected_maximum(1) == doctest::Approx(0).epsilon(1e-9));
  CHECK(expected_maximum(2) == doctest::Approx(1 / std::sqrt(3.14159265358979)).epsilon(1e-8));
  CHECK(expected_maximum(3) == doctest::Approx(0.846284).epsilon(1e-6));
  CHECK(expected_maximum(10) == doctest::Approx(1.538753).epsilon(1e-6));
  CHECK(expected_maximum(100) == doctest::Approx(2.507594).epsilon(1e-6));
  CHECK(expected_maximum(1000) == doctest::Approx(3.241436).epsilon(1e-6));
}

TEST_CASE("the step is stretched only beyond what measured steps contain") {
  DeviceJitter jitter;
  jitter.spread.value = 0.015;
  jitter.calibrated_devices.value = 2048;
  CHECK(straggler_factor(jitter, 8) == 1);
  CHECK(straggler_factor(jitter, 2048) == 1);
  const double at_16k = straggler_factor(jitter, 16384), at_131k = straggler_factor(jitter, 131072);
  CHECK(at_16k == doctest::Approx((1 + 0.015 * expected_maximum(16384)) /
                                  (1 + 0.015 * expected_maximum(2048))));
  CHECK(at_16k > 1.005);
  CHECK(at_16k < 1.01);
  CHECK(at_131k > at_16k);
  jitter.spread.value = 0;
  CHECK(straggler_factor(jitter, 131072) == 1);
}
