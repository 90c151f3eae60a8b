#include "planner/search_seed.hpp"

#include "planner/cell_search.hpp"

namespace polyfleet {
namespace {

/// The values of an open list that are tried first; a stated list stays as it is.
template <class Value>
void pin(std::vector<Value>& list, std::vector<Value> values) {
  if (list.empty()) list = std::move(values);
}

PlanSpace round_values(PlanSpace space) {
  pin(space.pipeline, {1, 2, 4, 8, 16, 32});
  pin(space.micro_batch, {1, 2, 4});
  pin(space.recompute_layers, {0});
  pin(space.activation_offload, {0.0});
  pin(space.optimizer_offload, {0});
  return space;
}

}  // namespace

std::vector<PlannedPlan> seed_search(SearchFrame& frame) {
  PlanSearchQuestion question = frame.question;
  question.space = round_values(question.space);
  question.with_front = question.with_families = false;
  const PlanCandidates candidates(question, frame.queue.candidates());
  const CutQueue queue(candidates, frame.queue);
  const SearchFrame part(question, queue, frame.stop);
  PlansFound found(question);
  for (const CutGroup& group : queue.groups()) {
    const double value = part.floors.value(part.floor_of(group));
    if (value * (1 - kBoundSlack) > found.best.cutoff()) break;
    found.merge(search_group(part, group, found));
  }
  if (found.best.plans().empty()) return {};
  frame.known_best = found.best.value(0);
  frame.known_cutoff = found.best.cutoff();
  return found.best.plans();
}

}  // namespace polyfleet
