// Two questions of the planner against their accepted answers: one pool, and two vendors mixed.
// When a change is meant, run tests/golden/accept.sh and say in the commit what moved and why.
#include <doctest/doctest.h>

#include <cstdlib>

#include "app/mixed_run.hpp"
#include "app/plan_run.hpp"
#include "base/files.hpp"
#include "json_difference.hpp"
#include "report/mixed_json.hpp"
#include "report/plan_json.hpp"

using namespace polyfleet;

namespace {

const std::string kSource = POLYFLEET_SOURCE_DIR;

PlanQuestion question_of(Workspace& workspace, const std::string& cluster,
                         const std::vector<Setting>& settings) {
  const auto document = plan_document_of(kSource + "/scenarios/clusters/llama_70b.toml",
                                         kSource + "/scenarios/clusters/" + cluster, settings);
  REQUIRE_MESSAGE(document.has_value(), (document ? "" : to_text(document.problems())));
  auto question = plan_question(workspace, *document, false);
  REQUIRE_MESSAGE(question.has_value(), (question ? "" : to_text(question.problems())));
  return *std::move(question);
}

/// How many plans a bound passed over is the search's own affair; how many there are is not.
Value without_effort(Value answer) {
  Value kept{Table{}};
  for (const auto& [key, value] : *answer.table()) {
    if (key == "counts" && value.find("plans") != nullptr) {
      kept.set("plans", *value.find("plans"));
    } else if (key != "counts") {
      kept.set(key, value);
    }
  }
  return kept;
}

void check_golden(const std::string& name, const Value& answer) {
  const Value now = without_effort(answer);
  const std::string golden = kSource + "/tests/golden/plans/" + name;
  if (std::getenv("POLYFLEET_ACCEPT") != nullptr) {
    REQUIRE(write_file(golden, to_json(now) + "\n").has_value());
    return;
  }
  const auto text = read_file(golden);
  REQUIRE_MESSAGE(text.has_value(), "run tests/golden/accept.sh");
  const auto accepted = parse_json(*text, golden);
  REQUIRE(accepted.has_value());
  // Through text, so that both sides have been printed and read.
  const auto printed = parse_json(to_json(now), "now");
  REQUIRE(printed.has_value());
  const std::string difference = json_difference(*accepted, *printed);
  CHECK_MESSAGE(difference.empty(), difference);
}

}  // namespace

TEST_CASE("plans of one pool and of two vendors are the accepted ones") {
  const auto workspace = Workspace::open(kSource + "/data");
  REQUIRE(workspace.has_value());
  const auto one = space_setting_of("context=1");
  const auto virtual_stages = space_setting_of("virtual_stages=1,2");
  const auto layers = space_setting_of("recompute_layers=0");
  REQUIRE((one && virtual_stages && layers));
  const auto alone = run_plan_search(
      **workspace, question_of(**workspace, "mi300x.toml", {*one, *virtual_stages, *layers}), {});
  REQUIRE(alone.has_value());
  check_golden("mi300x.json", plan_json((*alone)->answer()));
  const auto mixed =
      run_mixed_search(**workspace, question_of(**workspace, "mi300x_h200.toml", {}), {});
  REQUIRE(mixed.has_value());
  check_golden("mi300x_h200.json", mixed_json((*mixed)->answer()));
}
