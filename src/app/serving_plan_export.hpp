// A serving plan as launch files (launch/serving_launch.hpp): which job it is, and the folders that
// a user asked for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/serving_plan_run.hpp"
#include "launch/serving_launch.hpp"

namespace polyfleet {

/// "kubernetes=k8s/": a format and the folder that its files go to.
struct ServingExportRequest {
  ServingLaunchFormat format = ServingLaunchFormat::vllm;
  std::string folder;
};
/// Errors: no "=", an unknown format (with a suggestion).
Result<ServingExportRequest> serving_export_of(std::string_view text);

struct ServingExport {
  ServingExportRequest request;
  LaunchExport files;
};

/// The chosen plan's pools with the engines' settings as planned.
ServingLaunchJob serving_launch_job(const ServingPlanRun& run, const ServingPlan& plan);

/// Makes every export, then writes all of them. Errors: pools that a format does not start, files
/// that cannot be written.
Result<std::vector<ServingExport>> write_serving_exports(
    const ServingPlanRun& run, const ServingPlan& plan,
    const std::vector<ServingExportRequest>& requests, const Workspace& workspace);

}  // namespace polyfleet
