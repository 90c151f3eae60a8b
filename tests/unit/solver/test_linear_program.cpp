#include <doctest/doctest.h>

#include <cmath>

#include "solver/linear_program.hpp"

using namespace polyfleet;

namespace {

/// Dantzig's product mix: most 3x + 5y with x <= 4, 2y <= 12, 3x + 2y <= 18. Best 36 at (2, 6);
/// prices 0, 3/2, 1 (Hillier and Lieberman, Introduction to Operations Research, section 3.1).
LinearProgram glass_company() {
  LinearProgram program;
  const int x = program.add_variable(-3);
  const int y = program.add_variable(-5);
  program.add_row({{x, 1}}, -kUnbounded, 4);
  program.add_row({{y, 2}}, -kUnbounded, 12);
  program.add_row({{x, 3}, {y, 2}}, -kUnbounded, 18);
  return program;
}

LinearParts parts_of_glass_company() {
  LinearParts parts;
  parts.cost = {-3, -5};
  parts.low = {0, 0};
  parts.high = {kUnbounded, kUnbounded};
  parts.row_low = {-kUnbounded, -kUnbounded, -kUnbounded};
  parts.row_high = {4, 12, 18};
  parts.entries = {{2, 1, 2}, {0, 0, 1}, {2, 0, 3}, {1, 1, 2}};
  return parts;
}

}  // namespace

TEST_CASE("the textbook's product mix") {
  LinearProgram program = glass_company();
  const LinearAnswer answer = program.solve();
  REQUIRE(answer.status == ProgramStatus::optimal);
  CHECK(answer.cost == doctest::Approx(-36));
  CHECK(answer.values[0] == doctest::Approx(2));
  CHECK(answer.values[1] == doctest::Approx(6));
}

TEST_CASE("a price is what the least cost rises by when the bound rises") {
  LinearProgram program = glass_company();
  const LinearAnswer before = program.solve();
  const double expected[] = {0, -1.5, -1};
  const double high[] = {4, 12, 18};
  for (int row = 0; row < 3; ++row) {
    CHECK(before.prices[static_cast<std::size_t>(row)] == doctest::Approx(expected[row]));
    program.set_row_bounds(row, -kUnbounded, high[row] + 0.25);
    CHECK((program.solve().cost - before.cost) / 0.25 == doctest::Approx(expected[row]));
    program.set_row_bounds(row, -kUnbounded, high[row]);
  }
}

TEST_CASE("a price of a lower bound is positive: asking for more costs more") {
  // Least 2x + 3y with x + y >= 10, x <= 6: 6 of x, 4 of y, 24; one more unit costs 3.
  LinearProgram program;
  const int x = program.add_variable(2, 0, 6);
  const int y = program.add_variable(3);
  const int row = program.add_row({{x, 1}, {y, 1}}, 10, kUnbounded);
  LinearAnswer answer = program.solve();
  CHECK(answer.cost == doctest::Approx(24));
  CHECK(answer.prices[0] == doctest::Approx(3));
  program.set_row_bounds(row, 11, kUnbounded);
  CHECK(program.solve().cost == doctest::Approx(27));
}

TEST_CASE("a program at once equals one built up") {
  LinearProgram program(parts_of_glass_company());
  CHECK(program.variables() == 2);
  CHECK(program.rows() == 3);
  const LinearAnswer answer = program.solve();
  CHECK(answer.cost == doctest::Approx(-36));
  CHECK(answer.prices[1] == doctest::Approx(-1.5));
}

TEST_CASE("rows without entries and free variables are legal") {
  LinearProgram program;
  const int x = program.add_variable(1, -kUnbounded, kUnbounded);
  program.add_row({}, -kUnbounded, 5);
  program.add_row({{x, 2}}, -6, kUnbounded);
  const LinearAnswer answer = program.solve();
  REQUIRE(answer.status == ProgramStatus::optimal);
  CHECK(answer.values[0] == doctest::Approx(-3));
}

TEST_CASE("an infeasible program proves it: the certificate's rows cannot all hold") {
  // x + y <= 4 and x + 2y >= 12 with y <= 3: at most x + 2y = 7.
  LinearProgram program;
  const int x = program.add_variable(1);
  const int y = program.add_variable(1, 0, 3);
  program.add_row({{x, 1}, {y, 1}}, -kUnbounded, 4);
  program.add_row({{x, 1}, {y, 2}}, 12, kUnbounded);
  program.add_row({{x, 1}}, -kUnbounded, 100);
  const LinearAnswer answer = program.solve();
  REQUIRE(answer.status == ProgramStatus::infeasible);
  REQUIRE(answer.prices.size() == 3);
  CHECK(answer.prices[0] < 0);  // an upper bound that forbids
  CHECK(answer.prices[1] > 0);  // a lower bound that cannot be reached
  CHECK(answer.prices[2] == 0);
  const double on_x = answer.prices[0] + answer.prices[1];
  const double on_y = answer.prices[0] + 2 * answer.prices[1];
  CHECK(on_x <= 1e-12);
  const double most = std::max(0.0, on_y) * 3;
  CHECK(most < answer.prices[0] * 4 + answer.prices[1] * 12);
}

TEST_CASE("feasible again after infeasible") {
  LinearProgram program;
  const int x = program.add_variable(1, 0, 3);
  const int row = program.add_row({{x, 1}}, 5, kUnbounded);
  CHECK(program.solve().status == ProgramStatus::infeasible);
  program.set_row_bounds(row, 2, kUnbounded);
  const LinearAnswer answer = program.solve();
  REQUIRE(answer.status == ProgramStatus::optimal);
  CHECK(answer.cost == doctest::Approx(2));
}

TEST_CASE("unbounded") {
  LinearProgram program;
  const int x = program.add_variable(-1);
  const int y = program.add_variable(1);
  program.add_row({{x, 1}, {y, -1}}, -kUnbounded, 4);
  program.set_cost(y, 0.5);
  CHECK(program.solve().status == ProgramStatus::unbounded);
  program.set_cost(y, 2);
  CHECK(program.solve().cost == doctest::Approx(-4));
}

TEST_CASE("a warm start gives what a cold start gives") {
  LinearProgram warm = glass_company();
  for (int week = 0; week < 40; ++week) {
    const double change = std::sin(week);
    warm.set_cost(0, -3 - change);
    warm.set_bounds(1, 0, 5 + 2 * change);
    warm.set_row_bounds(2, -kUnbounded, 18 + 3 * change);
    warm.set_weight(2, 1, 2 + 0.5 * change);
    LinearProgram cold(parts_of_glass_company());
    cold.set_cost(0, -3 - change);
    cold.set_bounds(1, 0, 5 + 2 * change);
    cold.set_row_bounds(2, -kUnbounded, 18 + 3 * change);
    cold.set_weight(2, 1, 2 + 0.5 * change);
    const LinearAnswer a = warm.solve();
    const LinearAnswer b = cold.solve();
    REQUIRE(a.status == ProgramStatus::optimal);
    CHECK(a.cost == doctest::Approx(b.cost).epsilon(1e-12));
    CHECK(a.values[0] == doctest::Approx(b.values[0]).epsilon(1e-9));
  }
}
