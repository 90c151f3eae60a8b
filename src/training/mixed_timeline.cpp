#include "training/mixed_timeline.hpp"

#include <list>

#include "training/mixed_result.hpp"

namespace polyfleet {
namespace {

GroupTimeline group_timeline(const MixedGroup& group, const GroupFinish& finish,
                             std::span<const double> factors, Seconds total) {
  GroupTimeline timeline;
  timeline.shape = group.shape;
  timeline.costs = scaled_costs(group, factors, true);
  timeline.pipeline = finish.pipeline.total;
  timeline.host = finish.host;
  for (std::size_t s = 0; s < group.stages.size(); ++s) {
    const StageFinish& done = finish.stages[s];
    StageEnd end;
    end.pool = group.stages[s].pool;
    end.reduce = done.gradient_own;
    end.exchange = done.gradient - done.gradient_own;
    end.meeting = done.synchronous - finish.before_exchange() - done.gradient;
    end.update = done.update;
    end.gather = done.parameter;
    end.idle = total - done.finish;
    timeline.stages.push_back(end);
  }
  return timeline;
}

}  // namespace

MixedTimeline mixed_timeline(const MixedQuestion& question, const MixedPlan& plan) {
  std::list<LayerTable> tables;  // a list: references to its items stay valid
  std::vector<MixedGroup> groups =
      mixed_groups(question, plan, [&](std::size_t pool, const TrainingPlan& own) -> LayerTable& {
        return tables.emplace_back(question.model, own, *question.pools[pool].machine);
      });
  add_cross_gradients(question, groups);
  const std::vector<double> factors = software_factors(question, plan);
  const Composition composed = compose(groups, factors);
  MixedTimeline timeline;
  timeline.total = composed.total;
  for (std::size_t g = 0; g < groups.size(); ++g)
    timeline.groups.push_back(
        group_timeline(groups[g], composed.groups[g], factors, composed.total));
  return timeline;
}

}  // namespace polyfleet
