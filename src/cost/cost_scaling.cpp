#include "cost/cost_scaling.hpp"

#include "cost/kernel_variants.hpp"

namespace polyfleet {
namespace {

double base_of(double number) { return number; }
template <class Q>
double base_of(Q quantity) {
  return quantity.base();
}

template <class Q>
double ratio(const std::optional<Figure<Q>>& from, const std::optional<Figure<Q>>& to) {
  if (!from || !to || !(base_of(from->value) > 0)) return 1;
  return base_of(to->value) / base_of(from->value);
}

}  // namespace

KernelVariant rescaled(const KernelVariant& variant, const KernelScaling& scaling) {
  KernelDevice device = variant.device;
  device.peak_tflops *= scaling.peak[static_cast<std::size_t>(variant.dtype)];
  device.bandwidth_tbs *= scaling.bandwidth;
  device.compute_units *= scaling.compute_units;
  KernelVariant result = variant;
  result.device = device;
  if (const auto* gemm = std::get_if<GemmForm>(&variant.form)) {
    GemmParameters p = gemm->parameters();
    p.launch_us *= scaling.launch;
    p.quantise_us *= scaling.launch;
    result.form = GemmForm(device, p);
  } else if (const auto* prefill = std::get_if<PrefillForm>(&variant.form)) {
    PrefillParameters p = prefill->parameters();
    p.launch_us *= scaling.launch;
    result.form = PrefillForm(device, p);
  } else if (const auto* decode = std::get_if<DecodeForm>(&variant.form)) {
    DecodeParameters p = decode->parameters();
    p.launch_us *= scaling.launch;
    p.block_us *= scaling.launch;
    p.length_us *= scaling.launch;
    result.form = DecodeForm(device, p);
  } else {
    MoeParameters p = std::get<MoeForm>(variant.form).parameters();
    p.launch_us *= scaling.launch;
    result.form = MoeForm(device, p);
  }
  return result;
}

KernelScaling scaling_between(const Accelerator& from, const Accelerator& to) {
  KernelScaling scaling;
  for (std::size_t i = 0; i < kDtypeCount; ++i) {
    const auto dtype = static_cast<Dtype>(i);
    scaling.peak[i] = ratio(from.dense_peak(dtype), to.dense_peak(dtype));
  }
  scaling.bandwidth = ratio(from.memory_bandwidth, to.memory_bandwidth);
  scaling.compute_units = ratio(from.compute_units, to.compute_units);
  return scaling;
}

}  // namespace polyfleet
