#include <doctest/doctest.h>

#include <set>

#include "report/step_parts.hpp"

using namespace polyfleet;

TEST_CASE("every part of a breakdown is listed once") {
  StepBreakdown where;
  double next = 1, sum = 0;
  const auto fill = [&](Seconds& part) {
    part = next * second;
    sum += next;
    next *= 2;  // powers of two: no sum of other parts can stand in for a missing one
  };
  for (Seconds& part : where.compute) fill(part);
  for (Seconds* part :
       {&where.recompute, &where.tensor, &where.context, &where.expert, &where.pipeline,
        &where.bubble, &where.gradient_reduce, &where.parameter_gather, &where.optimizer,
        &where.offload, &where.host, &where.software})
    fill(*part);
  double listed = 0;
  std::set<std::string> keys;
  for (const StepPart& part : step_parts(where)) {
    listed += part.time / second;
    CHECK(keys.insert(part.key).second);
  }
  CHECK(listed == sum);
}

TEST_CASE("what follows the pipeline makes it the step; host stalls inside passes stay there") {
  StepBreakdown where;
  where.compute[0] = 10 * second;
  where.bubble = 2 * second;
  where.host = 3 * second;  // 1 s of it inside the passes
  where.gradient_reduce = 0.5 * second;
  where.parameter_gather = 0.25 * second;
  where.optimizer = 0.125 * second;
  where.software = 1 * second;
  for (const StepPart& part : step_parts(where)) where.total += part.time;
  const Seconds pipeline = 13 * second;
  Seconds sum = pipeline;
  for (const StepPart& part : step_end_parts(where, pipeline)) {
    sum += part.time;
    if (part.key == "host") CHECK(part.time == 2 * second);
  }
  CHECK(sum == where.total);
  CHECK(timeline_scale(where) == 1);
}

TEST_CASE("software faster than the bound shortens the whole timeline to the step") {
  StepBreakdown where;
  where.compute[0] = 10 * second;
  where.gradient_reduce = 4 * second;
  where.optimizer = 2 * second;
  where.software = -4 * second;
  where.total = 12 * second;
  CHECK(timeline_scale(where) == 0.75);
  Seconds sum = 10 * second * timeline_scale(where);
  for (const StepPart& part : step_end_parts(where, 10 * second)) {
    CHECK(part.time >= 0 * second);
    if (part.key == "optimizer") CHECK(part.time == 1.5 * second);
    sum += part.time;
  }
  CHECK(sum == where.total);
}
