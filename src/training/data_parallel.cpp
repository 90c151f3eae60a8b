#include "training/data_parallel.hpp"

#include <algorithm>
#include <cmath>

#include "training/layer_time.hpp"
#include "workload/layer_builder.hpp"

namespace polyfleet {
namespace {

/// Megatron-Core's default: buckets of max(40 M, 1 M x data-parallel degree) parameters
/// (distributed_data_parallel_config).
double bucket_parameters(int group_size) { return std::max(40e6, 1e6 * group_size); }

struct Exchange {
  Seconds reduce, gather;
};

/// One full reduction and one full gather of `parameters` over `group`.
Exchange exchange_time(double parameters, const RankGroup& group, const Machine& machine,
                       const TrainingPlan& plan) {
  Exchange exchange;
  if (group.size <= 1 || parameters <= 0) return exchange;
  const Bytes gradient = parameters * bytes_per_element(plan.gradient_reduce_dtype);
  const double gather_width = plan.low_precision_parameters ? 1.0 : 2.0;
  const Bytes parameter = parameters * gather_width * byte;
  const double buckets = std::max(1.0, std::ceil(parameters / bucket_parameters(group.size)));
  const auto times = [&](CollectiveKind kind, Bytes total) {
    return machine.collectives.time(kind, total / buckets, group).time * buckets;
  };
  if (plan.sharding == Sharding::none) {
    exchange.reduce = times(CollectiveKind::all_reduce, gradient);
  } else {
    exchange.reduce = times(CollectiveKind::reduce_scatter, gradient);
    exchange.gather = times(CollectiveKind::all_gather, parameter);
  }
  return exchange;
}

/// HSDP: shard inside small groups, all-reduce the shard between them.
Exchange hybrid_exchange(double parameters, const RankGroup& group, const Machine& machine,
                         const TrainingPlan& plan) {
  if (plan.hybrid_shard <= 0 || plan.hybrid_shard >= group.size)
    return exchange_time(parameters, group, machine, plan);
  const RankGroup inner{.size = plan.hybrid_shard,
                        .per_domain = std::min(plan.hybrid_shard, group.per_domain)};
  const int replicas = group.size / plan.hybrid_shard;
  const RankGroup outer{
      .size = replicas,
      .per_domain = std::clamp(group.per_domain / plan.hybrid_shard, 1, replicas)};
  Exchange exchange = exchange_time(parameters, inner, machine, plan);
  const Bytes shard =
      parameters / plan.hybrid_shard * bytes_per_element(plan.gradient_reduce_dtype);
  exchange.reduce += machine.collectives.time(CollectiveKind::all_reduce, shard, outer).time;
  return exchange;
}

Seconds exposed_behind(Seconds transfer, Seconds window, double pieces, bool overlapped) {
  if (!overlapped) return transfer;
  const Seconds last_piece = transfer / std::max(pieces, 1.0);
  return max(transfer - window * (1 - 1 / std::max(pieces, 1.0)), last_piece);
}

/// What replicas outside the plan add to the last micro-batch's reduction of `inner`.
void add_outer(Seconds outer, Seconds inner, Seconds window, double pieces,
               const TrainingPlan& plan, DataParallelTime& time) {
  if (outer <= 0 * second) return;
  const bool overlapped = plan.overlap.gradient_reduce;
  time.gradient_reduce += outer;
  time.gradient_exposed += exposed_behind(inner + outer, window, pieces, overlapped) -
                           exposed_behind(inner, window, pieces, overlapped);
}

}  // namespace

double optimizer_shard(const StageParameters& parameters, const TrainingPlan& plan) {
  const ShardRanks ranks = shard_ranks(plan);
  return parameters.dense / ranks.dense + parameters.expert / ranks.expert;
}

Seconds optimizer_time(const StageParameters& parameters, const Machine& machine,
                       const TrainingPlan& plan) {
  const double shard = optimizer_shard(parameters, plan);
  const double held = parameters.dense + parameters.expert;
  if (plan.optimizer_offload) {
    // DeepSpeed-style CPU Adam: about 0.5e9 parameters per second and rank, inferred from the
    // constant step overhead of long-sequence fine-tuning runs on H200 and B200 hosts
    // (stas00/ml-engineering measurements).
    constexpr double kHostAdamRate = 0.5e9;
    return shard / kHostAdamRate * second;
  }
  const double gradient_width = plan.main_gradient_fp32 ? 4 : 2;
  std::vector<Op> ops =
      optimizer_ops({.parameters = shard,
                     .state_bytes_per_parameter = plan.optimizer_bytes_per_parameter,
                     .gradient_bytes = gradient_width});
  const std::vector<Op> casts = weight_cast_ops(held, plan.precision);
  ops.insert(ops.end(), casts.begin(), casts.end());
  if (plan.precision.activation == Dtype::fp16) {
    // Loss scaling: one more pass over the shard's gradients divides by the scale and looks for
    // infinities (Megatron-LM Float16OptimizerWithFloat16Params, apex multi_tensor_scale).
    Op unscale;
    unscale.op_class = OpClass::optimizer;
    unscale.read = unscale.written = shard * gradient_width * byte;
    ops.push_back(unscale);
  }
  Op zero_gradients;
  zero_gradients.kind = OpKind::traffic;
  zero_gradients.op_class = OpClass::optimizer;
  zero_gradients.written = held * gradient_width * byte;
  ops.push_back(zero_gradients);
  Seconds sum;
  for (const Op& op : ops) sum += op_time(op, machine, plan).time;
  return sum;
}

DataParallelTime data_parallel_time(const StageParameters& parameters, const Machine& machine,
                                    const TrainingPlan& plan, Seconds forward, Seconds backward,
                                    double micro_batches) {
  const RankGroup dense = rank_group(CommGroup::data, plan.layout, machine.network.scale_up_domain);
  const RankGroup expert =
      rank_group(CommGroup::expert_data, plan.layout, machine.network.scale_up_domain);
  Exchange exchange = hybrid_exchange(parameters.dense, dense, machine, plan);
  const Exchange experts = exchange_time(parameters.expert, expert, machine, plan);
  exchange.reduce += experts.reduce;
  exchange.gather += experts.gather;
  DataParallelTime time;
  const double layers = std::max(1, parameters.layers);
  if (plan.sharding == Sharding::zero3) {
    // Frozen weights are sharded and gathered too, but never reduced.
    const Exchange frozen = hybrid_exchange(parameters.frozen, dense, machine, plan);
    const Seconds gather = exchange.gather + frozen.gather;
    time.gradient_reduce = exchange.reduce * micro_batches;
    time.parameter_gather = gather * 2 * micro_batches;
    const Seconds in_forward =
        exposed_behind(gather, forward, layers, plan.overlap.parameter_gather);
    const Seconds in_backward =
        exposed_behind(gather + exchange.reduce, backward, layers, plan.overlap.gradient_reduce);
    const double gather_share = gather / max(gather + exchange.reduce, nanosecond);
    time.parameter_exposed = (in_forward + in_backward * gather_share) * micro_batches;
    time.gradient_exposed = in_backward * (1 - gather_share) * micro_batches;
    add_outer(parameters.outer_reduce, gather + exchange.reduce, backward, layers, plan, time);
    return time;
  }
  const double reductions = plan.sharding == Sharding::zero2 ? micro_batches : 1;
  const double pieces =
      std::max(1.0, std::ceil(parameters.dense / bucket_parameters(dense.size)) +
                        std::ceil(parameters.expert / bucket_parameters(expert.size)));
  time.gradient_reduce = exchange.reduce * reductions;
  time.parameter_gather = exchange.gather;
  time.gradient_exposed =
      exposed_behind(exchange.reduce, backward, pieces, plan.overlap.gradient_reduce) * reductions;
  time.parameter_exposed =
      exposed_behind(exchange.gather, forward, pieces, plan.overlap.parameter_gather);
  add_outer(parameters.outer_reduce, exchange.reduce, backward, pieces, plan, time);
  return time;
}

}  // namespace polyfleet
