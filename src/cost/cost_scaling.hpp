// How a hypothetical machine differs from the one that the cost models were fitted on: factors on
// rates, latencies and times, laid over the models after they are loaded, so that measured
// efficiencies and residuals move along with the part. A factor of 1 changes nothing, bit for bit.
// Wrong where a change is so large that a library would pick other kernels or algorithms than the
// ones that were measured (collective algorithms are picked anew, kernels are not).
#pragma once

#include <array>

#include "catalogue/accelerator.hpp"
#include "catalogue/dtype.hpp"
#include "cost/collective_algorithms.hpp"

namespace polyfleet {

struct KernelVariant;

namespace detail {
template <std::size_t N>
constexpr std::array<double, N> all_ones() {
  std::array<double, N> ones{};
  for (double& each : ones) each = 1;
  return ones;
}
}  // namespace detail

/// Factors on what a kernel runs on, then on the time of whole classes of kernels.
struct KernelScaling {
  std::array<double, kDtypeCount> peak = detail::all_ones<kDtypeCount>();
  double bandwidth = 1;      ///< of device memory
  double compute_units = 1;  ///< at the same peak: more and smaller ones
  double launch = 1;         ///< time from one kernel to the next
  double gemm = 1, grouped_gemm = 1, attention = 1, traffic = 1;  ///< time
};

/// Factors on one level of links, by kind of collective: latency alone, then the whole time.
struct LinkScaling {
  double latency = 1;
  std::array<double, kCollectiveKindCount> time = detail::all_ones<kCollectiveKindCount>();
};

struct CostScaling {
  KernelScaling kernels;
  LinkScaling scale_up;   ///< inside a scale-up domain
  LinkScaling scale_out;  ///< between domains, over NICs
  double host_rate = 1;   ///< accelerator to host memory: only what offload uses
};

/// The variant on a device whose peak (of the variant's format), bandwidth and units differ by
/// these factors: efficiencies stay.
KernelVariant rescaled(const KernelVariant& variant, const KernelScaling& scaling);

/// Factors that lead from one accelerator's catalogued peaks, bandwidth and units to another's. A
/// figure that only one of them has counts as unchanged.
KernelScaling scaling_between(const Accelerator& from, const Accelerator& to);

}  // namespace polyfleet
