#include "app/serving_plan_export.hpp"

#include <fmt/format.h>

#include <cctype>
#include <filesystem>
#include <map>
#include <system_error>

#include "base/files.hpp"
#include "base/spelling.hpp"

namespace polyfleet {
namespace {

std::string lower_case_name(std::string_view name) {
  std::string text;
  for (const char c : name) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
    text += plain ? static_cast<char>(std::tolower(static_cast<unsigned char>(c))) : '-';
  }
  return text.empty() ? "pool" : text;
}

Result<std::monostate> write_all(const ServingExport& made) {
  std::error_code failed;
  const std::filesystem::path folder = made.request.folder;
  std::filesystem::create_directories(folder, failed);
  if (failed) return problem(fmt::format("{}: {}", folder.string(), failed.message()));
  for (const LaunchFile& file : made.files.files) {
    const auto written = write_file(folder / file.name, file.text);
    if (!written) return written.problems();
  }
  return std::monostate{};
}

}  // namespace

Result<ServingExportRequest> serving_export_of(std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::vector<std::string> names(kServingLaunchNames.begin(), kServingLaunchNames.end());
  if (equals == std::string_view::npos || equals + 1 == text.size())
    return problem_at({"--export", 0, 0}, fmt::format("'{}' names no folder", text),
                      "write --export kubernetes=k8s/");
  const auto format = serving_launch_named(text.substr(0, equals));
  if (!format)
    return problem_at({"--export", 0, 0},
                      fmt::format("unknown format '{}'", text.substr(0, equals)),
                      name_suggestion(text.substr(0, equals), names));
  return ServingExportRequest{*format, std::string(text.substr(equals + 1))};
}

ServingLaunchJob serving_launch_job(const ServingPlanRun& run, const ServingPlan& plan) {
  const PreparedServingPlan& prepared = *run.prepared;
  ServingLaunchJob job;
  job.name = prepared.name;
  job.model_id = prepared.model_id;
  std::map<std::string, int> uses;
  for (const PlannedPool& pool : plan.pools) {
    const ReplicaKind& kind = prepared.question.kinds[pool.kind];
    const ServingOffer& offer = prepared.question.offers[kind.offer];
    const EngineProfile& profile = prepared.models->profile(kind.offer, kind.engine);
    ServingLaunchPool launch;
    launch.name = lower_case_name(offer.name);
    if (pool.role == PoolRole::prefill) launch.name += "-prefill";
    if (pool.role == PoolRole::decode) launch.name += "-decode";
    if (const int before = uses[launch.name]++; before > 0)
      launch.name += fmt::format("-{}", before + 1);
    launch.vendor = offer.vendor;
    launch.accelerator = offer.accelerator;
    launch.system = offer.system;
    launch.engine = kind.engine;
    launch.role = pool.role;
    launch.replicas = pool.replicas;
    launch.accelerators_per_node =
        prepared.models->machine(kind.offer).system.accelerators_per_node;
    launch.layout = kind.layout;
    launch.formats = kind.formats;
    launch.settings = profile.settings;
    if (kind.max_sequences > 0) launch.settings.max_sequences = kind.max_sequences;
    launch.memory_fraction = profile.memory_fraction;
    launch.speculation = prepared.speculation;
    if (prepared.traffic.trace) launch.settings.max_model_length = prepared.traffic.trace->longest;
    job.pools.push_back(std::move(launch));
  }
  return job;
}

Result<std::vector<ServingExport>> write_serving_exports(
    const ServingPlanRun& run, const ServingPlan& plan,
    const std::vector<ServingExportRequest>& requests, const Workspace& workspace) {
  std::vector<ServingExport> exported;
  if (requests.empty()) return exported;
  const Result<ServingToolTables> tables =
      ServingToolTables::load(workspace.data_directory().string());
  if (!tables) return tables.problems();
  const ServingLaunchJob job = serving_launch_job(run, plan);
  for (const ServingExportRequest& request : requests) {
    Result<LaunchExport> made = export_serving(request.format, job, *tables);
    if (!made) return made.problems();
    exported.push_back({request, *std::move(made)});
  }
  for (const ServingExport& each : exported) {
    if (const auto written = write_all(each); !written) return written.problems();
  }
  return exported;
}

}  // namespace polyfleet
