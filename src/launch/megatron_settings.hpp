// A plan and a model in the words of Megatron-Core, which Megatron-LM, Megatron-Bridge and Primus
// share; the formats differ in spelling only. Concepts carry the names of Megatron-LM's arguments.
#pragma once

#include "launch/plan_settings.hpp"

namespace polyfleet {

/// Says the plan of one pool. Keys that Megatron-Core has no words for are left out with a reason.
void put_megatron_plan(const ModelSpec& model, const ToolTables& tables, PlanSettings& into);
/// Precision, gradients and optimizer states of the plan. Part of put_megatron_plan.
void put_megatron_formats(const ToolTables& tables, PlanSettings& into);
/// Says the architecture; parts that Megatron-Core has no argument for are named ("model.sparse").
void put_megatron_model(const ModelSpec& model, PlanSettings& into);

}  // namespace polyfleet
