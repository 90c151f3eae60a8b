// --report and --figures of the commands about training: a file that opens alone, beside the same
// text as ever; a path that cannot be written costs the report and never the answer.
#include <doctest/doctest.h>

#include <vector>

#include "run_binary.hpp"

namespace {

const std::string kScenarios = std::string(POLYFLEET_SOURCE_DIR) + "/scenarios/";
const std::string kLlama = kScenarios + "examples/llama_405b_h100.toml";
const std::string kPlan =
    "plan train --model llama3.1-8b --accelerator amd_mi300x --devices 8 --global-batch 16 "
    "--sequence 4096 --precision bf16 --space context=1 --space virtual_stages=1 "
    "--space recompute_layers=0";

struct Reported {
  std::string command, title;
  std::vector<std::string> figures;
};

const std::vector<Reported>& reported() {
  static const std::vector<Reported> all{
      {"estimate train " + kLlama,
       "Llama 3.1 405B on 2,048 H100",
       {"step_time", "pipeline", "memory_stages", "energy", "flops", "assumptions"}},
      {small_estimate("--sweep accelerator.memory_bandwidth=2TB/s:4TB/s:3"),
       "llama3.1-8b",
       {"step_time", "points"}},
      {small_estimate("--sensitivity"), "llama3.1-8b", {"tornado", "measurements"}},
      {"estimate run " + kLlama + " --tokens 1e12",
       "Llama 3.1 405B",
       {"run_parts", "checkpoint_interval", "failures"}},
      {"plan size " + kLlama + " --tokens 1e12 --days 20", "Llama 3.1 405B", {"length", "sizes"}},
      {kPlan + " --sensitivity",
       "llama3.1-8b",
       {"front_energy", "best_plans", "counts", "plan_sensitivity", "step_time"}},
      {"plan train " + kScenarios + "clusters/llama_70b.toml --cluster " + kScenarios +
           "clusters/mi300x_h200.toml",
       "Llama",
       {"rates", "group_time", "families"}},
  };
  return all;
}

}  // namespace

TEST_CASE("every command about training writes its report") {
  constexpr std::size_t kLargest = 2'000'000;
  for (const Reported& each : reported()) {
    CAPTURE(each.command);
    const std::string file = (scratch() / "report.html").string();
    const Outcome outcome = polyfleet_run(each.command + " --report " + file);
    CHECK(outcome.code == 0);
    CHECK(outcome.err.empty());
    CHECK(!outcome.out.empty());
    const std::string page = content_of(file);
    CHECK(page.size() < kLargest);
    CHECK(page.find("<!doctype html>") == 0);
    CHECK(page.find(each.title) != std::string::npos);
    for (const std::string& figure : each.figures) {
      CAPTURE(figure);
      CHECK(page.find("id=\"" + figure + "\"") != std::string::npos);
    }
    std::filesystem::remove(file);
  }
}

TEST_CASE("the text beside a report is the text without one") {
  for (const std::string& command : {"estimate train " + kLlama, small_estimate("--explain")}) {
    const Outcome plain = polyfleet_run(command);
    const Outcome beside =
        polyfleet_run(command + " --report " + (scratch() / "report.html").string());
    CHECK(plain.out == beside.out);
  }
}

TEST_CASE("a report that cannot be written is an error, and the answer is printed") {
  const Outcome outcome = polyfleet_run(small_estimate("--report /nowhere/at/all.html"));
  CHECK(outcome.code == 2);
  CHECK(outcome.err.find("/nowhere/at/all.html") != std::string::npos);
  CHECK(outcome.out.find("step time") != std::string::npos);
}

TEST_CASE("figures as files: one SVG and one CSV each, with the figure's numbers") {
  const auto folder = scratch() / "figures";
  const Outcome outcome = polyfleet_run(small_estimate("--figures " + folder.string()));
  CHECK(outcome.code == 0);
  CHECK(content_of(folder / "step_time.svg").find("<svg") != std::string::npos);
  const std::string table = content_of(folder / "step_parts.csv");
  CHECK(table.find("part,time (ms),share (%)") == 0);
  CHECK(table.find("compute: mlp,") != std::string::npos);
  CHECK(!std::filesystem::exists(folder / "kernels.svg"));
  CHECK(std::filesystem::exists(folder / "kernels.csv"));
}
