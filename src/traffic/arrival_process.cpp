#include "traffic/arrival_process.hpp"

#include <cmath>

#include "base/check.hpp"
#include "traffic/length_distribution.hpp"

namespace polyfleet {
namespace {

constexpr double kSecondsPerHour = 3600;
constexpr auto kLastHour = static_cast<std::int64_t>(kLongestSimulation / hour);

}  // namespace

ArrivalProcess::ArrivalProcess(const SourceSpec& spec, RandomStream random)
    : kind_(spec.arrivals),
      rate_(spec.rate / hertz),
      cv_(spec.cv),
      weibull_shape_(spec.weibull_shape),
      weibull_scale_(1 / std::tgamma(1 + 1 / spec.weibull_shape)),
      factors_(spec.hourly_factors),
      hour_(0),
      into_hour_(0),
      first_hour_(static_cast<std::int64_t>(std::floor(spec.start_hour))),
      hour_shift_((spec.start_hour - std::floor(spec.start_hour)) * kSecondsPerHour),
      random_(std::move(random)) {
  POLYFLEET_CHECK(rate_ > 0, "an arrival process needs a rate");
  into_hour_ = hour_shift_;
}

double ArrivalProcess::gap() {
  switch (kind_) {
    case ArrivalKind::poisson:
      return random_.exponential(1);
    case ArrivalKind::gamma:
      return draw_gamma(1, cv_, random_);
    case ArrivalKind::weibull:
      return random_.weibull(weibull_shape_, weibull_scale_);
    default:
      return 1;
  }
}

double ArrivalProcess::factor() const {
  if (factors_.empty()) return 1;
  return factors_[static_cast<std::size_t>(first_hour_ + hour_) % factors_.size()];
}

std::optional<Picos> ArrivalProcess::next() {
  double left = gap();
  for (; hour_ <= kLastHour; ++hour_, into_hour_ = 0) {
    const double rate = rate_ * factor();
    const double in_this_hour = rate * (kSecondsPerHour - into_hour_);
    if (left > in_this_hour || rate <= 0) {
      left -= in_this_hour;
      continue;
    }
    into_hour_ += left / rate;
    const Picos arrival =
        picos_of(static_cast<double>(hour_) * hour) + picos_of((into_hour_ - hour_shift_) * second);
    if (arrival > picos_of(kLongestSimulation)) return std::nullopt;
    return arrival < 0 ? 0 : arrival;
  }
  return std::nullopt;
}

}  // namespace polyfleet
