// The remembered template must be what resolving each cut gives: every key of the plan, on random
// cuts, for frameworks and models whose settings depend on the cut in different ways.
#include <doctest/doctest.h>

#include <random>

#include "app/plan_document.hpp"
#include "app/plan_template.hpp"
#include "app/scenario_resolve.hpp"
#include "training/plan_fields.hpp"
#include "unit/app/shared_workspace.hpp"

using namespace polyfleet;

namespace {

struct Case {
  std::string model, accelerator, framework;
};

Value base_document(const Case& each) {
  const auto document =
      scenario_document("", {{"model", Value(each.model), ""},
                             {"accelerator", Value(each.accelerator), ""},
                             {"framework", Value(each.framework), ""},
                             {"plan.global_batch", Value(5040), ""},  // divides by much
                             {"plan.sequence_length", Value(4096), ""}});
  REQUIRE(document.has_value());
  return *document;
}

ParallelLayout random_layout(std::mt19937& random, const ModelSpec& model) {
  const auto pick = [&](std::initializer_list<int> values) {
    return *(values.begin() + random() % values.size());
  };
  ParallelLayout layout;
  layout.tensor = pick({1, 2, 4, 8});
  layout.pipeline = pick({1, 2, 3, 4, 6, 8});
  layout.virtual_stages = layout.pipeline > 1 ? pick({1, 1, 2, 3}) : 1;
  layout.context = pick({1, 1, 2});
  layout.data = pick({1, 2, 8, 16});
  layout.expert = model.is_moe() ? pick({1, 2, 4}) : 1;
  layout.expert_tensor = 1;
  layout.sequence_parallel = layout.tensor > 1 && pick({0, 1}) == 1;
  return layout;
}

}  // namespace

TEST_CASE("a remembered template equals direct resolution on random cuts") {
  const Case cases[] = {{"llama3.1-70b", "nv_h100_sxm", "megatron_bridge"},
                        {"llama3.1-8b", "amd_mi300x", "primus"},
                        {"deepseek-v3", "nv_h200", "megatron_core"},
                        {"mixtral-8x7b", "amd_mi300x", "torchtitan"},
                        {"llama3.1-8b", "tpu_v5p", "maxtext"},
                        {"llama2-7b", "nv_h100_sxm", "none"}};
  std::mt19937 random(20261122);
  for (const Case& each : cases) {
    CAPTURE(each.model);
    CAPTURE(each.framework);
    const Value base = base_document(each);
    const auto model = shared_workspace().model(each.model);
    const auto machine = shared_workspace().machine(each.accelerator, "");
    const auto tables = shared_workspace().mapping_tables();
    REQUIRE(model.has_value());
    REQUIRE(machine.has_value());
    const auto planned = plan_template(**tables, base, **model, (*machine)->accelerator);
    REQUIRE_MESSAGE(planned.has_value(), (planned ? "" : to_text(planned.problems())));
    int compared = 0;
    for (int i = 0; i < 120; ++i) {
      const ParallelLayout layout = random_layout(random, **model);
      const int micro_batch = 1 + static_cast<int>(random() % 3);
      const auto mode = static_cast<Recompute>(random() % 3);
      const TrainingPlan remembered = (*planned)(layout, micro_batch, mode);
      std::vector<Setting> settings = cut_settings(layout, micro_batch, mode);
      settings.push_back({"devices", Value(layout.devices()), ""});
      const auto document = with_settings(base, settings);
      const auto direct = resolve_training(shared_workspace(), *document);
      if (!direct) continue;  // a cut that cannot run (experts that do not divide)
      ++compared;
      CHECK(to_json(print_fields(plan_fields(), remembered), -1) ==
            to_json(print_fields(plan_fields(), direct->scenario.plan), -1));
      CHECK(remembered.layout == layout);
    }
    CHECK(compared > 20);
  }
}
