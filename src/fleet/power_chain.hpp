// From the chip to the meter as a declared chain: the parts of a node, conversion stages with a
// fixed and a proportional loss, what racks and the whole system add beside the nodes. Form and
// Frontier's figures: ExaDigiT/RAPS (config/frontier.yaml at 6c142bf), whose idle and peak it gives
// to four decimals of a megawatt. Wrong where efficiency changes with load beyond the fixed part,
// and for cooling that follows the weather (fleet/cooling.hpp).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "fleet/class_power.hpp"
#include "units/quantity.hpp"

namespace polyfleet {

/// Draws at the node's input, linear in use between idle and peak.
struct ChainPart {
  std::string name;
  double count = 1;  ///< in a node
  Watts idle, peak;  ///< of one
};

/// Serves `nodes` nodes: takes (their load + fixed) / efficiency.
struct ChainStage {
  std::string name;
  int nodes = 1;
  Watts fixed;
  double efficiency = 1;
};

/// Beside the nodes, whatever the load.
struct ChainShared {
  std::string name;
  double count = 0;  ///< in the whole system
  Watts power;       ///< of one
  double efficiency = 1;
  bool cooling = false;
};

struct PowerChain {
  std::string id, name;
  int nodes = 0, nodes_per_rack = 0;
  std::vector<ChainPart> parts;
  std::vector<ChainStage> stages;
  std::vector<ChainShared> shared;
};

struct ChainPower {
  Watts node;                 ///< at its input
  std::vector<Watts> stages;  ///< of one node, after each stage
  Watts nodes;                ///< all of them after the last stage
  Watts network, cooling;     ///< beside them, with their conversion
  Watts loss;                 ///< of all conversion
  Watts total;
  double efficiency() const { return 1 - loss / total; }
};

/// `use`: 0 = idle, 1 = peak. Precondition: 0 <= use <= 1.
ChainPower chain_power(const PowerChain& chain, double use);

/// Of data/power/<id>.toml. Errors: no such file, keys that are missing, unknown or beyond range.
Result<PowerChain> load_power_chain(const std::filesystem::path& data_directory,
                                    std::string_view id);

/// One level of a site built from the catalogue, for one accelerator.
struct SiteChainLevel {
  std::string name;  ///< "accelerator", "node", "rack with network", "delivered", "site"
  Watts idle, sustained;
};

/// Device, node, rack, delivery, cooling: cumulated, for one accelerator.
/// Precondition: `power` is known.
std::vector<SiteChainLevel> site_chain(const Accelerator& accelerator, const ClassPower& power,
                                       const PowerActivity& activity,
                                       const FacilityDesign& facility);

/// How far one synchronous training job swings the meter: all its accelerators do the same at once.
struct TrainingSwing {
  Watts in_step;  ///< between arithmetic and exposed communication, in every step
  Watts stopped;  ///< between arithmetic and idle: a checkpoint, a failure
};
/// Host, network and cooling do not follow within seconds. Precondition: the accelerator has a TDP.
TrainingSwing training_swing(const Accelerator& accelerator, const PowerActivity& activity,
                             double delivery, double accelerators);

/// Case F7 of the public oracles: Frontier idle and at peak.
struct FrontierCase {
  ChainPower idle, peak;
};
Result<FrontierCase> frontier_case(const std::filesystem::path& data_directory);

}  // namespace polyfleet
