#include <doctest/doctest.h>

#include <filesystem>

#include "config/value.hpp"
#include "run_binary.hpp"

using polyfleet::Value;

TEST_CASE("the main job holds the fleet of today against what was announced, in one page") {
  const std::string folder = (scratch() / "main-job").string();
  const Outcome outcome = polyfleet_run("main-job --futures 4 --folder " + folder);
  REQUIRE_MESSAGE((outcome.code == 0 || outcome.code == 1), outcome.err);
  for (const char* part : {"by year", "beside what was announced", "first GW of amd_openai",
                           "deals, over the futures", "what would change", "AMD two quarters late",
                           "NVIDIA lost", "twice the failures", "files: "})
    CHECK_MESSAGE(outcome.says(part), part);
  for (const char* name :
       {"answer.json", "report.html", "now/ledger.csv", "now/futures_percentiles.csv",
        "now/energy_hourly.csv", "announced/ledger.csv"})
    CHECK_MESSAGE(std::filesystem::exists(std::filesystem::path(folder) / name), name);
  const auto json = polyfleet::parse_json(content_of(std::filesystem::path(folder) / "answer.json"),
                                          "answer.json");
  REQUIRE(json.has_value());
  CHECK(*json->find("headline_announced")->find("power")->find("amount")->number() > 15);
  CHECK(*json->find("now")->find("study")->find("energy_imbalance")->number() < 1e-9);
  const double plan = *json->find("headline")->find("tokens")->find("amount")->number();
  for (const Value& each : *json->find("what_if")->array())
    CHECK(*each.find("headline")->find("tokens")->find("amount")->number() < plan * 1.001);
}

TEST_CASE("any fleet can be held against any other") {
  const std::string small = std::string(POLYFLEET_SOURCE_DIR) + "/scenarios/fleet/small.toml";
  const Outcome outcome = polyfleet_run("main-job --json --folder \"\" --futures 0 --scenario " +
                                        small + " --against " + small);
  REQUIRE_MESSAGE(outcome.code == 0, outcome.err);
  const auto json = polyfleet::parse_json(outcome.out, "standard output");
  REQUIRE(json.has_value());
  CHECK(*json->find("headline")->find("tokens")->find("amount")->number() ==
        *json->find("headline_announced")->find("tokens")->find("amount")->number());
  CHECK(polyfleet_run("main-job --scenario /nowhere.toml").code == 2);
}

TEST_CASE("main-job --training compares four systems at equal power, with intervals") {
  const Outcome outcome = polyfleet_run("main-job --training --json");
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
