#include "cost/gemm_form.hpp"

#include <algorithm>
#include <cmath>

namespace polyfleet {

namespace {

/// Tile shapes that the libraries of both vendors offer (CUTLASS profiler list, hipBLASLt and aiter
/// kernel names); the largest is 256x256.
constexpr std::array<std::array<double, 2>, 12> kGemmTiles{{{256, 256},
                                                            {256, 128},
                                                            {128, 256},
                                                            {128, 128},
                                                            {256, 64},
                                                            {64, 256},
                                                            {128, 64},
                                                            {64, 128},
                                                            {64, 64},
                                                            {32, 64},
                                                            {64, 32},
                                                            {16, 64}}};
constexpr double kShortestSplit = 256;  ///< no library splits k below about one main-loop unroll
constexpr double kMostSplits = 16;

}  // namespace

GemmForm::GemmForm(const KernelDevice& device, const GemmParameters& parameters)
    : device_(device), parameters_(parameters) {
  const double unit_rate = parameters.efficiency * device.peak_tflops * 1e6 / device.compute_units;
  for (std::size_t i = 0; i < kTileCount; ++i) {
    const double area = kGemmTiles[i][0] * kGemmTiles[i][1];
    tile_cost_[i] =
        2 * area / (unit_rate * std::pow(area / kReferenceTileArea, parameters.tile_exponent));
  }
}

double GemmForm::arithmetic_microseconds(double m, double n, double k) const {
  const double wave = parameters_.wave_fraction;
  const double split_cost = 4 * m * n * parameters_.split_traffic / (device_.bandwidth_tbs * 1e6);
  double best = 1e300;
  for (std::size_t i = 0; i < kTileCount; ++i) {
    const double tiles = std::ceil(m / kGemmTiles[i][0]) * std::ceil(n / kGemmTiles[i][1]);
    for (double splits = 1; splits <= kMostSplits; splits *= 2) {
      if (splits > 1 && (k / splits < kShortestSplit || tiles * splits > 4 * device_.compute_units))
        break;
      const double waves = tiles * splits / device_.compute_units;
      const double occupied = wave * std::ceil(waves) + (1 - wave) * std::max(1.0, waves);
      const double time = occupied * tile_cost_[i] * (k / splits + parameters_.fill_depth) +
                          (splits > 1 ? split_cost * splits : 0);
      best = std::min(best, time);
    }
  }
  return best;
}

double GemmForm::traffic_microseconds(double m, double n, double k) const {
  const double bytes = (m * k + k * n) * parameters_.input_bytes + m * n * parameters_.output_bytes;
  return bytes / (parameters_.memory_fraction * device_.bandwidth_tbs * 1e6);
}

double GemmForm::microseconds(double m, double n, double k) const {
  const double arithmetic = arithmetic_microseconds(m, n, k);
  const double traffic = traffic_microseconds(m, n, k);
  const double larger = std::max(arithmetic, traffic);
  const double ratio = std::min(arithmetic, traffic) / larger;
  const double knee = parameters_.knee;
  return parameters_.launch_us + larger * std::pow(1 + std::pow(ratio, knee), 1 / knee);
}

double GemmForm::measured_microseconds(double m, double n, double k) const {
  const double quantise =
      parameters_.quantise_us + parameters_.quantise_bytes * m * k /
                                    (parameters_.memory_fraction * device_.bandwidth_tbs * 1e6);
  return microseconds(m, n, k) + quantise;
}

double GemmForm::arithmetic_share(double m, double n, double k) const {
  const double knee = parameters_.knee;
  const double arithmetic = std::pow(arithmetic_microseconds(m, n, k), knee);
  const double traffic = std::pow(traffic_microseconds(m, n, k), knee);
  return arithmetic / (arithmetic + traffic);
}

}  // namespace polyfleet
