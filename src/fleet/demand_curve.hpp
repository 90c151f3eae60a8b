// Demand of a stream over time: exponential between stated points (constant growth), level before
// the first and after the last; linear where one of the two points is zero. And what a unit of a
// workload is worth over time.
#pragma once

#include <vector>

#include "fleet/fleet_model.hpp"
#include "fleet/fleet_variation.hpp"

namespace polyfleet {

/// Mean over [first, end), units a second. No points: zero. Hand case: from 1 to e over the whole
/// of [first, end): e - 1. Precondition: points in order of their hours, first < end.
double mean_demand(const std::vector<DemandPoint>& points, FleetHour first, FleetHour end);

/// USD that a unit is worth at an hour: the stated value, grown from the study's begin.
double value_at(const FleetWorkload& workload, FleetHour at);
/// The same of a model's workload in a future.
double value_at(const FleetModel& model, int workload, FleetHour at,
                const FleetVariation& variation);

}  // namespace polyfleet
