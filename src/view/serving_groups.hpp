// The pools of a simulated service as series of its figures: each pool, or, where there are many,
// each vendor.
#pragma once

#include <string>
#include <vector>

#include "chart/figure.hpp"
#include "report/serving_records.hpp"
#include "report/serving_simulation.hpp"
#include "view/serving_figures.hpp"

namespace polyfleet {

/// A simulated service with what was recorded of its requests.
struct RecordedSimulation {
  const ServingSimulation& run;
  const ServingRecords& records;
};

/// One series: its name is unique among groups.
struct PoolGroup {
  std::string name;
  std::vector<std::size_t> pools;
};
/// More pools than lines that an eye tells apart are shown by vendor.
inline constexpr std::size_t kMostPoolLines = 6;
std::vector<PoolGroup> pool_groups(const ServingSimulation& run);
/// Pools of each vendor, in the order in which pools name them.
std::vector<PoolGroup> vendor_groups(const ServingSimulation& run);
/// Latencies of the pools of a group together.
LatencyHistogram latencies_of(const RecordedSimulation& simulated, const PoolGroup& group,
                              LatencyKind kind);

/// The bound that every class states alike; kNever where they differ or state none.
Picos common_bound(const ServingCluster& cluster, Picos SloClass::*bound);

/// Percentiles of each latency in all and by group, over SLO attainment by class.
FigureSection latency_section(const RecordedSimulation& simulated);
/// Requests, latency, tokens, queue, cache and replicas over time.
FigureSection course_section(const RecordedSimulation& simulated);
/// Who served what share, with what energy and cost; pools and cache transfers as tables.
FigureSection vendor_section(const ServingSimulation& run);

}  // namespace polyfleet
