#include "serving/replica_clock.hpp"

#include <algorithm>
#include <numeric>

#include "base/check.hpp"

namespace polyfleet {

TokenClock::TokenClock(std::int64_t numerator, std::int64_t denominator) {
  POLYFLEET_CHECK(denominator >= 1 && numerator >= denominator, "a step yields at least a token");
  const std::int64_t common = std::gcd(numerator, denominator);
  numerator_ = numerator / common;
  denominator_ = denominator / common;
  POLYFLEET_CHECK(denominator_ <= 1'000'000 && numerator_ <= 1'000'000'000,
                  "tokens per step as a ratio of small numbers");
  std::int64_t sum = 0;
  for (std::int64_t x = 0; x < denominator_; ++x)
    sums_.push_back(sum += x * numerator_ / denominator_);
}

std::int64_t TokenClock::sum_from_start(std::int64_t steps) const {
  const std::int64_t periods = steps / denominator_;
  const std::int64_t rest = steps % denominator_;
  return numerator_ * denominator_ * (periods * (periods - 1) / 2) + periods * sums_.back() +
         (rest + 1) * periods * numerator_ + sums_[static_cast<std::size_t>(rest)];
}

std::int64_t TokenClock::sum_after(std::int64_t steps) const {
  if (denominator_ == 1) return numerator_ * (steps * (steps + 1) / 2);
  return sum_from_start(phase_ + steps) - sum_from_start(phase_) - steps * phase_tokens_;
}

std::int64_t TokenClock::steps_to(std::int64_t tokens) const {
  if (tokens <= 0) return 0;
  if (numerator_ == 1) return tokens;
  return ((phase_tokens_ + tokens) * denominator_ + numerator_ - 1) / numerator_ - phase_;
}

void TokenClock::advance(std::int64_t steps) {
  now_ += after(steps);
  step_ += steps;
  if (denominator_ == 1) return;
  phase_ = step_ % denominator_;
  phase_tokens_ = phase_ * numerator_ / denominator_;
}

std::int64_t DecodeRun::steps_within(Picos time, const TokenClock& clock) const {
  if (time < first) return 0;
  // Steps only get longer, so the first and the last bracket the answer closely.
  std::int64_t low = std::min(steps, time / step_time(steps, clock));
  std::int64_t high = std::min(steps, time / first);
  while (low < high) {
    const std::int64_t middle = low + (high - low + 1) / 2;
    if (duration(middle, clock) <= time) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

}  // namespace polyfleet
