// A found plan as launch files (src/launch): which job it is, for one pool or several, and the
// folders that a user asked for. What a tool cannot be told is listed with the export.
#pragma once

#include <string>
#include <vector>

#include "app/mixed_run.hpp"
#include "app/plan_run.hpp"
#include "launch/launch.hpp"

namespace polyfleet {

/// "primus=launch/": a format and the folder that its files go to.
struct ExportRequest {
  LaunchFormat format = LaunchFormat::megatron_lm;
  std::string folder;
};
/// Errors: no "=", an unknown format (with a suggestion).
Result<ExportRequest> export_request_of(std::string_view text);

struct ExportedPlan {
  ExportRequest request;
  LaunchExport files;
};

/// Precondition: a best plan.
LaunchJob launch_job(const PlanRun& run);
/// Each stage group of the best mixed plan is a pool of the job. Precondition: a best plan.
LaunchJob launch_job(const MixedRun& run);

/// Makes every export, then writes all of them. Errors: a format that has no form for this job,
/// files that cannot be written.
Result<std::vector<ExportedPlan>> write_exports(const LaunchJob& job,
                                                const std::vector<ExportRequest>& requests,
                                                const Workspace& workspace);

}  // namespace polyfleet
