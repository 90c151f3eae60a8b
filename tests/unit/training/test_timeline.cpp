// Shortened timelines keep the true end and name what they leave out.
#include <doctest/doctest.h>

#include <algorithm>

#include "training/timeline.hpp"

using namespace polyfleet;

namespace {

std::vector<StageCost> costs(std::size_t chunks) {
  std::vector<StageCost> all(chunks,
                             {1 * second, 1.2 * second, 0.8 * second, 0.1 * second, 0.1 * second});
  all.back().forward = 1.5 * second;
  return all;
}

Seconds last_end(const TimelineTasks& shown) {
  Seconds last;
  for (const ScheduledTask& task : shown.tasks) last = max(last, task.end);
  return last;
}

}  // namespace

TEST_CASE("a short step is shown whole") {
  const PipelineShape shape{Schedule::one_forward_one_backward, 4, 1, 8, true};
  const TimelineTasks shown = timeline_tasks(shape, costs(4));
  CHECK(shown.elided_micro_batches == 0);
  CHECK(shown.tasks.size() == 2 * 4 * 8);
  CHECK(last_end(shown) / second == doctest::Approx(pipeline_time(shape, costs(4)).total / second));
}

TEST_CASE("a long step is cut in its steady state, bounded, and ends when it really ends") {
  for (const Schedule schedule :
       {Schedule::one_forward_one_backward, Schedule::interleaved, Schedule::zero_bubble}) {
    const int virtual_stages = schedule == Schedule::interleaved ? 2 : 1;
    const PipelineShape shape{schedule, 4, virtual_stages, 100000, true};
    const std::vector<StageCost> each = costs(shape.chunks());
    const TimelineTasks shown = timeline_tasks(shape, each, 2000);
    CHECK(shown.tasks.size() <= 2000);
    CHECK(shown.elided_micro_batches > 99000);
    CHECK(last_end(shown) / second ==
          doctest::Approx(pipeline_time(shape, each).total / second).epsilon(1e-9));
    const auto latest = std::max_element(
        shown.tasks.begin(), shown.tasks.end(),
        [](const auto& a, const auto& b) { return a.micro_batch < b.micro_batch; });
    CHECK(latest->micro_batch == 99999);
  }
}

TEST_CASE("the warm-up is never cut") {
  const PipelineShape shape{Schedule::one_forward_one_backward, 16, 1, 1000, false};
  CHECK(timeline_tasks(shape, costs(16), 10).tasks.size() >= 2 * 16 * 4 * 16);
}
