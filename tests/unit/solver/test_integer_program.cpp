#include <doctest/doctest.h>

#include <cmath>

#include "solver/integer_program.hpp"

using namespace polyfleet;

namespace {

LinearParts of_two(double cost_x, double cost_y) {
  LinearParts parts;
  parts.cost = {cost_x, cost_y};
  parts.low = {0, 0};
  parts.high = {kUnbounded, kUnbounded};
  return parts;
}

/// Weights and values of a knapsack of 0/1 items.
struct Knapsack {
  std::vector<double> weight, value;
  double room = 0;
};

LinearParts parts_of(const Knapsack& sack) {
  LinearParts parts;
  for (std::size_t i = 0; i < sack.weight.size(); ++i) {
    parts.cost.push_back(-sack.value[i]);
    parts.low.push_back(0);
    parts.high.push_back(1);
    parts.entries.push_back({0, static_cast<int>(i), sack.weight[i]});
  }
  parts.row_low = {-kUnbounded};
  parts.row_high = {sack.room};
  return parts;
}

double best_by_trying(const Knapsack& sack) {
  double best = 0;
  for (unsigned set = 0; set < 1u << sack.weight.size(); ++set) {
    double weight = 0, value = 0;
    for (std::size_t i = 0; i < sack.weight.size(); ++i) {
      if (set >> i & 1) weight += sack.weight[i], value += sack.value[i];
    }
    if (weight <= sack.room) best = std::max(best, value);
  }
  return best;
}

}  // namespace

TEST_CASE("whole numbers cost: the relaxation rounds to no answer") {
  // Most 5x + 4y with 6x + 4y <= 24, x + 2y <= 6: relaxed 21 at (3, 1.5); whole 20 at (4, 0).
  LinearParts parts = of_two(-5, -4);
  parts.row_low = {-kUnbounded, -kUnbounded};
  parts.row_high = {24, 6};
  parts.entries = {{0, 0, 6}, {0, 1, 4}, {1, 0, 1}, {1, 1, 2}};
  CHECK(LinearProgram(parts).solve().cost == doctest::Approx(-21));
  const IntegerAnswer answer = solve_integer(parts, {0, 1});
  REQUIRE(answer.status == ProgramStatus::optimal);
  CHECK(answer.cost == doctest::Approx(-20));
  CHECK(answer.values == std::vector<double>{4, 0});
  CHECK(answer.bound == doctest::Approx(-20));
}

TEST_CASE("only the variables named are whole") {
  LinearParts parts = of_two(-5, -4);
  parts.row_low = {-kUnbounded, -kUnbounded};
  parts.row_high = {24, 6};
  parts.entries = {{0, 0, 6}, {0, 1, 4}, {1, 0, 1}, {1, 1, 2}};
  const IntegerAnswer answer = solve_integer(parts, {0});
  CHECK(answer.cost == doctest::Approx(-21));  // x = 3 is whole already
  CHECK(answer.values[1] == doctest::Approx(1.5));
}

TEST_CASE("knapsacks equal trying every set") {
  Knapsack sack;
  for (int i = 0; i < 14; ++i) {
    sack.weight.push_back(3 + (i * 37) % 23);
    sack.value.push_back(5 + (i * 53) % 31);
  }
  for (const double room : {20.0, 41.0, 77.0}) {
    sack.room = room;
    std::vector<int> whole;
    for (int i = 0; i < 14; ++i) whole.push_back(i);
    const IntegerAnswer answer = solve_integer(parts_of(sack), whole);
    REQUIRE(answer.status == ProgramStatus::optimal);
    CHECK(-answer.cost == doctest::Approx(best_by_trying(sack)));
  }
}

TEST_CASE("infeasible in whole numbers only, infeasible at all, unbounded") {
  LinearParts parts = of_two(1, 1);
  parts.row_low = {1};
  parts.row_high = {1};
  parts.entries = {{0, 0, 2}, {0, 1, 4}};  // 2x + 4y = 1
  CHECK(LinearProgram(parts).solve().status == ProgramStatus::optimal);
  CHECK(solve_integer(parts, {0, 1}).status == ProgramStatus::infeasible);
  parts.row_low = {-4};
  parts.row_high = {-3};
  CHECK(solve_integer(parts, {0, 1}).status == ProgramStatus::infeasible);
  parts.cost = {-1, 0};
  parts.row_low = {-kUnbounded};
  parts.row_high = {5};
  parts.entries = {{0, 0, 1}, {0, 1, -1}};
  CHECK(solve_integer(parts, {0, 1}).status == ProgramStatus::unbounded);
}

TEST_CASE("the search stops when asked, and a gap is kept") {
  const std::atomic<bool> stop = true;
  Knapsack sack;
  for (int i = 0; i < 14; ++i) {
    sack.weight.push_back(3 + (i * 37) % 23);
    sack.value.push_back(5 + (i * 53) % 31);
  }
  sack.room = 77;
  std::vector<int> whole;
  for (int i = 0; i < 14; ++i) whole.push_back(i);
  IntegerLimits limits;
  limits.gap = 0.2;
  const IntegerAnswer loose = solve_integer(parts_of(sack), whole, limits);
  REQUIRE(loose.status == ProgramStatus::optimal);
  CHECK(-loose.cost >= 0.8 * best_by_trying(sack));
  limits.stop = &stop;
  CHECK_NOTHROW(solve_integer(parts_of(sack), whole, limits));
}
