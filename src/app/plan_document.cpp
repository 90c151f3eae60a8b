#include "app/plan_document.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/plan_pins.hpp"
#include "training/plan_fields.hpp"

namespace polyfleet {
namespace {

/// The plan's value at "plan.a.b".
Value value_at(const Value& plan, std::string_view key) {
  const Value* found = stated(plan, key.substr(std::string_view("plan.").size()));
  return found == nullptr ? Value() : *found;
}

std::vector<Setting> settings_of(const TrainingPlan& plan) {
  const Value printed = print_fields(plan_fields(), plan);
  std::vector<Setting> settings;
  for (const SearchedKey& each : searched_keys())
    settings.push_back({std::string(each.key), value_at(printed, each.key), "search"});
  if (!plan.stage_layers.empty())
    settings.push_back({"plan.stage_layers", value_at(printed, "plan.stage_layers"), "search"});
  return settings;
}

bool is_table_list(const Value& value) {
  const Array* list = value.array();
  return list != nullptr && !list->empty() &&
         std::all_of(list->begin(), list->end(),
                     [](const Value& each) { return each.table() != nullptr; });
}

/// An inline value; JSON's numbers, texts and lists are TOML's too.
std::string inline_text(const Value& value) {
  if (value.array() == nullptr) return to_json(value, -1);
  std::string text = "[";
  for (const Value& each : *value.array()) {
    if (text.size() > 1) text += ", ";
    text += inline_text(each);
  }
  return text + "]";
}

void write_table(const Table& table, const std::string& path, std::string& text) {
  for (const auto& [key, value] : table) {
    if (value.is_null() || value.table() != nullptr || is_table_list(value)) continue;
    text += fmt::format("{} = {}\n", key, inline_text(value));
  }
  for (const auto& [key, value] : table) {
    const std::string inner = path.empty() ? key : path + "." + key;
    if (const Table* members = value.table()) {
      if (members->empty()) continue;
      text += fmt::format("\n[{}]\n", inner);
      write_table(*members, inner, text);
    } else if (is_table_list(value)) {
      for (const Value& each : *value.array()) {
        text += fmt::format("\n[[{}]]\n", inner);
        write_table(*each.table(), inner, text);
      }
    }
  }
}

}  // namespace

Result<Value> planned_scenario(const Value& base, const TrainingPlan& plan, std::int64_t devices) {
  std::vector<Setting> settings = settings_of(plan);
  settings.push_back({"devices", Value(devices), "search"});
  return with_settings(base, settings);
}

Value searched_settings(const TrainingPlan& plan) {
  const Result<Value> document = with_settings(Value{Table{}}, settings_of(plan));
  return document ? *document->find("plan") : Value();  // no setting reaches below a plain key
}

Value mixed_plan_document(const MixedPlan& plan, const std::vector<std::string>& pools) {
  Value document{Table{}};
  document.set("sequence_length", plan.sequence_length);
  document.set("global_batch", plan.global_batch());
  Value groups{Array{}};
  for (const ReplicaGroup& group : plan.groups) {
    Value one{Table{}};
    one.set("replicas", group.replicas);
    one.set("micro_batch", group.micro_batch);
    one.set("micro_batches", group.micro_batches);
    Value stages{Array{}};
    for (const StageGroup& stage : group.stages) {
      Value part{Table{}};
      part.set("pool", pools[stage.pool]);
      Value layers{Array{}};
      for (const int count : stage.stage_layers) layers.push(count);
      part.set("stage_layers", std::move(layers));
      Value settings = searched_settings(stage.plan);
      part.set("plan", std::move(settings));
      stages.push(std::move(part));
    }
    one.set("stage", std::move(stages));
    groups.push(std::move(one));
  }
  document.set("group", std::move(groups));
  return document;
}

std::string toml_text(const Value& document) {
  std::string text;
  if (document.table() != nullptr) write_table(*document.table(), "", text);
  return text;
}

}  // namespace polyfleet
