#include "app/plan_export.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <system_error>

#include "base/files.hpp"
#include "base/spelling.hpp"

namespace polyfleet {
namespace {

/// Letters, digits and '-': pool names become file and component names.
std::string plain_pool_name(std::string_view name) {
  std::string text;
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    text += plain ? c : '-';
  }
  return text.empty() ? "pool" : text;
}

LaunchPool launch_pool(const SearchedPool& pool, std::string name, const TrainingPlan& plan) {
  const Machine& machine = *pool.question.machine;
  return {.name = std::move(name),
          .vendor = machine.accelerator.vendor,
          .accelerator = machine.accelerator.id,
          .system = machine.system.id,
          .devices = plan.layout.devices(),
          .devices_per_node = machine.system.accelerators_per_node,
          .plan = plan};
}

LaunchJob empty_job(const PlanQuestion& question) {
  const TrainingScenario& scenario = question.pools.front().searched.question.scenario;
  return {.name = question.name,
          .model = scenario.model,
          .model_id = question.model,
          .framework = scenario.framework,
          .pools = {}};
}

Result<std::monostate> write_all(const ExportedPlan& made) {
  std::error_code failed;
  const std::filesystem::path folder = made.request.folder;
  std::filesystem::create_directories(folder, failed);
  if (failed) return problem(fmt::format("{}: {}", folder.string(), failed.message()));
  for (const LaunchFile& file : made.files.files) {
    std::filesystem::create_directories((folder / file.name).parent_path(), failed);
    const auto written = write_file(folder / file.name, file.text);
    if (!written) return written.problems();
  }
  return std::monostate{};
}

}  // namespace

Result<ExportRequest> export_request_of(std::string_view text) {
  const std::size_t equals = text.find('=');
  std::vector<std::string> names;
  for (const LaunchFormatEntry& entry : launch_formats()) names.emplace_back(entry.name);
  if (equals == std::string_view::npos || equals + 1 == text.size())
    return problem_at({"--export", 0, 0}, fmt::format("'{}' names no folder", text),
                      "write --export primus=launch/");
  const auto format = launch_format_named(text.substr(0, equals));
  if (!format)
    return problem_at({"--export", 0, 0},
                      fmt::format("unknown format '{}'", text.substr(0, equals)),
                      name_suggestion(text.substr(0, equals), names));
  return ExportRequest{*format, std::string(text.substr(equals + 1))};
}

LaunchJob launch_job(const PlanRun& run) {
  LaunchJob job = empty_job(run.question);
  const SearchedPool& pool = run.question.pools.front().searched;
  job.pools.push_back(
      launch_pool(pool, plain_pool_name(pool.name), run.best->resolved.scenario.plan));
  return job;
}

LaunchJob launch_job(const MixedRun& run) {
  LaunchJob job = empty_job(run.question);
  std::map<std::string, int> uses;
  for (const ReplicaGroup& group : run.result.best.front().plan.groups) {
    for (const StageGroup& stages : group.stages) {
      const SearchedPool& pool = run.search.pools[stages.pool];
      TrainingPlan plan = stages.plan;
      plan.layout.data = group.replicas;
      plan.micro_batch = group.micro_batch;
      plan.global_batch = group.sequences();
      plan.sequence_length = run.result.best.front().plan.sequence_length;
      plan.stage_layers = stages.stage_layers;
      std::string name = plain_pool_name(pool.name);
      if (const int before = uses[name]++; before > 0) name += fmt::format("-{}", before + 1);
      job.pools.push_back(launch_pool(pool, std::move(name), plan));
    }
  }
  return job;
}

Result<std::vector<ExportedPlan>> write_exports(const LaunchJob& job,
                                                const std::vector<ExportRequest>& requests,
                                                const Workspace& workspace) {
  std::vector<ExportedPlan> exported;
  if (requests.empty()) return exported;
  const Result<ToolTables> tables = ToolTables::load(workspace.data_directory().string());
  if (!tables) return tables.problems();
  for (const ExportRequest& request : requests) {
    Result<LaunchExport> made = export_launch(request.format, job, *tables);
    if (!made) return made.problems();
    exported.push_back({request, *std::move(made)});
  }
  for (const ExportedPlan& each : exported) {
    if (const auto written = write_all(each); !written) return written.problems();
  }
  return exported;
}

}  // namespace polyfleet
