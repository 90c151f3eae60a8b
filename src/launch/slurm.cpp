#include "launch/slurm.hpp"

#include <fmt/format.h>

#include "launch/cluster_start.hpp"
#include "launch/pool_files.hpp"

namespace polyfleet {
namespace {

/// "gpu:mi355x:8": the site's type for the part, else its id without the vendor.
std::string gres_of(const ToolTables& tables, const PoolStart& start) {
  const std::string id = start.pool->accelerator.substr(0, start.pool->accelerator.find('@'));
  const std::string* type = cluster_text(tables, "gres", id);
  const std::size_t bar = id.find('_');
  return fmt::format("gpu:{}:{}",
                     type != nullptr ? *type : id.substr(bar == std::string::npos ? 0 : bar + 1),
                     start.devices_on_node);
}

std::string options(const ToolTables& tables, const PoolStart& start) {
  return fmt::format(
      "#SBATCH --nodes={}\n#SBATCH --ntasks-per-node=1\n#SBATCH --gres={}\n#SBATCH --exclusive\n",
      start.nodes, gres_of(tables, start));
}

/// The function that runs on every node of a pool.
std::string node_function(const PoolStart& start, std::size_t index, bool mixed) {
  const std::string list = mixed ? fmt::format("SLURM_JOB_NODELIST_HET_GROUP_{}", index)
                                 : std::string("SLURM_JOB_NODELIST");
  return fmt::format(
      "run_pool_{}() {{  # {} x {}\n"
      "  export NNODES={} GPUS_PER_NODE={} NODE_RANK=\"$SLURM_NODEID\"\n"
      "  export POOL_FIRST_NODE={} POOL_FIRST_RANK={}\n"
      "  export MASTER_ADDR\n"
      "  MASTER_ADDR=\"$(scontrol show hostnames \"${}\" | head -n 1)\"\n"
      "  {}\n}}\nexport -f run_pool_{}\n",
      index, start.pool->devices, start.pool->accelerator, start.nodes, start.devices_on_node,
      start.first_node, start.first_rank, list, start.command, index);
}

}  // namespace

Result<LaunchExport> export_slurm(const LaunchJob& job, const ToolTables& tables) {
  Result<ClusterStart> start = cluster_start(job, tables);
  if (!start) return start.problems();
  const bool mixed = start->pools.size() > 1;
  std::string text = fmt::format("#!/usr/bin/env bash\n#SBATCH --job-name={}\n", plain_name(job));
  for (std::size_t i = 0; i < start->pools.size(); ++i)
    text += (i == 0 ? "" : "#SBATCH hetjob\n") + options(tables, start->pools[i]);
  text +=
      "# Made by polyfleet. Partition, account, time and container are the site's: give them to "
      "sbatch.\n# The types in --gres are those of the site's gres.conf.\nset -euo pipefail\n";
  text +=
      fmt::format("export MASTER_PORT=\"${{MASTER_PORT:-29500}}\" JOB_NODES={} JOB_RANKS={}\n\n",
                  start->nodes, start->ranks);
  for (std::size_t i = 0; i < start->pools.size(); ++i)
    text += node_function(start->pools[i], i, mixed) + "\n";
  text += "srun";
  for (std::size_t i = 0; i < start->pools.size(); ++i)
    text += fmt::format("{}{} bash -c run_pool_{}", i == 0 ? "" : " :",
                        mixed ? fmt::format(" --het-group={}", i) : "", i);
  text += "\n";
  LaunchExport made = std::move(start->files);
  made.files.insert(made.files.begin(), {"job.sbatch", std::move(text)});
  return made;
}

}  // namespace polyfleet
