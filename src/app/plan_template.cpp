#include "app/plan_template.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <tuple>

#include "app/scenario_defaults.hpp"
#include "base/check.hpp"
#include "training/plan_fields.hpp"

namespace polyfleet {
namespace {

/// What a profile's settings can depend on (validation/row_settings.cpp): switches and host times
/// by tensor degree, whether there is a pipeline, virtual stages, context or expert groups, the
/// recompute mode, and whether the layers divide over the chunks only with embedding and loss.
struct CutClass {
  int tensor = 1;
  bool pipelined = false, interleaved = false, context = false, experts = false;
  bool sequence_parallel = false, odd_layers = false;
  Recompute recompute = Recompute::none;
  auto key() const {
    return std::tie(tensor, pipelined, interleaved, context, experts, sequence_parallel, odd_layers,
                    recompute);
  }
  friend bool operator<(const CutClass& a, const CutClass& b) { return a.key() < b.key(); }
};

class ProfiledPlans {
 public:
  ProfiledPlans(const MappingTables& tables, Value document, const ModelSpec& model,
                const Accelerator& accelerator)
      : tables_(tables), document_(std::move(document)), model_(model), accelerator_(accelerator) {}

  Result<TrainingPlan> resolved(const ParallelLayout& layout, int micro_batch,
                                Recompute recompute) const {
    const Result<Value> document =
        with_settings(document_, cut_settings(layout, micro_batch, recompute));
    if (!document) return document.problems();
    const Result<StatedScenario> scenario = read_stated(*document, {});
    if (!scenario) return scenario.problems();
    Result<FilledPlan> filled = filled_plan(tables_, *document, *scenario, model_, accelerator_);
    if (!filled) return filled.problems();
    return std::move(filled->plan);
  }

  TrainingPlan plan(const ParallelLayout& layout, int micro_batch, Recompute recompute) {
    const std::int64_t chunks = std::int64_t{layout.pipeline} * layout.virtual_stages;
    const CutClass cut{
        .tensor = layout.tensor,
        .pipelined = layout.pipeline > 1,
        .interleaved = layout.virtual_stages > 1,
        .context = layout.context > 1,
        .experts = layout.expert > 1,
        .sequence_parallel = layout.sequence_parallel,
        .odd_layers = model_.layers % chunks != 0 && (model_.layers + 2) % chunks == 0,
        .recompute = recompute};
    const std::lock_guard lock(mutex_);
    auto found = plans_.find(cut);
    if (found == plans_.end()) {
      Result<TrainingPlan> made = resolved(layout, micro_batch, recompute);
      POLYFLEET_CHECK(made.has_value(), "plan_template() has asked this profile before");
      found = plans_.emplace(cut, *std::move(made)).first;
    }
    TrainingPlan result = found->second;
    result.layout = layout;
    result.micro_batch = micro_batch;
    return result;
  }

 private:
  const MappingTables& tables_;
  Value document_;
  const ModelSpec& model_;
  const Accelerator& accelerator_;
  std::map<CutClass, TrainingPlan> plans_;
  std::mutex mutex_;
};

}  // namespace

std::vector<Setting> cut_settings(const ParallelLayout& layout, int micro_batch,
                                  Recompute recompute) {
  std::vector<Setting> settings;
  for (const Field<ParallelLayout>& field : layout_fields())
    settings.push_back({"plan.layout." + field.key, field.print(layout), "search"});
  settings.push_back({"plan.micro_batch", Value(micro_batch), "search"});
  TrainingPlan plan;
  plan.recompute = recompute;
  settings.push_back(
      {"plan.recompute", field_named(plan_fields(), "recompute")->print(plan), "search"});
  return settings;
}

Result<PlanTemplate> plan_template(const MappingTables& tables, const Value& document,
                                   const ModelSpec& model, const Accelerator& accelerator) {
  const auto plans = std::make_shared<ProfiledPlans>(tables, document, model, accelerator);
  for (const Recompute mode : {Recompute::none, Recompute::selective, Recompute::full}) {
    const Result<TrainingPlan> first = plans->resolved({}, 1, mode);
    if (!first) return first.problems();
  }
  return PlanTemplate{[plans](const ParallelLayout& layout, int micro_batch, Recompute recompute) {
    return plans->plan(layout, micro_batch, recompute);
  }};
}

}  // namespace polyfleet
