// From the composed times of a mixed step to its answer: breakdown, memory, energy and cost of each
// group and stage group. Internal to the mixed step.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "training/mixed_parts.hpp"

namespace polyfleet {

/// Uncertainty by pool, in ln; none where the plan leaves the pool out.
using PoolSigmas = std::vector<std::optional<double>>;

/// The stage with the most work of a step, and that work, unscaled.
struct SlowestStage {
  std::size_t stage = 0;
  PassTime all;    ///< all passes and micro-batches, recompute apart
  PassTime again;  ///< recompute
};
/// Of the group, or of one of its stage groups.
SlowestStage slowest_stage(const MixedGroup& group, std::span<const double> factors,
                           std::optional<std::size_t> stage_group = std::nullopt);

WorkloadClass workload_of(const MixedQuestion& question, const MixedPlan& plan);

/// Software-maturity factor of each pool.
std::vector<double> software_factors(const MixedQuestion& question, const MixedPlan& plan);

/// Times and breakdown of group `index`.
ReplicaGroupResult group_result(const MixedGroup& group, const Composition& composed,
                                std::size_t index, std::span<const double> factors);
void add_memory(const MixedQuestion& question, const std::vector<MixedGroup>& groups,
                MixedStep& step);
/// Energy and cost.
void add_energy(const MixedQuestion& question, const std::vector<MixedGroup>& groups,
                const Composition& composed, std::span<const double> factors, MixedStep& step);

}  // namespace polyfleet
