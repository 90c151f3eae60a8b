#include "app/job_pools.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "fleet/availability.hpp"

namespace polyfleet {
namespace {

void add(Diagnostics& problems, const Diagnostics& more) {
  problems.insert(problems.end(), more.begin(), more.end());
}

JobPool sized_pool(const StatedJobPool& stated, const System* system, Diagnostics& problems) {
  JobPool pool;
  pool.name = !stated.name.empty() ? stated.name : system != nullptr ? system->id : "cluster";
  pool.nodes = stated.nodes;
  pool.per_node = stated.accelerators_per_node;
  if (pool.per_node == 0 && system != nullptr) pool.per_node = system->accelerators_per_node;
  pool.nodes_per_domain = stated.nodes_per_domain;
  if (pool.nodes_per_domain == 0 && system != nullptr && pool.per_node > 0)
    pool.nodes_per_domain = std::max(1, system->scale_up_domain / pool.per_node);
  if (pool.nodes_per_domain == 0) pool.nodes_per_domain = std::max(1, pool.nodes);
  pool.nodes_per_domain = std::min(pool.nodes_per_domain, std::max(1, pool.nodes));
  pool.spare_nodes = stated.spare_nodes;
  if (pool.nodes < 1)
    problems.push_back(problem_at(stated.where, "a cluster without nodes",
                                  "give nodes = N, on the command line --nodes N"));
  if (pool.per_node < 1)
    problems.push_back(problem_at(stated.where, "nodes without accelerators",
                                  "give accelerators_per_node = N or a system of the catalogue"));
  if (pool.spare_nodes >= pool.nodes && pool.nodes > 0)
    problems.push_back(problem_at(
        stated.where,
        fmt::format("{} spare nodes of {}: none is left for jobs", pool.spare_nodes, pool.nodes)));
  return pool;
}

PoolFailures stated_failures(const StatedJobPool& stated, Diagnostics& problems) {
  PoolFailures failures;
  failures.between = job_ticks(stated.mean_time_between_failures);
  failures.repair = job_ticks(stated.repair);
  failures.lemon_share = stated.lemon_share;
  failures.lemon_factor = stated.lemon_factor;
  failures.exchanged_after = stated.exchanged_after;
  if (failures.between > 0 && failures.repair == 0)
    problems.push_back(problem_at(stated.where, "nodes fail but no repair time is stated",
                                  "give repair = \"24 h\" or so"));
  if (failures.between == 0 && (failures.repair > 0 || failures.lemon_share > 0))
    problems.push_back(problem_at(stated.where, "a repair time or lemons, but nodes never fail",
                                  "give mean_time_between_failures"));
  return failures;
}

PoolFailures published_failures(const StatedJobPool& stated, const System& system,
                                Workspace& workspace, Diagnostics& problems,
                                std::vector<std::string>& assumptions) {
  const auto machine = workspace.machine("", system.id);
  if (!machine) return add(problems, machine.problems()), PoolFailures{};
  const auto data = load_reliability(workspace.data_directory());
  if (!data) return add(problems, data.problems()), PoolFailures{};
  const NodeReliability node = node_reliability(*data, (*machine)->accelerator, (*machine)->system);
  PoolFailures failures;
  failures.between = job_ticks(1.0 / node.failures);
  failures.repair = job_ticks(node.repair);
  failures.lemon_share = stated.lemon_share;
  failures.lemon_factor = stated.lemon_factor;
  failures.exchanged_after = stated.exchanged_after;
  assumptions.push_back(fmt::format("failures of {}: {}", system.id, node.basis));
  return failures;
}

PoolMaintenance maintenance_of(const StatedJobPool& stated, Workspace& workspace,
                               Diagnostics& problems, std::vector<std::string>& assumptions) {
  PoolMaintenance windows{job_ticks(stated.maintenance_every),
                          job_ticks(stated.maintenance_length)};
  if (stated.published_maintenance) {
    const auto data = load_outages(workspace.data_directory());
    if (!data) return add(problems, data.problems()), windows;
    windows = {job_ticks(data->maintenance_every.value), job_ticks(data->maintenance_length.value)};
    assumptions.push_back(
        fmt::format("maintenance of every node for {:.3g} h each {:.3g} days ({})",
                    data->maintenance_length.value / hour, data->maintenance_every.value / day,
                    data->maintenance_every.source));
  }
  if (windows.every > 0 && (windows.length == 0 || windows.length >= windows.every))
    problems.push_back(problem_at(stated.where,
                                  "a maintenance window must be shorter than the time between two "
                                  "and longer than nothing"));
  return windows;
}

}  // namespace

ResolvedPools resolve_pools(const std::vector<StatedJobPool>& stated, Workspace& workspace,
                            Diagnostics& problems) {
  ResolvedPools resolved;
  bool fails = false, is_maintained = false;
  for (const StatedJobPool& each : stated) {
    std::optional<System> system;
    if (!each.system.empty()) {
      auto found = workspace.catalogue().system(each.system);
      if (found) {
        system = *std::move(found);
      } else {
        add(problems, found.problems());
      }
    }
    resolved.pools.push_back(sized_pool(each, system ? &*system : nullptr, problems));
    if (each.published_failures && !system)
      problems.push_back(
          problem_at(each.where, "published failure rates of which system?", "give system"));
    resolved.failures.push_back(
        each.published_failures && system
            ? published_failures(each, *system, workspace, problems, resolved.assumptions)
            : stated_failures(each, problems));
    resolved.maintenance.push_back(maintenance_of(each, workspace, problems, resolved.assumptions));
    fails = fails || resolved.failures.back().between > 0;
    is_maintained = is_maintained || resolved.maintenance.back().every > 0;
  }
  if (!fails) resolved.failures.clear();
  if (!is_maintained) resolved.maintenance.clear();
  return resolved;
}

}  // namespace polyfleet
