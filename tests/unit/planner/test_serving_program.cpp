// The integer program behind mixtures, against every combination counted by hand.
#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <random>

#include "planner/serving_program.hpp"

namespace polyfleet {
namespace {

/// The least cost with counts up to `most` each; infinite when none is feasible.
double least_by_counting(const WholeProgram& program, std::int64_t most) {
  const std::size_t n = program.costs.size();
  std::vector<std::int64_t> counts(n, 0);
  double best = std::numeric_limits<double>::infinity();
  while (true) {
    double cost = 0;
    bool feasible = true;
    for (std::size_t i = 0; i < n; ++i) cost += program.costs[i] * static_cast<double>(counts[i]);
    for (const ProgramRow& row : program.rows) {
      double sum = 0;
      for (std::size_t i = 0; i < n; ++i) sum += row.weights[i] * static_cast<double>(counts[i]);
      feasible = feasible && sum >= row.least - 1e-9;
    }
    if (feasible) best = std::min(best, cost);
    std::size_t place = 0;
    while (place < n && counts[place] == most) counts[place++] = 0;
    if (place == n) return best;
    ++counts[place];
  }
}

}  // namespace

TEST_CASE("a knapsack by hand") {
  // 7 of demand by things of 3 (cost 2) and 2 (cost 1.5): 3 + 2 + 2 = 7 costs 5.
  const ProgramAnswer answer = solve_whole({{2, 1.5}, {{{3, 2}, 7}}}, 1000);
  REQUIRE(answer.found);
  CHECK(answer.complete);
  CHECK(answer.cost == doctest::Approx(5));
  CHECK(answer.bound == doctest::Approx(5));
  CHECK(answer.counts == std::vector<std::int64_t>{1, 2});
}

TEST_CASE("the relaxation is no dearer than the answer, and none exists where rows contradict") {
  const WholeProgram program{{2, 1.5}, {{{3, 2}, 7}}};
  CHECK(solve_relaxed(program).cost == doctest::Approx(14.0 / 3));
  const WholeProgram contradiction{{1}, {{{1}, 5}, {{-1}, -4}}};
  CHECK_FALSE(solve_relaxed(contradiction).found);
  CHECK_FALSE(solve_whole(contradiction, 100).found);
}

TEST_CASE("a limit on nodes is told, with a bound that holds") {
  const WholeProgram program{{2, 1.5, 1.7}, {{{3, 2, 2.3}, 31}, {{-1, -1, -1}, -12}}};
  const ProgramAnswer whole = solve_whole(program, 100000);
  const ProgramAnswer cut = solve_whole(program, 1);
  REQUIRE(whole.found);
  CHECK_FALSE(cut.complete);
  CHECK(cut.bound <= whole.cost + 1e-9);
}

TEST_CASE("random programs agree with counting every combination") {
  std::mt19937 draws(7);
  const auto below = [&](int n) { return static_cast<int>(draws() % static_cast<unsigned>(n)); };
  for (int round = 0; round < 300; ++round) {
    WholeProgram program;
    const std::size_t n = 2 + static_cast<std::size_t>(below(2));
    ProgramRow demand;
    for (std::size_t i = 0; i < n; ++i) {
      program.costs.push_back(1 + below(90) / 10.0);
      demand.weights.push_back(1 + below(60) / 10.0);
    }
    demand.least = 2 + below(100) / 10.0;
    program.rows.push_back(demand);
    for (std::size_t i = 0; i < n; ++i) {  // stock
      ProgramRow row{std::vector<double>(n, 0), -static_cast<double>(below(7))};
      row.weights[i] = -1;
      program.rows.push_back(row);
    }
    if (below(2) == 0) {  // a share of the first of at least a half
      ProgramRow row{std::vector<double>(n, -0.5), 0};
      row.weights[0] = 0.5;
      program.rows.push_back(row);
    }
    const double counted = least_by_counting(program, 6);
    const ProgramAnswer answer = solve_whole(program, 100000);
    CAPTURE(round);
    REQUIRE(answer.complete);
    CHECK(answer.found == std::isfinite(counted));
    if (answer.found) CHECK(answer.cost == doctest::Approx(counted));
  }
}

}  // namespace polyfleet
