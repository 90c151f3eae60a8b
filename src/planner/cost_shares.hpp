// What a plan's step is made of, by class of cost: time, how well it is known, how much of it is
// lent by a relative, and the shapes that a measurement would have to hold.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "training/machine.hpp"
#include "training/scenario.hpp"

namespace polyfleet {

enum class CostClass { gemm, grouped_gemm, attention, traffic, scale_up, scale_out };
inline constexpr std::size_t kCostClassCount = 6;
/// "gemm", "scale_out": also the keys below "costs." and in data/training/uncertainty.toml.
std::string_view name_of(CostClass cost_class);

struct CostShare {
  Seconds time;                     ///< of all chunks, one micro-batch, hidden or not
  double sigma = 0;                 ///< of its logarithm, weighted by time
  double transferred = 0;           ///< share of the time that another part's tables answer for
  std::vector<std::string> shapes;  ///< the largest, in words
};

/// Gradient exchange counts once a step, spread over its micro-batches. Precondition:
/// plan_problems() of the scenario is empty.
std::array<CostShare, kCostClassCount> cost_shares(const TrainingScenario& scenario,
                                                   const Machine& machine);

}  // namespace polyfleet
