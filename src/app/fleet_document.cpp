#include "app/fleet_document.hpp"

#include <algorithm>

#include "app/fleet_check.hpp"
#include "app/fleet_document_tables.hpp"

namespace polyfleet {
namespace {

std::vector<std::string> vendors_of(const std::vector<DeviceClass>& classes) {
  std::vector<std::string> vendors;
  for (const DeviceClass& each : classes) {
    if (std::find(vendors.begin(), vendors.end(), each.vendor) == vendors.end())
      vendors.push_back(each.vendor);
  }
  return vendors;
}

/// Pools first, then phases: the order of FleetModel::phases.
std::vector<const StatedCapacity*> uses_of(const StatedFleet& stated) {
  std::vector<const StatedCapacity*> uses;
  for (const StatedFleetPool& pool : stated.pools) uses.push_back(&pool);
  for (const StatedPhase& phase : stated.phases) uses.push_back(&phase);
  return uses;
}

/// A scenario on its way to a model; each step adds its problems.
struct Resolution {
  const StatedFleet& stated;
  const std::filesystem::path& folder;
  Workspace& workspace;
  const FleetDefaults& defaults;
  FleetDocument& document;
  Diagnostics& out;

  void sites(const ClassContext& context) {
    const SiteContext with{
        workspace.catalogue(),     document.model.time, defaults, context.power_shares, folder,
        workspace.data_directory()};
    for (const StatedFleetSite& each : stated.sites)
      document.model.sites.push_back(resolve_site(each, with, document.model.assumptions, out));
  }

  void capacity(const ClassContext& context) {
    FleetModel& model = document.model;
    ResolvedClasses classes =
        resolve_classes(stated.hardware, uses_of(stated), context, model.assumptions, out);
    model.classes = std::move(classes.classes);
    document.classes = std::move(classes.rates);
    const PhaseContext with{model.time, defaults, model.sites, model.classes};
    for (const StatedFleetPool& each : stated.pools)
      model.phases.push_back(resolve_pool(each, with, model.assumptions, out));
    for (const StatedPhase& each : stated.phases)
      model.phases.push_back(resolve_phase(each, with, model.assumptions, out));
  }

  void workloads() {
    FleetModel& model = document.model;
    const auto shapes = load_shapes(workspace.data_directory());
    if (!shapes) {
      out.insert(out.end(), shapes.problems().begin(), shapes.problems().end());
      return;
    }
    const WorkloadContext with{workspace, model.time, defaults, *shapes, vendors_of(model.classes)};
    for (const StatedWorkload& each : stated.workloads) {
      ResolvedWorkload resolved = resolve_workload(each, with, model.assumptions, out);
      model.workloads.push_back(std::move(resolved.workload));
      document.questions.push_back(std::move(resolved.question));
    }
  }

  void run() {
    FleetModel& model = document.model;
    model.name = stated.name;
    model.description = stated.description;
    check_ids(stated, out);
    check_carbon_sets(stated, workspace.catalogue(), out);
    const auto time = resolve_time(*stated.study, model.assumptions, out);
    if (!time) return;
    model.time = *time;
    const Result<ClassContext> context = load_class_context(workspace, model.time, defaults);
    if (!context) {
      out.insert(out.end(), context.problems().begin(), context.problems().end());
      return;
    }
    sites(*context);
    capacity(*context);
    workloads();
    model.policy = resolve_policy(*stated.study, stated.policy, vendors_of(model.classes), out);
    model.finance = resolve_finance(stated.finance, defaults, model.assumptions);
    if (!out.empty()) return;  // sums of faulty parts would only confuse
    check_power(stated, model.time, model.sites, model.phases, out);
    check_contracts(stated, model.time, model.phases, out);
  }
};

}  // namespace

Result<FleetDocument> read_fleet_document(const Value& document,
                                          const std::filesystem::path& folder,
                                          Workspace& workspace) {
  Diagnostics problems;
  const FleetScenario scenario = read_fleet_scenario(document, problems);
  const Result<FleetDefaults> defaults = load_fleet_defaults(workspace.data_directory());
  if (!defaults) return defaults.problems();
  FleetDocument read;
  read.where = document.where();
  read.deals = scenario.deals;
  read.uncertainty = scenario.uncertainty;
  read.plan = scenario.plan;
  if (scenario.study) Resolution{scenario, folder, workspace, *defaults, read, problems}.run();
  if (!problems.empty()) return problems;
  return read;
}

Result<FleetDocument> load_fleet_document(const std::filesystem::path& file, Workspace& workspace) {
  const Result<Value> document = read_document(file.string());
  if (!document) return document.problems();
  return read_fleet_document(*document, file.parent_path(), workspace);
}

}  // namespace polyfleet
