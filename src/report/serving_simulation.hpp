// A simulated service for people and programs: percentiles, goodput by class, pools and vendors,
// transfers, and the account of every request.
#pragma once

#include <string>
#include <vector>

#include "config/value.hpp"
#include "report/serving_answer.hpp"
#include "report/table.hpp"
#include "traffic/trace_row.hpp"

namespace polyfleet {

/// A scenario, what became of it and what it rests on.
struct ServingSimulation {
  std::string name;
  std::uint64_t seed = 1;
  std::vector<ResolvedEngine> engines;  ///< by pool
  ServingCluster cluster;
  std::vector<std::string> models;   ///< names by index
  std::vector<std::string> misfits;  ///< pools that cannot run, and why
  std::vector<std::string> remarks;  ///< of the traffic
  TrafficNames names;                ///< of the traffic's models and classes
  SimulationReport report;
};

std::string serving_simulation_text(const ServingSimulation& run, PageStyle style);
Value serving_simulation_json(const ServingSimulation& run);

/// "TTFT 1 s, TPOT 50 ms": the bounds that are stated, or "none".
std::string bounds_text(const SloClass& bounds);
/// Output tokens a second over the counted time; 0 where none was counted.
double output_rate(const SimulationReport& report);
/// Whether every pool's price is known, so that the cost means something.
bool fully_priced(const ServingSimulation& run);

}  // namespace polyfleet
