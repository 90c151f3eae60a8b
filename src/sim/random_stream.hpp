// Seeded random streams: the same seed and stream number give the same draws on every machine and
// whatever other streams do, so that runs can be spread over threads. Mersenne Twister and the
// distributions of Boost.Random, which unlike the standard library's do not depend on the compiler;
// another Boost release may change them (tests hold the first draws).
#pragma once

#include <cstdint>
#include <memory>

namespace polyfleet {

class RandomStream {
 public:
  /// Stream number `stream` of `seed`; streams of one seed are independent of each other.
  RandomStream(std::uint64_t seed, std::uint64_t stream);
  ~RandomStream();
  RandomStream(RandomStream&&) noexcept;
  RandomStream& operator=(RandomStream&&) noexcept;

  double uniform();  ///< in [0, 1)
  /// A whole number in [0, below). Precondition: below > 0.
  std::uint64_t below(std::uint64_t below);
  bool chance(double probability) { return uniform() < probability; }
  double exponential(double mean);
  double normal(double mean, double deviation);
  /// exp of a normal variable with these parameters of the logarithm.
  double log_normal(double log_mean, double log_deviation);
  double gamma(double shape, double scale);
  double weibull(double shape, double scale);

 private:
  struct Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace polyfleet
