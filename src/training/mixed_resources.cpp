// Memory, energy and cost of a mixed step.
#include <algorithm>

#include "training/mixed_result.hpp"

namespace polyfleet {
namespace {

/// The inventories of the whole pipeline as this pool's devices hold them; the caller takes the
/// stages that are the pool's own. What is in flight depends on the place in the whole pipeline.
std::vector<StageMemory> stage_memories(const MixedGroup& group, std::size_t part,
                                        double communicators) {
  const MemoryOverheads& overheads = group.tables[part]->machine().memory_overheads;
  const std::vector<StageInventory> inventories =
      stage_inventories(group.plans[part], group.tables[part]->works());
  std::vector<StageMemory> own;
  for (std::size_t s = 0; s < inventories.size(); ++s) {
    if (group.stages[s].stage_group != part) continue;
    StageMemory memory = stage_memory(group.plans[part], inventories[s], overheads);
    const Bytes more = overheads.per_communicator * communicators;
    memory[MemoryPartKind::framework] += more;
    memory.total += more;
    own.push_back(memory);
  }
  return own;
}

void add(const StepEnergy& part, StepEnergy& sum) {
  sum.known = sum.known && part.known;
  sum.accelerators += part.accelerators;
  sum.it += part.it;
  sum.facility += part.facility;
}

/// A step in which the devices of one stage group do their slowest stage's work and wait out the
/// rest.
StepTime own_step(const MixedGroup& group, std::size_t part, const GroupFinish& finish,
                  std::span<const double> factors, Seconds total) {
  const SlowestStage slowest = slowest_stage(group, factors, part);
  StepTime step;
  step.where.compute = slowest.all.by_class;
  step.where.recompute = slowest.again.compute;
  step.where.total = total;
  const double factor = factors[group.group->stages[part].pool];
  for (std::size_t s = 0; s < group.stages.size(); ++s) {
    if (group.stages[s].stage_group == part)
      step.where.optimizer = max(step.where.optimizer, finish.stages[s].update / factor);
  }
  return step;
}

}  // namespace

void add_memory(const MixedQuestion& question, const std::vector<MixedGroup>& groups,
                MixedStep& step) {
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (std::size_t p = 0; p < groups[g].plans.size(); ++p) {
      StageGroupResult& own = step.groups[g].stages[p];
      own.memory = stage_memories(groups[g], p, groups.size() > 1 ? 1 : 0);
      const Accelerator& part = question.pools[own.pool].machine->accelerator;
      const auto& capacity = part.usable_memory ? part.usable_memory : part.memory;
      if (!capacity) continue;
      own.capacity = capacity->value;
      own.fits = own.memory[fullest_stage(own.memory)].total <= own.capacity;
      step.fits_in_memory = step.fits_in_memory && own.fits;
    }
  }
}

void add_energy(const MixedQuestion& question, const std::vector<MixedGroup>& groups,
                const Composition& composed, std::span<const double> factors, MixedStep& step) {
  step.energy.known = true;
  double devices = 0;
  bool priced = true;
  Usd cost;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (std::size_t p = 0; p < groups[g].plans.size(); ++p) {
      StageGroupResult& own = step.groups[g].stages[p];
      const MixedPool& pool = question.pools[own.pool];
      const double count = static_cast<double>(own.devices);
      const StepTime time = own_step(groups[g], p, composed.groups[g], factors, step.total);
      own.energy = step_energy(time, pool.machine->accelerator, pool.machine->system, count,
                               question.models->activity);
      add(own.energy, step.energy);
      devices += count;
      if (pool.prices.device) {
        own.cost = *pool.prices.device * step.total * count;
        cost += *own.cost;
      }
      priced = priced && own.cost.has_value();
    }
  }
  if (priced) step.cost = cost;
  StepEnergy& energy = step.energy;
  if (!energy.known) {
    energy = {};
    energy.basis = "a pool publishes no power figure";
    return;
  }
  energy.per_accelerator = energy.accelerators / (step.total * devices);
  energy.facility_per_accelerator = energy.facility / (step.total * devices);
  energy.pue = energy.facility / energy.it;
  energy.basis = "sum of the pools, each by its own figures; waiting at waiting power";
}

}  // namespace polyfleet
