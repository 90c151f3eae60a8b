// Which of many replicas has something to do first: a tournament over their next events. Setting
// one costs the logarithm of their number, the winner stands at the top. Of one time, what ends
// comes before what begins, then the lower number wins, whatever happened before.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "sim/picos.hpp"

namespace polyfleet {

class ClusterClock {
 public:
  explicit ClusterClock(std::size_t replicas)
      : leaves_(std::bit_ceil(replicas == 0 ? std::size_t{1} : replicas)),
        keys_(leaves_, kNothing),
        winners_(2 * leaves_) {
    for (std::size_t place = 0; place < leaves_; ++place) winners_[leaves_ + place] = place;
    for (std::size_t node = leaves_ - 1; node > 0; --node) winners_[node] = winner(node);
  }

  /// `begins`: nothing ends there at that time, an idle replica starts on what it has been handed.
  void set(std::size_t replica, Picos next, bool begins) {
    const std::uint64_t key =
        next == kNever ? kNothing : 2 * static_cast<std::uint64_t>(next) + (begins ? 1 : 0);
    if (keys_[replica] == key) return;
    keys_[replica] = key;
    for (std::size_t node = (leaves_ + replica) / 2; node > 0; node /= 2)
      winners_[node] = winner(node);
  }
  Picos time() const {
    const std::uint64_t key = keys_[first()];
    return key == kNothing ? kNever : static_cast<Picos>(key / 2);
  }
  bool begins() const { return keys_[first()] % 2 == 1; }
  /// The replica of that time.
  std::size_t first() const { return winners_[1]; }

 private:
  static constexpr std::uint64_t kNothing = std::numeric_limits<std::uint64_t>::max() - 1;
  std::size_t winner(std::size_t node) const {
    const std::size_t left = winners_[2 * node], right = winners_[2 * node + 1];
    return keys_[right] < keys_[left] ? right : left;
  }
  std::size_t leaves_;
  std::vector<std::uint64_t> keys_;  ///< twice the time, and one more for what begins
  std::vector<std::size_t> winners_;
};

}  // namespace polyfleet
