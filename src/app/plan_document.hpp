// A plan that the planner found, as a scenario that `estimate train` takes: the question's scenario
// with every chosen setting stated. The same text gives the same time, bit for bit.
#pragma once

#include <string>

#include "app/scenario_document.hpp"
#include "training/mixed_plan.hpp"

namespace polyfleet {

/// `base` is a scenario without degrees (app/plan_question.hpp); `devices` are those the plan uses.
Result<Value> planned_scenario(const Value& base, const TrainingPlan& plan, std::int64_t devices);

/// The scenario of what is searched of a plan alone: degrees, schedule, recompute and so on.
Value searched_settings(const TrainingPlan& plan);

/// A mixed plan as a document: [[group]] with its replicas and micro-batches, [[group.stage]] with
/// pool, layers and settings. For people and programs; `estimate train` reads single pools only.
Value mixed_plan_document(const MixedPlan& plan, const std::vector<std::string>& pools);

/// The document as TOML. Tables come behind the plain keys of their parent; null is left out.
std::string toml_text(const Value& document);

}  // namespace polyfleet
