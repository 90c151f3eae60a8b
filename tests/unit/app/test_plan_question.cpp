// Clusters, pins and wishes: what is read, what contradicts, and where the message points.
#include <doctest/doctest.h>

#include "app/plan_question.hpp"
#include "unit/app/shared_workspace.hpp"

using namespace polyfleet;

namespace {

constexpr char kQuestion[] = R"(
model = "llama3.1-8b"
precision = "bf16"
[plan]
global_batch = 64
sequence_length = 8192
)";
constexpr char kOnePool[] = "accelerator = \"nv_h100_sxm\"\ndevices = 16\n";
constexpr char kTwoPools[] = R"(
[[cluster.pool]]
name = "amd"
system = "mi300x_8oam"
devices = 16
[[cluster.pool]]
name = "green"
accelerator = "nv_h200"
nodes = 2
price = "3 USD/h"
[[cluster.link]]
between = ["green", "amd"]
rate = "40 GB/s"
path = "host-staged"
)";

Result<PlanQuestion> plan_question_of(const std::string& text, bool compare_stated = false) {
  const auto document = parse_toml(text, "question.toml");
  REQUIRE_MESSAGE(document.has_value(), (document ? "" : to_text(document.problems())));
  return plan_question(shared_workspace(), *document, compare_stated);
}

PlanQuestion asked(const std::string& text, bool compare_stated = false) {
  auto question = plan_question_of(text, compare_stated);
  REQUIRE_MESSAGE(question.has_value(), (question ? "" : to_text(question.problems())));
  return *std::move(question);
}

std::string plan_problems_of(const std::string& text) {
  const auto question = plan_question_of(text);
  REQUIRE_FALSE(question.has_value());
  return to_text(question.problems());
}

bool says(const std::string& text, const std::string& part) {
  const bool found = text.find(part) != std::string::npos;
  if (!found) MESSAGE(text);
  return found;
}

}  // namespace

TEST_CASE("a scenario without a cluster is one pool, its stated degrees are pins") {
  const PlanQuestion question = asked(std::string(kOnePool) + kQuestion +
                                      "recompute = \"full\"\n[plan.layout]\ntensor = 4\n");
  REQUIRE(question.pools.size() == 1);
  const PlanSpace& space = question.pools[0].searched.space;
  CHECK(space.tensor == std::vector<int>{4});
  CHECK(space.recompute == std::vector<Recompute>{Recompute::full});
  CHECK(space.pipeline.empty());
  CHECK(question.pinned == std::vector<std::string>{"tensor = 4", "recompute = \"full\""});
  CHECK(question.pools[0].searched.question.scenario.devices == 16);
}

TEST_CASE("what the framework cannot do is left out unless it is stated") {
  const std::string scenario = std::string(kOnePool) + "framework = \"torchtitan\"\n" + kQuestion;
  const PlanQuestion open = asked(scenario);
  CHECK(open.pools[0].searched.space.sharding ==
        std::vector<Sharding>{Sharding::none, Sharding::zero2, Sharding::zero3});
  CHECK_FALSE(open.pools[0].assumptions.empty());
  const PlanQuestion stated_sharding = asked(scenario + "sharding = \"zero1\"\n");
  CHECK(stated_sharding.pools[0].searched.space.sharding == std::vector<Sharding>{Sharding::zero1});
}

TEST_CASE("a stated plan that is to be compared is no pin") {
  const PlanQuestion question =
      asked(std::string(kOnePool) + kQuestion + "[plan.layout]\ntensor = 4\n", true);
  CHECK(question.pools[0].searched.space.tensor.empty());
  CHECK(question.pinned.empty());
  REQUIRE(question.stated.has_value());
  CHECK(stated(*question.stated, "plan.layout.tensor") != nullptr);
  CHECK(stated(question.pools[0].document, "plan.layout.tensor") == nullptr);
}

TEST_CASE("pools, nodes, prices and links of a cluster") {
  const PlanQuestion question = asked(std::string(kQuestion) + kTwoPools);
  REQUIRE(question.pools.size() == 2);
  CHECK(question.pools[1].searched.question.scenario.devices == 16);  // two nodes of eight
  CHECK(*question.pools[1].searched.question.prices.device / (UsdPerSecond::from_base(1)) ==
        doctest::Approx(3.0 / 3600));
  CHECK(question.pools[0].searched.question.scenario.framework == "primus");
  CHECK(question.pools[1].searched.question.scenario.framework == "megatron_bridge");
  REQUIRE(question.links.size() == 1);
  CHECK(question.links[0].a == 1);
  CHECK(question.links[0].b == 0);
  CHECK(question.links[0].route == CrossRoute::staged);
}

TEST_CASE("mistakes in a cluster are all reported, each at its place") {
  const std::string text = plan_problems_of(std::string(kQuestion) + R"(
[[cluster.pool]]
name = "a"
devices = 8
[[cluster.pool]]
name = "a"
system = "mi300x_8oam"
[[cluster.link]]
between = ["a", "b"]
)");
  CHECK(says(text, "pool 'a' names no part"));
  CHECK(says(text, "two pools are named 'a'"));
  CHECK(says(text, "needs a number of accelerators"));
  CHECK(says(text, "no pool is named 'b'"));
  CHECK(says(text, "question.toml:"));
  CHECK(says(plan_problems_of(std::string(kQuestion) + "[[cluster.pool]]\nnam = \"a\"\n"),
             "unknown key 'nam'"));
}

TEST_CASE("an accelerator beside a cluster is a contradiction") {
  CHECK(says(plan_problems_of(std::string(kOnePool) + kQuestion + kTwoPools),
             "stated beside a cluster"));
}

TEST_CASE("pins that cannot run are named with what they contradict") {
  const std::string base = std::string(kOnePool) + kQuestion;
  CHECK(says(plan_problems_of(base + "[plan.layout]\ntensor = 3\n"), "32 attention heads"));
  CHECK(says(plan_problems_of(base + "[plan.layout]\ntensor = 8\npipeline = 4\n"),
             "= 32 accelerators"));
  CHECK(says(plan_problems_of(base + "[plan.layout]\nexpert = 8\n"), "no experts"));
  CHECK(says(plan_problems_of(base + "micro_batch = 5\n"),
             "global batch of 64 does not divide into it"));
  CHECK(says(plan_problems_of(base + "[plan.layout]\ntensor = 8\n[search]\nmax_tensor = 4\n"),
             "the largest tensor degree allowed is 4"));
  CHECK(
      says(plan_problems_of(base + "[plan.layout]\ntensor = 8\n[search.space]\ntensor = [1, 2]\n"),
           "contradicts search.space.tensor = [1, 2]"));
}

TEST_CASE("shares of vendors must be able to hold") {
  const auto with = [](const std::string& shares) {
    return std::string(kQuestion) + kTwoPools + "[search]\nvendor_share = [" + shares + "]\n";
  };
  CHECK(asked(with("\"AMD=0.3..0.6\"")).vendor_shares.front().most == doctest::Approx(0.6));
  CHECK(asked(with("\"AMD=..0.6 of tokens\"")).vendor_shares.front().of == ShareOf::tokens);
  CHECK(says(plan_problems_of(with("\"AMD=0.6..1\", \"NVIDIA=0.6..1\"")), "at least 1.2"));
  CHECK(says(plan_problems_of(with("\"AMD=0..0.2\", \"NVIDIA=0..0.2\"")), "at most 0.4"));
  CHECK(says(plan_problems_of(with("\"Intel=0.5\"")), "no pool has accelerators of 'Intel'"));
  CHECK(says(plan_problems_of(with("\"AMD=0.7..0.2\"")), "in order"));
  CHECK(says(plan_problems_of(std::string(kOnePool) + kQuestion +
                              "[search]\nvendor_share = [\"NVIDIA=0..0.5\"]\n"),
             "at most 0.5"));
}

TEST_CASE("texts of flags") {
  const auto space = space_setting_of("schedule=1f1b,interleaved");
  REQUIRE(space.has_value());
  CHECK(space->key == "search.space.schedule");
  CHECK(space->value.array()->size() == 2);
  CHECK(*head_room_setting_of("5 %").value.number() == doctest::Approx(0.05));
  CHECK(*head_room_setting_of("0.1").value.number() == doctest::Approx(0.1));
  CHECK_FALSE(space_setting_of("tensor").has_value());
}
