// Every shipped scenario against its accepted result: numbers at 1e-9, texts exactly. When a change
// is meant, run tests/golden/accept.sh and say in the commit what moved and why.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "app/speed_figures.hpp"
#include "app/training_run.hpp"
#include "base/files.hpp"
#include "report/training_json.hpp"

using namespace polyfleet;

namespace {

constexpr double kTolerance = 1e-9;

/// The first difference, as "path: accepted, now", or empty.
std::string difference(const Value& accepted, const Value& now, const std::string& path) {
  if (accepted.table() != nullptr && now.table() != nullptr) {
    for (const auto& [key, value] : *accepted.table()) {
      const Value* other = now.find(key);
      if (other == nullptr) return path + "." + key + ": gone";
      const std::string found = difference(value, *other, path + "." + key);
      if (!found.empty()) return found;
    }
    for (const auto& [key, value] : *now.table()) {
      if (accepted.find(key) == nullptr) return path + "." + key + ": new";
    }
    return {};
  }
  if (accepted.array() != nullptr && now.array() != nullptr) {
    if (accepted.array()->size() != now.array()->size()) return path + ": another length";
    for (std::size_t i = 0; i < accepted.array()->size(); ++i) {
      const std::string found = difference((*accepted.array())[i], (*now.array())[i],
                                           path + "[" + std::to_string(i) + "]");
      if (!found.empty()) return found;
    }
    return {};
  }
  const auto a = accepted.number(), b = now.number();
  const bool same = a && b ? std::abs(*a - *b) <= kTolerance * std::max(std::abs(*a), std::abs(*b))
                           : to_json(accepted, -1) == to_json(now, -1);
  return same ? "" : path + ": " + to_json(accepted, -1) + " became " + to_json(now, -1);
}

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
    CHECK(difference(*accepted, *printed, "") == "");
  }
}
