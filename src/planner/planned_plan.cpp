#include "planner/planned_plan.hpp"

namespace polyfleet {

std::optional<Bytes> usable_memory(const Machine& machine) {
  const Accelerator& part = machine.accelerator;
  const auto& capacity = part.usable_memory ? part.usable_memory : part.memory;
  if (!capacity) return std::nullopt;
  return capacity->value;
}

std::optional<Bytes> memory_limit(const PlanSearchQuestion& question) {
  const std::optional<Bytes> usable = usable_memory(*question.pool.machine);
  if (!usable) return std::nullopt;
  return *usable * (1 - question.constraints.memory_head_room);
}

PlannedPlan planned_plan(const PoolQuestion& pool, const TrainingPlan& plan,
                         const TrainingEstimate& estimate, Bytes fullest) {
  PlannedPlan planned;
  planned.plan = plan;
  planned.devices = plan.layout.devices();
  planned.time = estimate.time;
  planned.tokens_per_second = estimate.tokens_per_step / (estimate.time / second);
  if (estimate.energy.known) {
    planned.energy = estimate.energy.facility;
    planned.power = estimate.energy.facility_per_accelerator * static_cast<double>(planned.devices);
  }
  planned.cost = estimate.cost_per_step ? estimate.cost_per_step : estimate.energy_cost_per_step;
  planned.memory = fullest;
  if (const auto usable = usable_memory(*pool.machine)) planned.head_room = 1 - fullest / *usable;
  return planned;
}

double objective_value(Objective objective, const PlannedPlan& plan) {
  const double device_seconds = plan.time / second * static_cast<double>(plan.devices);
  switch (objective) {
    case Objective::time:
    case Objective::tokens_per_second:
      break;
    case Objective::cost:
      return plan.cost ? plan.cost->base() : device_seconds;
    case Objective::energy:
      return plan.energy ? plan.energy->base() : device_seconds;
  }
  return plan.time / second;
}

bool is_refused(const PlanSearchQuestion& question, const PlannedPlan& plan) {
  const PlanConstraints& limits = question.constraints;
  if (limits.use_all_devices && plan.devices != question.pool.scenario.devices) return true;
  if (limits.slowest_step && plan.time > *limits.slowest_step) return true;
  return limits.power_cap && plan.power && *plan.power > *limits.power_cap;
}

}  // namespace polyfleet
