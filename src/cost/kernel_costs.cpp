#include "cost/kernel_costs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cost/kernel_lending.hpp"

namespace polyfleet {

namespace {

/// Elementwise kernels beside the streaming share: of vLLM's of 2024 on A100 and H100, large adds
/// reach 1.0 to 1.2 of it, activations 0.6 to 0.7, rotary embeddings 0.55, norms 0.43
/// (data/measurements/kernels/*.memory.csv); fused training kernels lie between.
constexpr double kTrafficSigma = 0.3;

AttentionGeometry geometry_of(const AttentionShape& s) {
  return {s.batch,        s.heads,     s.kv_heads, s.head_dim_qk, s.head_dim_v,
          s.query_length, s.kv_length, s.causal,   s.window};
}

}  // namespace

KernelCosts::KernelCosts(std::unique_ptr<const KernelLibrary> library)
    : library_(std::move(library)) {}
KernelCosts::KernelCosts(KernelCosts&&) noexcept = default;
KernelCosts& KernelCosts::operator=(KernelCosts&&) noexcept = default;
KernelCosts::~KernelCosts() = default;

Result<KernelCosts> KernelCosts::load(const Accelerator& accelerator,
                                      const std::filesystem::path& data_directory,
                                      const KernelOptions& options) {
  Result<std::unique_ptr<KernelLibrary>> library =
      KernelLibrary::make(accelerator, data_directory, options);
  if (!library) return library.problems();
  return KernelCosts(std::move(*library));
}

KernelTime KernelCosts::gemm(const GemmShape& s) const {
  const ShapeMemo::Key key{0, s.m, s.n, s.k, s.count, static_cast<double>(s.dtype)};
  return library_->memo.get(key, [&] {
    const KernelModel& model = library_->gemm(s.dtype);
    const auto& form = std::get<GemmForm>(model.variant().form);
    KernelTime result =
        model.corrected(form.microseconds(s.m, s.n, s.k), gemm_place(s.m, s.n, s.k));
    if (const double sustain = model.sustain(); sustain > 1)
      result.time *= 1 + (sustain - 1) * form.arithmetic_share(s.m, s.n, s.k);
    // No correction may carry a product past the dense peak.
    const double ideal = 2 * s.m * s.n * s.k / (model.variant().device.peak_tflops * 1e6);
    result.time = max(result.time, ideal * microsecond);
    result.time *= s.count * library_->options.scaling.gemm;
    return result;
  });
}

KernelTime KernelCosts::gemm_with_quantise(const GemmShape& s) const {
  const auto& form = std::get<GemmForm>(library_->gemm(s.dtype).variant().form);
  KernelTime result = gemm(s);
  result.time *= form.measured_microseconds(s.m, s.n, s.k) / form.microseconds(s.m, s.n, s.k);
  return result;
}

KernelTime KernelCosts::attention_with_preprocess(const AttentionShape& s) const {
  KernelTime result = attention(s);
  if (const auto* form = std::get_if<PrefillForm>(&library_->attention(s).variant().form)) {
    const AttentionGeometry g = geometry_of(s);
    result.time *= form->measured_microseconds(g) / form->microseconds(g);
  }
  return result;
}

KernelTime KernelCosts::grouped_gemm(const GroupedGemmShape& s) const {
  const ShapeMemo::Key key{
      1, s.tokens, s.experts, s.n, s.k, s.imbalance, static_cast<double>(s.dtype)};
  return library_->memo.get(key, [&] {
    const KernelModel& model = library_->moe(s.dtype);
    const auto& form = std::get<MoeForm>(model.variant().form);
    const double tokens = std::max(1.0, s.tokens * s.imbalance);
    const double product = form.product_microseconds(tokens, s.experts, s.n, s.k);
    // The residuals are of whole layers: the wide side stands for hidden, the narrow one for inter.
    const MoeLayerShape layer{tokens, std::max(s.n, s.k), std::min(s.n, s.k), 1, s.experts};
    KernelTime result = model.corrected(product, moe_place(layer));
    const KernelModel& dense = library_->gemm(s.dtype);
    // Never faster than one dense product of the same work.
    const auto& whole = std::get<GemmForm>(dense.variant().form);
    const KernelDevice& device = model.variant().device;
    const double ideal =
        2 * tokens * s.n * s.k / (form.parameters().efficiency * device.peak_tflops * 1e6);
    result.time *= 1 + (dense.sustain() - 1) * std::min(1.0, ideal / product);
    result.time = max(result.time, gemm({tokens, s.n, s.k, 1, s.dtype}).time);
    result.time += whole.parameters().launch_us * microsecond;
    result.time *= library_->options.scaling.grouped_gemm;
    return result;
  });
}

KernelTime KernelCosts::attention(const AttentionShape& s) const {
  const ShapeMemo::Key key{2.0 + s.causal + 2 * s.backward + 4 * s.decode,
                           s.batch,
                           s.heads,
                           s.kv_heads,
                           s.head_dim_qk,
                           s.head_dim_v,
                           s.query_length,
                           s.kv_length,
                           s.window,
                           static_cast<double>(s.dtype)};
  return library_->memo.get(key, [&] {
    const KernelModel& model = library_->attention(s);
    const AttentionGeometry geometry = geometry_of(s);
    if (const auto* decode = std::get_if<DecodeForm>(&model.variant().form)) {
      KernelTime one = model.corrected(decode->microseconds(geometry), attention_place(geometry));
      one.time *= library_->options.scaling.attention;
      return one;
    }
    const auto& form = std::get<PrefillForm>(model.variant().form);
    const double launch = form.parameters().launch_us;
    double microseconds = form.microseconds(geometry);
    if (!model.variant().latent()) {
      const double half = library_->general.head_size_half;
      const double size = (s.head_dim_qk + s.head_dim_v) / 2;
      const double rate = (size / (size + half)) / (128 / (128 + half));
      microseconds = launch + (microseconds - launch) / rate;
    }
    KernelTime result = model.corrected(microseconds, attention_place(geometry));
    if (s.backward) {
      const double growth = library_->general.backward_work / library_->general.backward_rate;
      result.time *= (launch + (microseconds - launch) * growth) / microseconds;
    }
    result.time *= library_->options.scaling.attention;
    return result;
  });
}

KernelTime KernelCosts::traffic(const TrafficShape& s) const {
  const double rate = library_->general.stream_fraction * library_->bandwidth;
  const Seconds time = s.launches * launch_latency() + (s.read + s.written) / byte / rate * second;
  return {time * library_->options.scaling.traffic, kTrafficSigma, Fidelity::analytic_fit};
}

Seconds KernelCosts::launch_latency() const {
  return library_->general.stream_launch_us * microsecond;
}

std::string KernelCosts::gemm_provenance(Dtype dtype) const {
  const KernelModel& model = library_->gemm(dtype);
  const double sustain = model.sustain();
  return sustain > 1
             ? fmt::format("{}; held rate {:.2f} of the burst rate", model.provenance, 1 / sustain)
             : model.provenance;
}

std::string KernelCosts::grouped_gemm_provenance(Dtype dtype) const {
  return library_->moe(dtype).provenance;
}

std::string KernelCosts::attention_provenance(const AttentionShape& shape) const {
  const std::string& forward = library_->attention(shape).provenance;
  return shape.backward ? forward + "; backward: " + library_->general.backward_source : forward;
}

std::string KernelCosts::traffic_provenance() const {
  return fmt::format("memory-bound kernels at {:.2f} of the peak bandwidth: {}",
                     library_->general.stream_fraction, library_->general.stream_source);
}

}  // namespace polyfleet
