// A plan of a service: pools of replicas, each of one kind and at one load, and what they cost,
// draw and take together. What a plan may not do (stock, power, vendor shares) is checked here, and
// every refusal says by how much.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "planner/serving_points.hpp"

namespace polyfleet {

/// One pool of like replicas.
struct PlannedPool {
  std::size_t kind = 0;
  PoolRole role = PoolRole::aggregated;
  std::int64_t replicas = 0;
  int accelerators_per_replica = 1;
  ReplicaPoint point;  ///< of each replica
  ReplicaPower power;
};

struct ServingPlan {
  std::vector<PlannedPool> pools;         ///< aggregated ones, or prefill before decode
  std::optional<CacheTransfer> transfer;  ///< disaggregated: of a mean prompt's cache
  std::int64_t accelerators = 0;
  std::optional<UsdPerSecond> cost;
  std::optional<Watts> power, peak_power;  ///< facility, mean and peak
  std::optional<GramsCo2ePerSecond> carbon;
  LatencyFigures mean;      ///< over all requests
  LatencyFigures measured;  ///< as the targets measure them; of the worst pool
};

/// Adds up pools. Precondition: roles are all aggregated, or prefill and decode.
ServingPlan plan_of(const ServingPlanQuestion& question, std::vector<PlannedPool> pools,
                    const std::optional<CacheTransfer>& transfer);

/// The objective's value, to be least (an unknown price or draw: nothing).
std::optional<double> objective_of(const ServingPlan& plan, ServingObjective objective);

/// Why a configuration is refused.
enum class ServingRefusal {
  impossible,
  memory,
  targets,
  stock,
  power,
  vendor_share,
  unknown_figure,
  path
};
inline constexpr std::array<std::string_view, 8> kServingRefusalNames{
    "not possible on the part or for the model",
    "does not fit in memory",
    "a latency target is out of reach",
    "more accelerators than in stock",
    "over the power cap",
    "against a vendor's share",
    "no price or power figure",
    "no path for the cache"};
constexpr std::string_view name_of(ServingRefusal refusal) {
  return kServingRefusalNames[static_cast<std::size_t>(refusal)];
}

struct PlanRefusal {
  ServingRefusal reason = ServingRefusal::stock;
  std::size_t offer = 0;
  std::string text;   ///< by how much
  double excess = 1;  ///< what is asked over what is allowed
};
/// The first limit that the plan breaks, or nothing.
std::optional<PlanRefusal> broken_limit(const ServingPlanQuestion& question,
                                        const ServingPlan& plan);

/// What a pool costs, its electricity included where that is not part of the price.
std::optional<UsdPerSecond> pool_cost(const PlannedPool& pool, const ServingOffer& offer);

/// Facility draw of one replica at its busiest.
std::optional<Watts> peak_draw(const ReplicaPower& power);

/// A stable text of what a plan is, for ties: equal plans have equal texts however the offers were
/// ordered.
std::string plan_key(const ServingPlanQuestion& question, const ServingPlan& plan);

}  // namespace polyfleet
