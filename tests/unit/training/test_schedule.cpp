// Schedules by hand-derived cases: closed forms, tight small pipelines, bounds, orders,
// micro-batches in flight.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "training/event_schedule.hpp"
#include "training/schedule.hpp"

using namespace polyfleet;

namespace {

StageCost cost(double forward, double input, double weight, double send = 0) {
  return {forward * second, input * second, weight * second, send * second, send * second};
}

double total(const PipelineShape& shape, const std::vector<StageCost>& costs) {
  return pipeline_time(shape, costs).total / second;
}

constexpr Schedule kAll[] = {Schedule::gpipe, Schedule::one_forward_one_backward,
                             Schedule::interleaved, Schedule::zero_bubble, Schedule::dual_pipe};

}  // namespace

TEST_CASE("one stage takes its own time under every schedule") {
  for (const Schedule schedule : kAll) {
    if (schedule == Schedule::dual_pipe) continue;  // needs two
    CHECK(total({schedule, 1, 1, 7, false}, {cost(1, 2, 3, 9)}) == doctest::Approx(42));
  }
}

TEST_CASE("equal stages: (m + p - 1)(f + b)") {
  const std::vector<StageCost> costs(4, cost(1, 1, 1));
  CHECK(total({Schedule::gpipe, 4, 1, 8, false}, costs) == doctest::Approx(33));
  CHECK(total({Schedule::one_forward_one_backward, 4, 1, 8, false}, costs) == doctest::Approx(33));
}

TEST_CASE("interleaving divides the bubble by v") {
  const std::vector<StageCost> costs(8, cost(1, 1, 1));
  const PipelineTime time = pipeline_time({Schedule::interleaved, 4, 2, 8, false}, costs);
  CHECK(time.busy_of_slowest / second == doctest::Approx(48));
  CHECK(time.bubble / second == doctest::Approx(9));  // (p - 1)(f + b) of one chunk
}

TEST_CASE("ZB-H1 waits (p - 1)(f + b - w), a third of 1F1B") {
  const std::vector<StageCost> costs(4, cost(1, 1, 1));
  CHECK(pipeline_time({Schedule::zero_bubble, 4, 1, 8, false}, costs).bubble / second ==
        doctest::Approx(3));
  CHECK(total({Schedule::zero_bubble, 4, 1, 8, false}, costs) ==
        doctest::Approx(closed_form({Schedule::zero_bubble, 4, 1, 8, false}, costs[0]) / second));
}

TEST_CASE("DualPipe waits (p/2 - 1)(f&b + b - 3w)") {
  // table 2 of arXiv:2412.19437 with f = b_input = w = 1: 3 x (3 + 2 - 3) = 6
  const std::vector<StageCost> costs(8, cost(1, 1, 1));
  CHECK(closed_form({Schedule::dual_pipe, 8, 1, 20, false}, costs[0]) / second ==
        doctest::Approx(66));
  CHECK(total({Schedule::dual_pipe, 8, 1, 20, false}, costs) == doctest::Approx(66));
}

TEST_CASE("a slow last stage sets the pace") {
  // 1F1B: 1 + 1 forward to reach it, 10 x 6 busy, 2 + 2 back.
  const std::vector<StageCost> costs{cost(1, 1, 1), cost(1, 1, 1), cost(2, 2, 2)};
  CHECK(total({Schedule::one_forward_one_backward, 3, 1, 10, false}, costs) == doctest::Approx(66));
}

TEST_CASE("blocking hand-over holds the sender, overlapped delays the receiver") {
  const std::vector<StageCost> costs(2, cost(1, 1, 0, 0.5));
  // one micro-batch: 1 + 0.5 + 1 + 1 + 0.5 + 1 either way
  CHECK(total({Schedule::one_forward_one_backward, 2, 1, 1, false}, costs) == doctest::Approx(5));
  CHECK(total({Schedule::one_forward_one_backward, 2, 1, 1, true}, costs) == doctest::Approx(5));
  const PipelineTime blocking =
      pipeline_time({Schedule::one_forward_one_backward, 2, 1, 50, false}, costs);
  const PipelineTime beside =
      pipeline_time({Schedule::one_forward_one_backward, 2, 1, 50, true}, costs);
  CHECK(beside.total <= blocking.total);
  CHECK(blocking.exposed_hand_over > 0 * second);
  CHECK((blocking.busy_of_slowest + blocking.bubble + blocking.exposed_hand_over) / second ==
        doctest::Approx(blocking.total / second));
}

TEST_CASE("interleaved groups follow Megatron-Core's rule for remainders") {
  std::vector<StageCost> costs(8, cost(1, 1, 1));
  costs.back() = cost(1.5, 1.5, 1.5);
  for (const std::int64_t m : {1, 3, 4, 5, 6, 7, 8, 9, 11, 13}) {
    const PipelineShape shape{Schedule::interleaved, 4, 2, m, false};
    CAPTURE(m);
    CHECK(total(shape, costs) == doctest::Approx(event_makespan(shape, costs) / second));
  }
}

TEST_CASE("every task runs once, after its inputs, alone on its device") {
  for (const Schedule schedule : kAll) {
    const PipelineShape shape{schedule, 4, schedule == Schedule::interleaved ? 2 : 1, 8, true};
    const std::vector<StageCost> costs(shape.chunks(), cost(1, 1.25, 0.75, 0.1));
    std::map<int, Seconds> busy_until;
    std::set<std::tuple<TaskKind, int, std::int64_t>> seen;
    double work = 0;
    for (const ScheduledTask& task : pipeline_tasks(shape, costs)) {
      CHECK(task.start >= busy_until[task.device]);
      busy_until[task.device] = task.end;
      CHECK(seen.insert({task.kind, task.chunk, task.micro_batch}).second);
      work += (task.end - task.start) / second;
    }
    CHECK(work == doctest::Approx(3.0 * 8 * static_cast<double>(shape.chunks())));
  }
}

TEST_CASE("micro-batches in flight") {
  const auto held = [](Schedule schedule, int p, int v, std::int64_t m, int stage) {
    return micro_batches_in_flight({schedule, p, v, m, false}, stage);
  };
  CHECK(held(Schedule::gpipe, 4, 1, 16, 3) == 16);
  CHECK(held(Schedule::one_forward_one_backward, 4, 1, 16, 0) == 4);
  CHECK(held(Schedule::one_forward_one_backward, 4, 1, 16, 3) == 1);
  CHECK(held(Schedule::one_forward_one_backward, 4, 1, 2, 0) == 2);
  // p (1 + (p - 1) / (p v)) of Korthikanti et al. 2022
  CHECK(held(Schedule::interleaved, 8, 3, 64, 0) == doctest::Approx(8 * (1 + 7.0 / 24)));
  CHECK(held(Schedule::zero_bubble, 4, 1, 16, 3) == 4);
  CHECK(held(Schedule::dual_pipe, 8, 1, 20, 2) == 9);
}

TEST_CASE("in-flight figures are what the task lists hold") {
  for (const Schedule schedule :
       {Schedule::gpipe, Schedule::one_forward_one_backward, Schedule::interleaved}) {
    const PipelineShape shape{schedule, 4, schedule == Schedule::interleaved ? 3 : 1, 16, false};
    for (int device = 0; device < 4; ++device) {
      int now = 0, most = 0;
      for (const OrderedTask& task : device_order(shape, device)) {
        now += task.kind == TaskKind::forward ? 1 : -1;
        most = std::max(most, now);
      }
      CHECK(most == doctest::Approx(micro_batches_in_flight(shape, device) * shape.virtual_stages));
    }
  }
}

TEST_CASE("DualPipe holds p + 1 micro-batches on every device") {
  const PipelineShape shape{Schedule::dual_pipe, 8, 1, 32, false};
  for (int device = 0; device < 8; ++device) {
    int now = 0, most = 0;
    for (const OrderedTask& task : device_order(shape, device)) {
      if (task.kind == TaskKind::forward) ++now;
      if (task.kind == TaskKind::backward || task.kind == TaskKind::backward_input) --now;
      most = std::max(most, now);
    }
    CHECK(most <= 9);
    CHECK(most >= 8);
  }
}

TEST_CASE("shapes without a schedule say why") {
  CHECK_FALSE(schedule_problem({Schedule::one_forward_one_backward, 4, 1, 1, false}));
  CHECK(schedule_problem({Schedule::one_forward_one_backward, 0, 1, 1, false}));
  CHECK(schedule_problem({Schedule::gpipe, 4, 2, 8, false}));
  CHECK(schedule_problem({Schedule::interleaved, 4, 0, 8, false}));
  CHECK(schedule_problem({Schedule::gpipe, 4, 1, 0, false}));
  CHECK(schedule_problem({Schedule::dual_pipe, 3, 1, 8, false}));
  CHECK(schedule_problem({Schedule::dual_pipe, 4, 1, 9, false}));
  CHECK(schedule_problem({Schedule::dual_pipe, 4, 1, 6, false}));
  CHECK_FALSE(schedule_problem({Schedule::dual_pipe, 4, 1, 8, false}));
}

TEST_CASE("cost does not depend on gradient accumulation and totals stay exact") {
  std::vector<StageCost> costs(8, cost(1, 1, 1, 0.05));
  costs.front() = cost(1.1, 1.1, 1.1, 0.05);
  costs.back() = cost(1.4, 1.4, 1.4, 0.05);
  for (const Schedule schedule : {Schedule::one_forward_one_backward, Schedule::zero_bubble}) {
    const double hundred = total({schedule, 8, 1, 100, false}, costs);
    const double thousand = total({schedule, 8, 1, 1000, false}, costs);
    const double million = total({schedule, 8, 1, 1000000, false}, costs);
    const double pace = (thousand - hundred) / 900;
    CHECK(million == doctest::Approx(thousand + pace * 999000).epsilon(1e-9));
  }
}
