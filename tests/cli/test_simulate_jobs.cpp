#include <doctest/doctest.h>

#include <cmath>

#include "config/value.hpp"
#include "run_binary.hpp"

using polyfleet::Value;

namespace {

const std::string kJobs = "simulate jobs " POLYFLEET_SOURCE_DIR "/scenarios/jobs/";

}  // namespace

TEST_CASE("every shipped job study runs and its books close") {
  for (const char* name : {"gavel.toml", "philly.toml", "lemons.toml"}) {
    CAPTURE(name);
    const Outcome outcome = polyfleet_run(kJobs + name + " --json");
    REQUIRE(outcome.code == 0);
    const auto json = polyfleet::parse_json(outcome.out, "standard output");
    REQUIRE(json.has_value());
    const Value* account = json->find("accelerator_time");
    REQUIRE(account != nullptr);
    double sum = 0;
    for (const auto& [part, seconds] : *account->table())
      sum += part == "total_s" ? -*seconds.number() : *seconds.number();
    CHECK(std::abs(sum) < 1e-3);
  }
}

TEST_CASE("Gavel's case prints the public simulator's averages") {
  const Outcome outcome = polyfleet_run(kJobs + "gavel.toml");
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
  for (const char* part : {"19.01 h", "7.51 d", "15.51 %", "rounds-fifo-fastest", "3-4"}) {
    CAPTURE(part);
    CHECK(outcome.says(part));
  }
}

TEST_CASE("a trace and flags are enough; files are written; the same seed gives the same bytes") {
  const std::string trace =
      scratch().write("jobs.csv", "arrival,duration,accelerators\n0,100,8\n10,50,16\n20,30,4\n");
  const std::string run = "simulate jobs " + trace + " --nodes 2 --per-node 8";
  const std::string folder = (scratch() / "tables").string();
  const Outcome outcome = polyfleet_run(run + " --policy backfill --csv " + folder);
  CHECK(outcome.code == 0);
  CHECK_FALSE(outcome.says("none was stated"));
  CHECK(content_of(std::filesystem::path(folder) / "jobs.csv").find("0,20.000,4") !=
        std::string::npos);
  CHECK(content_of(std::filesystem::path(folder) / "account.csv").find("total") !=
        std::string::npos);
  CHECK(polyfleet_run(run).says("policy: fifo, none was stated"));
  const std::string philly = kJobs + "philly.toml --json --seed 4";
  CHECK(polyfleet_run(philly).out == polyfleet_run(philly).out);
}

TEST_CASE("a job that fits nowhere ends with 1, mistakes with 2, each with its place") {
  const std::string large = scratch().write("large.csv", "arrival,duration,accelerators\n0,1,64\n");
  const Outcome refused = polyfleet_run("simulate jobs " + large + " --nodes 2 --per-node 8");
  CHECK(refused.code == 1);
  CHECK(refused.says("1 jobs are refused"));
  const std::string wrong =
      scratch().write("wrong.csv", "arrival,duration,accelerators\n0,1,1\n0,x,1\n");
  const Outcome mistake = polyfleet_run("simulate jobs " + wrong + " --nodes 2 --per-node 8");
  CHECK(mistake.code == 2);
  CHECK(mistake.err.find("wrong.csv:3") != std::string::npos);
  CHECK(polyfleet_run("simulate jobs " + large).code == 2);  // no nodes
  const std::string base = "simulate jobs " + large + " --nodes 20 --per-node 8";
  CHECK(polyfleet_run(base + " --policy bakfill").says("backfill"));
  CHECK(polyfleet_run(base + " --set cluster.spare_nodes=20").code == 2);
  CHECK(polyfleet_run(base + " --set cluster.mean_time_between_failures='9 days'").says("repair"));
  CHECK(polyfleet_run(base + " --set polcy=fifo").says("policy"));
  CHECK(polyfleet_run(kJobs + "philly.toml --policy max-min-aware").says("rounds"));
  CHECK(polyfleet_run("simulate jobs nowhere.toml").code == 2);
}
