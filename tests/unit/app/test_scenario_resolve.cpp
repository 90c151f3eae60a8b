#include <doctest/doctest.h>

#include <algorithm>

#include "app/scenario_resolve.hpp"
#include "app/training_run.hpp"
#include "unit/app/shared_workspace.hpp"

using namespace polyfleet;

namespace {

std::vector<Setting> question() {
  return {{"model", Value("llama3.1-8b"), ""},
          {"accelerator", Value("nv_h100_sxm"), ""},
          {"devices", Value(16), ""},
          {"plan.global_batch", Value(64), ""},
          {"plan.sequence_length", Value(4096), ""}};
}

ResolvedTraining resolved(std::vector<Setting> more = {}) {
  std::vector<Setting> settings = question();
  settings.insert(settings.end(), more.begin(), more.end());
  auto result = read_scenario(shared_workspace(), "", settings);
  REQUIRE_MESSAGE(result.has_value(), (result ? std::string() : to_text(result.problems())));
  return *result;
}

const Assumption* assumption(const ResolvedTraining& question, const std::string& setting) {
  const auto& list = question.scenario.assumptions;
  const auto found = std::find_if(list.begin(), list.end(),
                                  [&](const Assumption& a) { return a.setting == setting; });
  return found == list.end() ? nullptr : &*found;
}

}  // namespace

TEST_CASE("data parallel is what the other degrees leave, and said so") {
  const ResolvedTraining open = resolved({{"plan.layout.tensor", Value(4), ""}});
  CHECK(open.scenario.plan.layout.data == 4);
  REQUIRE(assumption(open, "data parallel") != nullptr);
  CHECK(assumption(open, "data parallel")->value == "4");
  const ResolvedTraining stated_dp =
      resolved({{"plan.layout.tensor", Value(4), ""}, {"plan.layout.data", Value(4), ""}});
  CHECK(assumption(stated_dp, "data parallel") == nullptr);
}

TEST_CASE("the framework's defaults fill what is open, stated keys win") {
  const ResolvedTraining open =
      resolved({{"plan.layout.tensor", Value(2), ""}, {"framework", Value("maxtext"), ""}});
  CHECK(open.scenario.framework == "maxtext");
  CHECK(assumption(open, "recompute") != nullptr);
  const ResolvedTraining closed = resolved({{"plan.layout.tensor", Value(2), ""},
                                            {"framework", Value("maxtext"), ""},
                                            {"plan.recompute", Value("none"), ""}});
  CHECK(closed.scenario.plan.recompute == Recompute::none);
  CHECK(assumption(closed, "recompute") == nullptr);
}

TEST_CASE("no framework means no overheads") {
  const ResolvedTraining plain = resolved({{"framework", Value("none"), ""}});
  CHECK(plain.scenario.framework.empty());
  CHECK(plain.scenario.plan.host_seconds_per_layer == 0);
  const ResolvedTraining usual = resolved();
  CHECK_FALSE(usual.scenario.framework.empty());
}

TEST_CASE("nothing that matters stays untold, whatever the framework") {
  for (const char* framework : {"none", "megatron_bridge", "maxtext", "primus", "torchtitan"}) {
    CAPTURE(framework);
    const ResolvedTraining open = resolved({{"framework", Value(framework), ""}});
    for (const char* setting : {"precision", "micro_batch", "recompute", "data_sharding",
                                "tensor parallel", "data parallel", "system"}) {
      CAPTURE(setting);
      CHECK(assumption(open, setting) != nullptr);
    }
  }
}

TEST_CASE("a system names its accelerator") {
  std::vector<Setting> settings = question();
  settings[1] = {"system", Value("gb200_nvl72"), ""};
  const auto result = read_scenario(shared_workspace(), "", settings);
  REQUIRE(result.has_value());
  CHECK(result->machine->accelerator.id == "nv_gb200");
}

TEST_CASE("an edition changes the figures and stays in the name") {
  std::vector<Setting> settings = question();
  settings[1] = {"accelerator", Value("amd_mi455x@announced"), ""};
  const auto announced = read_scenario(shared_workspace(), "", settings);
  settings[1] = {"accelerator", Value("amd_mi455x"), ""};
  const auto now = read_scenario(shared_workspace(), "", settings);
  REQUIRE(announced.has_value());
  REQUIRE(now.has_value());
  CHECK(announced->scenario.accelerator == "amd_mi455x@announced");
  CHECK(announced->machine->accelerator.memory_bandwidth->value <
        now->machine->accelerator.memory_bandwidth->value);
}

TEST_CASE("a stated device price wins over the catalogue's rental") {
  const ResolvedTraining priced = resolved({{"prices.device", Value("9 USD/h"), ""}});
  CHECK(*priced.prices.device / usd_per_hour == doctest::Approx(9));
  CHECK(priced.prices.basis == "as stated");
}

TEST_CASE("a plan problem stands at the key that it is about") {
  std::vector<Setting> settings = question();
  settings.push_back({"plan.layout.tensor", Value(3), "--tp"});
  settings.push_back({"plan.layout.data", Value(5), "--dp"});
  const auto result = read_scenario(shared_workspace(), "", settings);
  REQUIRE_FALSE(result.has_value());
  const auto& problems = result.problems();
  CHECK(std::any_of(problems.begin(), problems.end(), [](const Diagnostic& each) {
    return each.where.file == "--tp" && each.what.find("attention heads") != std::string::npos;
  }));
}

TEST_CASE("remedies fit and are sorted by speed") {
  std::vector<Setting> more{{"model", Value("llama3.1-70b"), ""},
                            {"devices", Value(64), ""},
                            {"plan.recompute", Value("none"), ""}};
  const auto run = run_training(shared_workspace(), resolved(more), false);
  REQUIRE(run.has_value());
  REQUIRE_FALSE(run->estimate.fits_in_memory);
  REQUIRE_FALSE(run->would_fit.empty());
  for (std::size_t i = 0; i < run->would_fit.size(); ++i) {
    CHECK(run->would_fit[i].need <= run->estimate.memory_capacity);
    if (i > 0) CHECK(run->would_fit[i - 1].slowdown <= run->would_fit[i].slowdown);
  }
}
