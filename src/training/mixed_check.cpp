// Why a mixed plan cannot run.
#include <fmt/format.h>

#include "training/mixed_plan.hpp"
#include "training/plan_check.hpp"

namespace polyfleet {
namespace {

class MixedChecker {
 public:
  MixedChecker(const ModelSpec& model, std::span<const MixedPool> pools, const MixedPlan& plan)
      : model_(model), pools_(pools), plan_(plan) {}

  Diagnostics run() {
    if (plan_.groups.empty()) add("the plan has no replica group", "give at least one");
    for (std::size_t g = 0; g < plan_.groups.size(); ++g) check_group(g);
    for (std::size_t p = 0; p < pools_.size(); ++p) {
      const std::int64_t used = plan_.devices_of(p);
      if (used > pools_[p].devices)
        add(fmt::format("the plan uses {} devices of pool {}, which has {}", used, pools_[p].name,
                        pools_[p].devices),
            "fewer replicas or stages there");
    }
    return std::move(problems_);
  }

 private:
  void add(std::string what, std::string fix) {
    problems_.push_back(problem(std::move(what), std::move(fix)));
  }

  void check_group(std::size_t index) {
    const ReplicaGroup& group = plan_.groups[index];
    const std::string who = fmt::format("group {}", index + 1);
    if (group.stages.empty()) return add(who + " has no stages", "name at least one pool");
    for (const StageGroup& stages : group.stages) {
      if (stages.pool >= pools_.size())
        return add(fmt::format("{} names pool {} of {}", who, stages.pool + 1, pools_.size()),
                   "name a pool of the cluster");
      if (stages.plan.layout.pipeline < 1)
        return add(who + ": a pool without a stage", "leave the pool out of the group");
    }
    if (group.stages.size() > 1) check_pipeline(group, who);
    for (const StageGroup& stages : group.stages) {
      const TrainingPlan whole = whole_pipeline_plan(plan_, group, stages);
      for (Diagnostic& found : plan_problems(model_, whole, whole.layout.devices())) {
        found.what = fmt::format("{} on {}: {}", who, pools_[stages.pool].name, found.what);
        problems_.push_back(std::move(found));
      }
    }
  }

  void check_pipeline(const ReplicaGroup& group, const std::string& who) {
    const TrainingPlan& first = group.stages.front().plan;
    for (const StageGroup& stages : group.stages) {
      const TrainingPlan& plan = stages.plan;
      const std::string& pool = pools_[stages.pool].name;
      if (stages.stage_layers.size() != static_cast<std::size_t>(plan.layout.pipeline))
        add(fmt::format("{}: {} stages on {}, but layers for {}", who, plan.layout.pipeline, pool,
                        stages.stage_layers.size()),
            "give one entry per stage");
      if (plan.schedule != first.schedule)
        add(fmt::format("{}: {} follows another schedule than the first pool", who, pool),
            "one pipeline has one schedule");
      if (plan.overlap.pipeline != first.overlap.pipeline)
        add(fmt::format("{}: hand-over overlaps on some pools only ({})", who, pool),
            "set it alike on all pools of a pipeline");
      if (plan.precision.activation != first.precision.activation)
        add(fmt::format("{}: {} has another activation format than the first pool", who, pool),
            "activations cross the border: use one format");
      if (plan.layout.virtual_stages > 1)
        add(fmt::format("{}: virtual stages in a pipeline through several pools", who),
            "interleave only where the whole replica is on one pool");
    }
    if (first.schedule == Schedule::interleaved || first.schedule == Schedule::dual_pipe)
      add(who + ": interleaved and DualPipe schedules fold the pipeline over each device",
          "use gpipe, 1f1b or zero-bubble across pools");
  }

  const ModelSpec& model_;
  std::span<const MixedPool> pools_;
  const MixedPlan& plan_;
  Diagnostics problems_;
};

}  // namespace

Diagnostics mixed_plan_problems(const ModelSpec& model, std::span<const MixedPool> pools,
                                const MixedPlan& plan) {
  return MixedChecker(model, pools, plan).run();
}

}  // namespace polyfleet
