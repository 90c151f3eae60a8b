#include "app/launch_export.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "base/files.hpp"

namespace polyfleet {

LaunchJob launch_job(const ResolvedTraining& resolved) {
  const TrainingScenario& scenario = resolved.scenario;
  const Machine& machine = *resolved.machine;
  LaunchPool pool;
  pool.name = "pool";
  pool.vendor = machine.accelerator.vendor;
  pool.accelerator = machine.accelerator.id;
  pool.system = machine.system.id;
  pool.devices = scenario.devices;
  pool.devices_per_node = machine.system.accelerators_per_node;
  pool.plan = scenario.plan;
  return {scenario.name, scenario.model, scenario.model.id, scenario.framework, {pool}};
}

Result<LaunchExport> export_scenario(Workspace& workspace, LaunchFormat format,
                                     const std::string& path,
                                     const std::vector<Setting>& settings) {
  const Result<ResolvedTraining> resolved = read_scenario(workspace, path, settings);
  if (!resolved) return resolved.problems();
  const Result<ToolTables> tables = ToolTables::load(workspace.data_directory().string());
  if (!tables) return tables.problems();
  return export_launch(format, launch_job(*resolved), *tables);
}

Result<std::monostate> write_launch_files(const LaunchExport& made, const std::string& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed)
    return problem(fmt::format("{}: {}", folder, failed.message()), "choose another folder");
  for (const LaunchFile& file : made.files) {
    const auto written = write_file(std::filesystem::path(folder) / file.name, file.text);
    if (!written) return written.problems();
  }
  return std::monostate{};
}

}  // namespace polyfleet
