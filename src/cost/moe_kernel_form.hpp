// The analytic time of grouped products over the experts of one device: tiles per expert that
// received a token (expected number of distinct experts touched), weights of touched experts read
// once, and around the pair of products the fused layer's traffic (gather, activation, weighted
// scatter), which measured fused-MoE tables contain. Wrong for strongly skewed routing: `imbalance`
// scales the tokens of the busiest device only. Microseconds, TFLOP/s, TB/s.
#pragma once

#include <array>

#include "cost/gemm_form.hpp"

namespace polyfleet {

/// Fitted on microbenchmarks of one accelerator and one kernel variant.
struct MoeParameters {
  double efficiency = 0.6;  ///< of the peak, for a 256x256 tile and endless k
  double fill_depth = 300;
  double memory_fraction = 0.8;
  double launch_us = 25;  ///< the whole fused layer: several launches
  double knee = 2;
  double tile_exponent = 0.2;
  double layer_traffic = 1;  ///< passes of gather, activation and scatter, relative to the ideal
  double skew_growth = 0.4;  ///< tokens of the busiest device: 1 + growth x skew x log2(1 + ep)
  double wave_fraction = 0.5;
  double weight_bytes = 2;
  double activation_bytes = 2;
};

/// One fused expert layer as the tables describe it, on one device of ep x tp.
struct MoeLayerShape {
  double tokens = 1;  ///< over all expert-parallel ranks
  double hidden = 1, inter = 1, top_k = 1, experts = 1;
  double tensor_parallel = 1, expert_parallel = 1;
  bool gated = true;
  double skew = 0;  ///< 0 balanced, 0.5 power law of exponent 1.01, 1 power law of exponent 1.2
};

class MoeForm {
 public:
  MoeForm() = default;
  MoeForm(const KernelDevice& device, const MoeParameters& parameters);

  /// One grouped product: `tokens` routed copies over `experts` local experts.
  double product_microseconds(double tokens, double experts, double n, double k) const;
  /// The fused layer: both products, traffic between and around them, launches.
  double layer_microseconds(const MoeLayerShape& shape) const;
  const MoeParameters& parameters() const { return parameters_; }

  /// Routed token copies of the (busiest) device, and its experts.
  double local_tokens(const MoeLayerShape& shape) const;
  static double local_experts(const MoeLayerShape& shape);

 private:
  static constexpr std::size_t kTileCount = 10;
  KernelDevice device_;
  MoeParameters parameters_;
  std::array<double, kTileCount> tile_cost_{};
};

/// Distinct experts expected among `experts` when `tokens` copies are routed at random.
double touched_experts(double tokens, double experts);

}  // namespace polyfleet
