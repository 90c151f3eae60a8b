// What a training step runs on: an accelerator inside its system, with the cost models that belong
// to it. Loaded once, then shared by any number of estimates (all const calls are thread-safe).
#pragma once

#include <filesystem>

#include "base/result.hpp"
#include "catalogue/accelerator.hpp"
#include "catalogue/system.hpp"
#include "cost/collective_costs.hpp"
#include "cost/kernel_costs.hpp"
#include "cost/network.hpp"
#include "training/memory.hpp"

namespace polyfleet {

struct Machine {
  Accelerator accelerator;
  System system;
  Network network;
  KernelCosts kernels;
  CollectiveCosts collectives;
  MemoryOverheads memory_overheads;  ///< of the vendor's software
};

/// Loads the kernel and collective models of this accelerator and system from the data folder.
Result<Machine> load_machine(const Accelerator& accelerator, const System& system,
                             const std::filesystem::path& data_directory);

}  // namespace polyfleet
