// Slowest of N: a synchronous step waits for the slowest device. Device times are taken as
// independent and normal, so the expected maximum is an order statistic. Measured steps already
// contain it up to the sizes they were measured at, so only the growth beyond counts. Wrong for
// faulty outliers, which monitoring removes (they are failures here), and for slow network phases.
#pragma once

#include "training/reliability.hpp"

namespace polyfleet {

/// Expected maximum of n independent standard normal variables; 0 for one.
double expected_maximum(double n);

/// Factor on the engine's step time.
double straggler_factor(const DeviceJitter& jitter, double devices);

}  // namespace polyfleet
