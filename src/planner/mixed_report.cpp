#include "planner/mixed_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "planner/mixed_limits.hpp"

namespace polyfleet {
namespace {

const std::string& vendor_of(const MixedSearchQuestion& question, std::size_t pool) {
  return question.pools[pool].question.machine->accelerator.vendor;
}

/// Share of a group's tokens that each of its stage groups stands for: by the layers it holds.
std::vector<double> token_parts(const ReplicaGroup& group) {
  if (group.stages.size() == 1) return {1};
  std::vector<double> parts;
  double all = 0;
  for (const StageGroup& stages : group.stages) {
    double own = 0;
    for (const int layers : stages.stage_layers) own += layers;
    parts.push_back(own);
    all += own;
  }
  for (double& part : parts) part /= all;
  return parts;
}

std::optional<std::string> vendor_refusal(const MixedSearchQuestion& question,
                                          const MixedPlan& plan) {
  const std::vector<VendorPart> parts = vendor_parts(question, plan);
  for (const VendorShare& limit : question.constraints.vendors) {
    double share = 0;
    for (const VendorPart& part : parts)
      if (part.vendor == limit.vendor)
        share = limit.of == ShareOf::devices ? part.of_devices : part.of_tokens;
    if (share >= limit.least - kBoundRounding && share <= limit.most + kBoundRounding) continue;
    return fmt::format("{} has {:.1f} % of the {}, wanted are {:.1f} to {:.1f} %", limit.vendor,
                       share * 100, limit.of == ShareOf::devices ? "devices" : "tokens",
                       limit.least * 100, limit.most * 100);
  }
  return std::nullopt;
}

std::optional<std::string> memory_refusal(const MixedSearchQuestion& question,
                                          const MixedStep& step) {
  for (const ReplicaGroupResult& group : step.groups)
    for (const StageGroupResult& stages : group.stages) {
      if (!(stages.capacity > 0 * byte)) continue;
      const Bytes limit = stages.capacity * (1 - question.constraints.common.memory_head_room);
      for (const StageMemory& memory : stages.memory)
        if (memory.total > limit)
          return fmt::format("{} needs {:.1f} GB a device, {:.1f} GB may be filled",
                             question.pools[stages.pool].name, memory.total / gigabyte,
                             limit / gigabyte);
    }
  return std::nullopt;
}

}  // namespace

std::vector<VendorPart> vendor_parts(const MixedSearchQuestion& question, const MixedPlan& plan) {
  std::map<std::string, VendorPart> parts;
  double devices = 0, sequences = 0;
  for (const ReplicaGroup& group : plan.groups) {
    const std::vector<double> shares = token_parts(group);
    for (std::size_t s = 0; s < group.stages.size(); ++s) {
      const ParallelLayout& layout = group.stages[s].plan.layout;
      VendorPart& part = parts[vendor_of(question, group.stages[s].pool)];
      const std::int64_t own =
          std::int64_t{group.replicas} * layout.tensor * layout.context * layout.pipeline;
      part.devices += own;
      part.of_tokens += shares[s] * static_cast<double>(group.sequences());
      devices += static_cast<double>(own);
    }
    sequences += static_cast<double>(group.sequences());
  }
  std::vector<VendorPart> list;
  for (auto& [vendor, part] : parts) {
    part.vendor = vendor;
    part.of_devices = static_cast<double>(part.devices) / devices;
    part.of_tokens /= sequences;
    list.push_back(part);
  }
  return list;
}

double head_room_of(const MixedStep& step) {
  double least = 1;
  for (const ReplicaGroupResult& group : step.groups)
    for (const StageGroupResult& stages : group.stages)
      for (const StageMemory& memory : stages.memory)
        if (stages.capacity > 0 * byte) least = std::min(least, 1 - memory.total / stages.capacity);
  return least;
}

std::vector<MixLimit> limits_of(const MixedStep& step) {
  std::map<std::string, double> shares;
  double devices = 0;
  for (const ReplicaGroupResult& group : step.groups) {
    double own = 0;
    for (const StageGroupResult& stages : group.stages) own += static_cast<double>(stages.devices);
    devices += own;
    const auto add = [&](const char* cause, Seconds time) {
      shares[cause] += std::max(0.0, time / step.total) * own;
    };
    const StepBreakdown& where = group.where.own;
    add("waiting for slower groups", group.where.waiting);
    add("gradient exchange between groups", group.where.cross_gradient);
    add("copies through host memory", group.where.staging);
    add("hand-over between pools", group.where.border);
    add("pipeline bubble and unequal stages", where.bubble);
    add("hand-over inside a pool", where.pipeline);
    add("tensor, context and expert communication", where.tensor + where.context + where.expert);
    add("gradients and parameters inside a group", where.gradient_reduce + where.parameter_gather);
    add("recomputation to save memory", where.recompute);
  }
  std::vector<MixLimit> limits;
  for (const auto& [cause, share] : shares)
    if (share > 0) limits.push_back({cause, share / devices});
  std::stable_sort(limits.begin(), limits.end(),
                   [](const MixLimit& a, const MixLimit& b) { return a.share > b.share; });
  return limits;
}

std::optional<std::string> refusal_of(const MixedSearchQuestion& question, const MixedPlan& plan,
                                      const MixedStep& step) {
  if (const auto memory = memory_refusal(question, step)) return memory;
  if (const auto vendor = vendor_refusal(question, plan)) return vendor;
  const PlanConstraints& limits = question.constraints.common;
  if (limits.slowest_step && step.total > *limits.slowest_step)
    return fmt::format("a step takes {:.3f} s, at most {:.3f} s are allowed", step.total / second,
                       *limits.slowest_step / second);
  if (limits.power_cap && step.energy.known) {
    const Watts power = step.energy.facility / step.total;
    if (power > *limits.power_cap)
      return fmt::format("draws {:.3f} MW, at most {:.3f} MW are allowed", power / megawatt,
                         *limits.power_cap / megawatt);
  }
  if (limits.power_cap && !step.energy.known) return "its power is not known";
  for (std::size_t k = 0; limits.use_all_devices && k < question.pools.size(); ++k) {
    const std::int64_t offered = question.pools[k].question.scenario.devices;
    if (plan.devices_of(k) != offered)
      return fmt::format("leaves {} of {} devices of {} idle", offered - plan.devices_of(k),
                         offered, question.pools[k].name);
  }
  return std::nullopt;
}

std::string composition_of(const MixedPlan& plan, const std::vector<SearchedPool>& pools) {
  std::string text;
  for (const ReplicaGroup& group : plan.groups) {
    if (!text.empty()) text += " | ";
    for (std::size_t s = 0; s < group.stages.size(); ++s)
      text += (s > 0 ? " > " : "") + pools[group.stages[s].pool].name;
  }
  return text;
}

MixKind kind_of(const MixedPlan& plan) {
  const bool has_pipeline =
      std::any_of(plan.groups.begin(), plan.groups.end(),
                  [](const ReplicaGroup& group) { return group.stages.size() > 1; });
  if (plan.groups.size() == 1) return has_pipeline ? MixKind::pipeline : MixKind::alone;
  return has_pipeline ? MixKind::both : MixKind::data_groups;
}

}  // namespace polyfleet
