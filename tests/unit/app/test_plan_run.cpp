// A plan that the search finds, written as a scenario and estimated like any other, takes the same
// time to the last bit; and what is reported when nothing fits is true.
#include <doctest/doctest.h>

#include "app/plan_document.hpp"
#include "app/plan_run.hpp"
#include "unit/app/shared_workspace.hpp"

using namespace polyfleet;

namespace {

std::unique_ptr<PlanRun> run_of(const std::string& text, bool compare_stated = false) {
  const auto document = parse_toml(text, "question.toml");
  REQUIRE_MESSAGE(document.has_value(), (document ? "" : to_text(document.problems())));
  auto question = plan_question(shared_workspace(), *document, compare_stated);
  REQUIRE_MESSAGE(question.has_value(), (question ? "" : to_text(question.problems())));
  auto run = run_plan_search(shared_workspace(), *std::move(question), {});
  REQUIRE_MESSAGE(run.has_value(), (run ? "" : to_text(run.problems())));
  return *std::move(run);
}

constexpr char kSmallPool[] = R"(
[search.space]
tensor = [1, 2, 4]
pipeline = [1, 2]
context = [1]
micro_batch = [1, 2]
recompute_layers = [0, 3]
)";

}  // namespace

TEST_CASE("plans of the search, written as scenarios, take the same time bit for bit") {
  const char* questions[] = {
      "model = \"llama3.1-8b\"\naccelerator = \"nv_h100_sxm\"\ndevices = 8\nprecision = \"fp8\"\n"
      "[plan]\nglobal_batch = 16\nsequence_length = 8192\n",
      "model = \"llama3.1-8b\"\naccelerator = \"amd_mi300x\"\ndevices = 8\nprecision = \"bf16\"\n"
      "[plan]\nglobal_batch = 16\nsequence_length = 4096\n",
      "model = \"mixtral-8x7b\"\naccelerator = \"nv_h200\"\ndevices = 16\nframework = "
      "\"torchtitan\"\n[plan]\nglobal_batch = 16\nsequence_length = 4096\n"};
  for (const char* text : questions) {
    CAPTURE(text);
    const auto run = run_of(std::string(text) + kSmallPool);
    REQUIRE(run->best.has_value());
    CHECK(run->best->estimate.time / second == run->result.best.front().time / second);
    for (const PlannedPlan& planned : run->result.best) {
      const auto scenario =
          planned_scenario(run->question.pools[0].document, planned.plan, planned.devices);
      REQUIRE(scenario.has_value());
      // Through text, as a user would.
      const auto read = parse_toml(toml_text(*scenario), "plan.toml");
      REQUIRE_MESSAGE(read.has_value(), (read ? "" : to_text(read.problems())));
      auto resolved = resolve_training(shared_workspace(), *read);
      REQUIRE_MESSAGE(resolved.has_value(), (resolved ? "" : to_text(resolved.problems())));
      const auto estimated = run_training(shared_workspace(), *std::move(resolved), false);
      REQUIRE(estimated.has_value());
      CHECK(estimated->estimate.time / second == planned.time / second);
      CHECK(estimated->estimate.fits_in_memory);
    }
  }
}

TEST_CASE("a stated plan is ranked against the best one") {
  const auto run = run_of(
      std::string("model = \"llama3.1-8b\"\naccelerator = \"nv_h100_sxm\"\ndevices = 8\nprecision "
                  "= \"bf16\"\n[plan]\nglobal_batch = 16\nsequence_length = 4096\nrecompute = "
                  "\"full\"\n[plan.layout]\ntensor = 8\n") +
          kSmallPool,
      true);
  const PlanAnswer answer = run->answer();
  REQUIRE(answer.stated.has_value());
  CHECK(answer.stated->over_best > 1);
  CHECK(answer.stated->over_best ==
        doctest::Approx(run->stated->estimate.time / run->best->estimate.time));
}

TEST_CASE("when nothing fits, more devices and freed settings are named, and they do fit") {
  const auto run = run_of(
      std::string("model = \"llama3.1-70b\"\naccelerator = \"nv_h100_sxm\"\ndevices = 8\nprecision "
                  "= \"bf16\"\n[plan]\nglobal_batch = 8\nsequence_length = 4096\nrecompute = "
                  "\"none\"\n[search.space]\ntensor = [8]\npipeline = [1]\ncontext = [1]\n"
                  "optimizer_offload = [false]\n"));
  CHECK_FALSE(run->best.has_value());
  REQUIRE(run->result.leanest.has_value());
  CHECK(run->result.leanest->head_room < 0);
  REQUIRE_FALSE(run->would_fit.empty());
  for (const QuestionChange& change : run->would_fit) CHECK(*change.head_room >= 0);
}

TEST_CASE("TOML text reads back to the same document") {
  const auto document = parse_toml(
      "name = \"a \\\"b\\\"\"\nx = 0.1\nlist = [1, 2]\n[a.b]\nc = true\n[[t]]\nd = 1\n[[t]]\nd = "
      "2\n",
      "in");
  REQUIRE(document.has_value());
  const auto again = parse_toml(toml_text(*document), "out");
  REQUIRE_MESSAGE(again.has_value(), toml_text(*document));
  CHECK(to_json(*again) == to_json(*document));
}
