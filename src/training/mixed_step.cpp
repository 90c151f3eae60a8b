#include "training/mixed_step.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <list>

#include "training/mixed_result.hpp"

namespace polyfleet {
namespace {

/// Deviation of each group's time that its slowest stage of each pool causes, in ln, and that of
/// its exchange.
void add_sigma(const std::vector<MixedGroup>& groups, const Composition& composed,
               std::span<const double> factors, PoolSigmas& sigmas, MixedStep& step) {
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const GroupBreakdown& where = step.groups[g].where;
    const MixedStage& last = groups[g].stages[composed.groups[g].last];
    const double cross =
        last.gradient.sigma * ((where.cross_gradient + where.staging) / step.total);
    for (std::size_t p = 0; p < groups[g].plans.size(); ++p) {
      const SlowestStage slowest = slowest_stage(groups[g], factors, p);
      const std::size_t pool = groups[g].group->stages[p].pool;
      const double sigma = std::hypot(
          std::sqrt(slowest.all.variance) * factors[pool] / (step.total / second), cross);
      sigmas[pool] = std::max(sigmas[pool].value_or(0), sigma);
    }
    if (g == step.slowest_group) {
      const SlowestStage slowest = slowest_stage(groups[g], factors);
      const double factor = factors[groups[g].stages[slowest.stage].pool];
      step.log_sigma =
          std::hypot(std::sqrt(slowest.all.variance) * factor / (step.total / second), cross);
    }
  }
}

/// Every pool at its own end of its interval at once: the widest combination, as the time rises
/// with that of every pool (but for what longer passes hide, tests hold that to 0.5 %). Where
/// errors of pools do not go together the interval is too wide.
void add_interval(const MixedQuestion& question, const MixedPlan& plan,
                  const std::vector<MixedGroup>& groups, const PoolSigmas& sigmas,
                  std::span<const double> factors, MixedStep& step) {
  std::vector<double> low(factors.begin(), factors.end()), high = low;
  const WorkloadClass workload = workload_of(question, plan);
  for (std::size_t p = 0; p < factors.size(); ++p) {
    if (!sigmas[p]) continue;
    const MixedPool& pool = question.pools[p];
    const Accelerator& part = pool.machine->accelerator;
    const IntervalBasis basis = question.models->intervals.interval(
        part.vendor, part.family, pool.framework, workload, *sigmas[p]);
    low[p] *= basis.low;
    high[p] *= basis.high;
    if (!step.interval_basis.empty()) step.interval_basis += "; ";
    step.interval_basis += fmt::format("{}: {}", pool.name, basis.basis);
  }
  step.low = compose(groups, low).total;
  step.high = compose(groups, high).total;
}

void add_totals(const MixedQuestion& question, const MixedPlan& plan,
                const std::vector<MixedGroup>& groups, MixedStep& step) {
  step.tokens =
      static_cast<double>(plan.global_batch()) * static_cast<double>(plan.sequence_length);
  step.tokens_per_second = step.tokens / (step.total / second);
  for (std::size_t p = 0; p < question.pools.size(); ++p)
    step.devices_in_use.push_back(plan.devices_of(p));
  for (const MixedGroup& group : groups) {
    for (const MixedStage& stage : group.stages) {
      const ParallelLayout& layout = group.plans[stage.stage_group].layout;
      const double copies = static_cast<double>(group.group->micro_batches) * layout.tensor *
                            layout.context * layout.data;
      for (const std::size_t c : stage.chunks)
        step.hardware_flops += group.chunks[c].time.passes.flops * copies;
    }
  }
}

}  // namespace

std::vector<double> software_factors(const MixedQuestion& question, const MixedPlan& plan) {
  std::vector<double> factors(question.pools.size(), 1.0);
  if (question.strict || question.models == nullptr) return factors;
  const WorkloadClass workload = workload_of(question, plan);
  for (std::size_t p = 0; p < factors.size(); ++p) {
    const MixedPool& pool = question.pools[p];
    factors[p] = question.models->maturity
                     .factor(pool.machine->accelerator, pool.framework, workload, pool.release_date)
                     .factor;
  }
  return factors;
}

MixedStep mixed_step(const MixedQuestion& question, const MixedPlan& plan,
                     const MixedTables& tables) {
  std::vector<MixedGroup> groups = mixed_groups(question, plan, tables);
  add_cross_gradients(question, groups);
  const std::vector<double> factors = software_factors(question, plan);
  const Composition composed = compose(groups, factors);
  MixedStep step;
  step.total = step.low = step.high = composed.total;
  add_totals(question, plan, groups, step);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    step.groups.push_back(group_result(groups[g], composed, g, factors));
    if (composed.groups[g].before_exchange() >
        composed.groups[step.slowest_group].before_exchange())
      step.slowest_group = g;
  }
  PoolSigmas sigmas(question.pools.size());
  add_sigma(groups, composed, factors, sigmas, step);
  if (question.with_interval && question.models != nullptr)
    add_interval(question, plan, groups, sigmas, factors, step);
  if (question.with_memory) add_memory(question, groups, step);
  if (question.with_energy && question.models != nullptr)
    add_energy(question, groups, composed, factors, step);
  return step;
}

MixedStep mixed_step(const MixedQuestion& question, const MixedPlan& plan) {
  std::list<LayerTable> tables;  // a list: references to its items stay valid
  return mixed_step(question, plan, [&](std::size_t pool, const TrainingPlan& own) -> LayerTable& {
    return tables.emplace_back(question.model, own, *question.pools[pool].machine);
  });
}

}  // namespace polyfleet
