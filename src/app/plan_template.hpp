// What a framework's profile makes of a cut (app/scenario_defaults.hpp), remembered: settings of a
// profile depend on a cut only through a few classes, so the profile is asked once a class and the
// degrees are copied in. Tests hold it to direct resolution on random cuts.
#pragma once

#include "app/scenario_document.hpp"
#include "app/workspace.hpp"
#include "base/result.hpp"
#include "planner/plan_space.hpp"

namespace polyfleet {

/// The settings that state a cut: degrees, micro-batch, recompute mode.
std::vector<Setting> cut_settings(const ParallelLayout& layout, int micro_batch,
                                  Recompute recompute);

/// A template over a scenario without searched keys (batch, sequence, precision, framework and
/// what else the user states). Safe for concurrent calls; the model, the machine and the tables
/// must outlive it. Errors: those of the profile at the cut of one device.
Result<PlanTemplate> plan_template(const MappingTables& tables, const Value& document,
                                   const ModelSpec& model, const Accelerator& accelerator);

}  // namespace polyfleet
