#include "traffic/read_ahead.hpp"

namespace polyfleet {

void ReadAheadSource::look_ahead() {
  if (held_ || ended_ || !problems_.empty()) return;
  Result<std::optional<ServingRequest>> made = produce();
  if (!made) {
    problems_ = made.problems();
  } else if (*made) {
    held_ = std::move(**made);
  } else {
    ended_ = true;
  }
}

Picos ReadAheadSource::next_arrival() {
  look_ahead();
  if (!problems_.empty()) return 0;
  return held_ ? held_->arrival : kNever;
}

Result<std::optional<ServingRequest>> ReadAheadSource::next() {
  look_ahead();
  if (!problems_.empty()) return problems_;
  std::optional<ServingRequest> taken = std::move(held_);
  held_.reset();
  if (taken) look_ahead();  // so that exhausted() is right at once
  return taken;
}

}  // namespace polyfleet
