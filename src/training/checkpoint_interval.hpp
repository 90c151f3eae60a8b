// The interval between checkpoints that makes a run shortest: the published approximations, and the
// exact minimiser of the expectation in training/goodput.hpp.
#pragma once

#include "units/quantity.hpp"

namespace polyfleet {

/// sqrt(2 w M): Young, CACM 17 (1974). Valid for w well below M.
Seconds young_interval(Seconds blocking, Seconds mean_time_between);
/// Daly, FGCS 22 (2006), eq. 37: a series in sqrt(w / 2M), and M beyond w = 2M.
Seconds daly_interval(Seconds blocking, Seconds mean_time_between);
/// The minimiser of (e^((t + w) / M) - 1) / t: M (1 + W(-e^(-w/M - 1))), W the Lambert function;
/// neither the recovery time nor a write behind training moves it. Zero without blocking.
Seconds exact_interval(Seconds blocking, Seconds mean_time_between);

struct IntervalChoice {
  Seconds young, daly, exact;
  Seconds chosen;              ///< the best whole number of steps, not below the background write
  double steps = 1;            ///< of the chosen one
  bool held_by_write = false;  ///< the background write is longer than the optimum
  bool pinned = false;         ///< as the user states
};

/// The best whole number of steps between snapshots. Precondition: step > 0.
IntervalChoice choose_interval(Seconds blocking, Seconds background, Seconds step,
                               Seconds mean_time_between);

}  // namespace polyfleet
