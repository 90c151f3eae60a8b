#include "sim/random_stream.hpp"

#include <boost/random.hpp>
#include <cmath>

#include "base/check.hpp"

namespace polyfleet {
namespace {

/// SplitMix64's finaliser (Steele, Lea, Flood 2014): neighbouring inputs give unrelated seeds.
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

}  // namespace

struct RandomStream::Engine {
  boost::random::mt19937_64 bits;
  boost::random::uniform_01<double> uniform;
  boost::random::exponential_distribution<double> exponential{1};
  boost::random::normal_distribution<double> normal{0, 1};
};

RandomStream::RandomStream(std::uint64_t seed, std::uint64_t stream)
    : engine_(std::make_unique<Engine>()) {
  engine_->bits.seed(mixed(mixed(seed) ^ mixed(~stream)));
}
RandomStream::~RandomStream() = default;
RandomStream::RandomStream(RandomStream&&) noexcept = default;
RandomStream& RandomStream::operator=(RandomStream&&) noexcept = default;

double RandomStream::uniform() { return engine_->uniform(engine_->bits); }

std::uint64_t RandomStream::below(std::uint64_t below) {
  POLYFLEET_CHECK(below > 0, "a draw from nothing");
  return boost::random::uniform_int_distribution<std::uint64_t>(0, below - 1)(engine_->bits);
}

double RandomStream::exponential(double mean) { return mean * engine_->exponential(engine_->bits); }

double RandomStream::normal(double mean, double deviation) {
  return mean + deviation * engine_->normal(engine_->bits);
}

double RandomStream::log_normal(double log_mean, double log_deviation) {
  return std::exp(normal(log_mean, log_deviation));
}

double RandomStream::gamma(double shape, double scale) {
  return boost::random::gamma_distribution<double>(shape, scale)(engine_->bits);
}

double RandomStream::weibull(double shape, double scale) {
  return scale * std::pow(exponential(1), 1 / shape);
}

}  // namespace polyfleet
