// The analytic time of one matrix product C[m,n] += A[m,k] B[k,n]: tiles rounded up, waves of tiles
// over the compute units, a fill term in k, an optional split of k, against the traffic of operands
// and result (a roofline with a smooth knee), plus a launch.
// Wrong where a library switches kernels (steps of up to 30 % on single shapes): that is what the
// measured correction (measured_table.hpp) is for. Numeric inside: microseconds, TFLOP/s, TB/s.
#pragma once

#include <array>

namespace polyfleet {

/// The tile whose efficiency is fitted, in elements of the result.
inline constexpr double kReferenceTileArea = 256 * 256;

/// What a form needs to know of the accelerator. Dense peak of the format that is multiplied.
struct KernelDevice {
  double peak_tflops = 0;
  double bandwidth_tbs = 0;
  double compute_units = 1;
};

/// Fitted on microbenchmarks of one accelerator and one kernel variant.
struct GemmParameters {
  double efficiency = 0.8;       ///< of the peak, for a 256x256 tile and endless k
  double fill_depth = 100;       ///< k lost to prologue and epilogue of a tile
  double memory_fraction = 0.8;  ///< of the peak bandwidth
  double launch_us = 3;
  double knee = 3;            ///< exponent that joins arithmetic and traffic; large = sharp maximum
  double wave_fraction = 0;   ///< 1 = whole waves only, 0 = no loss in the last wave
  double tile_exponent = 0;   ///< rate of a tile ~ (area / 65536)^exponent
  double split_traffic = 4;   ///< passes over an FP32 result per split of k
  double input_bytes = 2;     ///< of one element of A and of B, scales included
  double output_bytes = 2;    ///< of one element of C
  double quantise_bytes = 0;  ///< per element of A: an activation quantise that the measured rows
                              ///< contain and a pure product does not
  double quantise_us = 0;     ///< its launch
};

/// Per-tile rates of one (device, parameters), worked out once.
class GemmForm {
 public:
  GemmForm() = default;
  GemmForm(const KernelDevice& device, const GemmParameters& parameters);

  /// The product alone.
  double microseconds(double m, double n, double k) const;
  /// As the measured rows are: with the activation quantise.
  double measured_microseconds(double m, double n, double k) const;
  /// Share of the time that shrinks when arithmetic gets faster, 0..1 (for a sustained clock).
  double arithmetic_share(double m, double n, double k) const;

  const GemmParameters& parameters() const { return parameters_; }

 private:
  static constexpr std::size_t kTileCount = 12;
  double arithmetic_microseconds(double m, double n, double k) const;
  double traffic_microseconds(double m, double n, double k) const;

  KernelDevice device_;
  GemmParameters parameters_;
  std::array<double, kTileCount> tile_cost_{};  ///< microseconds per unit of k of one tile
};

}  // namespace polyfleet
