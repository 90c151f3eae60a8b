// Constants of the collective model, one file per fabric kind in data/collectives: latency to
// start, latency a step and share of the link rate for every collective, algorithm and protocol
// that the library has there. Fitted on microbenchmarks only; each file says on which and how well.
#pragma once

#include <array>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "catalogue/accelerator.hpp"
#include "cost/collective_algorithms.hpp"
#include "units/quantity.hpp"

namespace polyfleet {

/// One way of doing one collective: t = base + steps * hop + volume * payload / (rate *
/// efficiency).
struct ProtocolRow {
  CollectiveKind op = CollectiveKind::all_reduce;
  CollectiveAlgorithm algorithm = CollectiveAlgorithm::ring;
  std::string protocol;  ///< "LL", "LL128", "Simple", "NVLS": the library's own word
  Seconds base;
  Seconds hop;
  double efficiency = 0;
  int min_ranks = 2;
  std::string label;  ///< "ring Simple", made on loading
};

struct CollectiveFamily {
  std::string id;                         ///< "nvlink_hopper"
  ScaleUpKind kind = ScaleUpKind::none;   ///< none: the scale-out part
  std::string vendor;                     ///< empty: any
  std::string library;                    ///< whose measured tables belong to it: "nccl"
  BytesPerSecond rate;                    ///< of the parts it was fitted on, one direction
  std::vector<std::string> accelerators;  ///< ids it was fitted on; all of this rate
  std::string source;
  std::string status;
  std::array<std::vector<ProtocolRow>, kCollectiveKindCount> rows;
};

/// Widths of the prediction intervals, from cross-validation (data/collectives/uncertainty.toml).
struct CollectiveUncertainty {
  double measured_table = 0;       ///< message size between measured sizes
  double other_ranks = 0;          ///< a number of ranks that was not measured
  double analytic_fit = 0;         ///< no table for this collective on this part
  double transferred_latency = 0;  ///< another generation's constants: the part that is latency
  double transferred_rate = 0;     ///< and the part that is bandwidth
  double scale_out = 0;            ///< added in quadrature when NICs are crossed
  double other_library = 0;        ///< the library asked for has no table on the part
};

/// What a way of launching adds where it has no table of its own (data/collectives/launch.toml).
struct LaunchCost {
  std::string library;
  Seconds extra;
  std::string source;
  std::string status;
};

/// Reads every *.toml of the folder; all problems are reported.
Result<std::vector<CollectiveFamily>> load_collective_families(const std::filesystem::path& folder);
Result<CollectiveUncertainty> load_collective_uncertainty(const std::filesystem::path& file);
Result<std::vector<LaunchCost>> load_launch_costs(const std::filesystem::path& file);

/// The family of a kind for an accelerator: the one that names it, else the one of its vendor with
/// the nearest link rate, else the nearest of any vendor. Null where the kind has no family.
const CollectiveFamily* family_for(std::span<const CollectiveFamily> families, ScaleUpKind kind,
                                   const std::string& accelerator, const std::string& vendor,
                                   BytesPerSecond rate);

}  // namespace polyfleet
