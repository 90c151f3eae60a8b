#include "planner/search_frame.hpp"

namespace polyfleet {

SearchFrame::SearchFrame(const PlanSearchQuestion& asked, const CutQueue& cuts,
                         const std::atomic<bool>* stop_flag)
    : question(asked), queue(cuts), floors(asked), limit(memory_limit(asked)), stop(stop_flag) {}

CostFloor SearchFrame::floor_of(const CutGroup& group) const {
  CostFloor floor;
  floor.device_time = group.device_time * floors.software_factor();
  floor.time = floor.device_time / static_cast<double>(question.pool.scenario.devices);
  return floor;
}

void PlansFound::merge(const PlansFound& other) {
  for (const PlannedPlan& plan : other.best.plans()) best.offer(plan);
  for (const PlannedPlan& plan : other.front.plans()) front.offer(plan);
  counts.plans += other.counts.plans;
  counts.too_large += other.counts.too_large;
  counts.refused += other.counts.refused;
  counts.bounded += other.counts.bounded;
  counts.equal += other.counts.equal;
  counts.evaluated += other.counts.evaluated;
  counts.untouched += other.counts.untouched;
  fits = fits || other.fits;
  if (other.least_memory)
    least_memory = least_memory ? min(*least_memory, *other.least_memory) : *other.least_memory;
  if (other.leanest && (!leanest || other.leanest->memory < leanest->memory))
    leanest = other.leanest;
}

}  // namespace polyfleet
