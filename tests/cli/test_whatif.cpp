#include <doctest/doctest.h>

#include "config/value.hpp"
#include "run_binary.hpp"

using polyfleet::Value;

TEST_CASE("a sweep prints a table, a plot and the best point") {
  const Outcome outcome =
      polyfleet_run(small_estimate() + " --sweep accelerator.memory_bandwidth=2TB/s:4TB/s:3");
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
  for (const char* part :
       {"accelerator.memory_bandwidth", "2 TB/s", "4 TB/s", "fastest", "step time over", "###"}) {
    CAPTURE(part);
    CHECK(outcome.says(part));
  }
}

TEST_CASE("a grid as JSON has every point") {
  const Outcome outcome = polyfleet_run(
      small_estimate() + " --json --sweep plan.micro_batch=1,2 --sweep costs.attention=1:2:3");
  REQUIRE(outcome.code == 0);
  const auto json = polyfleet::parse_json(outcome.out, "standard output");
  REQUIRE(json.has_value());
  REQUIRE(json->find("points") != nullptr);
  CHECK(json->find("points")->array()->size() == 6);
}

TEST_CASE("a sweep in which nothing runs ends with 1, a mistake with 2") {
  CHECK(polyfleet_run(small_estimate() + " --sweep accelerator.memory=1GB,2GB").code == 1);
  const Outcome mistake =
      polyfleet_run(small_estimate() + " --sweep accelerator.memory_bandwith=1TB/s:2TB/s");
  CHECK(mistake.code == 2);
  CHECK(mistake.err.find("memory_bandwidth") != std::string::npos);
  CHECK(polyfleet_run(small_estimate() + " --sweep devices").code == 2);
  CHECK(polyfleet_run(small_estimate() + " --sweep devices=8,16 --sensitivity").code == 2);
}

TEST_CASE("a sensitivity ranks inputs and names a measurement") {
  const Outcome outcome = polyfleet_run(small_estimate() + " --sensitivity");
  CHECK(outcome.code == 0);
  for (const char* part :
       {"costs.gemm", "software maturity", "of the interval", "scale-up domain", "measurement"}) {
    CAPTURE(part);
    CHECK(outcome.says(part));
  }
}

TEST_CASE("published plans against the planner, a few of them") {
  const Outcome outcome = polyfleet_run("validate plans --limit 2 --json");
  CHECK(outcome.code == 0);
  const auto json = polyfleet::parse_json(outcome.out, "standard output");
  REQUIRE(json.has_value());
  CHECK(json->find("plans")->array()->size() == 2);
}
