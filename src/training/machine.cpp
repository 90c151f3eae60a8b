#include "training/machine.hpp"

namespace polyfleet {

Result<Machine> load_machine(const Accelerator& accelerator, const System& system,
                             const std::filesystem::path& data_directory) {
  const Result<Network> network = network_of(accelerator, &system);
  if (!network) return network.problems();
  Result<KernelCosts> kernels = KernelCosts::load(accelerator, data_directory);
  if (!kernels) return kernels.problems();
  Result<CollectiveCosts> collectives = CollectiveCosts::load(*network, data_directory);
  if (!collectives) return collectives.problems();
  const Result<MemoryOverheads> overheads =
      load_memory_overheads(data_directory, accelerator.vendor);
  if (!overheads) return overheads.problems();
  return Machine{accelerator, system, *network, *std::move(kernels), *std::move(collectives),
                 *overheads};
}

}  // namespace polyfleet
