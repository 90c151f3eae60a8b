#include "launch/cluster_start.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "launch/pool_files.hpp"

namespace polyfleet {
namespace {

struct FrameworkStart {
  LaunchFormat format;
  std::string command;
};

/// The format and command of a framework profile.
std::optional<FrameworkStart> start_of(const ToolTables& tables, const std::string& framework) {
  const Value* starts = tables.cluster.find("start");
  if (starts == nullptr || starts->table() == nullptr) return {};
  for (const auto& [name, entry] : *starts->table()) {
    const Value *profiles = entry.find("profiles"), *command = entry.find("command");
    const auto format = launch_format_named(name);
    if (!format || profiles == nullptr || profiles->array() == nullptr || command == nullptr ||
        command->text() == nullptr)
      continue;
    const bool holds = std::any_of(
        profiles->array()->begin(), profiles->array()->end(),
        [&](const Value& each) { return each.text() != nullptr && *each.text() == framework; });
    if (holds) return FrameworkStart{*format, *command->text()};
  }
  return {};
}

void replace(std::string& text, std::string_view mark, const std::string& by) {
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at))
    text.replace(at, mark.size(), by);
}

std::string command_of(const FrameworkStart& start, const LaunchJob& job, const LaunchPool& pool,
                       std::size_t index, const LaunchExport& files) {
  std::string command = start.command;
  const std::string& file = files.files[index].name;
  replace(command, "{file}", file);
  replace(command, "{launcher}", pool_file(job, pool, "megatron_bridge", ".sh"));
  replace(command, "{module}", file.substr(0, file.find('.')));
  return command;
}

}  // namespace

const std::string* cluster_text(const ToolTables& tables, std::string_view section,
                                std::string_view entry, std::string_view key) {
  const Value* found = tables.cluster.find(section);
  if (found != nullptr) found = found->find(entry);
  if (found != nullptr && !key.empty()) found = found->find(key);
  return found == nullptr ? nullptr : found->text();
}

Result<ClusterStart> cluster_start(const LaunchJob& job, const ToolTables& tables) {
  ClusterStart start;
  if (job.pools.empty()) return problem("the job has no pools", "give at least one");
  const auto framework = start_of(tables, job.framework);
  if (framework) {
    Result<LaunchExport> files = export_launch(framework->format, job, tables);
    if (!files) return files.problems();
    start.files = std::move(*files);
  } else {
    start.files.unexpressed.push_back(
        {"framework", job.framework.empty() ? "none" : job.framework,
         "no launch files are known for it: put its command into TRAIN_COMMAND"});
  }
  for (std::size_t i = 0; i < job.pools.size(); ++i) {
    const LaunchPool& pool = job.pools[i];
    const Result<std::int64_t> nodes = nodes_of(pool);
    if (!nodes) return nodes.problems();
    PoolStart each{&pool, *nodes, devices_on_node(pool), start.nodes, start.ranks, {}};
    each.command = framework ? command_of(*framework, job, pool, i, start.files)
                             : "bash -c \"$TRAIN_COMMAND\"";
    start.nodes += *nodes;
    start.ranks += pool.devices;
    start.pools.push_back(std::move(each));
  }
  return start;
}

}  // namespace polyfleet
