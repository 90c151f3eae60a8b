#include "capital/warrant_closed_form.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <span>

#include "base/check.hpp"

namespace polyfleet {
namespace {

constexpr double kTwoPi = 2 * std::numbers::pi;

struct Node {
  double at, weight;
};
// Gauss-Legendre nodes on [-1, 1] in (0, 1]; the other half mirrors them (Abramowitz and Stegun,
// table 25.4).
constexpr std::array<Node, 10> kNodes20{{{0.9931285991850949, 0.01761400713915212},
                                         {0.9639719272779138, 0.04060142980038694},
                                         {0.9122344282513259, 0.06267204833410906},
                                         {0.8391169718222188, 0.08327674157670475},
                                         {0.7463319064601508, 0.1019301198172404},
                                         {0.6360536807265150, 0.1181945319615184},
                                         {0.5108670019508271, 0.1316886384491766},
                                         {0.3737060887154196, 0.1420961093183821},
                                         {0.2277858511416451, 0.1491729864726037},
                                         {0.07652652113349733, 0.1527533871307259}}};

/// The sum of f over both halves of the nodes, each moved to [0, 2].
template <class F>
double over_nodes(F&& f) {
  double sum = 0;
  for (const Node& node : kNodes20) sum += node.weight * (f(1 - node.at) + f(1 + node.at));
  return sum;
}

/// P(X > h, Y > k), moderate correlation: Plackett's integral over the arcsine (Drezner and
/// Wesolowsky 1990).
double upper_moderate(double h, double k, double r) {
  const double hs = (h * h + k * k) / 2, arc = std::asin(r);
  const double integral = over_nodes([&](double x) {
    const double sine = std::sin(arc * x / 2);
    return std::exp((sine * h * k - hs) / (1 - sine * sine));
  });
  return integral * arc / (2 * kTwoPi) + normal_probability(-h) * normal_probability(-k);
}

/// The same near |r| = 1, where that integral is steep (Genz 2004, section 2.4). `k` has the sign
/// of r in it: k = r < 0 ? -k : k.
double upper_extreme_part(double h, double k, double r) {
  const double hk = h * k, as = (1 - r) * (1 + r), b = (h - k) * (h - k);
  const double c = (4 - hk) / 8, d = (12 - hk) / 16;
  double a = std::sqrt(as), sum = 0;
  const double exponent = -(b / as + hk) / 2;
  if (exponent > -100)
    sum = a * std::exp(exponent) * (1 - c * (b - as) * (1 - d * b / 5) / 3 + c * d * as * as / 5);
  if (-hk < 100) {
    const double root = std::sqrt(b);
    sum -= std::exp(-hk / 2) * std::sqrt(kTwoPi) * normal_probability(-root / a) * root *
           (1 - c * b * (1 - d * b / 5) / 3);
  }
  a /= 2;
  sum += over_nodes([&](double x) {
    const double xs = a * x * a * x, rs = std::sqrt(1 - xs);
    const double steep = -(b / xs + hk) / 2;
    if (steep <= -100) return 0.0;
    return a * std::exp(steep) *
           (std::exp(-hk * (1 - rs) / (2 * (1 + rs))) / rs - (1 + c * xs * (1 + d * xs)));
  });
  return -sum / kTwoPi;
}

double upper(double h, double k, double r) {
  constexpr double kSteep = 0.925;  // Genz 2004
  if (std::abs(r) < kSteep) return upper_moderate(h, k, r);
  const double turned = r < 0 ? -k : k;
  const double part = std::abs(r) < 1 ? upper_extreme_part(h, turned, r) : 0;
  if (r > 0) return part + normal_probability(-std::max(h, turned));
  const double between = turned > h ? (h < 0 ? normal_probability(turned) - normal_probability(h)
                                             : normal_probability(-h) - normal_probability(-turned))
                                    : 0;
  return between - part;
}

/// P(highest log price in [delivery, expiry] < h, log price at expiry > k) for a Brownian motion
/// with this drift and deviation a year, from 0; k < h.
double survival(double drift, double volatility, double h, double k, double delivery,
                double expiry) {
  const double to_expiry = volatility * std::sqrt(expiry);
  const auto below = [&](double y) { return (y - drift * expiry) / to_expiry; };
  const double reflected = std::exp(2 * drift * h / (volatility * volatility));
  const auto mirrored = [&](double y) { return (-y - drift * expiry) / to_expiry; };
  if (delivery <= 0) {
    if (h <= 0) return 0;
    return normal_probability(below(h)) - normal_probability(below(k)) -
           reflected * (normal_probability(mirrored(h)) - normal_probability(mirrored(2 * h - k)));
  }
  const double to_delivery = volatility * std::sqrt(delivery);
  const double correlation = std::sqrt(delivery / expiry);
  const double here = (h - drift * delivery) / to_delivery;
  const double there = (h + drift * delivery) / to_delivery;
  return bivariate_normal(here, below(h), correlation) -
         bivariate_normal(here, below(k), correlation) -
         reflected * (bivariate_normal(there, mirrored(h), -correlation) -
                      bivariate_normal(there, mirrored(2 * h - k), -correlation));
}

/// P(hurdle met in [delivery, expiry], log price at expiry > k).
double met_and_above(double drift, double volatility, double h, double k,
                     const BarrierClaim& claim) {
  const double above =
      normal_probability((drift * claim.expiry - k) / (volatility * std::sqrt(claim.expiry)));
  if (k >= h) return above;  // the price at expiry itself meets the hurdle
  return above - survival(drift, volatility, h, k, std::max(0.0, claim.delivery), claim.expiry);
}

}  // namespace

double normal_probability(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

double bivariate_normal(double x, double y, double correlation) {
  if (std::isinf(x) || std::isinf(y)) {
    if (x < 0 && std::isinf(x)) return 0;
    if (y < 0 && std::isinf(y)) return 0;
    return std::isinf(x) ? normal_probability(y) : normal_probability(x);
  }
  return std::clamp(upper(-x, -y, correlation), 0.0, 1.0);
}

Usd barrier_call_value(const ShareModel& share, const BarrierClaim& claim) {
  POLYFLEET_CHECK(claim.expiry > 0 && claim.delivery <= claim.expiry, "no time to vest");
  const double s = share.volatility;
  const double h = std::log(claim.hurdle / share.price);
  // A strike of zero is always exceeded; -40 deviations stand for minus infinity.
  const double least = -40 * s * std::sqrt(claim.expiry) + std::min(0.0, h);
  const double k =
      claim.strike > Usd() ? std::max(std::log(claim.strike / share.price), least) : least;
  const double drift = share.rate - share.dividend_yield;
  const double with_share = met_and_above(drift + s * s / 2, s, h, k, claim);
  const double with_cash = met_and_above(drift - s * s / 2, s, h, k, claim);
  return share.price * std::exp(-share.dividend_yield * claim.expiry) * with_share -
         claim.strike * std::exp(-share.rate * claim.expiry) * with_cash;
}

double hurdle_probability(const ShareModel& share, const BarrierClaim& claim) {
  POLYFLEET_CHECK(claim.expiry > 0 && claim.delivery <= claim.expiry, "no time to vest");
  const double s = share.volatility;
  const double h = std::log(claim.hurdle / share.price);
  const double least = -40 * s * std::sqrt(claim.expiry) + std::min(0.0, h);
  return met_and_above(share.rate - share.dividend_yield - s * s / 2, s, h, least, claim);
}

}  // namespace polyfleet
