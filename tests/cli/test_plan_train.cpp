#include <doctest/doctest.h>

#include "cli/json_output.hpp"
#include "config/value.hpp"
#include "run_binary.hpp"

using polyfleet::Value;

namespace {

/// A small space, searched in a moment.
std::string small_plan(const std::string& more = "") {
  return "plan train --model llama3.1-8b --accelerator nv_h100_sxm --devices 8 --global-batch 16 "
         "--sequence 4096 --precision bf16 --space pipeline=1,2 --space context=1 --space "
         "micro_batch=1,2 " +
         more;
}

}  // namespace

TEST_CASE("plan train prints the best plan, the next ones and what was assumed") {
  const Outcome outcome = polyfleet_run(small_plan("--front"));
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
  for (const char* part : {"wanted: least step time", "searched ", "gap 0 %", "best plan", "cut ",
                           "step time", "80 % interval", "MFU", "rank", "assumed"}) {
    CAPTURE(part);
    CHECK(outcome.says(part));
  }
}

TEST_CASE("counts account for the whole space, and threads change nothing") {
  const Outcome one = polyfleet_run(small_plan("--json --threads 1"));
  const Outcome two = polyfleet_run(small_plan("--json --threads 2"));
  REQUIRE(one.code == 0);
  const auto json = polyfleet::parse_json(one.out, "out");
  REQUIRE(json.has_value());
  const Value* counts = json->find("counts");
  REQUIRE(counts != nullptr);
  double sum = 0;
  for (const auto& [name, number] : *counts->table()) {
    if (name != "plans") sum += *number.number();
  }
  CHECK(sum == number_at(*counts, "plans"));
  const auto again = polyfleet::parse_json(two.out, "out");
  REQUIRE(again.has_value());
  CHECK(to_json(*json->find("best")) == to_json(*again->find("best")));
}

TEST_CASE("the plan that is written gives estimate train the same time") {
  const std::string file = (scratch() / "plan.toml").string();
  const Value json = json_of(small_plan("--json --out " + file));
  const Value again = json_of("estimate train " + file + " --json");
  const double planned = number_at((*json.find("best")->array())[0], "step_time_s");
  CHECK(planned == number_at(again, "step_time_s"));
  CHECK(planned == number_at(*json.find("estimate"), "step_time_s"));
}

TEST_CASE("a stated setting is a pin, --compare-stated ranks it instead") {
  const Value pinned = json_of(small_plan("--tp 1 --json"));
  const Value free = json_of(small_plan("--json"));
  CHECK(number_at(*pinned.find("estimate"), "step_time_s") >=
        number_at(*free.find("estimate"), "step_time_s"));
  const Value ranked = json_of(small_plan("--tp 8 --recompute full --compare-stated --json"));
  REQUIRE(ranked.find("stated") != nullptr);
  CHECK(number_at(*ranked.find("stated"), "over_best") > 1);
  CHECK(number_at(*ranked.find("estimate"), "step_time_s") ==
        number_at(*free.find("estimate"), "step_time_s"));
}

TEST_CASE("nothing fits: exit 1, the shortfall and what would fit") {
  const Outcome outcome = polyfleet_run(
      "plan train --model llama3.1-70b --accelerator nv_h100_sxm --devices 8 --global-batch 8 "
      "--sequence 4096 --precision bf16 --space tensor=8 --space pipeline=1 "
      "--space context=1 --space optimizer_offload=false");
  CHECK(outcome.code == 1);
  CHECK(outcome.says("no plan fits in memory"));
  CHECK(outcome.says("GB too much"));
  CHECK(outcome.says("accelerators instead of 8"));
}

TEST_CASE("contradictions are named and end with 2") {
  const auto faulty = [](const std::string& more, const std::string& part) {
    const Outcome outcome = polyfleet_run(small_plan(more));
    CAPTURE(outcome.err);
    CHECK(outcome.code == 2);
    CHECK(outcome.err.find(part) != std::string::npos);
  };
  faulty("--tp 8 --max-tensor 4", "largest tensor degree allowed is 4");
  faulty("--space tensor=3", "32 attention heads");
  faulty("--space tenser=4", "did you mean 'tensor'?");
  faulty("--objective fastest", "unknown value 'fastest'");
  faulty("--head-room 120%", "head_room");
  faulty("--vendor-share AMD=0.5", "no pool has accelerators of 'AMD'");
  faulty("--export slirm=x", "did you mean 'slurm'?");
  faulty("--tokens 10", "less than one step");
  faulty("--cluster missing.toml", "missing.toml");
  const Outcome empty = polyfleet_run("plan train --model llama3.1-8b");
  CHECK(empty.code == 2);
  CHECK(empty.says("the cluster is missing"));
}

TEST_CASE("the run of all tokens follows the best plan") {
  const Outcome outcome = polyfleet_run(small_plan("--tokens 1e12 --start 2026-12-01"));
  CHECK(outcome.code == 0);
  CHECK(outcome.says("2027"));
}

TEST_CASE("an interrupted search gives the best so far and ends with 130") {
  const std::string command =
      "timeout --preserve-status -s INT 0.7 " POLYFLEET_BINARY
      " plan train --model deepseek-v3 --system gb200_nvl72 --devices 100000 --global-batch 100800 "
      "--sequence 4096 --precision mxfp8 --json >" +
      (scratch() / "interrupted").string() + " 2>&1";
  const int status = std::system(command.c_str());
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 130);
  const auto json = polyfleet::parse_json(content_of(scratch() / "interrupted"), "out");
  REQUIRE(json.has_value());
  CHECK(*json->find("interrupted")->boolean());
}

TEST_CASE("two vendors in one question") {
  const std::string cluster = scratch().write(
      "cluster.toml",
      "[[pool]]\nname = \"amd\"\nsystem = \"mi300x_8oam\"\ndevices = 8\n[[pool]]\nname = "
      "\"green\"\nsystem = \"hgx_h200\"\ndevices = 8\n");
  const std::string question =
      "plan train --model llama3.1-8b --global-batch 32 --sequence 4096 --precision bf16 "
      "--cluster " +
      cluster + " ";
  const Outcome text = polyfleet_run(question + "--tokens 1e12");
  CHECK_MESSAGE(text.code == 0, text.err);
  for (const char* part : {"of the pools' sum", "limited by", "each pool alone", "other ways",
                           "gap ", "amd - green", "without failures"}) {
    CAPTURE(part);
    CHECK(text.says(part));
  }
  const Value json = json_of(question + "--json");
  CHECK(number_at(json, "gap") >= 0);
  CHECK(json.find("best")->array()->size() >= 1);
  const Outcome refused = polyfleet_run(question + "--timeline t.json --front");
  CHECK(refused.code == 2);
  CHECK(refused.says("--timeline"));
}
