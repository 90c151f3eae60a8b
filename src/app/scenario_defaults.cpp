#include "app/scenario_defaults.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/spelling.hpp"
#include "training/plan_fields.hpp"
#include "validation/row_formats.hpp"
#include "validation/row_settings.hpp"

namespace polyfleet {
namespace {

/// The framework most published runs of a vendor use (validation/training.csv); documented in
/// docs/scenarios.md.
struct VendorFramework {
  std::string_view vendor, framework;
};
constexpr VendorFramework kUsualFrameworks[] = {
    {"NVIDIA", "megatron_bridge"},  {"AMD", "primus"},          {"Google", "maxtext"},
    {"AWS", "neuronx_distributed"}, {"Intel", "mlperf_habana"},
};
constexpr std::string_view kOtherFramework = "megatron_core";
constexpr std::string_view kNoFramework = "none";

/// Plan keys that settle a profile's setting, so that its default is no longer assumed.
struct SettledBy {
  std::string_view setting, key;
};
constexpr SettledBy kSettledBy[] = {
    {"attention", "plan.fused_attention"},
    {"attention_generation", "plan.attention_generation"},
    {"cross_entropy_fusion", "plan.fused_loss"},
    {"cuda_graph", "plan.host_launch"},
    {"data_sharding", "plan.sharding"},
    {"elementwise_factor", "plan.elementwise_factor"},
    {"grad_dtype", "plan.gradient_reduce_dtype"},
    {"host_layer_pass", "plan.host_seconds_per_layer"},
    {"moe_sync_layer", "plan.host_seconds_per_layer"},
    {"host_micro_batch", "plan.host_seconds_per_micro_batch"},
    {"host_step", "plan.host_seconds_per_step"},
    {"lora_rank", "plan.lora.rank"},
    {"moe_ep_overlap", "plan.overlap.expert"},
    {"moe_force_balance", "plan.expert_imbalance"},
    {"expert_imbalance", "plan.expert_imbalance"},
    {"overlap_grad_reduce", "plan.overlap.gradient_reduce"},
    {"overlap_p2p", "plan.overlap.pipeline"},
    {"overlap_param_gather", "plan.overlap.parameter_gather"},
    {"packed_attention", "plan.mean_document"},
    {"precision", "precision"},
    {"recompute", "plan.recompute"},
    {"sequence_parallel", "plan.layout.sequence_parallel"},
    {"tp_overlap", "plan.overlap.tensor"},
    {"micro_batch", "plan.micro_batch"},
};

bool is_settled(const Value& document, const Assumption& assumption) {
  return std::any_of(std::begin(kSettledBy), std::end(kSettledBy), [&](const SettledBy& each) {
    return assumption.setting.starts_with(each.setting) && stated(document, each.key) != nullptr;
  });
}

class PlanFiller {
 public:
  PlanFiller(const MappingTables& tables, const Value& document, const StatedScenario& scenario,
             const ModelSpec& model, const Accelerator& accelerator)
      : tables_(tables),
        document_(document),
        scenario_(scenario),
        model_(model),
        accelerator_(accelerator) {}

  Result<FilledPlan> run() {
    filled_.plan = scenario_.plan;
    filled_.release_date = scenario_.release;
    const PrecisionRecipe* recipe = stated_recipe();
    check_release();
    const FrameworkProfile* profile = chosen_profile();
    if (!problems_.empty()) return std::move(problems_);
    note_degrees();
    if (profile != nullptr) {
      from_profile(*profile);
    } else {
      choose_expert_tensor(filled_.plan.layout);
      choose_schedule();
    }
    if (recipe != nullptr) filled_.plan.precision = *recipe;
    if (!problems_.empty()) return std::move(problems_);
    note_plain_defaults();
    return overlay_stated();
  }

 private:
  Position where(std::string_view key) const {
    const Value* value = stated(document_, key);
    return value == nullptr ? Position{} : value->where();
  }

  const PrecisionRecipe* stated_recipe() {
    if (scenario_.precision.empty()) return nullptr;
    auto found = tables_.precisions.find(scenario_.precision);
    if (found == tables_.precisions.end() && scenario_.precision == "fp8")
      found = tables_.precisions.find(recipe_named("fp8"));
    if (found != tables_.precisions.end()) return &found->second;
    std::vector<std::string> names;
    for (const auto& [name, recipe] : tables_.precisions) names.push_back(name);
    problems_.push_back(problem_at(
        where("precision"), fmt::format("unknown precision recipe '{}'", scenario_.precision),
        name_suggestion(scenario_.precision, names)));
    return nullptr;
  }

  void check_release() {
    if (scenario_.release.empty() || month_of(scenario_.release)) return;
    problems_.push_back(problem_at(where("release"),
                                   fmt::format("'{}' is no month", scenario_.release),
                                   "write the year and month: 2026-06"));
  }

  const FrameworkProfile* chosen_profile() {
    if (scenario_.framework == kNoFramework) {
      assume("framework", "none",
             "stated: no framework overheads, every setting at its plain default");
      return nullptr;
    }
    if (scenario_.framework.empty()) return usual_profile();
    if (const FrameworkProfile* exact = tables_.profiles.find(scenario_.framework)) return exact;
    std::vector<std::string> names{std::string(kNoFramework)};
    for (const FrameworkProfile& profile : tables_.profiles.all()) names.push_back(profile.id);
    problems_.push_back(problem_at(where("framework"),
                                   fmt::format("unknown framework '{}'", scenario_.framework),
                                   name_suggestion(scenario_.framework, names, 20)));
    return nullptr;
  }

  const FrameworkProfile* usual_profile() {
    std::string_view usual = kOtherFramework;
    for (const VendorFramework& each : kUsualFrameworks) {
      if (each.vendor == accelerator_.vendor) usual = each.framework;
    }
    const FrameworkProfile* profile = tables_.profiles.find(usual);
    if (profile != nullptr)
      assume("framework", profile->id,
             fmt::format("not stated: the usual one on {} accelerators", accelerator_.vendor));
    return profile;
  }

  void assume(std::string setting, std::string value, std::string basis) {
    filled_.assumptions.push_back({std::move(setting), std::move(value), std::move(basis)});
  }

  void note_degrees() {
    for (const std::string_view key : {"tensor", "pipeline", "context", "expert"}) {
      if (key == "expert" && !model_.is_moe()) continue;
      if (stated(document_, fmt::format("plan.layout.{}", key)) == nullptr)
        assume(fmt::format("{} parallel", key), "1", "not stated");
    }
  }

  /// What the scenario states, in the columns of a published row.
  TruthRow as_row() const {
    TruthRow row;
    const auto put = [&](std::string_view column, std::string text) {
      if (!text.empty()) row.cells.emplace(column, std::move(text));
    };
    const TrainingPlan& plan = filled_.plan;
    put("id", "scenario");
    put("vendor", accelerator_.vendor);
    put("accelerator", accelerator_.id);
    put("model", model_.id);
    put("date", scenario_.release);
    if (model_.is_moe()) put("experts", fmt::format("{}", model_.moe.experts));
    if (plan.lora.rank > 0) put("lora_rank", fmt::format("{}", plan.lora.rank));
    put("precision", scenario_.precision);
    if (const Value* recompute = stated(document_, "plan.recompute"))
      put("recompute", recompute->text() == nullptr ? "" : *recompute->text());
    if (stated(document_, "plan.layout.sequence_parallel") != nullptr)
      put("sequence_parallel", plan.layout.sequence_parallel ? "true" : "false");
    return row;
  }

  void from_profile(const FrameworkProfile& profile) {
    filled_.framework = profile.id;
    RowReading reading(tables_, as_row(), {});
    reading.profile = &profile;
    reading.assumptions.clear();
    if (stated(document_, "plan.micro_batch") == nullptr)
      filled_.plan.micro_batch = static_cast<int>(reading.number_from_profile("micro_batch", 1));
    choose_expert_tensor(filled_.plan.layout);
    const Siblings nobody(std::vector<TruthRow>{});
    const Schedule schedule = filled_.plan.schedule;
    read_settings(reading, model_, nobody, filled_.plan);
    if (stated(document_, "plan.schedule") != nullptr) filled_.plan.schedule = schedule;
    if (reading.left_out()) problems_.push_back(problem(reading.skip));
    for (Assumption& assumption : reading.assumptions) {
      if (!is_settled(document_, assumption)) filled_.assumptions.push_back(std::move(assumption));
    }
  }

  /// Megatron-Core: experts are cut over the tensor ranks too, unless told otherwise.
  void choose_expert_tensor(ParallelLayout& layout) {
    const bool is_open = stated(document_, "plan.layout.expert_tensor") == nullptr;
    const std::int64_t ranks = std::int64_t{layout.tensor} * layout.context * layout.data;
    const bool divides = ranks % (std::int64_t{layout.expert} * layout.tensor) == 0;
    if (!model_.is_moe() || !is_open || layout.tensor == 1 || !divides) return;
    layout.expert_tensor = layout.tensor;
    assume("expert tensor parallel", fmt::format("{}", layout.tensor),
           "not stated: as tensor parallel (Megatron-Core)");
  }

  void choose_schedule() {
    if (filled_.plan.layout.virtual_stages > 1) filled_.plan.schedule = Schedule::interleaved;
  }

  /// Settings that matter and that neither the scenario nor the profile speaks of.
  void note_plain_defaults() {
    struct Plain {
      std::string_view setting, key, plan_key;
    };
    constexpr Plain kPlain[] = {
        {"precision", "precision", "precision"},
        {"micro_batch", "plan.micro_batch", "micro_batch"},
        {"recompute", "plan.recompute", "recompute"},
        {"data_sharding", "plan.sharding", "sharding"},
        {"schedule", "plan.schedule", "schedule"},
        {"optimizer bytes per parameter", "plan.optimizer_bytes_per_parameter",
         "optimizer_bytes_per_parameter"}};
    for (const auto& [setting, key, plan_key] : kPlain) {
      const bool is_known = stated(document_, key) != nullptr ||
                            (setting == "precision" && stated(document_, "plan.precision"));
      const bool is_told =
          std::any_of(filled_.assumptions.begin(), filled_.assumptions.end(),
                      [&, name = setting](const Assumption& each) { return each.setting == name; });
      if (is_known || is_told || (setting == "schedule" && filled_.plan.layout.pipeline == 1))
        continue;
      const Value value = field_named(plan_fields(), plan_key)->print(filled_.plan);
      const std::string text = setting == "precision"    ? filled_.plan.precision.name
                               : value.text() != nullptr ? *value.text()
                                                         : to_json(value, -1);
      assume(std::string(setting), text, "not stated: the program's plain default");
    }
  }

  /// The stated keys once more, over everything that was filled in.
  Result<FilledPlan> overlay_stated() {
    const Result<StatedScenario> again = read_stated(document_, filled_.plan);
    if (!again) return again.problems();
    filled_.plan = again->plan;
    return std::move(filled_);
  }

  const MappingTables& tables_;
  const Value& document_;
  const StatedScenario& scenario_;
  const ModelSpec& model_;
  const Accelerator& accelerator_;
  FilledPlan filled_;
  Diagnostics problems_;
};

}  // namespace

Result<FilledPlan> filled_plan(const MappingTables& tables, const Value& document,
                               const StatedScenario& stated_scenario, const ModelSpec& model,
                               const Accelerator& accelerator) {
  return PlanFiller(tables, document, stated_scenario, model, accelerator).run();
}

}  // namespace polyfleet
