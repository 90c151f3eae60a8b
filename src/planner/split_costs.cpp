#include "planner/split_costs.hpp"

#include <algorithm>

namespace polyfleet {
namespace {

bool alike(const ChunkLayers& a, const ChunkLayers& b) {
  return a.narrow == b.narrow && a.wide == b.wide && a.embedding == b.embedding &&
         a.head == b.head && a.mtp_modules == b.mtp_modules;
}

}  // namespace

SplitCosts::SplitCosts(const TrainingPlan& plan, LayerTable& table) : table_(table) {
  for (const ChunkLayers& chunk : split_layers(table.model(), plan)) {
    const auto known = std::find_if(distinct_.begin(), distinct_.end(),
                                    [&](const ChunkLayers& each) { return alike(each, chunk); });
    chunks_.push_back(static_cast<std::size_t>(known - distinct_.begin()));
    if (known == distinct_.end()) distinct_.push_back(chunk);
  }
  stages_.resize(chunks_.size());
}

std::span<const StageCost> SplitCosts::stages(const TrainingPlan& plan) {
  if (plan.recompute_layers == layers_ && plan.activation_offload == offload_) return stages_;
  layers_ = plan.recompute_layers;
  offload_ = plan.activation_offload;
  std::vector<StageCost> costs;
  costs.reserve(distinct_.size());
  for (const ChunkLayers& chunk : distinct_)
    costs.push_back(chunk_time(chunk, plan, 0 * second, table_).detail.cost);
  for (std::size_t c = 0; c < chunks_.size(); ++c) stages_[c] = costs[chunks_[c]];
  return stages_;
}

}  // namespace polyfleet
