#include "training/mixed_result.hpp"

#include <algorithm>

namespace polyfleet {
namespace {

/// How much of the exposed time at a border or in an exchange its copies through the host take.
double staging_share(Seconds network, Seconds staging) {
  return network + staging > 0 * second ? staging / (network + staging) : 0;
}

double border_staging_share(const MixedGroup& group) {
  Seconds network, staging;
  for (const MixedChunk& chunk : group.chunks) {
    for (const BorderTime* border : {&chunk.forward_border, &chunk.backward_border}) {
      network += border->network + border->gather;
      staging += border->staging;
    }
  }
  return staging_share(network, staging);
}

/// The parts that a homogeneous step has, before software; what is scaled already is taken back by
/// `reference`, the factor of the slowest stage's pool, so that `software` says what it adds.
StepBreakdown own_breakdown(const GroupFinish& finish, const SlowestStage& slowest,
                            double reference) {
  StepBreakdown where;
  const PassTime &all = slowest.all, &again = slowest.again;
  const StageFinish& last = finish.stages[finish.last];
  const Seconds exposed = finish.exposed_inside / reference;
  const Seconds busy = all.total() + again.total();
  where.compute = all.by_class;
  where.recompute = again.compute;
  where.tensor = all.tensor_exposed + again.tensor_exposed;
  where.context = all.context_exposed + again.context_exposed;
  where.expert = all.expert_exposed + again.expert_exposed;
  where.offload = all.offload_exposed;
  where.host = all.host_stall + again.host_stall + finish.host / reference;
  where.pipeline = exposed;
  where.bubble = (finish.pipeline.total - finish.pipeline.exposed_hand_over) / reference - busy;
  where.gradient_reduce = last.gradient_own / reference;
  where.parameter_gather = last.parameter / reference;
  where.optimizer = last.update / reference;
  where.hidden = all.hidden + again.hidden + last.hidden / reference;
  Seconds sum;
  for (const Seconds part : where.compute) sum += part;
  sum += where.recompute + where.tensor + where.context + where.expert + where.pipeline +
         where.bubble + where.gradient_reduce + where.parameter_gather + where.optimizer +
         where.offload + where.host;
  where.software = sum * (reference - 1);
  where.total = sum + where.software;
  return where;
}

void add_stage_groups(const MixedGroup& group, std::span<const double> factors,
                      ReplicaGroupResult& result) {
  const std::vector<StageCost> costs = scaled_costs(group, factors, true);
  const auto stages = static_cast<std::size_t>(group.shape.stages);
  for (std::size_t p = 0; p < group.plans.size(); ++p) {
    StageGroupResult own;
    const StageGroup& part = group.group->stages[p];
    const ParallelLayout& layout = group.plans[p].layout;
    own.pool = part.pool;
    own.devices =
        std::int64_t{layout.tensor} * layout.context * layout.data * part.plan.layout.pipeline;
    own.software = factors[part.pool];
    const SlowestStage slowest = slowest_stage(group, factors, p);
    own.busy = (slowest.all.total() + slowest.again.total()) * own.software;
    for (std::size_t c = 0; c < costs.size(); ++c) {
      if (group.stages[c % stages].stage_group == p) own.costs.push_back(costs[c]);
    }
    result.stages.push_back(std::move(own));
  }
}

}  // namespace

SlowestStage slowest_stage(const MixedGroup& group, std::span<const double> factors,
                           std::optional<std::size_t> stage_group) {
  SlowestStage slowest;
  Seconds most;
  bool first = true;
  for (std::size_t s = 0; s < group.stages.size(); ++s) {
    const MixedStage& stage = group.stages[s];
    if (stage_group && stage.stage_group != *stage_group) continue;
    const Seconds work = stage.work(group.chunks) * factors[stage.pool];
    if (!first && work <= most) continue;
    first = false;
    most = work;
    slowest.stage = s;
  }
  const double micro_batches = static_cast<double>(group.group->micro_batches);
  for (const std::size_t c : group.stages[slowest.stage].chunks) {
    const ChunkPasses& passes = group.chunks[c].time.passes;
    slowest.all.add(passes.forward, micro_batches);
    slowest.all.add(passes.backward_input, micro_batches);
    slowest.all.add(passes.backward_weight, micro_batches);
    slowest.again.add(passes.recompute, micro_batches);
  }
  return slowest;
}

WorkloadClass workload_of(const MixedQuestion& question, const MixedPlan& plan) {
  TrainingScenario scenario;
  scenario.model = question.model;
  scenario.plan = plan.groups.front().stages.front().plan;
  return scenario.workload_class();
}

ReplicaGroupResult group_result(const MixedGroup& group, const Composition& composed,
                                std::size_t index, std::span<const double> factors) {
  const GroupFinish& finish = composed.groups[index];
  const StageFinish& last = finish.stages[finish.last];
  ReplicaGroupResult result;
  result.pipeline = finish.pipeline.total;
  result.ready = last.synchronous;
  result.tokens = static_cast<double>(group.group->sequences()) *
                  static_cast<double>(group.plans.front().sequence_length);
  const SlowestStage slowest = slowest_stage(group, factors);
  GroupBreakdown& where = result.where;
  where.own = own_breakdown(finish, slowest, factors[group.stages[slowest.stage].pool]);
  const Seconds border = finish.pipeline.exposed_hand_over - finish.exposed_inside;
  const Seconds exchange = last.gradient - last.gradient_own;
  const CrossGradient& gradient = group.stages[finish.last].gradient;
  const Seconds border_copies = border * border_staging_share(group);
  const Seconds gradient_copies = exchange * staging_share(gradient.network, gradient.staging);
  where.staging = border_copies + gradient_copies;
  where.border = border - border_copies;
  where.cross_gradient = exchange - gradient_copies;
  where.waiting = composed.total - where.own.total - border - exchange;
  add_stage_groups(group, factors, result);
  return result;
}

}  // namespace polyfleet
