// A machine that nobody measured because it does not exist: a catalogued one with some figures of
// its part or system changed, or with whole classes of costs made faster or slower. Efficiencies,
// residuals, sustained rates and latencies that were measured on the real part stay those of the
// real part, so that twice the peak is twice the rate. Wrong where the change would bring other
// kernels or another network library.
#pragma once

#include "cost/cost_scaling.hpp"
#include "training/machine.hpp"

namespace polyfleet {

/// A part in its system.
struct PartInSystem {
  Accelerator accelerator;
  System system;
};

/// Loads `real` and lays over it what `changed` says otherwise, then `scaling`. With equal parts
/// and no scaling the answer equals load_machine(real) bit for bit. A different kind of scale-up
/// has no measured counterpart: its collectives are those of the changed network from the start.
Result<Machine> load_hypothetical_machine(const PartInSystem& real, const PartInSystem& changed,
                                          const CostScaling& scaling,
                                          const std::filesystem::path& data_directory);

}  // namespace polyfleet
