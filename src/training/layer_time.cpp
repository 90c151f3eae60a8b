#include "training/layer_time.hpp"

#include <algorithm>
#include <cmath>

namespace polyfleet {
namespace {

KernelTime unfused_attention_time(const Op& op, const Machine& machine) {
  const double rows = op.batch * op.heads * op.query_length;
  const double passes = op.backward ? 2 : 1;  // dQ, dK, dV and dScores against scores and values
  KernelTime scores = machine.kernels.gemm(
      {.m = rows, .n = op.kv_length, .k = op.head_dim_qk, .count = passes, .dtype = op.dtype});
  const KernelTime values = machine.kernels.gemm(
      {.m = rows, .n = op.head_dim_v, .k = op.kv_length, .count = passes, .dtype = op.dtype});
  scores.time += values.time;
  return scores;
}

KernelTime fused_attention_time(const Op& op, const Machine& machine, const TrainingPlan& plan) {
  const double share = op.balanced ? op.query_length / op.kv_length : 1;
  KernelTime kernel = machine.kernels.attention(attention_shape(op));
  kernel.time *= op.count * share / plan.attention_generation;
  return kernel;
}

/// Adds a list of operators to a pass; uncertainty of one class is common to its operators.
void add_ops(const std::vector<Op>& ops, const Machine& machine, const TrainingPlan& plan,
             PassTime& pass) {
  for (const Op& op : ops) {
    const KernelTime kernel = op_time(op, machine, plan);
    pass.by_class[static_cast<std::size_t>(op.op_class)] += kernel.time;
    pass.compute += kernel.time;
    const double deviation = kernel.sigma * (kernel.time / second);
    pass.variance = std::pow(std::sqrt(pass.variance) + deviation, 2);
  }
}

/// Share of the all-to-all's payload that a merging dispatcher sends: distinct destinations of k
/// uniform choices among n, n (1 - (1 - 1/n)^k), over k. Destinations are domains where the group
/// spans several, else ranks.
double merged_share(double copies, const RankGroup& group) {
  const double domains = std::ceil(static_cast<double>(group.size) / group.per_domain);
  const double places = domains > 1 ? domains : group.size;
  return places * (1 - std::pow(1 - 1 / places, copies)) / copies;
}

/// Communication of one pass, split into exposed and hidden by the plan's overlap settings.
void add_comms(const std::vector<Comm>& comms, Pass which, const Machine& machine,
               const TrainingPlan& plan, PassTime& pass) {
  const Seconds attention = pass.by_class[static_cast<std::size_t>(OpClass::attention)];
  Seconds behind_weight_gradient;
  for (const Comm& comm : comms) {
    const RankGroup group = rank_group(comm.group, plan.layout, machine.network.scale_up_domain);
    if (group.size <= 1) continue;
    const bool merged = plan.merged_dispatch && comm.group == CommGroup::expert && comm.copies > 1;
    const Bytes payload = merged ? comm.payload * merged_share(comm.copies, group) : comm.payload;
    const CollectiveTime one = machine.collectives.time(comm.kind, payload, group);
    const Seconds time = one.time * comm.count;
    Seconds exposed = time;
    if (which == Pass::backward_weight) {
      // Megatron-Core issues the backward gather of the input while the input gradient's GEMM runs.
      exposed = max(time - (pass.compute - behind_weight_gradient), 0 * second);
      behind_weight_gradient += time - exposed;
    } else if (comm.group == CommGroup::tensor) {
      exposed = time * (1 - plan.overlap.tensor);
    } else if (comm.group == CommGroup::expert) {
      exposed = time * (1 - plan.overlap.expert);
    } else if (comm.group == CommGroup::context) {
      exposed = max(time - attention * plan.overlap.context, 0 * second);
    }
    switch (comm.group) {
      case CommGroup::tensor:
        pass.tensor_exposed += exposed;
        break;
      case CommGroup::expert:
        pass.expert_exposed += exposed;
        break;
      default:
        pass.context_exposed += exposed;
        break;
    }
    pass.hidden += time - exposed;
    const double deviation = one.sigma * (exposed / second);
    pass.variance = std::pow(std::sqrt(pass.variance) + deviation, 2);
  }
}

void apply_host_floor(PassTime& pass, Seconds floor) {
  pass.host_stall = max(floor - pass.total(), 0 * second);
}

}  // namespace

PassTime& PassTime::add(const PassTime& other, double times) {
  for (std::size_t i = 0; i < kOpClassCount; ++i) by_class[i] += other.by_class[i] * times;
  compute += other.compute * times;
  tensor_exposed += other.tensor_exposed * times;
  context_exposed += other.context_exposed * times;
  expert_exposed += other.expert_exposed * times;
  hidden += other.hidden * times;
  offload_exposed += other.offload_exposed * times;
  host_stall += other.host_stall * times;
  variance = std::pow(std::sqrt(variance) + std::sqrt(other.variance) * times, 2);
  return *this;
}

RankGroup rank_group(CommGroup group, const ParallelLayout& layout, int scale_up_domain) {
  const auto spans = [&](int size, int stride) {
    const int inside = std::clamp(scale_up_domain / std::max(stride, 1), 1, size);
    return RankGroup{.size = size, .per_domain = inside};
  };
  const int replica_ranks = layout.tensor * layout.context * layout.data;
  switch (group) {
    case CommGroup::tensor:
      return spans(layout.tensor, 1);
    case CommGroup::context:
      return spans(layout.context, layout.tensor);
    case CommGroup::expert:
      return spans(layout.expert, layout.expert_tensor);
    case CommGroup::data:
      return spans(layout.data * layout.context, layout.tensor);
    case CommGroup::expert_data: {
      const int stride = layout.expert * layout.expert_tensor;
      return spans(std::max(1, replica_ranks / stride), stride);
    }
    case CommGroup::pipeline:
      return spans(2, replica_ranks);
  }
  return {};
}

AttentionShape attention_shape(const Op& op) {
  return {.batch = op.batch,
          .heads = op.heads,
          .kv_heads = op.kv_heads,
          .head_dim_qk = op.head_dim_qk,
          .head_dim_v = op.head_dim_v,
          .query_length = op.balanced ? op.kv_length : op.query_length,
          .kv_length = op.kv_length,
          .causal = op.causal,
          .window = op.window,
          .backward = op.backward,
          .decode = op.decode,
          .dtype = op.dtype};
}

KernelTime op_time(const Op& op, const Machine& machine, const TrainingPlan& plan) {
  KernelTime kernel;
  switch (op.kind) {
    case OpKind::gemm:
      return machine.kernels.gemm(
          {.m = op.m, .n = op.n, .k = op.k, .count = op.count, .dtype = op.dtype});
    case OpKind::grouped_gemm:
      kernel = machine.kernels.grouped_gemm({.tokens = op.m,
                                             .experts = op.groups,
                                             .n = op.n,
                                             .k = op.k,
                                             .dtype = op.dtype,
                                             .imbalance = op.imbalance});
      kernel.time *= op.count;
      return kernel;
    case OpKind::attention:
      if (!op.fused) return unfused_attention_time(op, machine);
      return fused_attention_time(op, machine, plan);
    case OpKind::traffic:
      kernel = machine.kernels.traffic(
          {.read = op.read, .written = op.written, .launches = op.launches});
      kernel.time *= op.count;
      return kernel;
  }
  return kernel;
}

LayerTime layer_time(const LayerWork& work, const Machine& machine, const TrainingPlan& plan,
                     Seconds host_floor) {
  LayerTime times;
  for (std::size_t i = 0; i < kPassCount; ++i) {
    add_ops(work.ops[i], machine, plan, times.pass[i]);
    add_comms(work.comms[i], static_cast<Pass>(i), machine, plan, times.pass[i]);
  }
  const auto forward = static_cast<std::size_t>(Pass::forward);
  if (plan.recompute == Recompute::full) {
    times.recompute = times.pass[forward];
  } else if (plan.recompute == Recompute::selective) {
    add_ops(work.recomputed_selective, machine, plan, times.recompute);
  }
  // A layer's host work is one part forward, one input gradients, one weight gradients (each
  // launches as many kernels).
  const double parts = plan.recompute == Recompute::full ? 4 : 3;
  for (PassTime& pass : times.pass) apply_host_floor(pass, host_floor / parts);
  if (plan.recompute == Recompute::full) apply_host_floor(times.recompute, host_floor / parts);
  return times;
}

}  // namespace polyfleet
