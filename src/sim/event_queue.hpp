// Events in order of simulated time: a binary heap over integer nanoseconds, so that sums of times
// are exact and two machines agree. Equal times leave in the order in which they came. Knows
// nothing of what an event means. Covers 292 years; converting a longer time is a bug.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/check.hpp"
#include "units/quantity.hpp"

namespace polyfleet {

/// Simulated time in nanoseconds.
using Tick = std::int64_t;

inline constexpr double kTicksPerSecond = 1e9;

/// To the nearest nanosecond.
inline Tick ticks_of(Seconds time) {
  const double ticks = time / second * kTicksPerSecond;
  constexpr double kMost = 9.2e18;
  POLYFLEET_CHECK(ticks > -kMost && ticks < kMost, "a simulated time beyond 292 years");
  return static_cast<Tick>(ticks < 0 ? ticks - 0.5 : ticks + 0.5);
}
inline Seconds seconds_of(Tick ticks) {
  return static_cast<double>(ticks) / kTicksPerSecond * second;
}

template <class Event>
class EventQueue {
 public:
  bool empty() const { return heap_.empty(); }
  std::size_t size() const { return heap_.size(); }
  /// Time of the next event. Precondition: not empty.
  Tick next_time() const { return heap_.front().time; }

  void push(Tick time, Event event) {
    heap_.push_back({time, pushed_++, std::move(event)});
    std::push_heap(heap_.begin(), heap_.end(), later);
  }

  /// Removes and returns the next event with its time. Precondition: not empty.
  std::pair<Tick, Event> pop() {
    POLYFLEET_CHECK(!heap_.empty(), "pop of an empty event queue");
    std::pop_heap(heap_.begin(), heap_.end(), later);
    std::pair<Tick, Event> next{heap_.back().time, std::move(heap_.back().event)};
    heap_.pop_back();
    return next;
  }

 private:
  struct Entry {
    Tick time;
    std::uint64_t order;
    Event event;
  };
  static bool later(const Entry& a, const Entry& b) {
    return a.time != b.time ? a.time > b.time : a.order > b.order;
  }
  std::vector<Entry> heap_;
  std::uint64_t pushed_ = 0;
};

}  // namespace polyfleet
