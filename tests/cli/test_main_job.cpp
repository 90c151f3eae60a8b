#include <doctest/doctest.h>

#include "config/value.hpp"
#include "run_binary.hpp"

using polyfleet::Value;

TEST_CASE("the main job compares four systems at equal power, with intervals") {
  const Outcome outcome = polyfleet_run("main-job --json");
  REQUIRE_MESSAGE(outcome.code == 0, outcome.err);
  const auto json = polyfleet::parse_json(outcome.out, "standard output");
  REQUIRE(json.has_value());
  const Value* comparison = json->find("comparison");
  REQUIRE(comparison != nullptr);
  const double power = *comparison->find("power_w")->number();
  CHECK(comparison->find("systems")->array()->size() == 5);
  for (const Value& system : *comparison->find("systems")->array()) {
    const double fed = static_cast<double>(*system.find("fed")->integer());
    const double each = *system.find("all_in_power_w")->number();
    CHECK(fed * each <= power);
    CHECK((fed + 1) * each > power);
    CHECK(*system.find("days_low")->number() < *system.find("days")->number());
    CHECK(*system.find("days_high")->number() > *system.find("days")->number());
    CHECK(*system.find("estimate")->find("memory")->find("fits")->boolean());
  }
  CHECK(*json->find("validation")->find("predicted")->integer() > 2000);
}

TEST_CASE("a folder without a comparison is refused") {
  const Outcome outcome = polyfleet_run("main-job --scenarios /nowhere");
  CHECK(outcome.code == 2);
  CHECK(outcome.says("/nowhere/comparison.toml"));
}

TEST_CASE("a comparison's mistakes are reported at their place") {
  scratch().write("comparison.toml",
                  "name = \"x\"\npower = \"10 MWh\"\ntokens = 1e12\n[scenario]\n[[system]]\n"
                  "name = \"a\"\nsystm = \"b\"\n");
  const Outcome outcome = polyfleet_run("main-job --scenarios " + (scratch() / "").string());
  CHECK(outcome.code == 2);
  CHECK(outcome.says("comparison.toml:2:1: power"));
  CHECK(outcome.says("comparison.toml:7:1: unknown key 'systm'"));
}

TEST_CASE("the signature is one stable number") {
  const Outcome first = polyfleet_run("bench --signature"),
                second = polyfleet_run("bench --signature");
  CHECK(first.code == 0);
  CHECK(first.out.size() == 17);
  CHECK(first.out == second.out);
}
