#include "planner/plan_bounds.hpp"

#include <algorithm>

namespace polyfleet {

Seconds pipeline_floor(const PipelineShape& shape, std::span<const StageCost> costs) {
  const auto stages = static_cast<std::size_t>(shape.stages);
  const double micro_batches = static_cast<double>(shape.micro_batches);
  const auto work = [&](std::size_t device) {
    Seconds sum;
    for (std::size_t c = device; c < costs.size(); c += stages)
      sum += costs[c].forward + costs[c].backward_input + costs[c].backward_weight;
    return sum;
  };
  Seconds floor, before;
  for (std::size_t i = 0; i < stages; ++i) {
    if (shape.schedule == Schedule::dual_pipe) {
      floor = max(floor, (work(i) + work(stages - 1 - i)) / 2 * micro_batches);
      continue;
    }
    floor = max(floor, before + work(i) * micro_batches);
    before += costs[i].forward;
    if (shape.schedule != Schedule::zero_bubble)
      before += costs[i].backward_input + costs[i].backward_weight;
  }
  return floor;
}

ObjectiveFloor::ObjectiveFloor(const PlanSearchQuestion& question) : question_(question) {
  const PoolQuestion& pool = question.pool;
  const TrainingScenario& scenario = pool.scenario;
  const Accelerator& part = pool.machine->accelerator;
  if (!pool.strict)
    software_factor_ =
        pool.models->maturity
            .factor(part, scenario.framework, scenario.workload_class(), scenario.release_date)
            .factor;
  // The power of a step that only waits, computes or moves memory, whichever draws least.
  std::optional<Watts> least;
  for (const int kind : {0, 1, 2}) {
    StepTime step;
    step.where.total = 1 * second;
    if (kind == 0) step.where.compute[static_cast<std::size_t>(OpClass::mlp)] = 1 * second;
    if (kind == 1) step.where.optimizer = 1 * second;
    if (kind == 2) step.where.bubble = 1 * second;
    const StepEnergy energy =
        step_energy(step, part, pool.machine->system, 1, pool.models->activity);
    if (!energy.known) return;
    if (!least || energy.facility_per_accelerator < *least) least = energy.facility_per_accelerator;
  }
  least_power_ = least;
}

double ObjectiveFloor::value(const CostFloor& floor) const {
  switch (question_.objective) {
    case Objective::time:
    case Objective::tokens_per_second:
      break;
    case Objective::cost:
      if (const auto price = cost(floor)) return price->base();
      return floor.device_time / second;
    case Objective::energy:
      if (const auto joules = energy(floor)) return joules->base();
      return floor.device_time / second;
  }
  return floor.time / second;
}

std::optional<Joules> ObjectiveFloor::energy(const CostFloor& floor) const {
  if (!least_power_) return std::nullopt;
  return *least_power_ * floor.device_time;
}

std::optional<Usd> ObjectiveFloor::cost(const CostFloor& floor) const {
  const TrainingPrices& prices = question_.pool.prices;
  if (prices.device) return *prices.device * floor.device_time;
  if (prices.energy && least_power_) return *prices.energy * (*least_power_ * floor.device_time);
  return std::nullopt;
}

bool ObjectiveFloor::breaks_limits(const CostFloor& floor) const {
  const PlanConstraints& limits = question_.constraints;
  if (limits.slowest_step && floor.time * (1 - kBoundSlack) > *limits.slowest_step) return true;
  return limits.power_cap && least_power_ &&
         *least_power_ * floor.devices * (1 - kBoundSlack) > *limits.power_cap;
}

}  // namespace polyfleet
