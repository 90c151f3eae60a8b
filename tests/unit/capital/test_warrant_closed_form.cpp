#include <doctest/doctest.h>

#include <cmath>

#include "capital/warrant_closed_form.hpp"

using namespace polyfleet;

namespace {

const ShareModel kWarrantShare{200 * usd, 0.55, 0.04, 0, 1.6e9};

double per_share(const ShareModel& share, const BarrierClaim& claim) {
  return barrier_call_value(share, claim) / usd;
}

}  // namespace

TEST_CASE("bivariate normal probabilities against 25-digit quadrature") {
  CHECK(bivariate_normal(0.3, -0.2, 0.5) == doctest::Approx(0.3361984370155188).epsilon(1e-14));
  CHECK(bivariate_normal(0.3, -0.2, -0.95) == doctest::Approx(0.0706886473336827).epsilon(1e-13));
  CHECK(bivariate_normal(1.3, 1.2, 0.99) == doctest::Approx(0.8812868255461909).epsilon(1e-14));
  // P(X < 0, Y < 0) = 1/4 + asin(r) / 2 pi.
  for (const double r : {-0.99, -0.6, 0.0, 0.3, 0.93, 0.999})
    CHECK(bivariate_normal(0, 0, r) ==
          doctest::Approx(0.25 + std::asin(r) / (2 * M_PI)).epsilon(1e-13));
  CHECK(bivariate_normal(0.7, 1.1, 1) == doctest::Approx(normal_probability(0.7)));
  CHECK(bivariate_normal(0.7, 1.1, -1) ==
        doctest::Approx(normal_probability(0.7) - normal_probability(-1.1)));
  CHECK(bivariate_normal(-0.7, 0.1, -1) == 0);
}

TEST_CASE("watched from the start it is the up-and-in call of the textbooks") {
  // Reflection by hand for strike near zero: S0 (N(d+) + (H/S0)^(2 mu / s^2) N(d-)), share measure.
  const double s = kWarrantShare.volatility, t = 3, mu = kWarrantShare.rate + s * s / 2;
  const double h = std::log(400.0 / 200);
  const double root = s * std::sqrt(t);
  const double touches = normal_probability((mu * t - h) / root) +
                         std::exp(2 * mu * h / (s * s)) * normal_probability((-h - mu * t) / root);
  CHECK(per_share(kWarrantShare, {Usd(), 400 * usd, 0, t}) == doctest::Approx(200 * touches));
}

TEST_CASE("limits: certain hurdle, delivery on the last day, hurdle out of reach") {
  CHECK(per_share(kWarrantShare, {Usd(), 1e-6 * usd, 0, 4}) == doctest::Approx(200));
  CHECK(per_share(kWarrantShare, {150 * usd, 1e-3 * usd, 2, 4}) ==
        doctest::Approx(call_value(kWarrantShare, 150 * usd, 4) / usd));
  // Delivered at expiry: the price itself must be above: S0 N(d+).
  const double deviation = 0.55 * 2;
  const double d = (std::log(200.0 / 600) + 0.04 * 4) / deviation + deviation / 2;
  CHECK(per_share(kWarrantShare, {Usd(), 600 * usd, 4, 4}) ==
        doctest::Approx(200 * normal_probability(d)));
  CHECK(per_share(kWarrantShare, {Usd(), 1e9 * usd, 1, 4}) == doctest::Approx(0).epsilon(1e-6));
  CHECK(hurdle_probability(kWarrantShare, {Usd(), 600 * usd, 4, 4}) ==
        doctest::Approx(normal_probability(d - deviation)));
}

TEST_CASE("a higher hurdle, a later delivery or an earlier expiry is never worth more") {
  double last = 1e9;
  for (double hurdle = 100; hurdle <= 900; hurdle += 50) {
    const double now = per_share(kWarrantShare, {0.01 * usd, hurdle * usd, 1.5, 5});
    CHECK(now <= last + 1e-9);
    last = now;
  }
  last = 1e9;
  for (double delivery = 0; delivery <= 5; delivery += 0.25) {
    const double now = per_share(kWarrantShare, {0.01 * usd, 450 * usd, delivery, 5});
    CHECK(now <= last + 1e-9);
    last = now;
  }
  last = 0;
  for (double expiry = 2; expiry <= 6; expiry += 0.5) {
    const double now = per_share(kWarrantShare, {0.01 * usd, 450 * usd, 2, expiry});
    CHECK(now >= last - 1e-9);
    last = now;
  }
}

TEST_CASE("a knocked-in and a living part make the whole: values lie between zero and the call") {
  for (const double strike : {0.0, 50.0, 200.0, 700.0}) {
    for (const double hurdle : {100.0, 250.0, 600.0}) {
      const BarrierClaim claim{strike * usd, hurdle * usd, 1, 4};
      const double call = call_value(kWarrantShare, strike * usd, 4) / usd;
      CHECK(per_share(kWarrantShare, claim) >= -1e-10);
      CHECK(per_share(kWarrantShare, claim) <= call * (1 + 1e-12));
      if (strike >= hurdle) CHECK(per_share(kWarrantShare, claim) == doctest::Approx(call));
    }
  }
}

TEST_CASE("calls by Black and Scholes, and bridges") {
  // Hull, Options, Futures and Other Derivatives: S = 42, K = 40, r = 0.1, s = 0.2, T = 0.5: 4.76.
  CHECK(call_value({42 * usd, 0.2, 0.1, 0, 1}, 40 * usd, 0.5) / usd ==
        doctest::Approx(4.759).epsilon(1e-3));
  CHECK(call_value(kWarrantShare, Usd(), 3) == 200 * usd);
  CHECK(call_value(kWarrantShare, 150 * usd, 0) / usd == doctest::Approx(50));
  CHECK(bridge_maximum(0.1, 0.3, 0.04, 1) == doctest::Approx(0.3));  // u = 1: the least possible
  // P(max >= m) = exp(-2 (m - x0)(m - x1) / variance) gives back u.
  const double m = bridge_maximum(0.1, 0.3, 0.04, 0.2);
  CHECK(std::exp(-2 * (m - 0.1) * (m - 0.3) / 0.04) == doctest::Approx(0.2));
}
