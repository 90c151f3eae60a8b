#include "training/step.hpp"

#include <algorithm>
#include <cmath>

namespace polyfleet {
namespace {

class StepBuilder {
 public:
  StepBuilder(const TrainingPlan& plan, LayerTable& table)
      : plan_(plan), machine_(table.machine()), table_(table) {}

  StepTime run() {
    const std::vector<ChunkLayers> chunks = split_layers(table_.model(), plan_);
    const Seconds hand_over = hand_over_time(table_.model(), plan_, machine_);
    StepTime step;
    step.micro_batches = plan_.global_batch / (plan_.layout.data * std::int64_t{plan_.micro_batch});
    step.chunks.reserve(chunks.size());
    per_chunk_.reserve(chunks.size());
    for (const ChunkLayers& chunk : chunks) {
      ChunkTime time = chunk_time(chunk, plan_, hand_over, table_);
      step.chunks.push_back(time.detail);
      per_chunk_.push_back(time.passes);
    }
    compose(step);
    return step;
  }

 private:
  /// All chunks of one stage together.
  template <class Member>
  void for_chunks_of(std::size_t stage, Member&& visit) const {
    const auto stages = static_cast<std::size_t>(plan_.layout.pipeline);
    for (std::size_t c = stage; c < per_chunk_.size(); c += stages) visit(c);
  }

  Seconds stage_time(std::size_t stage) const {
    Seconds sum;
    for_chunks_of(stage, [&](std::size_t c) { sum += per_chunk_[c].total(); });
    return sum;
  }

  void add_compute(std::size_t stage, double micro_batches, StepTime& step) const {
    PassTime all, again;
    for_chunks_of(stage, [&](std::size_t c) {
      all.add(per_chunk_[c].forward, micro_batches);
      all.add(per_chunk_[c].backward_input, micro_batches);
      all.add(per_chunk_[c].backward_weight, micro_batches);
      again.add(per_chunk_[c].recompute, micro_batches);
    });
    StepBreakdown& where = step.where;
    where.compute = all.by_class;
    where.recompute = again.compute;
    where.tensor = all.tensor_exposed + again.tensor_exposed;
    where.context = all.context_exposed + again.context_exposed;
    where.expert = all.expert_exposed + again.expert_exposed;
    where.host = all.host_stall + again.host_stall;
    where.offload = all.offload_exposed;
    where.hidden = all.hidden + again.hidden;
    all.add(again, 1);
    step.log_sigma = std::sqrt(all.variance);  // seconds until `compose` divides by the total
  }

  /// Data-parallel exchange of each stage; what a stage cannot hide it can still spend in its own
  /// drain of the pipeline.
  void add_data_parallel(const StepTime& step, StepBreakdown& where, double micro_batches) const {
    Seconds slack_backward, slack_forward, worst;
    for (std::size_t stage = 0; stage < static_cast<std::size_t>(plan_.layout.pipeline); ++stage) {
      StageParameters own;
      own.layers = 0;
      Seconds forward, backward;
      for_chunks_of(stage, [&](std::size_t c) {
        own.dense += step.chunks[c].parameters.dense;
        own.expert += step.chunks[c].parameters.expert;
        own.frozen += step.chunks[c].parameters.frozen;
        own.layers += step.chunks[c].parameters.layers;
        forward += step.chunks[c].cost.forward;
        backward += step.chunks[c].cost.backward_input + step.chunks[c].cost.backward_weight;
      });
      const DataParallelTime time =
          data_parallel_time(own, machine_, plan_, forward, backward, micro_batches);
      const Seconds gradient = max(time.gradient_exposed - slack_backward, 0 * second);
      const Seconds parameter = max(time.parameter_exposed - slack_forward, 0 * second);
      const Seconds update = optimizer_time(own, machine_, plan_);
      if (stage == 0 || gradient + parameter + update > worst) {
        worst = gradient + parameter + update;
        where.gradient_reduce = gradient;
        where.parameter_gather = parameter;
        where.optimizer = update;
        where.hidden += time.gradient_reduce + time.parameter_gather - gradient - parameter;
      }
      slack_backward += backward / plan_.layout.virtual_stages;
      slack_forward += forward / plan_.layout.virtual_stages;
    }
  }

  void compose(StepTime& step) const {
    const double micro_batches = static_cast<double>(step.micro_batches);
    std::vector<StageCost> costs;
    costs.reserve(step.chunks.size());
    for (const StageDetail& chunk : step.chunks) costs.push_back(chunk.cost);
    const PipelineTime pipeline = pipeline_time({.schedule = plan_.schedule,
                                                 .stages = plan_.layout.pipeline,
                                                 .virtual_stages = plan_.layout.virtual_stages,
                                                 .micro_batches = step.micro_batches,
                                                 .overlap_hand_over = plan_.overlap.pipeline},
                                                costs);
    std::size_t slowest = 0;
    for (std::size_t s = 1; s < static_cast<std::size_t>(plan_.layout.pipeline); ++s) {
      if (stage_time(s) > stage_time(slowest)) slowest = s;
    }
    StepBreakdown& where = step.where;
    add_compute(slowest, micro_batches, step);
    where.pipeline = pipeline.exposed_hand_over;
    where.bubble = pipeline.total - stage_time(slowest) * micro_batches - where.pipeline;
    add_data_parallel(step, where, micro_batches);
    where.host += plan_.host_seconds_per_step * second +
                  plan_.host_seconds_per_micro_batch * micro_batches * second;
    Seconds sum;
    for (const Seconds part : where.compute) sum += part;
    sum += where.recompute + where.tensor + where.context + where.expert + where.pipeline +
           where.bubble + where.gradient_reduce + where.parameter_gather + where.optimizer +
           where.offload + where.host;
    where.total = sum;
    step.log_sigma /= sum / second;
    for (const ChunkPasses& passes : per_chunk_)
      step.hardware_flops += passes.flops * (micro_batches * plan_.layout.tensor *
                                             plan_.layout.context * plan_.layout.data);
  }

  const TrainingPlan& plan_;
  const Machine& machine_;
  LayerTable& table_;
  std::vector<ChunkPasses> per_chunk_;
};

}  // namespace

StepTime step_time(const ModelSpec& model, const TrainingPlan& plan, const Machine& machine) {
  LayerTable table(model, plan, machine);
  return step_time(plan, table);
}

StepTime step_time(const TrainingPlan& plan, LayerTable& table) {
  return StepBuilder(plan, table).run();
}

}  // namespace polyfleet
