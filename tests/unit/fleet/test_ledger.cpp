#include <doctest/doctest.h>

#include "fleet/ledger.hpp"

using namespace polyfleet;

TEST_CASE("every account has one entry with a name, a group and a meaning") {
  for (int i = 0; i < kAccounts; ++i) {
    const AccountInfo& entry = info(static_cast<Account>(i));
    CHECK(static_cast<int>(entry.account) == i);
    CHECK_FALSE(entry.name.empty());
    CHECK_FALSE(entry.meaning.empty());
    CHECK((entry.group == "money") == (entry.unit == LedgerUnit::dollars));
    CHECK((!entry.cash || entry.group == "money"));
    for (int j = 0; j < i; ++j) CHECK(info(static_cast<Account>(j)).name != entry.name);
  }
  CHECK_FALSE(info(Account::residual_value).cash);
  CHECK_FALSE(info(Account::unmet_value).cash);
  CHECK_FALSE(info(Account::carbon_cost).cash);
}

TEST_CASE("totals are sums of rows; zero is not written") {
  Ledger ledger;
  ledger.add({0, Account::revenue, 0, -1, 1, 5});
  ledger.add({1, Account::revenue, 1, -1, 1, 7});
  ledger.add({1, Account::revenue, 1, -1, 0, 11});
  ledger.add({1, Account::grid_cost, 1, -1, -1, -3});
  ledger.add({1, Account::revenue, 1, -1, 0, 0});
  CHECK(ledger.rows().size() == 4);
  CHECK(ledger.total(Account::revenue) == 23);
  CHECK(ledger.total(Account::revenue, 1) == 18);
  LedgerQuery query;
  query.account = Account::revenue;
  query.site = 1;
  CHECK(ledger.total(query) == 18);
  query.workload = 1;
  CHECK(ledger.total(query) == 7);
  query.phase = -1;
  CHECK(ledger.total(query) == 7);
  query.phase = 0;
  CHECK(ledger.total(query) == 0);
}

TEST_CASE("the book of energy balances or says by how much it does not") {
  Ledger ledger;
  ledger.add({0, Account::grid_energy, 0, -1, -1, 90});
  ledger.add({0, Account::battery_discharge, 0, -1, -1, 10});
  ledger.add({0, Account::rack_energy, 0, -1, 2, -70});
  ledger.add({0, Account::cooling_energy, 0, -1, -1, -30});
  CHECK(ledger.energy_imbalance() == 0);
  ledger.add({3, Account::grid_energy, 1, -1, -1, 100});
  ledger.add({3, Account::rack_energy, 1, -1, -1, -98});
  CHECK(ledger.energy_imbalance() == doctest::Approx(0.02));
  ledger.add({2, Account::rack_energy, 1, -1, -1, -1});  // nothing supplied it
  CHECK(ledger.energy_imbalance() == 1);
}

TEST_CASE("a year owns the periods that begin in it") {
  const FleetTime time({2026, 12, 20}, {2028, 2, 1}, 7);
  Ledger ledger;
  ledger.add({0, Account::revenue, -1, -1, 0, 1});
  ledger.add({1, Account::revenue, -1, -1, 0, 2});  // 27 December to 2 January
  ledger.add({2, Account::revenue, -1, -1, 0, 4});  // 3 January
  ledger.add({time.periods() - 1, Account::revenue, -1, -1, 0, 8});
  ledger.add({2, Account::unmet_value, -1, -1, 0, -100});
  ledger.add({2, Account::grid_cost, -1, -1, 0, -3});
  const LedgerTotals totals(ledger, time);
  CHECK(totals.first_year() == 2026);
  CHECK(totals.years() == 3);
  CHECK(totals.year(Account::revenue, 2026) == 3);
  CHECK(totals.year(Account::revenue, 2027) == 4);
  CHECK(totals.year(Account::revenue, 2028) == 8);
  CHECK(totals.all(Account::revenue) == 15);
  CHECK(totals.cash(2027) == 1);
  CHECK(totals.cash() == 12);
}
