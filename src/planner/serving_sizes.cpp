#include "planner/serving_sizes.hpp"

#include <algorithm>
#include <cmath>

namespace polyfleet {
namespace {

/// Requests a second of a replica that stands idle: few enough that none waits for another.
constexpr double kNextToNothing = 1e-6;

}  // namespace

std::int64_t stepped_up(std::int64_t replicas) {
  return static_cast<std::int64_t>(std::ceil(static_cast<double>(replicas) * kSizeStep - 1e-9));
}

std::int64_t stepped_down(std::int64_t replicas) {
  const double fewer = std::floor(static_cast<double>(replicas) / kSizeStep);
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(fewer));
}

bool keeps_up(const ServingPlan& plan) {
  return std::all_of(plan.pools.begin(), plan.pools.end(),
                     [](const PlannedPool& pool) { return pool.point.state.stable; });
}

PoolSizes sizes_of(const ServingPlan& plan) {
  PoolSizes sizes;
  for (const PlannedPool& pool : plan.pools) sizes.push_back(pool.replicas);
  return sizes;
}

PlanSizer::PlanSizer(const ServingPlanQuestion& question, ServingPlan proposed,
                     std::vector<const ReplicaModel*> models)
    : question_(question), proposed_(std::move(proposed)), models_(std::move(models)) {
  for (std::size_t i = 0; i < models_.size(); ++i) {
    const PlannedPool& pool = proposed_.pools[i];
    ReplicaCapacity capacity{pool.kind, pool.role, pool.accelerators_per_replica, {}, {}, {}};
    capacity.idle =
        point_at(*models_[i], capacity, question_.demand, question_.targets, kNextToNothing);
    capacities_.push_back(std::move(capacity));
  }
}

ServingPlan PlanSizer::sized(const PoolSizes& sizes) const {
  std::vector<PlannedPool> pools = proposed_.pools;
  for (const PoolRole role : {PoolRole::aggregated, PoolRole::prefill, PoolRole::decode}) {
    double rate = 0;
    for (std::size_t i = 0; i < pools.size(); ++i)
      rate += pools[i].role == role
                  ? static_cast<double>(sizes[i]) * pools[i].point.requests_per_second
                  : 0;
    for (std::size_t i = 0; i < pools.size(); ++i) {
      if (pools[i].role != role) continue;
      const double load =
          pools[i].point.requests_per_second * question_.demand.requests_per_second / rate;
      pools[i].replicas = sizes[i];
      pools[i].point =
          point_at(*models_[i], capacities_[i], question_.demand, question_.targets, load);
    }
  }
  return plan_of(question_, std::move(pools), proposed_.transfer);
}

PoolSizes PlanSizer::grown(const PoolSizes& sizes, const std::string& missed) const {
  PoolSizes more = sizes;
  for (std::size_t i = 0; i < more.size(); ++i) {
    const PoolRole role = proposed_.pools[i].role;
    const bool spared = (missed == "TTFT" && role == PoolRole::decode) ||
                        (missed == "TPOT" && role == PoolRole::prefill);
    if (!spared) more[i] = stepped_up(more[i]);
  }
  return more;
}

double PlanSizer::saving_of(const ServingPlan& plan, std::size_t pool, int steps,
                            std::int64_t floor) const {
  const double here = *objective_of(plan, question_.objective);
  double saving = 0;
  PoolSizes sizes = sizes_of(plan);
  for (int step = 0; step < steps && sizes[pool] > floor; ++step) {
    const std::int64_t fewer = std::max(floor, stepped_down(sizes[pool]));
    if (fewer == sizes[pool]) break;
    sizes[pool] = fewer;
    const ServingPlan smaller = sized(sizes);
    if (!keeps_up(smaller)) break;
    saving = std::max(saving, here - *objective_of(smaller, question_.objective));
  }
  return saving;
}

double PlanSizer::least_below(const ServingPlan& plan, int steps, const PoolSizes& floors) const {
  double least = *objective_of(plan, question_.objective);
  for (std::size_t i = 0; i < plan.pools.size(); ++i) least -= saving_of(plan, i, steps, floors[i]);
  return least;
}

double PlanSizer::least_above(const ServingPlan& plan, int steps) const {
  const double here = *objective_of(plan, question_.objective);
  if (question_.objective != ServingObjective::latency) return here;
  PoolSizes sizes = sizes_of(plan);
  for (int step = 0; step < steps; ++step) sizes = grown(sizes, "");
  return std::min(here, *objective_of(sized(sizes), question_.objective));
}

}  // namespace polyfleet
