#include "training/hypothetical_machine.hpp"

namespace polyfleet {
namespace {

/// Both sets of factors after one another.
KernelScaling combined(KernelScaling first, const KernelScaling& second) {
  for (std::size_t i = 0; i < kDtypeCount; ++i) first.peak[i] *= second.peak[i];
  first.bandwidth *= second.bandwidth;
  first.compute_units *= second.compute_units;
  first.launch *= second.launch;
  first.gemm *= second.gemm;
  first.grouped_gemm *= second.grouped_gemm;
  first.attention *= second.attention;
  first.traffic *= second.traffic;
  return first;
}

/// The real part with the peaks that only the changed one has: their kernels are the changed
/// part's own from the start.
Accelerator with_new_formats(Accelerator real, const Accelerator& changed) {
  for (std::size_t i = 0; i < kDtypeCount; ++i) {
    if (!real.peak[i]) real.peak[i] = changed.peak[i];
  }
  return real;
}

}  // namespace

Result<Machine> load_hypothetical_machine(const PartInSystem& real, const PartInSystem& changed,
                                          const CostScaling& scaling,
                                          const std::filesystem::path& data_directory) {
  const Result<Network> real_network = network_of(real.accelerator, &real.system);
  if (!real_network) return real_network.problems();
  const Result<Network> network = network_of(changed.accelerator, &changed.system);
  if (!network) return network.problems();
  const Accelerator base = with_new_formats(real.accelerator, changed.accelerator);
  KernelOptions options;
  options.scaling = combined(scaling_between(base, changed.accelerator), scaling.kernels);
  Result<KernelCosts> kernels = KernelCosts::load(base, data_directory, options);
  if (!kernels) return kernels.problems();
  const bool same_kind = real_network->scale_up == network->scale_up;
  Result<CollectiveCosts> collectives =
      CollectiveCosts::load(same_kind ? *real_network : *network, data_directory);
  if (!collectives) return collectives.problems();
  collectives->rescale(*network, scaling.scale_up, scaling.scale_out);
  const Result<MemoryOverheads> overheads =
      load_memory_overheads(data_directory, changed.accelerator.vendor);
  if (!overheads) return overheads.problems();
  Machine machine{changed.accelerator, changed.system,          *network,
                  *std::move(kernels), *std::move(collectives), *overheads};
  if (machine.accelerator.host_rate) machine.accelerator.host_rate->value *= scaling.host_rate;
  return machine;
}

}  // namespace polyfleet
