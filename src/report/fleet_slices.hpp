// A fleet study cut into calendar years or quarters for its tables. A period belongs to the slice
// in which its first day lies, so that a slice is a whole number of periods and every figure of a
// table is a sum of ledger rows; with weekly periods a year is up to six days longer or shorter.
#pragma once

#include <string>
#include <vector>

#include "fleet/fleet_time.hpp"

namespace polyfleet {

enum class FleetSliceKind { year, quarter };

struct FleetSlice {
  std::string name;        ///< "2027", "2027 Q1"
  int first = 0, end = 0;  ///< periods [first, end)
};

/// All periods in order, none left out.
std::vector<FleetSlice> fleet_slices(const FleetTime& time, FleetSliceKind kind);
/// Of the whole slice.
Seconds length_of(const FleetTime& time, const FleetSlice& slice);

}  // namespace polyfleet
