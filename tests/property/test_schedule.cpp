// Random pipelines: the fast recurrences equal the exact event schedule; bounds that no schedule
// beats.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>

#include "training/event_schedule.hpp"
#include "training/schedule.hpp"

using namespace polyfleet;

namespace {

struct Pipeline {
  PipelineShape shape;
  std::vector<StageCost> costs;
};

Seconds some_time() { return *rc::gen::inRange(0, 2000) * millisecond; }

Pipeline some_pipeline() {
  Pipeline pipeline;
  PipelineShape& shape = pipeline.shape;
  shape.schedule =
      *rc::gen::element(Schedule::gpipe, Schedule::one_forward_one_backward, Schedule::interleaved,
                        Schedule::zero_bubble, Schedule::dual_pipe);
  shape.stages = *rc::gen::inRange(1, 8);
  shape.micro_batches = *rc::gen::inRange(1, 70);
  if (shape.schedule == Schedule::interleaved) shape.virtual_stages = *rc::gen::inRange(1, 5);
  if (shape.schedule == Schedule::dual_pipe) {
    shape.stages += shape.stages % 2;
    shape.micro_batches = 6 * (shape.micro_batches / 2) + 2 * shape.stages;
  }
  shape.overlap_hand_over = *rc::gen::arbitrary<bool>();
  const bool uneven = *rc::gen::arbitrary<bool>();
  const StageCost each{some_time(), some_time(), some_time(), some_time() / 8, some_time() / 8};
  pipeline.costs.assign(shape.chunks(), each);
  for (std::size_t i = 0; i < pipeline.costs.size(); ++i) {
    const bool end = i == 0 || i + 1 == pipeline.costs.size();
    if (uneven || end)
      pipeline.costs[i] = {some_time(), some_time(), some_time(), some_time() / 8, some_time() / 8};
  }
  return pipeline;
}

bool close(Seconds a, Seconds b) {
  return std::abs((a - b) / second) <= 1e-9 * std::max(1.0, b / second);
}

}  // namespace

TEST_CASE("fast schedules equal the event schedule") {
  CHECK(rc::check([] {
    const Pipeline p = some_pipeline();
    RC_PRE(!schedule_problem(p.shape));
    RC_ASSERT(close(pipeline_time(p.shape, p.costs).total, event_makespan(p.shape, p.costs)));
  }));
}

TEST_CASE("no schedule beats its busiest device or one micro-batch's path") {
  CHECK(rc::check([] {
    const Pipeline p = some_pipeline();
    RC_PRE(!schedule_problem(p.shape));
    const PipelineTime time = pipeline_time(p.shape, p.costs);
    RC_ASSERT(time.total * (1 + 1e-12) >= time.busy_of_slowest);
    Seconds path;
    for (const StageCost& cost : p.costs) path += cost.forward + cost.backward_input;
    RC_ASSERT(time.total * (1 + 1e-12) >= path);
    RC_ASSERT(time.bubble >= -1e-9 * second);
    RC_ASSERT(close(time.busy_of_slowest + time.bubble + time.exposed_hand_over, time.total));
  }));
}

TEST_CASE("a slower task never makes a 1F1B or GPipe step faster") {
  CHECK(rc::check([] {
    Pipeline p = some_pipeline();
    RC_PRE(p.shape.schedule != Schedule::dual_pipe);
    RC_PRE(!schedule_problem(p.shape));
    const Seconds before = pipeline_time(p.shape, p.costs).total;
    const auto chosen = *rc::gen::inRange<std::size_t>(0, p.costs.size());
    p.costs[chosen].forward += some_time();
    p.costs[chosen].backward_input += some_time();
    RC_ASSERT(pipeline_time(p.shape, p.costs).total * (1 + 1e-12) >= before);
  }));
}

TEST_CASE("times scale with their unit") {
  CHECK(rc::check([] {
    Pipeline p = some_pipeline();
    RC_PRE(!schedule_problem(p.shape));
    const Seconds before = pipeline_time(p.shape, p.costs).total;
    for (StageCost& cost : p.costs) {
      for (Seconds* time : {&cost.forward, &cost.backward_input, &cost.backward_weight,
                            &cost.send_forward, &cost.send_backward})
        *time *= 4;
    }
    RC_ASSERT(close(pipeline_time(p.shape, p.costs).total, 4 * before));
  }));
}

TEST_CASE("the closed form of ZB-H1 is exact when weight gradients are the shortest task") {
  CHECK(rc::check([] {
    const Seconds w = some_time();
    const StageCost each{w + some_time(), w + some_time(), w, {}, {}};
    const PipelineShape shape{Schedule::zero_bubble, *rc::gen::inRange(1, 9), 1,
                              *rc::gen::inRange(9, 60), false};
    const std::vector<StageCost> costs(shape.chunks(), each);
    RC_ASSERT(close(closed_form(shape, each), event_makespan(shape, costs)));
  }));
}
