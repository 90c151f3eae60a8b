#include "cost/moe_kernel_form.hpp"

#include <algorithm>
#include <cmath>

namespace polyfleet {

namespace {

constexpr std::array<std::array<double, 2>, 10> kMoeTiles{{{16, 128},
                                                           {32, 128},
                                                           {64, 128},
                                                           {128, 128},
                                                           {256, 128},
                                                           {16, 256},
                                                           {32, 256},
                                                           {64, 256},
                                                           {128, 256},
                                                           {256, 256}}};
/// Gather and scatter run at this share of the peak bandwidth (BabelStream copies reach
/// 0.75..0.88).
constexpr double kGatherFraction = 0.75;

}  // namespace

double touched_experts(double tokens, double experts) {
  if (experts <= 1) return 1;
  const double expected = experts * -std::expm1(tokens * std::log1p(-1 / experts));
  return std::clamp(expected, 1.0, std::max(1.0, std::min(tokens, experts)));
}

MoeForm::MoeForm(const KernelDevice& device, const MoeParameters& parameters)
    : device_(device), parameters_(parameters) {
  const double unit_rate = parameters.efficiency * device.peak_tflops * 1e6 / device.compute_units;
  for (std::size_t i = 0; i < kTileCount; ++i) {
    const double area = kMoeTiles[i][0] * kMoeTiles[i][1];
    tile_cost_[i] =
        2 * area / (unit_rate * std::pow(area / kReferenceTileArea, parameters.tile_exponent));
  }
}

double MoeForm::product_microseconds(double tokens, double experts, double n, double k) const {
  const MoeParameters& p = parameters_;
  const double touched = touched_experts(tokens, experts);
  const double per_expert = tokens / touched;
  double arithmetic = 1e300;
  for (std::size_t i = 0; i < kTileCount; ++i) {
    // Token counts differ between experts: half a tile is lost on average, never less than one.
    const double rows = per_expert > kMoeTiles[i][0] ? per_expert / kMoeTiles[i][0] + 0.5 : 1;
    const double waves = touched * rows * std::ceil(n / kMoeTiles[i][1]) / device_.compute_units;
    const double occupied =
        p.wave_fraction * std::ceil(waves) + (1 - p.wave_fraction) * std::max(1.0, waves);
    arithmetic = std::min(arithmetic, occupied * tile_cost_[i] * (k + p.fill_depth));
  }
  const double bytes = touched * n * k * p.weight_bytes + tokens * (k * p.activation_bytes + n * 2);
  const double traffic = bytes / (p.memory_fraction * device_.bandwidth_tbs * 1e6);
  const double larger = std::max(arithmetic, traffic);
  const double ratio = std::min(arithmetic, traffic) / larger;
  return larger * std::pow(1 + std::pow(ratio, p.knee), 1 / p.knee);
}

double MoeForm::local_experts(const MoeLayerShape& s) {
  return std::max(1.0, s.experts / s.expert_parallel);
}

double MoeForm::local_tokens(const MoeLayerShape& s) const {
  const double mean = s.tokens * s.top_k / s.expert_parallel;
  const double busiest = 1 + parameters_.skew_growth * s.skew * std::log2(1 + s.expert_parallel);
  return std::min(mean * busiest, s.tokens * std::min(s.top_k, local_experts(s)));
}

double MoeForm::layer_microseconds(const MoeLayerShape& s) const {
  const MoeParameters& p = parameters_;
  const double tokens = local_tokens(s);
  const double experts = local_experts(s);
  const double inter = s.inter / s.tensor_parallel;
  const double up = product_microseconds(tokens, experts, (s.gated ? 2 : 1) * inter, s.hidden);
  const double down = product_microseconds(tokens, experts, s.hidden, inter);
  const double gather = 2 * tokens * s.hidden * p.activation_bytes;
  const double activation = tokens * inter * (s.gated ? 6 : 4);
  const double scatter = 2 * tokens * s.hidden + 2 * s.tokens * s.hidden;
  const double around = p.layer_traffic * (gather + activation + scatter) /
                        (kGatherFraction * device_.bandwidth_tbs * 1e6);
  return p.launch_us + up + down + around;
}

}  // namespace polyfleet
