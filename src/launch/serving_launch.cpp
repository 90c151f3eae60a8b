#include "launch/serving_launch.hpp"

#include <fmt/format.h>

#include <cctype>

#include "launch/serving_kubernetes.hpp"
#include "launch/sglang.hpp"
#include "launch/vllm.hpp"

namespace polyfleet {
namespace {

/// Where a script finds the other nodes of its replica.
NodeWords script_nodes(const ServingLaunchPool& pool) {
  if (pool.nodes_per_replica() == 1) return {};
  const char* const master =
      pool.engine == "sglang" ? "\"$MASTER_ADDR:20000\"" : "\"$MASTER_ADDR\"";
  return {fmt::format("{}", pool.nodes_per_replica()), "\"$NODE_RANK\"", master};
}

std::string head_of(const ServingLaunchJob& job, const ServingLaunchPool& pool) {
  std::string text = fmt::format(
      "#!/usr/bin/env bash\n# Made by polyfleet: {} on {}, {} replicas of {} accelerators each.\n",
      job.model_id, pool.accelerator, pool.replicas, pool.layout.accelerators());
  if (pool.nodes_per_replica() > 1)
    text += fmt::format("# Run it on all {} nodes of a replica with NODE_RANK and MASTER_ADDR.\n",
                        pool.nodes_per_replica());
  text += "set -euo pipefail\n";
  text += job.weights.empty()
              ? std::string("MODEL=${MODEL:?the checkpoint: a Hugging Face name or a folder}\n")
              : fmt::format("MODEL=${{MODEL:-{}}}\n", job.weights);
  if (pool.engine == "vllm" && pool.role != PoolRole::aggregated)
    text += "export VLLM_NIXL_SIDE_CHANNEL_HOST=${VLLM_NIXL_SIDE_CHANNEL_HOST:-$(hostname -i)}\n";
  return text;
}

void add_shared_gaps(const ServingLaunchJob& job, LaunchExport& made) {
  bool apart = false;
  for (const ServingLaunchPool& pool : job.pools) apart = apart || pool.role == PoolRole::prefill;
  if (apart)
    made.unexpressed.push_back(
        {"router", "prefill, then decode",
         "a proxy in front sends each request to a prefill server and then to a decode server: "
         "it is a service of its own"});
  else if (job.pools.size() > 1)
    made.unexpressed.push_back({"router", "load of each pool as planned",
                                "servers do not know of each other: the balancer in front "
                                "must weigh the pools"});
}

Result<LaunchExport> export_scripts(const ServingLaunchJob& job, const std::string& engine,
                                    const ServingToolTables& tables) {
  LaunchExport made;
  for (const ServingLaunchPool& pool : job.pools) {
    if (pool.engine != engine)
      return problem(
          fmt::format("pool {} runs {}, not {}", pool.name, pool.engine, engine),
          fmt::format("write --export {}=DIR, or allow one engine with --engines", pool.engine));
    ServingArguments arguments = serving_arguments(job, pool, tables, script_nodes(pool));
    std::string text = head_of(job, pool);
    const bool joins = engine == "vllm" && pool.nodes_per_replica() > 1;
    if (joins) text += "WORKER=()\nif [ \"$NODE_RANK\" -gt 0 ]; then WORKER=(--headless); fi\n";
    text += "exec " + shell_lines(arguments.words());
    if (joins) {
      text.pop_back();
      text += " \\\n  \"${WORKER[@]}\"\n";
    }
    made.files.push_back({fmt::format("{}_{}.sh", engine, pool.name), std::move(text)});
    for (Unexpressed& each : arguments.take_unexpressed())
      made.unexpressed.push_back(std::move(each));
  }
  add_shared_gaps(job, made);
  return made;
}

}  // namespace

std::optional<ServingLaunchFormat> serving_launch_named(std::string_view name) {
  for (std::size_t i = 0; i < kServingLaunchNames.size(); ++i) {
    if (kServingLaunchNames[i] == name) return static_cast<ServingLaunchFormat>(i);
  }
  return std::nullopt;
}

ServingArguments serving_arguments(const ServingLaunchJob& job, const ServingLaunchPool& pool,
                                   const ServingToolTables& tables, const NodeWords& nodes) {
  if (pool.engine != "sglang") return vllm_arguments(pool, tables.vllm, nodes);
  std::string other;
  for (const ServingLaunchPool& each : job.pools) {
    if (each.role != pool.role && each.vendor != pool.vendor) other = each.vendor;
  }
  return sglang_arguments(pool, tables.sglang, nodes, other);
}

Result<ServingToolTables> ServingToolTables::load(const std::string& data_folder) {
  ServingToolTables tables;
  Diagnostics problems;
  const auto read = [&](const char* name) {
    Result<Value> document = read_document(data_folder + "/launch/" + name);
    if (!document)
      problems.insert(problems.end(), document.problems().begin(), document.problems().end());
    return document ? *std::move(document) : Value(Table{});
  };
  for (const auto& [name, table] :
       {std::pair("vllm.toml", &tables.vllm), std::pair("sglang.toml", &tables.sglang)}) {
    Result<ToolTable> made = ToolTable::read(read(name));
    if (made)
      *table = *std::move(made);
    else
      problems.insert(problems.end(), made.problems().begin(), made.problems().end());
  }
  tables.cluster = read("cluster.toml");
  if (!problems.empty()) return problems;
  return tables;
}

Result<LaunchExport> export_serving(ServingLaunchFormat format, const ServingLaunchJob& job,
                                    const ServingToolTables& tables) {
  if (job.pools.empty()) return problem("the plan has no pools", "give at least one");
  for (const ServingLaunchPool& pool : job.pools) {
    if (pool.engine != "vllm" && pool.engine != "sglang")
      return problem(
          fmt::format("pool {} runs {}, for which there is no export", pool.name, pool.engine),
          "allow vllm or sglang with --engines");
  }
  if (format == ServingLaunchFormat::kubernetes) {
    LaunchExport made = export_serving_kubernetes(job, tables);
    add_shared_gaps(job, made);
    return made;
  }
  return export_scripts(job, std::string(name_of(format)), tables);
}

std::string plain_name(const ServingLaunchJob& job) {
  std::string name;
  for (const char c : job.name.empty() ? job.model_id : job.name) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
    name += plain ? static_cast<char>(std::tolower(static_cast<unsigned char>(c))) : '-';
  }
  while (!name.empty() && name.front() == '-') name.erase(0, 1);
  while (!name.empty() && name.back() == '-') name.pop_back();
  return name.empty() ? "service" : name;
}

}  // namespace polyfleet
