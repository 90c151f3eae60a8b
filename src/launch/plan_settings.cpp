#include "launch/plan_settings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "training/plan_fields.hpp"

namespace polyfleet {
namespace {

void flatten(const std::string& prefix, const Value& value,
             std::vector<std::pair<std::string, Value>>& into) {
  if (const Table* members = value.table()) {
    for (const auto& [key, member] : *members)
      flatten(prefix.empty() ? key : prefix + "." + key, member, into);
    return;
  }
  into.emplace_back(prefix, value);
}

/// Keys that describe how fast the software is, not what it is told to do.
struct Prediction {
  std::string_view key, why;
};
constexpr Prediction kPredictions[] = {
    {"attention_generation", "the speed of the installed attention library, no setting"},
    {"elementwise_factor", "how well the installed stack fuses, no setting"},
    {"expert_imbalance", "what routing does with the data, no setting"},
    {"host_seconds_per_layer", "measured launch overhead, no setting"},
    {"host_seconds_per_micro_batch", "measured launch overhead, no setting"},
    {"host_seconds_per_step", "measured launch overhead, no setting"},
    {"mean_document", "a property of the data set"},
    {"images_per_sequence", "a property of the data set"},
    {"overlap.context", "the share that hides is a prediction, no setting"},
};

bool is_off(const Value& value) {
  return value.is_null() || (value.boolean() != nullptr && !*value.boolean());
}

}  // namespace

std::string bare_text(const Value& value) {
  return value.text() != nullptr ? *value.text() : to_json(value, -1);
}

std::vector<std::pair<std::string, Value>> flattened(const Value& document) {
  std::vector<std::pair<std::string, Value>> values;
  flatten("", document, values);
  return values;
}

std::vector<std::pair<std::string, Value>> flat_keys(const TrainingPlan& plan) {
  return flattened(print_fields(plan_fields(), plan));
}

bool has_effect(std::string_view key, const TrainingPlan& plan, const ModelSpec& model) {
  const ParallelLayout& layout = plan.layout;
  if (key.starts_with("recompute_modules.")) return plan.recompute == Recompute::selective;
  if (key == "recompute_layers") return plan.recompute == Recompute::full;
  if (key.starts_with("lora.")) return plan.lora.rank > 0;
  if (key == "overlap.tensor" || key == "layout.sequence_parallel") return layout.tensor > 1;
  if (key == "overlap.context") return layout.context > 1;
  if (key == "overlap.expert") return model.is_moe() && layout.expert > 1;
  if (key == "overlap.pipeline" || key == "embedding_counts_as_layer" || key == "stage_layers" ||
      key == "schedule" || key == "layout.virtual_stages")
    return layout.pipeline > 1;
  if (key == "overlap.gradient_reduce" || key == "overlap.parameter_gather" ||
      key == "gradient_reduce_dtype")
    return layout.data * layout.context > 1;
  if (key == "layout.expert" || key == "layout.expert_tensor" || key == "merged_dispatch" ||
      key == "expert_imbalance")
    return model.is_moe();
  if (key == "hybrid_shard") return plan.sharding != Sharding::none;
  return true;
}

PlanSettings::PlanSettings(const TrainingPlan& plan) : plan_(plan), keys_(flat_keys(plan)) {}

void PlanSettings::put(std::string concept_id, Value value, std::string_view key) {
  if (!key.empty()) said(key);
  settings_.push_back({std::move(concept_id), std::move(value), std::string(key)});
}

void PlanSettings::said(std::string_view key) { said_.insert(std::string(key)); }

std::string PlanSettings::text_of(std::string_view key) const {
  for (const auto& [name, value] : keys_) {
    if (name == key) return bare_text(value);
  }
  return {};
}

void PlanSettings::leave_out(std::string_view key, std::string why) {
  said(key);
  unexpressed_.push_back({fmt::format("plan.{}", key), text_of(key), std::move(why)});
}

void PlanSettings::leave_out_other(std::string setting, std::string value, std::string why) {
  unexpressed_.push_back({std::move(setting), std::move(value), std::move(why)});
}

void PlanSettings::keep_named(const ToolTable& table) {
  std::vector<ToolSetting> kept;
  for (ToolSetting& setting : settings_) {
    if (table.name_of(setting.concept_id) != nullptr ||
        table.off_name_of(setting.concept_id) != nullptr) {
      kept.push_back(std::move(setting));
    } else if (!is_off(setting.value)) {
      const std::string why =
          fmt::format("{} ({}) has no setting for it", table.tool(), table.checked());
      if (setting.key.empty())
        leave_out_other(setting.concept_id, bare_text(setting.value), why);
      else
        leave_out(setting.key, why);
    }
  }
  settings_ = std::move(kept);
}

void PlanSettings::close(const ModelSpec& model, std::string_view tool) {
  const std::vector<std::pair<std::string, Value>> plain = flat_keys(TrainingPlan{});
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    const auto& [key, value] = keys_[i];
    if (said_.contains(key) || to_json(value, -1) == to_json(plain[i].second, -1) ||
        !has_effect(key, plan_, model))
      continue;
    std::string why = fmt::format("{} has no setting for it", tool);
    for (const Prediction& each : kPredictions) {
      if (each.key == key) why = each.why;
    }
    leave_out(key, std::move(why));
  }
}

const Value* PlanSettings::value_of(std::string_view concept_id) const {
  for (const ToolSetting& setting : settings_) {
    if (setting.concept_id == concept_id) return &setting.value;
  }
  return nullptr;
}

std::vector<Unexpressed> PlanSettings::unexpressed() const {
  std::vector<Unexpressed> sorted = unexpressed_;
  const auto place = [&](const Unexpressed& each) {
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      if (each.setting == "plan." + keys_[i].first) return i;
    }
    return keys_.size();
  };
  std::stable_sort(sorted.begin(), sorted.end(),
                   [&](const Unexpressed& a, const Unexpressed& b) { return place(a) < place(b); });
  return sorted;
}

}  // namespace polyfleet
