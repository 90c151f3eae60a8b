#include "serving/engine_op_time.hpp"

#include <algorithm>
#include <cmath>

namespace polyfleet {
namespace {

/// Rows of a product beyond which arithmetic decides on every accelerator (its rate is taken here).
constexpr double kManyRows = 4096;

WorkTime::Kind kind_of(const Op& op) {
  if (op.op_class == OpClass::expert) return WorkTime::experts;
  switch (op.kind) {
    case OpKind::attention:
      return WorkTime::attention;
    case OpKind::traffic:
      return WorkTime::small_kernels;
    default:
      return WorkTime::products;
  }
}

/// Time of a product whose weights are stored in another format than they are multiplied in.
/// `wide` is the same product with weights as multiplied, `arithmetic` its time where arithmetic
/// decides (scaled to these rows).
KernelTime weight_only(const KernelTime& wide, Seconds arithmetic, double bytes_ratio,
                       Seconds launch) {
  KernelTime result = wide;
  const Seconds reading = max(wide.time - launch, 0 * second) * bytes_ratio + launch;
  result.time = max(reading, arithmetic);
  return result;
}

KernelTime gemm_time(const Op& op, const KernelCosts& kernels) {
  // Independent products of one launch read all groups' weights; a product of m / groups rows and
  // all columns has the same arithmetic and weights.
  const GemmShape shape{.m = op.m / op.groups, .n = op.n * op.groups, .k = op.k, .dtype = op.dtype};
  KernelTime time = kernels.gemm(shape);
  if (op.stored && *op.stored != op.dtype) {
    GemmShape many = shape;
    many.m = std::max(shape.m, kManyRows);
    const Seconds arithmetic = kernels.gemm(many).time * (shape.m / many.m);
    time =
        weight_only(time, arithmetic, bytes_per_element(*op.stored) / bytes_per_element(op.dtype),
                    kernels.launch_latency());
  }
  time.time *= op.count;
  return time;
}

KernelTime grouped_time(const Op& op, const KernelCosts& kernels) {
  const GroupedGemmShape shape{.tokens = op.m,
                               .experts = op.groups,
                               .n = op.n,
                               .k = op.k,
                               .dtype = op.dtype,
                               .imbalance = op.imbalance};
  KernelTime time = kernels.grouped_gemm(shape);
  if (op.stored && *op.stored != op.dtype) {
    GroupedGemmShape many = shape;
    many.tokens = std::max(shape.tokens, kManyRows * op.groups);
    const Seconds arithmetic = kernels.grouped_gemm(many).time * (shape.tokens / many.tokens);
    time =
        weight_only(time, arithmetic, bytes_per_element(*op.stored) / bytes_per_element(op.dtype),
                    kernels.launch_latency());
  }
  time.time *= op.count;
  return time;
}

KernelTime attention_time(const Op& op, const KernelCosts& kernels) {
  // Decode variants are told apart by the format of the cache, prefill ones by the arithmetic.
  const Dtype dtype = op.decode && op.stored ? *op.stored : op.dtype;
  KernelTime time = kernels.attention({.batch = op.batch,
                                       .heads = op.heads,
                                       .kv_heads = op.kv_heads,
                                       .head_dim_qk = op.head_dim_qk,
                                       .head_dim_v = op.head_dim_v,
                                       .query_length = op.balanced ? op.kv_length : op.query_length,
                                       .kv_length = op.kv_length,
                                       .causal = op.causal,
                                       .window = op.window,
                                       .decode = op.decode,
                                       .dtype = dtype});
  time.time *= op.count * (op.balanced ? op.query_length / op.kv_length : 1);
  return time;
}

bool is_empty(const Op& op) {
  switch (op.kind) {
    case OpKind::gemm:
    case OpKind::grouped_gemm:
      return op.m <= 0;
    case OpKind::attention:
      return op.batch <= 0 || op.query_length <= 0;
    case OpKind::traffic:
      return op.launches <= 0 && op.read + op.written <= 0 * byte;
  }
  return false;
}

}  // namespace

Seconds WorkTime::total() const {
  Seconds sum;
  for (const Seconds part : by_kind) sum += part;
  return sum;
}

Seconds WorkTime::sigma() const {
  double squares = 0;
  for (const Seconds part : deviation) squares += std::pow(part / second, 2);
  return std::sqrt(squares) * second;
}

WorkTime& WorkTime::add(const WorkTime& other, double times) {
  for (int i = 0; i < kKinds; ++i) {
    by_kind[i] += other.by_kind[i] * times;
    deviation[i] += other.deviation[i] * times;
  }
  return *this;
}

KernelTime inference_op_time(const Op& op, const KernelCosts& kernels) {
  if (is_empty(op)) return {};
  switch (op.kind) {
    case OpKind::gemm:
      return gemm_time(op, kernels);
    case OpKind::grouped_gemm:
      return op.op_class == OpClass::expert ? grouped_time(op, kernels) : gemm_time(op, kernels);
    case OpKind::attention:
      return attention_time(op, kernels);
    case OpKind::traffic:
      break;
  }
  KernelTime time =
      kernels.traffic({.read = op.read, .written = op.written, .launches = op.launches});
  time.time *= op.count;
  return time;
}

RankGroup inference_rank_group(const Comm& comm, const ServingLayout& layout, int scale_up_domain) {
  int stride = 1;
  switch (comm.group) {
    case CommGroup::expert:
      stride = comm.ranks > 0 ? std::max(1, layout.tensor / comm.ranks) : layout.expert_tensor();
      break;
    case CommGroup::context:
      stride = layout.tensor;
      break;
    case CommGroup::pipeline:
      stride = layout.tensor * layout.context;
      break;
    default:
      break;
  }
  const int size = std::max(comm.ranks, 1);
  return {.size = size, .per_domain = std::clamp(scale_up_domain / stride, 1, size)};
}

WorkTime work_time(const InferenceWork& work, const EngineMachine& machine,
                   const CollectiveCosts& collectives, const ServingLayout& layout) {
  WorkTime sum;
  for (const Op& op : work.ops) {
    const KernelTime kernel = inference_op_time(op, machine.kernels);
    const WorkTime::Kind kind = kind_of(op);
    sum.by_kind[kind] += kernel.time;
    sum.deviation[kind] += kernel.time * kernel.sigma;
  }
  for (const Comm& comm : work.comms) {
    const RankGroup group = inference_rank_group(comm, layout, machine.network.scale_up_domain);
    if (group.size <= 1) continue;
    const CollectiveTime one = collectives.time(comm.kind, comm.payload, group);
    sum.by_kind[WorkTime::communication] += one.time * comm.count;
    sum.deviation[WorkTime::communication] += one.time * (comm.count * one.sigma);
  }
  return sum;
}

}  // namespace polyfleet
