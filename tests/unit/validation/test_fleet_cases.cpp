// The rules by which cases of fleets are met, and what is said about a folder without them.
#include <doctest/doctest.h>

#include "validation/fleet_cases.hpp"

using namespace polyfleet;

TEST_CASE("equal is relative, bounds hold at the bound, reported figures never fail") {
  FleetCaseFigure figure;
  figure.expected = 200;
  figure.tolerance = 0.01;
  figure.computed = 201.9;
  CHECK(figure.difference() == doctest::Approx(0.0095));
  CHECK(figure.within());
  figure.computed = 202.1;
  CHECK(!figure.within());
  figure.computed = 198.1;
  CHECK(figure.within());

  figure.rule = FleetCaseRule::at_least;
  CHECK(!figure.within());
  figure.computed = 200;
  CHECK(figure.within());
  figure.rule = FleetCaseRule::at_most;
  CHECK(figure.within());
  figure.computed = 200.001;
  CHECK(!figure.within());
  FleetCases cases{{figure}};
  CHECK(cases.missed() == 1);
  cases.figures[0].rule = FleetCaseRule::reported;
  CHECK(cases.missed() == 0);
}

TEST_CASE("a folder without the cases is a problem that names the file") {
  const std::string root = POLYFLEET_SOURCE_DIR;
  const auto cases = run_fleet_cases({root + "/data", root + "/nowhere"});
  REQUIRE(!cases.has_value());
  CHECK(cases.problems().front().where.file.find("nowhere/fleet_cases.toml") != std::string::npos);
}
