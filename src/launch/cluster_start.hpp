// What a scheduler starts on the nodes of each pool: the framework's files and one command a pool.
// Commands per framework and the schedulers' names for accelerators: data/launch/cluster.toml.
#pragma once

#include "launch/launch.hpp"

namespace polyfleet {

struct PoolStart {
  const LaunchPool* pool = nullptr;
  std::int64_t nodes = 0;
  int devices_on_node = 0;
  std::int64_t first_node = 0;  ///< nodes of the pools before it
  std::int64_t first_rank = 0;
  std::string command;
};

struct ClusterStart {
  LaunchExport files;  ///< of the framework, with what they leave unsaid
  std::vector<PoolStart> pools;
  std::int64_t nodes = 0, ranks = 0;  ///< of all pools
};

/// Errors: pools that do not fill their nodes, a framework export that fails. A framework without
/// launch files here is named among the unexpressed settings; its command is $TRAIN_COMMAND.
Result<ClusterStart> cluster_start(const LaunchJob& job, const ToolTables& tables);

/// A text of cluster.toml at a dotted path, or null pointer.
const std::string* cluster_text(const ToolTables& tables, std::string_view section,
                                std::string_view entry, std::string_view key = {});

}  // namespace polyfleet
