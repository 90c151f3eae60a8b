// Plans as rows of a table and as JSON: the few settings by which people tell plans apart, and what
// the objectives look at. Shared by the reports of one pool and of several.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/value.hpp"
#include "planner/plan_search.hpp"
#include "report/table.hpp"

namespace polyfleet {

/// "6,582,816".
std::string grouped(std::int64_t number);
/// "12.3 %".
std::string share_text(double share);
/// "x 1.08".
std::string times_text(double ratio);

/// "least step time, at most 50 MW, 5 % of the memory free".
std::string goal_text(Objective objective, const PlanConstraints& limits);

/// "1f1b", "zero1", "none", as the plan's keys name them.
std::string setting_text(const TrainingPlan& plan, std::string_view key);

/// "TP 8 x PP 4 x CP 1 x DP 16, EP 8 x ETP 1" without degrees that say nothing.
std::string cut_text(const TrainingPlan& plan);
/// "micro-batch 1 x 16, interleaved x 4, zero1, recompute full 3 layers, overlap gradients"
std::string settings_text(const TrainingPlan& plan);

/// A setting by its short title and what each plan has of it.
struct SettingColumn {
  std::string title;
  std::vector<std::string> texts;
};
/// Only settings in which the plans differ from one another (cut, micro-batch and recompute
/// always).
std::vector<SettingColumn> told_apart(const std::vector<const PlannedPlan*>& plans);

/// Plans side by side: a column only for settings in which they differ from one another (cut,
/// micro-batch and recompute always). `marks`: first column; `best`: what times are compared with.
std::string plan_table(const std::string& title, const std::vector<const PlannedPlan*>& plans,
                       const std::vector<std::string>& marks, Seconds best, PageStyle style);

/// {settings, devices, time_s, ...}: unknown figures are null.
Value planned_json(const PlannedPlan& plan);
Value settings_json(const TrainingPlan& plan);

}  // namespace polyfleet
