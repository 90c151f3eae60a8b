#include "report/plan_rows.hpp"

#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <set>

#include "report/json_parts.hpp"
#include "training/plan_fields.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

struct PlanSetting {
  std::string title;
  bool always = false;
  std::function<std::string(const TrainingPlan&)> text;
};

std::string recompute_text(const TrainingPlan& plan) {
  const std::string mode = setting_text(plan, "recompute");
  if (plan.recompute != Recompute::full || plan.recompute_layers == 0) return mode;
  return fmt::format("{} {}", mode, plan.recompute_layers);
}

std::string offload_text(const TrainingPlan& plan) {
  std::string text = plan.optimizer_offload ? "optimiser" : "";
  if (plan.activation_offload > 0)
    text += fmt::format("{}{:.0f} % activations", text.empty() ? "" : ", ",
                        100 * plan.activation_offload);
  return text.empty() ? "-" : text;
}

/// Hand-over follows from the schedule for most frameworks and does not tell plans apart.
std::string overlap_text(const TrainingPlan& plan, bool with_hand_over) {
  std::string text;
  const std::pair<bool, const char*> overlaps[] = {
      {plan.overlap.gradient_reduce, "gradients"},
      {plan.overlap.parameter_gather, "parameters"},
      {with_hand_over && plan.overlap.pipeline && plan.layout.pipeline > 1, "hand-over"}};
  for (const auto& [on, name] : overlaps) {
    if (on) text += fmt::format("{}{}", text.empty() ? "" : ", ", name);
  }
  return text.empty() ? "-" : text;
}

template <class Member>
PlanSetting degree(std::string title, Member member, bool always = false) {
  return {std::move(title), always,
          [member](const TrainingPlan& plan) { return fmt::format("{}", plan.layout.*member); }};
}

const std::vector<PlanSetting>& plan_settings() {
  using L = ParallelLayout;
  static const std::vector<PlanSetting> columns{
      degree("TP", &L::tensor, true),
      degree("PP", &L::pipeline, true),
      degree("VPP", &L::virtual_stages),
      degree("CP", &L::context),
      degree("EP", &L::expert),
      degree("ETP", &L::expert_tensor),
      degree("DP", &L::data, true),
      {"SP", false,
       [](const TrainingPlan& p) { return p.layout.sequence_parallel ? "yes" : "no"; }},
      {"micro", true, [](const TrainingPlan& p) { return fmt::format("{}", p.micro_batch); }},
      {"recompute", true, recompute_text},
      {"sharding", false, [](const TrainingPlan& p) { return setting_text(p, "sharding"); }},
      {"schedule", false, [](const TrainingPlan& p) { return setting_text(p, "schedule"); }},
      {"offload", false, offload_text},
      {"overlap", false, [](const TrainingPlan& p) { return overlap_text(p, false); }},
  };
  return columns;
}

template <class Q>
std::string known(const std::optional<Q>& quantity) {
  return quantity ? print_quantity(*quantity) : "-";
}

}  // namespace

std::string grouped(std::int64_t number) {
  std::string digits = fmt::format("{}", number);
  const std::size_t first = digits.front() == '-' ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;) digits.insert(at -= 3, ",");
  return digits;
}

std::string share_text(double share) {
  constexpr double kPrinted = 0.0005;  // below it, a rounding error of either sign prints as 0
  return fmt::format("{:.1f} %", std::abs(share) < kPrinted ? 0 : 100 * share);
}

std::string times_text(double ratio) {
  return ratio < 100 ? fmt::format("x {:.3f}", ratio) : fmt::format("x {:.0f}", ratio);
}

std::string setting_text(const TrainingPlan& plan, std::string_view key) {
  const Value value = field_named(plan_fields(), key)->print(plan);
  return value.text() != nullptr ? *value.text() : to_json(value, -1);
}

std::string cut_text(const TrainingPlan& plan) {
  const ParallelLayout& layout = plan.layout;
  std::string text = fmt::format("TP {} x PP {} x CP {} x DP {}", layout.tensor, layout.pipeline,
                                 layout.context, layout.data);
  if (layout.virtual_stages > 1) text += fmt::format(", virtual stages {}", layout.virtual_stages);
  if (layout.expert > 1 || layout.expert_tensor > 1)
    text += fmt::format(", EP {} x ETP {}", layout.expert, layout.expert_tensor);
  if (layout.tensor > 1 && layout.sequence_parallel) text += ", sequence parallel";
  return text;
}

std::string settings_text(const TrainingPlan& plan) {
  std::string text = fmt::format("micro-batch {}", plan.micro_batch);
  if (plan.layout.pipeline > 1) text += ", schedule " + setting_text(plan, "schedule");
  text += ", sharding " + setting_text(plan, "sharding") + ", recompute " + recompute_text(plan);
  if (plan.recompute == Recompute::full && plan.recompute_layers > 0) text += " layers a stage";
  if (offload_text(plan) != "-") text += ", offload " + offload_text(plan);
  const std::string overlap = overlap_text(plan, true);
  if (overlap != "-") text += ", overlap " + overlap;
  return text;
}

std::vector<SettingColumn> told_apart(const std::vector<const PlannedPlan*>& plans) {
  std::vector<SettingColumn> shown;
  for (const PlanSetting& setting : plan_settings()) {
    SettingColumn column{setting.title, {}};
    std::set<std::string> values;
    for (const PlannedPlan* plan : plans) {
      column.texts.push_back(setting.text(plan->plan));
      values.insert(column.texts.back());
    }
    if (setting.always || values.size() > 1) shown.push_back(std::move(column));
  }
  return shown;
}

std::string plan_table(const std::string& title, const std::vector<const PlannedPlan*>& plans,
                       const std::vector<std::string>& marks, Seconds best, PageStyle style) {
  std::vector<std::string> titles{title, "step", "over best"};
  const std::vector<SettingColumn> shown = told_apart(plans);
  for (const SettingColumn& column : shown) titles.push_back(column.title);
  bool uses_fewer = false, energy = false, cost = false;
  for (const PlannedPlan* plan : plans) {
    uses_fewer = uses_fewer || plan->devices != plans.front()->devices;
    energy = energy || plan->energy;
    cost = cost || plan->cost;
  }
  if (uses_fewer) titles.push_back("devices");
  titles.push_back("free memory");
  if (energy) titles.push_back("energy");
  if (cost) titles.push_back("cost");
  TextTable table(titles);
  for (std::size_t i = 0; i < plans.size(); ++i) {
    const PlannedPlan& plan = *plans[i];
    std::vector<std::string> cells{marks[i], print_quantity(plan.time),
                                   times_text(plan.time / best)};
    for (const SettingColumn& column : shown) cells.push_back(column.texts[i]);
    if (uses_fewer) cells.push_back(grouped(plan.devices));
    cells.push_back(share_text(plan.head_room));
    if (energy) cells.push_back(known(plan.energy));
    if (cost) cells.push_back(known(plan.cost));
    table.row(std::move(cells));
  }
  return table.text(style);
}

Value settings_json(const TrainingPlan& plan) {
  Value json{Table{}};
  json.set("layout", print_fields(layout_fields(), plan.layout));
  for (const char* key : {"micro_batch", "schedule", "sharding", "recompute", "recompute_layers",
                          "optimizer_offload", "activation_offload"})
    json.set(key, field_named(plan_fields(), key)->print(plan));
  json.set("overlap", print_fields(overlap_fields(), plan.overlap));
  return json;
}

Value planned_json(const PlannedPlan& plan) {
  Value json{Table{}};
  json.set("plan", settings_json(plan.plan));
  json.set("devices", plan.devices);
  json.set("step_time_s", plan.time / second);
  json.set("tokens_per_s", plan.tokens_per_second);
  json.set("energy_j", base_or_null(plan.energy));
  json.set("cost_usd", base_or_null(plan.cost));
  json.set("power_w", base_or_null(plan.power));
  json.set("memory_bytes", plan.memory / byte);
  json.set("memory_head_room", plan.head_room);
  return json;
}

std::string goal_text(Objective objective, const PlanConstraints& limits) {
  std::string text;
  switch (objective) {
    case Objective::time:
      text = "least step time";
      break;
    case Objective::cost:
      text = "least cost of a step";
      break;
    case Objective::energy:
      text = "least energy of a step";
      break;
    case Objective::tokens_per_second:
      text = "most tokens a second";
      break;
  }
  if (limits.power_cap) text += ", at most " + print_quantity(*limits.power_cap);
  if (limits.memory_head_room > 0)
    text += fmt::format(", {} of the memory free", share_text(limits.memory_head_room));
  if (limits.use_all_devices) text += ", every accelerator in use";
  return text;
}

}  // namespace polyfleet
