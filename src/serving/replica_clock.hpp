// The token clock of a replica: decode step i gives every running sequence floor(ir) -
// floor((i-1)r) tokens, r = numerator/denominator >= 1 (1 without speculation; leviathan2023:
// accepted drafts and the sure token). All sequences share it, so a sequence's tokens are a
// difference of two readings and sums over many steps have closed forms. Wrong where acceptance
// differs between sequences.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/picos.hpp"

namespace polyfleet {

class TokenClock {
 public:
  /// Precondition: numerator >= denominator >= 1.
  TokenClock(std::int64_t numerator, std::int64_t denominator);

  std::int64_t step() const { return step_; }
  /// Tokens that a sequence running since the start would have.
  std::int64_t now() const { return now_; }
  /// Tokens gained by the next `steps` steps.
  std::int64_t after(std::int64_t steps) const {
    if (denominator_ == 1) return steps * numerator_;
    return (phase_ + steps) * numerator_ / denominator_ - phase_tokens_;
  }
  /// after(1) + ... + after(steps).
  std::int64_t sum_after(std::int64_t steps) const;
  /// Fewest steps that gain at least `tokens` (0 when tokens <= 0).
  std::int64_t steps_to(std::int64_t tokens) const;
  /// Most steps that gain at most `tokens`, tokens >= 0.
  std::int64_t steps_within(std::int64_t tokens) const {
    return ((phase_tokens_ + tokens + 1) * denominator_ - 1) / numerator_ - phase_;
  }
  void advance(std::int64_t steps);

  std::int64_t numerator() const { return numerator_; }
  std::int64_t denominator() const { return denominator_; }

 private:
  /// floor(0 r) + ... + floor(steps r).
  std::int64_t sum_from_start(std::int64_t steps) const;

  std::int64_t numerator_, denominator_;
  std::int64_t step_ = 0, now_ = 0;
  std::int64_t phase_ = 0, phase_tokens_ = 0;  ///< step modulo denominator, floor(phase r)
  std::vector<std::int64_t> sums_;             ///< sum_from_start(x), x < denominator
};

/// A run of decode steps of the same sequences on one segment of the iteration time: step j takes
/// first + per_token (after(j) - after(1)).
struct DecodeRun {
  Picos first = 0;
  Picos per_token = 0;  ///< of the clock: the batch's growth of context times its price
  std::int64_t steps = 0;

  Picos duration(std::int64_t count, const TokenClock& clock) const {
    return count * first + per_token * (clock.sum_after(count) - count * clock.after(1));
  }
  /// Of step j alone, j >= 1.
  Picos step_time(std::int64_t j, const TokenClock& clock) const {
    return first + per_token * (clock.after(j) - clock.after(1));
  }
  /// Most steps, `steps` at most, that end within `time` of the start.
  std::int64_t steps_within(Picos time, const TokenClock& clock) const;
};

}  // namespace polyfleet
