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
  parameters_.clear();
  for (const ChunkLayers& chunk : distinct_) {
    const StageDetail detail = chunk_time(chunk, plan, 0 * second, table_).detail;
    costs.push_back(detail.cost);
    parameters_.push_back(detail.parameters);
  }
  for (std::size_t c = 0; c < chunks_.size(); ++c) stages_[c] = costs[chunks_[c]];
  return stages_;
}

Seconds SplitCosts::first_stage_end(const TrainingPlan& plan, double micro_batches) const {
  StageParameters own;
  own.layers = 0;
  Seconds forward, backward;
  const auto stages = static_cast<std::size_t>(plan.layout.pipeline);
  for (std::size_t c = 0; c < chunks_.size(); c += stages) {
    const StageParameters& chunk = parameters_[chunks_[c]];
    own.dense += chunk.dense;
    own.expert += chunk.expert;
    own.frozen += chunk.frozen;
    own.layers += chunk.layers;
    forward += stages_[c].forward;
    backward += stages_[c].backward_input + stages_[c].backward_weight;
  }
  const Machine& machine = table_.machine();
  const DataParallelTime time =
      data_parallel_time(own, machine, plan, forward, backward, micro_batches);
  return time.gradient_exposed + time.parameter_exposed + optimizer_time(own, machine, plan);
}

}  // namespace polyfleet
