#include <doctest/doctest.h>

#include <cmath>

#include "futures_fixture.hpp"

using namespace polyfleet_test;

namespace {

double value_of(const OutcomeTable& table, const std::vector<double>& values, const char* id) {
  const int index = outcome_index(table.outcomes(), id);
  REQUIRE_MESSAGE(index >= 0, id);
  return values[static_cast<std::size_t>(index)];
}

}  // namespace

TEST_CASE("a row counts in the year of its period's first day, and years sum to the study") {
  const FleetModel model = small_fleet();
  const OutcomeTable table(model);
  FleetRun run;
  run.ledger.add({0, Account::grid_energy, 0, -1, -1, 5});
  run.ledger.add({52, Account::grid_energy, 0, -1, -1, 7});  // 2027-12-31 to 2028-01-06
  run.ledger.add({53, Account::grid_energy, 0, -1, -1, 11});
  const std::vector<double> values = table.values(run);
  CHECK(table.years() == std::vector<int>{2027, 2028});
  CHECK(value_of(table, values, "grid_energy/2027") == 12);
  CHECK(value_of(table, values, "grid_energy/2028") == 11);
  CHECK(value_of(table, values, "grid_energy") == 23);
}

TEST_CASE("cost leaves out income from output and deals and counts what is left") {
  const FleetModel model = small_fleet();
  const OutcomeTable table(model);
  FleetRun run;
  run.ledger.add({0, Account::hardware_capital, 0, 0, -1, -100});
  run.ledger.add({0, Account::grid_cost, 0, -1, -1, -10});
  run.ledger.add({0, Account::curtailment_income, 0, -1, -1, 1});
  run.ledger.add({0, Account::revenue, -1, -1, 0, 50});
  run.ledger.add({0, Account::deal_income, -1, -1, -1, 20});
  run.ledger.add({0, Account::unmet_value, -1, -1, 0, -999});
  run.ledger.add({0, Account::carbon_cost, -1, -1, -1, -888});
  run.ledger.add({104, Account::residual_value, -1, 0, -1, 40});
  const std::vector<double> values = table.values(run);
  CHECK(value_of(table, values, "cost") == doctest::Approx(100 + 10 - 1 - 40));
  CHECK(value_of(table, values, "cost/2027") == doctest::Approx(109));
  // The middles of the periods: day 3 of the study and day 729 (the last has three days).
  const double first = std::pow(1.1, -3 / 365.0), last = std::pow(1.1, -729 / 365.0);
  CHECK(value_of(table, values, "npv") == doctest::Approx(-39 * first + 40 * last));
}

TEST_CASE("cost of served tokens is shared out by accelerator-time") {
  const FleetModel model = small_fleet();
  const OutcomeTable table(model);
  FleetRun run;
  run.ledger.add({0, Account::hardware_capital, 0, 0, -1, -100});
  run.ledger.add({0, Account::in_use, 0, 0, 0, 30});
  run.ledger.add({0, Account::in_use, 0, 0, 1, 70});
  run.ledger.add({0, Account::output_tokens, -1, -1, 0, 2e6});
  run.ledger.add({0, Account::output_tokens, -1, -1, 1, 9e6});
  run.ledger.add({0, Account::installed_power, 0, 0, -1, 1e9 * 365 * 86400.0 / 2});
  const std::vector<double> values = table.values(run);
  CHECK(value_of(table, values, "token_cost") == doctest::Approx(100 * 0.3 / 2));
  CHECK(value_of(table, values, "token_cost/2028") == 0);
  CHECK(value_of(table, values, "gigawatt_year_cost") == doctest::Approx(200));
  CHECK(value_of(table, values, "tokens") == 11e6);
  CHECK(value_of(table, values, "tokens.chat/2027") == 2e6);
}

TEST_CASE("gigawatts of a program stand at the end of each year, its days where it passed them") {
  const FleetModel model = small_fleet();
  const OutcomeTable table(model);
  const std::vector<double> plan = table.values(fake_run(model, {}, {}));
  CHECK(value_of(table, plan, "gigawatts.amd_openai/2027") == doctest::Approx(2e9));
  CHECK(value_of(table, plan, "gigawatts.nvidia_openai/2027") == doctest::Approx(1e9));
  CHECK(value_of(table, plan, "gigawatts.nvidia_openai/2028") == doctest::Approx(2e9));
  CHECK(value_of(table, plan, "day.amd_openai.1gw") == 12 * 168);
  FleetVariation lost;
  lost.cancelled = {true, true, false, false};
  const std::vector<double> values = table.values(fake_run(model, lost, {}));
  CHECK(value_of(table, values, "gigawatts.amd_openai/2028") == 0);
  CHECK(std::isinf(value_of(table, values, "day.amd_openai.1gw")));
}

TEST_CASE("every outcome has a name of its own, and sums of unlike units are no outcome") {
  const FleetModel model = small_fleet();
  const OutcomeTable table(model);
  for (std::size_t i = 0; i < table.outcomes().size(); ++i)
    CHECK(outcome_index(table.outcomes(), table.outcomes()[i].id) == static_cast<int>(i));
  CHECK(outcome_index(table.outcomes(), "output") == -1);
  CHECK(outcome_index(table.outcomes(), "output.chat") >= 0);
}
