#include "training/step.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace polyfleet {
namespace {

/// The distinct works of a plan, each built and timed once.
struct TimedWork {
  LayerWork work;
  LayerTime time;
  Flops forward_flops, backward_flops, recompute_flops;
};

Flops flops_of(const std::vector<Op>& ops) {
  Flops sum;
  for (const Op& op : ops) sum += op.flops();
  return sum;
}

class StepBuilder {
 public:
  StepBuilder(const ModelSpec& model, const TrainingPlan& plan, const Machine& machine)
      : model_(model), plan_(plan), machine_(machine), wide_(wide_recipe(plan.precision)) {
    batch_ = micro_batch_of(plan);
  }

  StepTime run() {
    const std::vector<ChunkLayers> chunks = split_layers(model_, plan_);
    StepTime step;
    step.micro_batches = plan_.global_batch / (plan_.layout.data * std::int64_t{plan_.micro_batch});
    step.chunks.reserve(chunks.size());
    per_chunk_.reserve(chunks.size());
    for (const ChunkLayers& chunk : chunks) step.chunks.push_back(time_chunk(chunk));
    compose(step);
    return step;
  }

 private:
  struct ChunkPasses {
    PassTime forward, backward_input, backward_weight, recompute;
    Flops flops;
    Bytes saved;  ///< activations of one micro-batch that wait for backward
  };

  BuildContext context(const PrecisionRecipe& precision) const {
    return {model_, plan_.layout, precision, batch_, plan_.lora};
  }

  Seconds host_floor() const {
    return plan_.host_launch == HostLaunch::graph ? 0 * second
                                                  : plan_.host_seconds_per_layer * second;
  }

  TimedWork timed(LayerWork work, Seconds floor) const {
    TimedWork timed;
    timed.work = std::move(work);
    timed.time = layer_time(timed.work, machine_, plan_, floor);
    timed.forward_flops = flops_of(timed.work.ops[0]);
    timed.backward_flops = flops_of(timed.work.ops[1]) + flops_of(timed.work.ops[2]);
    timed.recompute_flops = plan_.recompute == Recompute::full ? timed.forward_flops
                            : plan_.recompute == Recompute::selective
                                ? flops_of(timed.work.recomputed_selective)
                                : Flops{};
    return timed;
  }

  const TimedWork& layer(std::size_t kind, bool wide) {
    std::optional<TimedWork>& slot = (wide ? wide_layers_ : layers_)[kind];
    if (!slot) {
      slot =
          timed(layer_work(static_cast<LayerKind>(kind), context(wide ? wide_ : plan_.precision)),
                host_floor());
    }
    return *slot;
  }

  Bytes saved_bytes(const LayerWork& work, double count, double recomputed) const {
    const Bytes thin = plan_.recompute == Recompute::full ? work.saved_full : work.saved_selective;
    return thin * recomputed + work.saved_activations * (count - recomputed);
  }

  /// Adds `count` copies of a work to a chunk; `recomputed` of them run their forward again.
  void add(const TimedWork& timed, double count, double recomputed, ChunkPasses& passes,
           StageDetail& detail) const {
    passes.forward.add(timed.time.pass[0], count);
    passes.backward_input.add(timed.time.pass[1], count);
    passes.backward_weight.add(timed.time.pass[2], count);
    passes.recompute.add(timed.time.recompute, recomputed);
    passes.flops +=
        (timed.forward_flops + timed.backward_flops) * count + timed.recompute_flops * recomputed;
    passes.saved += saved_bytes(timed.work, count, recomputed);
    detail.parameters.dense += timed.work.parameters * count;
    detail.parameters.expert += timed.work.expert_parameters * count;
    detail.parameters.frozen += timed.work.frozen_parameters * count;
  }

  StageDetail time_chunk(const ChunkLayers& chunk) {
    StageDetail detail;
    detail.layers = chunk;
    detail.parameters.layers = std::max(1, chunk.layers());
    ChunkPasses passes;
    double left = recomputed_layers(chunk);
    for (const bool wide : {false, true}) {
      for (std::size_t kind = 0; kind < kLayerKindCount; ++kind) {
        const double count = (wide ? chunk.wide : chunk.narrow)[kind];
        if (count == 0) continue;
        const double recomputed = std::min(left, count);
        left -= recomputed;
        add(layer(kind, wide), count, recomputed, passes, detail);
      }
    }
    if (chunk.embedding) {
      if (!embedding_) embedding_ = timed(embedding_work(context(plan_.precision)), 0 * second);
      add(*embedding_, 1, 0, passes, detail);
    }
    if (chunk.head) {
      if (!head_) head_ = timed(head_work(context(plan_.precision)), 0 * second);
      add(*head_, 1, 0, passes, detail);
    }
    if (chunk.mtp_modules > 0) {
      if (!mtp_) mtp_ = timed(mtp_work(context(plan_.precision)), host_floor());
      add(*mtp_, chunk.mtp_modules, 0, passes, detail);
    }
    add_offload(passes);
    detail.cost.forward = passes.forward.total();
    detail.cost.backward_input = passes.backward_input.total() + passes.recompute.total();
    detail.cost.backward_weight = passes.backward_weight.total();
    detail.cost.send_forward = detail.cost.send_backward = hand_over();
    per_chunk_.push_back(passes);
    return detail;
  }

  /// Offloaded activations leave during forward and return during backward; what exceeds the pass
  /// is exposed. A part whose host link is not published (TPUs) is taken to hide it: frameworks
  /// choose what they offload so that it does.
  void add_offload(ChunkPasses& passes) const {
    const auto& host_rate = machine_.accelerator.host_rate;
    if (plan_.activation_offload <= 0 || !host_rate) return;
    const Seconds transfer = passes.saved * plan_.activation_offload / host_rate->value;
    const Seconds backward =
        passes.backward_input.total() + passes.backward_weight.total() + passes.recompute.total();
    passes.forward.offload_exposed = max(transfer - passes.forward.total(), 0 * second);
    passes.backward_input.offload_exposed = max(transfer - backward, 0 * second);
  }

  double recomputed_layers(const ChunkLayers& chunk) const {
    if (plan_.recompute == Recompute::none) return 0;
    if (plan_.recompute == Recompute::selective || plan_.recompute_layers == 0)
      return chunk.layers();
    // "n layers" counts per stage; virtual stages share it.
    return std::min<double>(chunk.layers(), std::ceil(static_cast<double>(plan_.recompute_layers) /
                                                      plan_.layout.virtual_stages));
  }

  /// One activation tensor to the next stage. Every tensor rank holds it whole and sends its share,
  /// which the other side gathers again inside its own group (Narayanan et al. 2021, section 4.1;
  /// DeepSpeed's partitioned pipeline); with sequence parallelism the share is all that a rank
  /// holds.
  Seconds hand_over() {
    if (plan_.layout.pipeline <= 1) return 0 * second;
    if (!hand_over_) {
      const double elements = static_cast<double>(plan_.micro_batch) *
                              static_cast<double>(plan_.sequence_length) *
                              static_cast<double>(model_.hidden) / plan_.layout.context;
      const Bytes whole = elements * bytes_per_element(plan_.precision.activation);
      hand_over_ =
          transfer(CollectiveKind::send_recv, whole / plan_.layout.tensor, CommGroup::pipeline);
      if (plan_.layout.tensor > 1 && !plan_.layout.sequence_parallel)
        *hand_over_ += transfer(CollectiveKind::all_gather, whole, CommGroup::tensor);
    }
    return *hand_over_;
  }

  Seconds transfer(CollectiveKind kind, Bytes payload, CommGroup group) const {
    return machine_.collectives
        .time(kind, payload, rank_group(group, plan_.layout, machine_.network.scale_up_domain))
        .time;
  }

  /// All chunks of one stage together.
  template <class Member>
  void for_chunks_of(std::size_t stage, Member&& visit) const {
    const auto stages = static_cast<std::size_t>(plan_.layout.pipeline);
    for (std::size_t c = stage; c < per_chunk_.size(); c += stages) visit(c);
  }

  Seconds stage_time(std::size_t stage) const {
    Seconds sum;
    for_chunks_of(stage, [&](std::size_t c) {
      sum += per_chunk_[c].forward.total() + per_chunk_[c].backward_input.total() +
             per_chunk_[c].backward_weight.total() + per_chunk_[c].recompute.total();
    });
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

  const ModelSpec& model_;
  const TrainingPlan& plan_;
  const Machine& machine_;
  PrecisionRecipe wide_;
  MicroBatch batch_;
  std::array<std::optional<TimedWork>, kLayerKindCount> layers_, wide_layers_;
  std::optional<TimedWork> embedding_, head_, mtp_;
  std::optional<Seconds> hand_over_;
  std::vector<ChunkPasses> per_chunk_;
};

}  // namespace

StepTime step_time(const ModelSpec& model, const TrainingPlan& plan, const Machine& machine) {
  return StepBuilder(model, plan, machine).run();
}

}  // namespace polyfleet
