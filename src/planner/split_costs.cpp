#include "planner/split_costs.hpp"

#include <algorithm>

namespace polyfleet {
namespace {

bool alike(const ChunkLayers& a, const ChunkLayers& b) {
  return a.narrow == b.narrow && a.wide == b.wide && a.embedding == b.embedding &&
         a.head == b.head && a.mtp_modules == b.mtp_modules;
}

/// Stages that are like no earlier one.
template <class Alike>
std::vector<int> unlike_stages(int stages, const Alike& same) {
  std::vector<int> unlike;
  for (int stage = 0; stage < stages; ++stage) {
    if (std::none_of(unlike.begin(), unlike.end(), [&](int each) { return same(each, stage); }))
      unlike.push_back(stage);
  }
  return unlike;
}

}  // namespace

SplitShape split_shape(const ModelSpec& model, const TrainingPlan& plan) {
  SplitShape shape;
  shape.layers = split_layers(model, plan);
  for (const ChunkLayers& chunk : shape.layers) {
    const auto known = std::find_if(shape.distinct.begin(), shape.distinct.end(),
                                    [&](const ChunkLayers& each) { return alike(each, chunk); });
    shape.chunks.push_back(static_cast<std::size_t>(known - shape.distinct.begin()));
    if (known == shape.distinct.end()) shape.distinct.push_back(chunk);
  }
  const int stages = plan.layout.pipeline;
  shape.stages = unlike_stages(stages, [&](int one, int other) {
    for (std::size_t c = 0; c < shape.chunks.size(); c += static_cast<std::size_t>(stages))
      if (shape.chunks[c + static_cast<std::size_t>(one)] !=
          shape.chunks[c + static_cast<std::size_t>(other)])
        return false;
    return true;
  });
  const auto chunk = [&](int stage) { return shape.chunks[static_cast<std::size_t>(stage)]; };
  shape.paired = unlike_stages(stages, [&](int one, int other) {
    return chunk(one) == chunk(other) && chunk(stages - 1 - one) == chunk(stages - 1 - other);
  });
  return shape;
}

const SplitShape& SplitShapes::shape(const ModelSpec& model, const TrainingPlan& plan) {
  Key key{plan.layout.pipeline,
          plan.layout.virtual_stages,
          plan.embedding_counts_as_layer,
          plan.precision.first_layers_wide,
          plan.precision.last_layers_wide,
          plan.stage_layers};
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto known = shapes_.find(key);
  if (known != shapes_.end()) return known->second;
  SplitShape shape = split_shape(model, plan);
  for (const ChunkLayers& chunk : shape.distinct) {
    const auto same = std::find_if(chunks_.begin(), chunks_.end(),
                                   [&](const ChunkLayers& each) { return alike(each, chunk); });
    shape.numbers.push_back(static_cast<int>(same - chunks_.begin()));
    if (same == chunks_.end()) chunks_.push_back(chunk);
  }
  return shapes_.emplace(std::move(key), std::move(shape)).first->second;
}

const ChunkCosts::Entry& ChunkCosts::at(const ChunkLayers& chunk, int number,
                                        const TrainingPlan& plan, LayerTable& table) {
  const Key key{number, recomputed_layers(chunk, plan), plan.activation_offload};
  const auto known = entries_.find(key);
  if (known != entries_.end()) return known->second;
  const StageDetail detail = chunk_time(chunk, plan, 0 * second, table).detail;
  return entries_.emplace(key, Entry{detail.cost, detail.parameters}).first->second;
}

SplitCosts::SplitCosts(const SplitShape& shape, LayerTable& table, ChunkCosts& chunks)
    : shape_(shape), table_(table), chunks_(chunks) {
  stages_.resize(shape.chunks.size());
}

std::span<const StageCost> SplitCosts::stages(const TrainingPlan& plan) {
  if (plan.recompute_layers == layers_ && plan.activation_offload == offload_) return stages_;
  layers_ = plan.recompute_layers;
  offload_ = plan.activation_offload;
  distinct_.clear();
  for (std::size_t d = 0; d < shape_.distinct.size(); ++d)
    distinct_.push_back(&chunks_.at(shape_.distinct[d], shape_.numbers[d], plan, table_));
  for (std::size_t c = 0; c < stages_.size(); ++c) stages_[c] = distinct_[shape_.chunks[c]]->cost;
  return stages_;
}

Seconds SplitCosts::pipeline(const TrainingPlan& plan, const PipelineShape& shape) const {
  std::vector<StageCost> costs = stages_;
  const Seconds hand_over = hand_over_time(table_.model(), plan, table_.machine());
  for (StageCost& cost : costs) cost.send_forward = cost.send_backward = hand_over;
  return pipeline_time(shape, costs).total;
}

Seconds SplitCosts::first_stage_end(const TrainingPlan& plan, double micro_batches) const {
  StageParameters own;
  own.layers = 0;
  Seconds forward, backward;
  const auto stages = static_cast<std::size_t>(plan.layout.pipeline);
  for (std::size_t c = 0; c < shape_.chunks.size(); c += stages) {
    const StageParameters& chunk = distinct_[shape_.chunks[c]]->parameters;
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
