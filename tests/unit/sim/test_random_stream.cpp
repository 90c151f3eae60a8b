#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "sim/random_stream.hpp"
#include "sim/running_statistics.hpp"

using namespace polyfleet;

namespace {

template <class Draw>
RunningStatistics many(const Draw& draw, int count = 40000) {
  RunningStatistics statistics;
  for (int i = 0; i < count; ++i) statistics.add(draw());
  return statistics;
}

/// Whether the mean of the draws is within five standard errors of `expected`.
bool near(const RunningStatistics& draws, double expected) {
  return std::abs(draws.mean() - expected) < 5 * draws.standard_error();
}

}  // namespace

TEST_CASE("a stream is its seed and number, and nothing else") {
  RandomStream a(7, 3), b(7, 3), other(7, 4), seed(8, 3);
  int same_stream = 0, same_seed = 0;
  for (int i = 0; i < 100; ++i) {
    const double draw = a.uniform();
    CHECK(draw == b.uniform());
    same_stream += draw == other.uniform() ? 1 : 0;
    same_seed += draw == seed.uniform() ? 1 : 0;
  }
  CHECK(same_stream == 0);
  CHECK(same_seed == 0);
}

TEST_CASE("the first draws are these on every machine") {
  RandomStream stream(1, 0);
  CHECK(stream.uniform() == doctest::Approx(0.70118059736010885).epsilon(1e-15));
  CHECK(stream.exponential(1) == doctest::Approx(0.28610349222759535).epsilon(1e-15));
  CHECK(stream.normal(0, 1) == doctest::Approx(-0.23572535393118907).epsilon(1e-15));
  CHECK(stream.below(1000) == 574);
}

TEST_CASE("draws have the moments of their distribution") {
  RandomStream stream(42, 0);
  const auto uniform = many([&] { return stream.uniform(); });
  CHECK(near(uniform, 0.5));
  CHECK(uniform.least() >= 0);
  CHECK(uniform.greatest() < 1);
  const auto exponential = many([&] { return stream.exponential(3); });
  CHECK(near(exponential, 3));
  CHECK(exponential.deviation() == doctest::Approx(3).epsilon(0.03));
  const auto normal = many([&] { return stream.normal(-2, 0.5); });
  CHECK(near(normal, -2));
  CHECK(normal.deviation() == doctest::Approx(0.5).epsilon(0.03));
  CHECK(near(many([&] { return stream.log_normal(0.1, 0.4); }), std::exp(0.1 + 0.08)));
  CHECK(near(many([&] { return stream.gamma(2.5, 4); }), 10));
  CHECK(near(many([&] { return stream.weibull(2, 3); }), 3 * std::tgamma(1.5)));
  CHECK(near(many([&] { return static_cast<double>(stream.below(10)); }), 4.5));
  CHECK(near(many([&] { return stream.chance(0.2) ? 1.0 : 0.0; }), 0.2));
}
