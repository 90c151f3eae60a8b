#include <doctest/doctest.h>

#include "serving/replica_clock.hpp"

using namespace polyfleet;

TEST_CASE("the clock's closed forms are what counting gives") {
  for (const auto& [numerator, denominator] :
       {std::pair{1, 1}, {3, 1}, {9, 5}, {7, 6}, {25, 12}, {183, 100}}) {
    TokenClock clock(numerator, denominator);
    for (int start = 0; start < 30; start += 7, clock.advance(7)) {
      CHECK(clock.step() == start);
      CHECK(clock.now() == start * numerator / denominator);
      std::int64_t sum = 0;
      for (std::int64_t n = 1; n < 260; ++n) {
        const std::int64_t gained =
            (start + n) * numerator / denominator - start * numerator / denominator;
        sum += gained;
        REQUIRE(clock.after(n) == gained);
        REQUIRE(clock.sum_after(n) == sum);
        REQUIRE(clock.after(clock.steps_to(n)) >= n);
        REQUIRE(clock.after(clock.steps_to(n) - 1) < n);
        REQUIRE(clock.after(clock.steps_within(n)) <= n);
        REQUIRE(clock.after(clock.steps_within(n) + 1) > n);
      }
    }
  }
}

TEST_CASE("a run of steps ends where adding them one by one does") {
  TokenClock clock(9, 5);
  clock.advance(3);
  const DecodeRun run{.first = 1000, .per_token = 17, .steps = 50};
  Picos at = 0;
  CHECK(run.steps_within(999, clock) == 0);
  for (std::int64_t j = 1; j <= 50; ++j) {
    const Picos time = 1000 + 17 * (clock.after(j) - clock.after(1));
    CHECK(run.step_time(j, clock) == time);
    at += time;
    CHECK(run.duration(j, clock) == at);
    CHECK(run.steps_within(at, clock) == j);
    CHECK(run.steps_within(at - 1, clock) == j - 1);
  }
  CHECK(run.steps_within(2 * at, clock) == 50);
}
