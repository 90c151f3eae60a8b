// A timeline of a mixed step is that step: every stage's parts end with it, and its tasks are those
// of the pipeline that the step was timed by.
#include "training/mixed_timeline.hpp"
#include "training/timeline.hpp"
#include "unit/training/mixed_fixture.hpp"

using namespace polyfleet;

namespace {

TrainingPlan timeline_plan() {
  TrainingPlan plan = dense_plan();
  plan.layout = {.tensor = 2, .sequence_parallel = true};
  return plan;
}

void check_timeline(const MixedCase& c, const MixedPlan& plan) {
  const MixedStep step = c.step(plan);
  const MixedTimeline timeline = mixed_timeline(c.question, plan);
  CHECK(timeline.total == step.total);
  REQUIRE(timeline.groups.size() == step.groups.size());
  for (std::size_t g = 0; g < timeline.groups.size(); ++g) {
    const GroupTimeline& group = timeline.groups[g];
    CHECK(group.pipeline == step.groups[g].pipeline);
    REQUIRE(group.stages.size() == static_cast<std::size_t>(group.shape.stages));
    for (const StageEnd& end : group.stages) {
      const Seconds all = group.pipeline + group.host + end.reduce + end.exchange + end.meeting +
                          end.update + end.gather + end.idle;
      CHECK(all / step.total == doctest::Approx(1).epsilon(1e-12));
      for (const Seconds part :
           {end.reduce, end.exchange, end.meeting, end.update, end.gather, end.idle})
        CHECK(part / step.total >= -1e-12);
    }
    Seconds last;
    for (const ScheduledTask& task : timeline_tasks(group.shape, group.costs).tasks)
      last = max(last, task.end);
    CHECK(last / group.pipeline == doctest::Approx(1).epsilon(1e-9));
  }
}

}  // namespace

TEST_CASE("groups, pipelines over pools and both at once end with their step") {
  const MixedCase c({pool_of("hgx_h100", 64), pool_of("mi300x_8oam", 64, "primus")});
  const TrainingPlan plan = timeline_plan();
  check_timeline(c, {{replicas_on(0, plan, 4, 8), replicas_on(1, plan, 4, 5)}, 4096});
  check_timeline(c, {{pipeline_of(plan, 18, 4, 8)}, 4096});
  check_timeline(c, {{replicas_on(0, plan, 4, 8), pipeline_of(plan, 18, 4, 6)}, 4096});
}

TEST_CASE("a step cut into a border's hand-over shows it in the costs") {
  const MixedCase c({pool_of("hgx_h100", 64), pool_of("mi300x_8oam", 64, "primus")});
  const MixedTimeline timeline =
      mixed_timeline(c.question, {{pipeline_of(timeline_plan(), 18, 4, 8)}, 4096});
  const GroupTimeline& group = timeline.groups.front();
  CHECK(group.stages[0].pool == 0);
  CHECK(group.stages[1].pool == 1);
  CHECK(group.costs[0].send_forward > 0 * second);
  CHECK(group.costs[1].send_backward > 0 * second);
}
