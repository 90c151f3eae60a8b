// Mean power of one replica by what it does: decode is bound by memory, prefill by arithmetic.
// Measured draws where they exist (data/power/activity.toml, the accelerator's own figures), not
// TDP. Wrong for small batches that leave the memory waiting: those draw less.
#pragma once

#include <string>

#include "catalogue/accelerator.hpp"
#include "catalogue/system.hpp"
#include "training/energy.hpp"

namespace polyfleet {

/// Mean draw of the whole replica (accelerators and their share of hosts) in each activity, at the
/// racks; the site's share of cooling and conversion is `pue`.
struct ReplicaPower {
  bool known = false;
  Watts idle;      ///< nothing to do
  Watts decoding;  ///< bound by memory
  Watts prefilling;
  double pue = 1;
  std::string basis;  ///< one sentence
};

/// Unknown where neither TDP nor an all-in power is published; from the all-in power alone (an
/// upper bound) where there is no TDP.
ReplicaPower replica_power(const Accelerator& accelerator, const System& system, int accelerators,
                           const PowerActivity& activity);

}  // namespace polyfleet
