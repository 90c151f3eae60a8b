// What a search keeps of an estimate, in which order plans stand, and which constraints they break.
#pragma once

#include "planner/plan_search.hpp"

namespace polyfleet {

/// Usable memory of one device; nothing where no capacity is published (then everything fits).
std::optional<Bytes> usable_memory(const Machine& machine);

/// `fullest`: bytes on the fullest device. Cost is the devices' price where one is known, else that
/// of the energy.
PlannedPlan planned_plan(const PoolQuestion& pool, const TrainingPlan& plan,
                         const TrainingEstimate& estimate, Bytes fullest);

/// What a search minimises. Tokens a second grow as time falls, as every plan of a question has
/// the same batch. Where no price or no power figure is known, cost and energy go by
/// device-seconds, to which they are nearly proportional.
double objective_value(Objective objective, const PlannedPlan& plan);

/// Breaks a constraint other than fitting into memory.
bool is_refused(const PlanSearchQuestion& question, const PlannedPlan& plan);

/// Most bytes that a plan may hold on one device (head-room taken off); nothing: no limit is known.
std::optional<Bytes> memory_limit(const PlanSearchQuestion& question);

}  // namespace polyfleet
