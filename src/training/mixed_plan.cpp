#include "training/mixed_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.hpp"

namespace polyfleet {
namespace {

std::pair<std::size_t, std::size_t> ordered(std::size_t a, std::size_t b) {
  return {std::min(a, b), std::max(a, b)};
}

CrossEnd end_of(const MixedPool& pool) {
  CrossEnd end;
  end.network = &pool.machine->network;
  if (const auto& rate = pool.machine->accelerator.host_rate) end.host_rate = rate->value;
  return end;
}

/// The catalogue's link with what the user states in its place.
Result<CrossLink> link_between(const MixedPool& a, const MixedPool& b, const StatedLink* stated) {
  if (stated == nullptr) return default_cross_link(end_of(a), end_of(b), CrossRoute::direct);
  CrossLink link;
  if (stated->rate) {
    const CrossEnd left = end_of(a), right = end_of(b);
    link.rate = *stated->rate;
    link.route = stated->route;
    if (left.host_rate) link.host_rate_a = *left.host_rate;
    if (right.host_rate) link.host_rate_b = *right.host_rate;
    link.basis = fmt::format("{} per device, {}: {}", print_quantity(link.rate),
                             name_of(link.route), stated->source);
  } else {
    Result<CrossLink> usual = default_cross_link(end_of(a), end_of(b), stated->route);
    if (!usual) return usual.problems();
    link = *usual;
  }
  link.aggregate = stated->aggregate;
  link.latency = stated->latency;
  if (link.aggregate)
    link.basis += fmt::format("; at most {} together", print_quantity(*link.aggregate));
  return link;
}

}  // namespace

Result<CrossNetwork> CrossNetwork::make(std::span<const MixedPool> pools,
                                        std::span<const StatedLink> stated,
                                        const std::filesystem::path& data_directory) {
  const Result<CollectiveData> data = CollectiveData::load(data_directory);
  if (!data) return data.problems();
  Diagnostics problems;
  std::map<std::pair<std::size_t, std::size_t>, const StatedLink*> named;
  for (const StatedLink& link : stated) {
    if (link.a >= pools.size() || link.b >= pools.size() || link.a == link.b) {
      problems.push_back(problem(
          fmt::format("a link joins pools {} and {} of {}", link.a + 1, link.b + 1, pools.size()),
          "name two different pools of the cluster"));
    } else if (!named.emplace(ordered(link.a, link.b), &link).second) {
      problems.push_back(problem(fmt::format("the link between {} and {} is stated twice",
                                             pools[link.a].name, pools[link.b].name),
                                 "keep one of them"));
    }
  }
  CrossNetwork network;
  for (std::size_t a = 0; a < pools.size(); ++a) {
    network.paths_.emplace(std::pair{a, a}, CrossCosts::within(pools[a].machine->collectives));
    for (std::size_t b = a + 1; b < pools.size(); ++b) {
      const auto found = named.find({a, b});
      const Result<CrossLink> link =
          link_between(pools[a], pools[b], found == named.end() ? nullptr : found->second);
      Result<CrossCosts> costs = link ? CrossCosts::make(*link, pools[a].machine->network,
                                                         pools[b].machine->network, *data)
                                      : Result<CrossCosts>(link.problems());
      if (costs) {
        network.paths_.emplace(std::pair{a, b}, *std::move(costs));
      } else {
        problems.insert(problems.end(), costs.problems().begin(), costs.problems().end());
      }
    }
  }
  if (!problems.empty()) return problems;
  return network;
}

const CrossCosts& CrossNetwork::between(std::size_t a, std::size_t b) const {
  const auto path = paths_.find(ordered(a, b));
  POLYFLEET_CHECK(path != paths_.end(), "a pool that this network was not made for");
  return path->second;
}

std::int64_t MixedPlan::global_batch() const {
  std::int64_t sum = 0;
  for (const ReplicaGroup& group : groups) sum += group.sequences();
  return sum;
}

std::int64_t MixedPlan::devices_of(std::size_t pool) const {
  std::int64_t sum = 0;
  for (const ReplicaGroup& group : groups) {
    for (const StageGroup& stages : group.stages) {
      const ParallelLayout& layout = stages.plan.layout;
      if (stages.pool == pool)
        sum += std::int64_t{group.replicas} * layout.tensor * layout.context * layout.pipeline;
    }
  }
  return sum;
}

int pipeline_stages(const ReplicaGroup& group) {
  int sum = 0;
  for (const StageGroup& stages : group.stages) sum += stages.plan.layout.pipeline;
  return sum;
}

TrainingPlan whole_pipeline_plan(const MixedPlan& plan, const ReplicaGroup& group,
                                 const StageGroup& stages) {
  TrainingPlan whole = stages.plan;
  whole.layout.pipeline = pipeline_stages(group);
  whole.layout.data = group.replicas;
  whole.micro_batch = group.micro_batch;
  whole.global_batch = group.sequences();
  whole.sequence_length = plan.sequence_length;
  std::vector<int> layers;
  for (const StageGroup& part : group.stages)
    layers.insert(layers.end(), part.stage_layers.begin(), part.stage_layers.end());
  if (group.stages.size() > 1 || !layers.empty()) whole.stage_layers = layers;
  return whole;
}

}  // namespace polyfleet
