#include <doctest/doctest.h>

#include "capital/annuity.hpp"
#include "capital/cost_of_ownership.hpp"

using namespace polyfleet;

TEST_CASE("the recovery of one year pays capital and interest, that of many years by hand") {
  CHECK(capital_recovery(0.07, 1) == doctest::Approx(1.07).epsilon(1e-14));
  // Two years at 10 %: 1 / (1/1.1 + 1/1.21) = 1.21 / 2.1.
  CHECK(capital_recovery(0.10, 2) == doctest::Approx(1.21 / 2.1).epsilon(1e-14));
  CHECK(capital_recovery(0, 5) == 0.2);
  CHECK(capital_recovery(1e-12, 5) == doctest::Approx(0.2).epsilon(1e-9));
  CHECK(annuity_value(0.07, 5) * capital_recovery(0.07, 5) == doctest::Approx(1));
}

namespace {

OwnershipInputs small_site() {
  OwnershipInputs site;
  site.it_capital = 1100 * usd;
  site.facility_capital = 210 * usd;
  site.it_life = 1 * year_of_365;
  site.facility_life = 2 * year_of_365;
  site.discount_rate = 0.10;
  site.energy = 6 * usd / year_of_365;
  site.other_operations = 4 * usd / year_of_365;
  return site;
}

}  // namespace

TEST_CASE("cost of ownership by hand, as annuity and straight line") {
  const OwnershipCost cost = yearly_cost(small_site());
  CHECK(cost.it / usd == doctest::Approx(1210));
  CHECK(cost.facility / usd == doctest::Approx(121));  // 210 * 1.21 / 2.1
  CHECK(cost.energy / usd == doctest::Approx(6));
  CHECK(cost.total() / usd == doctest::Approx(1341));

  OwnershipInputs line = small_site();
  line.charge = CapitalCharge::straight_line;
  CHECK(yearly_cost(line).total() / usd == doctest::Approx(1100 + 105 + 10));

  OwnershipInputs sold = small_site();
  sold.residual = 110 * usd;  // worth 100 today, a year before
  CHECK(yearly_cost(sold).it / usd == doctest::Approx(1000 * 1.10));
}

TEST_CASE("a longer life and a lower rate never cost more a year") {
  OwnershipInputs site = small_site();
  Usd last = 1e30 * usd;
  for (int years = 1; years <= 10; ++years) {
    site.it_life = years * year_of_365;
    const Usd now = yearly_cost(site).total();
    CHECK(now < last);
    last = now;
  }
  site.discount_rate = 0.05;
  CHECK(yearly_cost(site).total() < last);
}

TEST_CASE("unit costs, and own against rented") {
  const OwnershipCost own{876 * usd, Usd(), Usd(), Usd()};
  const UnitCosts unit = unit_costs(own, 10, 0.5 * gigawatt, 0.5);
  CHECK(unit.per_accelerator_hour / usd == doctest::Approx(876.0 / (10 * 8760 * 0.5)));
  CHECK(unit.per_gigawatt_year / usd == doctest::Approx(1752));

  // Rented on demand at 2 cents: all hours cost 1752, so owning pays from half of the hours on.
  const OwnOrRent demand = own_or_rent(own, {0.02 * usd_per_hour, 0}, 10, 0.25);
  CHECK(demand.rent / usd == doctest::Approx(438));
  CHECK(demand.break_even == doctest::Approx(0.5));
  CHECK(demand.own_per_used_hour / usd == doctest::Approx(0.04));
  CHECK(demand.rent_per_used_hour / usd == doctest::Approx(0.02));
  // Three quarters must be paid in any case: owning is cheaper whatever is used.
  const OwnOrRent take_or_pay = own_or_rent(own, {0.02 * usd_per_hour, 0.75}, 10, 0.25);
  CHECK(take_or_pay.rent / usd == doctest::Approx(1314));
  CHECK(take_or_pay.break_even == 0);
  CHECK(own_or_rent(own, {0.005 * usd_per_hour, 0}, 10, 1).break_even == doctest::Approx(2));
}
