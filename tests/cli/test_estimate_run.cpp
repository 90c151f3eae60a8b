#include <doctest/doctest.h>

#include "config/value.hpp"
#include "run_binary.hpp"

namespace {

const std::string kScenario =
    std::string(POLYFLEET_SOURCE_DIR) + "/scenarios/examples/llama_405b_h100.toml";

Outcome run_of(const std::string& more) {
  return polyfleet_run("estimate run " + kScenario + " " + more);
}
Outcome size_of(const std::string& more) {
  return polyfleet_run("plan size " + kScenario + " " + more);
}

}  // namespace

TEST_CASE("a run says when it ends and where its time goes") {
  const Outcome run = run_of("--tokens 15e12 --start 2026-12-01");
  CHECK(run.code == 0);
  CHECK(run.err.empty());
  for (const char* part : {"time between failures", "effective time (ETTR)", "2026-12-01",
                           "work done again", "100.00 %", "failure rates"}) {
    CAPTURE(part);
    CHECK(run.says(part));
  }
}

TEST_CASE("the same seed, the same bytes") {
  const std::string asked = "--tokens 1e12 --simulate 30 --seed 4 --json";
  const Outcome first = run_of(asked), second = run_of(asked),
                other = run_of("--tokens 1e12 --simulate 30 --seed 5 --json");
  CHECK(first.code == 0);
  CHECK(first.out == second.out);
  CHECK(first.out != other.out);
  CHECK(polyfleet::parse_json(first.out, "standard output").has_value());
}

TEST_CASE("flags of estimate train reach the run") {
  const Outcome run = run_of("--tokens 1e12 --devices 4096 --json");
  CHECK(run.code == 0);
  CHECK(run.says("\"devices\": 4096"));
}

TEST_CASE("bad questions end with 2 and say what to write") {
  for (const char* texts :
       {"", "--tokens -5", "--tokens many", "--tokens 15e12 --start tomorrow",
        "--tokens 15e12 --storage 2", "--tokens 15e12 --spares -1",
        "--tokens 15e12 --failures unknown", "--tokens 15e12 --async --in-memory"}) {
    CAPTURE(texts);
    const Outcome run = run_of(texts);
    CHECK(run.code == 2);
    CHECK(run.err.find("fix: ") != std::string::npos);
    CHECK(run.out.empty());
  }
  CHECK(size_of("--tokens 15e12").code == 2);
  CHECK(size_of("--tokens 15e12 --days 0").code == 2);
}

TEST_CASE("a plan that does not fit in memory is told with exit 1") {
  const Outcome run = run_of("--tokens 15e12 --pp 1 --vpp 1 --schedule 1f1b");
  CHECK(run.code == 1);
  CHECK(run.says("does not fit in memory"));
}

TEST_CASE("a size that meets ends with 0, one that cannot with 1 and the nearest") {
  const Outcome meets = size_of("--tokens 15e12 --days 90 --global-batch 4096");
  CHECK(meets.code == 0);
  CHECK(meets.says("the fewest that end in 90 days"));
  const Outcome slow = size_of("--tokens 15e12 --days 90");
  CHECK(slow.code == 1);
  CHECK(slow.says("no size of this plan ends in 90 days"));
  const Outcome power = size_of("--tokens 15e12 --power \"50 MW\" --global-batch 4096");
  CHECK(power.code == 0);
  CHECK(power.says("what fits within 50 MW"));
  CHECK(size_of("--tokens 15e12 --days 40 --power \"10 MW\" --global-batch 4096 --json").code == 1);
}
