#include "app/framework_abilities.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "config/fields.hpp"
#include "training/plan_fields.hpp"

namespace polyfleet {
namespace {

const FieldTable<FrameworkAbility>& ability_fields() {
  using A = FrameworkAbility;
  static const FieldTable<A> fields{
      required(text_list_field("frameworks", &A::frameworks, "profiles of data/frameworks")),
      required(text_list_field("degrees", &A::degrees, "degrees that may be above 1")),
      required(text_list_field("schedules", &A::schedules, "pipeline schedules")),
      required(text_list_field("sharding", &A::sharding, "what data parallelism may shard")),
      required(text_list_field("recompute", &A::recompute, "recomputation modes")),
      bool_field("recompute_layers", &A::recompute_layers, "full recompute of some layers only"),
      required(text_list_field("offload", &A::offload, "optimizer, activations")),
      required(text_list_field("overlap", &A::overlap, "gradients, parameters")),
      required(text_field("left_out", &A::left_out, "what it cannot be told")),
      required(text_field("source", &A::source, "where this stands")),
      required(text_field("status", &A::status, "how well it is known")),
  };
  return fields;
}

/// The plan's value of a key by its name.
template <class E>
std::optional<E> named(std::string_view key, E TrainingPlan::*member, const std::string& name) {
  TrainingPlan plan;
  Diagnostics problems;
  field_named(plan_fields(), key)->read(plan, Value(name), problems);
  if (!problems.empty()) return std::nullopt;
  return plan.*member;
}

template <class E>
std::vector<E> all_named(std::string_view key, E TrainingPlan::*member,
                         const std::vector<std::string>& names) {
  std::vector<E> values;
  for (const std::string& name : names) {
    if (const auto value = named(key, member, name)) values.push_back(*value);
  }
  return values;
}

void check_names(const Value& where, const FrameworkAbility& ability, Diagnostics& out) {
  const auto check = [&](std::string_view key, auto member, const std::vector<std::string>& names) {
    if (all_named(key, member, names).size() != names.size())
      out.push_back(problem_at(where.where(), fmt::format("{} names what plan.{} does not know",
                                                          fmt::join(names, ", "), key)));
  };
  check("schedule", &TrainingPlan::schedule, ability.schedules);
  check("sharding", &TrainingPlan::sharding, ability.sharding);
  check("recompute", &TrainingPlan::recompute, ability.recompute);
  for (const std::string& degree : ability.degrees) {
    if (field_named(layout_fields(), degree) == nullptr)
      out.push_back(problem_at(where.where(), "unknown degree '" + degree + "'"));
  }
}

bool names(const std::vector<std::string>& list, std::string_view what) {
  return std::find(list.begin(), list.end(), what) != list.end();
}

class Restriction {
 public:
  Restriction(const FrameworkAbility& ability, PlanSpace& space, std::vector<Assumption>& limits)
      : ability_(ability), space_(space), limits_(limits) {}

  void run() {
    keep_degrees();
    keep("schedule", all_named("schedule", &TrainingPlan::schedule, ability_.schedules),
         space_.schedule, ability_.schedules);
    keep("sharding", all_named("sharding", &TrainingPlan::sharding, ability_.sharding),
         space_.sharding, ability_.sharding);
    keep("recompute", all_named("recompute", &TrainingPlan::recompute, ability_.recompute),
         space_.recompute, ability_.recompute);
    if (!ability_.recompute_layers && space_.recompute_layers.empty())
      space_.recompute_layers = {0};
    keep_offloads();
    keep_overlaps();
    limits_.push_back({"left out", ability_.left_out, ability_.source});
  }

 private:
  void limit(std::string setting, std::string value) {
    limits_.push_back({std::move(setting), std::move(value), "what the framework can be told"});
  }

  template <class E>
  void keep(std::string setting, std::vector<E> able, std::vector<E>& dimension,
            const std::vector<std::string>& texts) {
    if (!dimension.empty()) return;
    dimension = std::move(able);
    limit(std::move(setting), fmt::format("{}", fmt::join(texts, ", ")));
  }

  void keep_offloads() {
    if (!names(ability_.offload, "optimizer") && space_.optimizer_offload.empty())
      space_.optimizer_offload = {0};
    if (!names(ability_.offload, "activations") && space_.activation_offload.empty())
      space_.activation_offload = {0};
    limit("offload",
          ability_.offload.empty() ? "none" : fmt::format("{}", fmt::join(ability_.offload, ", ")));
  }

  void keep_overlaps() {
    if (space_.gradient_overlap.empty())
      space_.gradient_overlap = {names(ability_.overlap, "gradients") ? 1 : 0};
    if (space_.parameter_overlap.empty())
      space_.parameter_overlap = {names(ability_.overlap, "parameters") ? 1 : 0};
    if (space_.pipeline_overlap.empty()) space_.hand_over_as_template = true;
    limit("overlap", ability_.overlap.empty()
                         ? "none"
                         : fmt::format("{} always", fmt::join(ability_.overlap, ", ")));
  }

  void keep_degrees() {
    const std::pair<const char*, std::vector<int> PlanSpace::*> degrees[] = {
        {"tensor", &PlanSpace::tensor},
        {"pipeline", &PlanSpace::pipeline},
        {"virtual_stages", &PlanSpace::virtual_stages},
        {"context", &PlanSpace::context},
        {"expert", &PlanSpace::expert},
        {"expert_tensor", &PlanSpace::expert_tensor}};
    std::vector<std::string> missing;
    for (const auto& [name, dimension] : degrees) {
      if (names(ability_.degrees, name) || !(space_.*dimension).empty()) continue;
      space_.*dimension = {1};
      missing.push_back(name);
    }
    if (!missing.empty()) limit(fmt::format("{}", fmt::join(missing, ", ")), "1");
  }

  const FrameworkAbility& ability_;
  PlanSpace& space_;
  std::vector<Assumption>& limits_;
};

}  // namespace

Result<FrameworkAbilities> FrameworkAbilities::load(const std::filesystem::path& data_directory) {
  const Result<Value> document =
      read_document((data_directory / "training" / "framework_abilities.toml").string());
  if (!document) return document.problems();
  FrameworkAbilities abilities;
  Diagnostics problems;
  std::set<std::string> seen;
  const Value* list = document->find("ability");
  if (list == nullptr || list->array() == nullptr)
    return problem_at(document->where(), "no list of [[ability]]");
  for (const Value& each : *list->array()) {
    FrameworkAbility ability;
    read_fields(each, ability_fields(), ability, "ability", problems);
    check_names(each, ability, problems);
    for (const std::string& framework : ability.frameworks) {
      if (!seen.insert(framework).second)
        problems.push_back(problem_at(each.where(), framework + " stands twice"));
    }
    abilities.entries_.push_back(std::move(ability));
  }
  if (!problems.empty()) return problems;
  return abilities;
}

const FrameworkAbility* FrameworkAbilities::of(std::string_view framework) const {
  for (const FrameworkAbility& each : entries_) {
    if (std::find(each.frameworks.begin(), each.frameworks.end(), framework) !=
        each.frameworks.end())
      return &each;
  }
  return nullptr;
}

void restrict_to(const FrameworkAbility& ability, PlanSpace& space,
                 std::vector<Assumption>& limits) {
  Restriction(ability, space, limits).run();
}

}  // namespace polyfleet
