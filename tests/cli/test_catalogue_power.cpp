#include <doctest/doctest.h>

#include "run_binary.hpp"

TEST_CASE("catalogue power: all systems, one chain, faults") {
  const Outcome all = polyfleet_run("catalogue power");
  CHECK(all.code == 0);
  CHECK(all.says("amd_helios"));
  CHECK(all.says("no power figure is published for:"));
  CHECK(all.says("published barclays: 500 thousand a gigawatt"));
  const Outcome one = polyfleet_run("catalogue power gb200_nvl72 --pue 1.05 --json");
  CHECK(one.code == 0);
  CHECK(one.says("\"accelerators_per_gigawatt\""));
  CHECK(polyfleet_run("catalogue power --pue 0.9").code == 2);
  CHECK(polyfleet_run("catalogue power gb200_nvl27").says("did you mean 'gb200_nvl72'?"));
  CHECK(polyfleet_run("catalogue power tpu_8i_pod").code == 2);
}

TEST_CASE("catalogue cooling: places by kinds") {
  const Outcome table = polyfleet_run("catalogue cooling");
  CHECK(table.code == 0);
  CHECK(table.says("warm_water"));
  CHECK(table.says("abu_dhabi"));
  CHECK(polyfleet_run("catalogue cooling --json").code == 0);
}
