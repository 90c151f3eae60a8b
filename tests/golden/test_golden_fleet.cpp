// The shipped fleets against their accepted results: the small one whole, at 1e-9; the flagships by
// their headline figures, milestones and runs, at 1e-6, because the optimum of a linear program
// need not be unique. When a change is meant, run tests/golden/accept.sh and say in the commit what
// moved and why.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

#include "app/fleet_rate_store.hpp"
#include "app/fleet_run_study.hpp"
#include "base/files.hpp"
#include "json_difference.hpp"
#include "report/fleet_headline.hpp"
#include "report/fleet_json.hpp"

using namespace polyfleet;

namespace {

constexpr double kFlagshipTolerance = 1e-6;

FleetAnswer played(const std::string& name) {
  const std::string root = POLYFLEET_SOURCE_DIR;
  const auto workspace = Workspace::open(root + "/data");
  REQUIRE(workspace.has_value());
  auto document = fleet_document_at(root + "/scenarios/fleet/" + name + ".toml", {}, **workspace);
  REQUIRE_MESSAGE(document.has_value(), (document ? "" : to_text(document.problems())));
  FleetStudyOptions options;
  options.rates = usual_rate_folder();
  options.share_paths = 2000;
  auto answer = run_fleet(*std::move(document), **workspace, options);
  REQUIRE_MESSAGE(answer.has_value(), (answer ? "" : to_text(answer.problems())));
  CHECK(answer->run.ledger.energy_imbalance() < 1e-9);
  return *std::move(answer);
}

/// What of a flagship is kept.
Value short_json(const FleetAnswer& answer) {
  const Value whole = fleet_json(answer, FleetSliceKind::year);
  Value json{Table{}}, headline{Table{}};
  for (const HeadlineFigure& each : fleet_headline(answer.model, answer.run))
    headline.set(each.key, each.amount);
  json.set("headline", headline);
  for (const char* key : {"study", "programs", "campaigns"}) json.set(key, *whole.find(key));
  // A measure of rounding, not a result.
  for (auto& [key, value] : *json.table()) {
    if (key == "study") value.set("energy_imbalance", 0);
  }
  return json;
}

void check_golden(const std::string& name, const Value& now, double tolerance) {
  CAPTURE(name);
  const auto path =
      std::filesystem::path(POLYFLEET_SOURCE_DIR) / "tests/golden/fleet" / (name + ".json");
  if (std::getenv("POLYFLEET_ACCEPT") != nullptr) {
    std::filesystem::create_directories(path.parent_path());
    REQUIRE(write_file(path, to_json(now) + "\n").has_value());
    return;
  }
  const auto text = read_file(path);
  REQUIRE_MESSAGE(text.has_value(), "run tests/golden/accept.sh");
  const auto accepted = parse_json(*text, path.string());
  REQUIRE(accepted.has_value());
  const auto printed = parse_json(to_json(now), "now");
  REQUIRE(printed.has_value());
  CHECK(json_difference(*accepted, *printed, "", tolerance) == "");
}

}  // namespace

TEST_CASE("the small fleet gives its accepted result, whole") {
  const FleetAnswer answer = played("small");
  Value now = fleet_json(answer, FleetSliceKind::quarter);
  Value study = *now.find("study");
  study.set("energy_imbalance", 0);
  now.set("study", study);
  check_golden("small", now, 1e-9);
}

TEST_CASE("the flagships give their accepted figures") {
  for (const char* name : {"as_announced_2025_10", "as_of_2026_11"})
    check_golden(name, short_json(played(name)), kFlagshipTolerance);
}
