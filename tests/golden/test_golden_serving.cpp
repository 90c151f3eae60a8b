// Every shipped service against its accepted result: numbers at 1e-9, texts exactly. When a change
// is meant, run tests/golden/accept.sh and say in the commit what moved and why.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

#include "app/scenario_document.hpp"
#include "app/serving_simulation.hpp"
#include "app/speed_figures.hpp"
#include "base/files.hpp"
#include "json_difference.hpp"

using namespace polyfleet;

TEST_CASE("every service gives its accepted result") {
  const std::string root = POLYFLEET_SOURCE_DIR;
  const auto workspace = Workspace::open(root + "/data");
  REQUIRE(workspace.has_value());
  const std::vector<std::string> scenarios = golden_services(**workspace);
  REQUIRE(scenarios.size() >= 6);
  for (const std::string& path : scenarios) {
    CAPTURE(path);
    const auto document = scenario_document(path, {});
    REQUIRE_MESSAGE(document.has_value(), (document ? "" : to_text(document.problems())));
    auto prepared = prepare_serving(**workspace, *document);
    REQUIRE_MESSAGE(prepared.has_value(), (prepared ? "" : to_text(prepared.problems())));
    const auto done = simulate(*prepared);
    REQUIRE_MESSAGE(done.has_value(), (done ? "" : to_text(done.problems())));
    CHECK(prepared->run.report.lost == 0);
    const Value now = serving_simulation_json(prepared->run);
    const auto golden = std::filesystem::path(root) / "tests/golden/serving" /
                        std::filesystem::path(path).filename().replace_extension(".json");
    if (std::getenv("POLYFLEET_ACCEPT") != nullptr) {
      REQUIRE(write_file(golden, to_json(now) + "\n").has_value());
      continue;
    }
    const auto text = read_file(golden);
    REQUIRE_MESSAGE(text.has_value(), "run tests/golden/accept.sh");
    const auto accepted = parse_json(*text, golden.string());
    REQUIRE(accepted.has_value());
    const auto printed = parse_json(to_json(now), "now");
    REQUIRE(printed.has_value());
    CHECK(json_difference(*accepted, *printed, "") == "");
  }
}
