// Every shipped scenario against its accepted result: numbers at 1e-9, texts exactly. When a change
// is meant, run tests/golden/accept.sh and say in the commit what moved and why.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

#include "app/speed_figures.hpp"
#include "app/training_run.hpp"
#include "base/files.hpp"
#include "json_difference.hpp"
#include "report/training_json.hpp"

using namespace polyfleet;

namespace {

std::filesystem::path golden_file(const std::string& scenario) {
  return std::filesystem::path(POLYFLEET_SOURCE_DIR) / "tests/golden" /
         std::filesystem::path(scenario).filename().replace_extension(".json");
}

}  // namespace

TEST_CASE("every scenario gives its accepted result") {
  const auto workspace = Workspace::open(std::string(POLYFLEET_SOURCE_DIR) + "/data");
  REQUIRE(workspace.has_value());
  const std::vector<std::string> scenarios = golden_scenarios(**workspace);
  REQUIRE(scenarios.size() >= 5);
  for (const std::string& path : scenarios) {
    CAPTURE(path);
    auto question = read_scenario(**workspace, path);
    REQUIRE_MESSAGE(question.has_value(),
                    (question ? std::string() : to_text(question.problems())));
    const auto run = run_training(**workspace, *std::move(question), false);
    REQUIRE(run.has_value());
    const Value now = training_json(run->answer());
    const auto golden = golden_file(path);
    if (std::getenv("POLYFLEET_ACCEPT") != nullptr) {
      REQUIRE(write_file(golden, to_json(now) + "\n").has_value());
      continue;
    }
    const auto text = read_file(golden);
    REQUIRE_MESSAGE(text.has_value(), "run tests/golden/accept.sh");
    const auto accepted = parse_json(*text, golden.string());
    REQUIRE(accepted.has_value());
    // Through text, so that both sides have been printed and read.
    const auto printed = parse_json(to_json(now), "now");
    REQUIRE(printed.has_value());
    CHECK(json_difference(*accepted, *printed, "") == "");
  }
}
