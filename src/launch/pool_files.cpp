#include "launch/pool_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace polyfleet {
namespace {

/// A mixed job in a tool that starts one kind of rank.
Unexpressed mixing(const LaunchJob& job, const std::string& tool) {
  std::string pools;
  for (const LaunchPool& pool : job.pools)
    pools += fmt::format("{}{} x {}", pools.empty() ? "" : " + ", pool.devices, pool.accelerator);
  return {
      "pools", pools,
      fmt::format("{} gives every rank of a job the same plan: each pool's file starts a job of "
                  "its own, and joining them takes a build that reads a plan per pool",
                  tool)};
}

}  // namespace

std::string pool_file(const LaunchJob& job, const LaunchPool& pool, const std::string& stem,
                      const std::string& extension) {
  if (job.pools.size() == 1) return stem + extension;
  if (extension != ".py") return fmt::format("{}.{}{}", stem, pool.name, extension);
  std::string module = stem + "_" + pool.name;  // a name that Python can import
  std::replace(module.begin(), module.end(), '-', '_');
  return module + extension;
}

Result<std::int64_t> nodes_of(const LaunchPool& pool) {
  if (pool.devices <= 0 || pool.devices_per_node <= 0)
    return problem(fmt::format("the pool {} has no devices", pool.name));
  std::int64_t nodes = (pool.devices + pool.devices_per_node - 1) / pool.devices_per_node;
  while (pool.devices % nodes != 0) ++nodes;
  return nodes;
}

int devices_on_node(const LaunchPool& pool) {
  const Result<std::int64_t> nodes = nodes_of(pool);
  return nodes ? static_cast<int>(pool.devices / *nodes) : 0;
}

std::string job_line(const LaunchJob& job, const LaunchPool& pool) {
  const std::string model = job.model_id.empty() ? job.model.name : job.model_id;
  return fmt::format("{} on {} {}", model, pool.devices, pool.accelerator);
}

std::string plain_name(const LaunchJob& job) {
  std::string name;
  for (const char c : job.name.empty() ? job.model_id : job.name) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (plain)
      name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    else if (!name.empty() && name.back() != '-')
      name += '-';
  }
  constexpr std::size_t kLongest = 40;  // a Kubernetes name with the pool's and an index behind
  name = name.substr(0, kLongest);
  while (!name.empty() && name.back() == '-') name.pop_back();
  return name.empty() ? "training" : name;
}

Result<LaunchExport> write_pools(const LaunchJob& job, const std::string& stem,
                                 const std::string& extension, const std::string& tool,
                                 const PoolWriter& write) {
  if (job.pools.empty()) return problem("the job has no pools", "give at least one");
  LaunchExport all;
  for (const LaunchPool& pool : job.pools) {
    PlanSettings settings(pool.plan);
    std::string text = write(pool, settings);
    settings.close(job.model, tool);
    all.files.push_back({pool_file(job, pool, stem, extension), std::move(text)});
    for (Unexpressed& each : settings.unexpressed()) {
      if (job.pools.size() > 1) each.setting = fmt::format("{}: {}", pool.name, each.setting);
      all.unexpressed.push_back(std::move(each));
    }
  }
  if (job.pools.size() > 1) all.unexpressed.push_back(mixing(job, tool));
  return all;
}

}  // namespace polyfleet
