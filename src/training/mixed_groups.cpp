// Times every stage of a mixed plan on its own machine.
#include <algorithm>

#include "training/mixed_parts.hpp"

namespace polyfleet {
namespace {

/// Devices of one replica that hold a share of the activations.
double ranks_of(const ParallelLayout& layout) {
  return static_cast<double>(layout.tensor) * layout.context;
}

PipelineShape shape_of(const ReplicaGroup& group) {
  const TrainingPlan& first = group.stages.front().plan;
  return {.schedule = first.schedule,
          .stages = pipeline_stages(group),
          .virtual_stages = group.stages.size() == 1 ? first.layout.virtual_stages : 1,
          .micro_batches = group.micro_batches,
          .overlap_hand_over = first.overlap.pipeline};
}

/// Neighbours on one pool that own as much.
bool same_update(const MixedStage& a, const MixedStage& b) {
  return a.stage_group == b.stage_group && a.parameters.dense == b.parameters.dense &&
         a.parameters.expert == b.parameters.expert;
}

class GroupBuilder {
 public:
  GroupBuilder(const MixedQuestion& question, const MixedPlan& plan, const ReplicaGroup& group,
               const MixedTables& tables)
      : question_(question), plan_(plan) {
    out_.group = &group;
    out_.shape = shape_of(group);
    for (const StageGroup& stages : group.stages) {
      out_.plans.push_back(whole_pipeline_plan(plan, group, stages));
      out_.tables.push_back(&tables(stages.pool, out_.plans.back()));
      hand_over_.push_back(
          hand_over_time(question.model, out_.plans.back(), out_.tables.back()->machine()));
    }
  }

  MixedGroup run() {
    const std::vector<ChunkLayers> layers = split_layers(question_.model, out_.plans.front());
    const auto& parts = out_.group->stages;
    std::size_t stage = 0;
    for (std::size_t p = 0; p < parts.size(); ++p) {
      for (int s = 0; s < parts[p].plan.layout.pipeline; ++s, ++stage) {
        MixedStage own;
        own.stage_group = p;
        own.pool = parts[p].pool;
        out_.stages.push_back(own);
      }
    }
    for (std::size_t c = 0; c < layers.size(); ++c) add_chunk(layers[c], c);
    for (std::size_t p = 1; p < parts.size(); ++p) add_border(p);
    for (std::size_t s = 0; s < out_.stages.size(); ++s) finish(s);
    return std::move(out_);
  }

 private:
  void add_chunk(const ChunkLayers& layers, std::size_t index) {
    const auto stages = static_cast<std::size_t>(out_.shape.stages);
    MixedStage& own = out_.stages[index % stages];
    LayerTable& table = *out_.tables[own.stage_group];
    MixedChunk chunk;
    chunk.time =
        chunk_time(layers, out_.plans[own.stage_group], hand_over_[own.stage_group], table);
    chunk.next_pool = chunk.previous_pool = own.pool;
    own.chunks.push_back(index);
    out_.chunks.push_back(chunk);
  }

  /// Between stage groups p - 1 and p: the sends inside a pool make way for those over the link.
  void add_border(std::size_t p) {
    const auto& parts = out_.group->stages;
    std::size_t first = 0;
    for (std::size_t i = 0; i < p; ++i)
      first += static_cast<std::size_t>(parts[i].plan.layout.pipeline);
    MixedChunk& before = out_.chunks[first - 1];
    MixedChunk& after = out_.chunks[first];
    before.forward_border = border_time(question_, plan_, *out_.group, parts[p - 1], parts[p]);
    before.next_pool = parts[p].pool;
    before.time.detail.cost.send_forward = 0 * second;
    after.backward_border = border_time(question_, plan_, *out_.group, parts[p], parts[p - 1]);
    after.previous_pool = parts[p - 1].pool;
    after.time.detail.cost.send_backward = 0 * second;
  }

  void finish(std::size_t index) {
    MixedStage& own = out_.stages[index];
    own.parameters.layers = 0;
    for (const std::size_t c : own.chunks) {
      const StageDetail& detail = out_.chunks[c].time.detail;
      own.parameters.dense += detail.parameters.dense;
      own.parameters.expert += detail.parameters.expert;
      own.parameters.frozen += detail.parameters.frozen;
      own.parameters.layers += detail.parameters.layers;
      own.forward += detail.cost.forward;
      own.backward += detail.cost.backward_input + detail.cost.backward_weight;
    }
    if (index > 0 && same_update(own, out_.stages[index - 1])) {
      own.update = out_.stages[index - 1].update;
      return;
    }
    own.update = optimizer_time(own.parameters, out_.tables[own.stage_group]->machine(),
                                out_.plans[own.stage_group]);
  }

  const MixedQuestion& question_;
  const MixedPlan& plan_;
  std::vector<Seconds> hand_over_;  ///< inside each stage group
  MixedGroup out_;
};

}  // namespace

Seconds MixedStage::work(const std::vector<MixedChunk>& all) const {
  Seconds sum;
  for (const std::size_t c : chunks) sum += all[c].time.passes.total();
  return sum;
}

BorderTime border_time(const MixedQuestion& question, const MixedPlan& plan,
                       const ReplicaGroup& group, const StageGroup& from, const StageGroup& to) {
  const double senders = ranks_of(from.plan.layout), receivers = ranks_of(to.plan.layout);
  const Bytes whole = static_cast<double>(group.micro_batch) *
                      static_cast<double>(plan.sequence_length) *
                      static_cast<double>(question.model.hidden) *
                      bytes_per_element(from.plan.precision.activation);
  const double flows = std::min(senders, receivers);
  const int pieces =
      static_cast<int>(std::max(senders, receivers) / std::min(senders, receivers) + 0.999);
  const CrossTime sent = question.network->between(from.pool, to.pool)
                             .send(whole / flows, pieces, flows * group.replicas);
  BorderTime border{sent.network, sent.staging, 0 * second};
  const ParallelLayout& layout = to.plan.layout;
  if (layout.tensor > 1 && !layout.sequence_parallel) {
    const Machine& machine = *question.pools[to.pool].machine;
    const RankGroup ranks = rank_group(CommGroup::tensor, layout, machine.network.scale_up_domain);
    border.gather =
        machine.collectives.time(CollectiveKind::all_gather, whole / layout.context, ranks).time;
  }
  return border;
}

std::vector<MixedGroup> mixed_groups(const MixedQuestion& question, const MixedPlan& plan,
                                     const MixedTables& tables) {
  std::vector<MixedGroup> groups;
  groups.reserve(plan.groups.size());
  for (const ReplicaGroup& group : plan.groups)
    groups.push_back(GroupBuilder(question, plan, group, tables).run());
  return groups;
}

}  // namespace polyfleet
