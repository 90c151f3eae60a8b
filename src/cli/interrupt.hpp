// Ctrl-C as a flag: long searches look at it and return the best so far. A second Ctrl-C ends the
// process at once.
#pragma once

#include <atomic>

namespace polyfleet {

inline constexpr int kExitInterrupted = 130;  ///< 128 + SIGINT, as shells report it

/// Catches SIGINT while it lives. One at a time.
class InterruptFlag {
 public:
  InterruptFlag();
  ~InterruptFlag();
  InterruptFlag(const InterruptFlag&) = delete;
  InterruptFlag& operator=(const InterruptFlag&) = delete;
  const std::atomic<bool>& raised() const;
};

}  // namespace polyfleet
