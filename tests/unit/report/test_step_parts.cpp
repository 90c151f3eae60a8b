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
