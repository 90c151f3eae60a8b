#include "serving/engine_op_time.hpp"

#include <algorithm>
#include <cmath>

#include "cost/moe_kernel_form.hpp"

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

/// The larger of reading weights at the rate of the 16-bit product (`wide`, whose weights are
/// `bytes_ratio` times as large) and of the arithmetic.
KernelTime reading_or_arithmetic(const KernelTime& wide, const KernelTime& arithmetic,
                                 double bytes_ratio, Seconds launch) {
  const Seconds reading = max(wide.time - launch, 0 * second) * bytes_ratio + launch;
  KernelTime result = reading > arithmetic.time ? wide : arithmetic;
  result.time = max(reading, arithmetic.time);
  return result;
}

constexpr Dtype kWide = Dtype::bf16;

double bytes_over_wide(const Op& op) {
  return bytes_per_element(op.stored.value_or(op.dtype)) / bytes_per_element(kWide);
}

/// The product of a narrow format whose table contains the quantisation of its input. From above:
/// the table less what its smallest product takes beyond the smallest 16-bit one. From below:
/// `reading`, the 16-bit product's rate of reading. The truth lies between; their geometric mean.
Seconds between_bounds(const GemmShape& shape, Seconds reading, const KernelCosts& kernels) {
  constexpr double kTiny = 128;  // one tile: the least that any product takes
  GemmShape tiny{.m = shape.m, .n = kTiny, .k = kTiny, .dtype = shape.dtype};
  const Seconds narrow_floor = kernels.gemm_with_quantise(tiny).time;
  tiny.dtype = kWide;
  const Seconds contained = max(narrow_floor - kernels.gemm(tiny).time, 0 * second);
  const Seconds above = max(kernels.gemm_with_quantise(shape).time - contained, reading);
  return std::sqrt((above / second) * (reading / second)) * second;
}

KernelTime gemm_time(const Op& op, const KernelCosts& kernels) {
  // Independent products of one launch read all groups' weights; a product of m / groups rows and
  // all columns has the same arithmetic and weights.
  const GemmShape shape{.m = op.m / op.groups, .n = op.n * op.groups, .k = op.k, .dtype = op.dtype};
  KernelTime time = kernels.gemm(shape);
  const bool stored_narrower = op.stored && *op.stored != op.dtype;
  if (stored_narrower || kernels.gemm_with_quantise(shape).time > time.time) {
    GemmShape many = shape, wide = shape;
    many.m = std::max(shape.m, kManyRows);
    wide.dtype = kWide;
    KernelTime arithmetic = kernels.gemm(many);
    arithmetic.time *= shape.m / many.m;
    time = reading_or_arithmetic(kernels.gemm(wide), arithmetic, bytes_over_wide(op),
                                 kernels.launch_latency());
    if (!stored_narrower && shape.m < kManyRows)
      time.time = between_bounds(shape, time.time, kernels);
  }
  time.time *= op.count;
  return time;
}

/// Reading as a dense product of as many bytes does, or the arithmetic at the rate of many rows.
KernelTime streaming_experts(const Op& op, const GroupedGemmShape& shape,
                             const KernelCosts& kernels, Seconds overhead) {
  GroupedGemmShape many = shape;
  many.tokens = std::max(shape.tokens, kManyRows * op.groups);
  KernelTime arithmetic = kernels.grouped_gemm(many);
  arithmetic.time *= shape.tokens / many.tokens;
  // One dense product with the columns of all touched experts reads the same weights.
  const double rows = op.m * op.imbalance;
  const double touched = touched_experts(rows, op.groups);
  const KernelTime wide =
      kernels.gemm({.m = rows / touched, .n = op.n * touched, .k = op.k, .dtype = kWide});
  KernelTime time =
      reading_or_arithmetic(wide, arithmetic, bytes_over_wide(op), kernels.launch_latency());
  time.time += overhead;
  return time;
}

/// How far an engine's experts lie from streaming (0) to the table (1), in logarithms. At few rows
/// engines run other kernels than the table's (the faster kernel of 4-bit experts on NVIDIA parts
/// has measurements of its own, which lie on the streaming time); at many rows arithmetic rules and
/// all are as the table.
double table_weight(const Op& op, const EngineKernels& engine) {
  constexpr double kFewRows = 16, kTableRows = 256;  // per touched expert
  const double rows = op.m * op.imbalance / touched_experts(op.m * op.imbalance, op.groups);
  const double many =
      std::clamp(std::log(rows / kFewRows) / std::log(kTableRows / kFewRows), 0.0, 1.0);
  const bool weight_only = op.stored && *op.stored != op.dtype;
  const bool own_kernel = weight_only || op.dtype == Dtype::nvfp4;
  const double few = engine.experts == ExpertKernels::between && !own_kernel ? 0.5 : 0;
  return few + (1 - few) * many;
}

KernelTime grouped_time(const Op& op, const KernelCosts& kernels, const EngineKernels& engine) {
  const GroupedGemmShape shape{.tokens = op.m,
                               .experts = op.groups,
                               .n = op.n,
                               .k = op.k,
                               .dtype = op.dtype,
                               .imbalance = op.imbalance};
  constexpr double kProductsOfLayer = 2;
  const bool weight_only = op.stored && *op.stored != op.dtype;
  KernelTime time;
  if (engine.experts == ExpertKernels::table && !weight_only) {
    time = kernels.grouped_gemm(shape);
  } else {
    time = streaming_experts(op, shape, kernels, engine.expert_overhead / kProductsOfLayer);
    const Seconds table = max(kernels.grouped_gemm(shape).time, time.time);
    const double weight = table_weight(op, engine);
    time.time =
        std::pow(time.time / second, 1 - weight) * std::pow(table / second, weight) * second;
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

Seconds small_kernel_latency(const KernelCosts& kernels) {
  constexpr double kSmallest = 32;  // the smallest product of the operator tables
  const GemmShape smallest{.m = 1, .n = kSmallest, .k = kSmallest, .dtype = kWide};
  return min(kernels.launch_latency(), kernels.gemm(smallest).time);
}

KernelTime inference_op_time(const Op& op, const KernelCosts& kernels,
                             const EngineKernels& engine) {
  if (is_empty(op)) return {};
  switch (op.kind) {
    case OpKind::gemm:
      return gemm_time(op, kernels);
    case OpKind::grouped_gemm:
      return op.op_class == OpClass::expert ? grouped_time(op, kernels, engine)
                                            : gemm_time(op, kernels);
    case OpKind::attention:
      return attention_time(op, kernels);
    case OpKind::traffic:
      break;
  }
  KernelTime time =
      kernels.traffic({.read = op.read, .written = op.written, .launches = op.launches});
  time.time += (small_kernel_latency(kernels) - kernels.launch_latency()) * op.launches;
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

namespace {

/// Follows a list of operators and says which launches an engine saves.
class SavedLaunches {
 public:
  SavedLaunches(const InferenceWork& work, const WorkPlace& place)
      : engine_(place.kernels), reduces_(place.layout.attention_tensor() > 1) {
    for (const Op& op : work.ops) {
      if (op.op_class == OpClass::norm) widest_norm_ = max(widest_norm_, op.read);
    }
  }

  bool saved(const Op& op) {
    if (op.op_class == OpClass::shared_expert) inside_shared_ = !inside_shared_;
    const bool shared = inside_shared_ || op.op_class == OpClass::shared_expert;
    if (engine_.hides_shared_experts && shared) return true;
    switch (op.op_class) {
      case OpClass::norm:  // of the residual stream; norms inside attention follow no all-reduce
        return engine_.fuses_norm && reduces_ && op.read == widest_norm_;
      case OpClass::cast:
        return engine_.fuses_quantise;
      case OpClass::elementwise:  // the first of rotary embedding and cache write
        rotary_ = !rotary_;
        return engine_.fuses_rotary_cache && rotary_;
      default:
        return false;
    }
  }

 private:
  const EngineKernels& engine_;
  bool reduces_, inside_shared_ = false, rotary_ = false;
  Bytes widest_norm_;
};

/// Products are asked for again and again by the models of one machine.
KernelTime remembered_time(const Op& op, const WorkPlace& place) {
  const KernelCosts& kernels = place.machine.kernels;
  if (op.kind != OpKind::gemm && op.kind != OpKind::grouped_gemm)
    return inference_op_time(op, kernels, place.kernels);
  const bool expert = op.op_class == OpClass::expert;
  const double stored = op.stored ? static_cast<double>(*op.stored) : -1;
  const KernelMemo::Key key{expert ? 1.0 + static_cast<double>(place.kernels.experts) : 0,
                            op.m,
                            op.n,
                            op.k,
                            op.groups,
                            expert ? op.imbalance : 1,
                            static_cast<double>(op.dtype),
                            stored,
                            expert ? place.kernels.expert_overhead / second : 0};
  KernelTime time = place.machine.products->get(key, [&] {
    Op one = op;
    one.count = 1;
    return inference_op_time(one, kernels, place.kernels);
  });
  time.time *= op.count;
  return time;
}

/// An operator whose launch (and, for a product, latency) other work hides: what is left is its
/// traffic and arithmetic.
KernelTime without_launch(const Op& op, const KernelTime& time, const KernelCosts& kernels) {
  KernelTime result = time;
  Seconds launch = small_kernel_latency(kernels) * op.launches;
  if (op.kind == OpKind::gemm) {
    constexpr double kTiny = 128;  // one tile: the least that any product takes
    launch = max(launch, kernels.gemm({.m = op.m, .n = kTiny, .k = kTiny, .dtype = kWide}).time);
  }
  result.time = max(time.time - launch * op.count, 0 * second);
  return result;
}

}  // namespace

WorkTime ops_time(const InferenceWork& work, const WorkPlace& place) {
  const KernelCosts& kernels = place.machine.kernels;
  SavedLaunches launches(work, place);
  WorkTime sum;
  for (const Op& op : work.ops) {
    KernelTime kernel = remembered_time(op, place);
    if (launches.saved(op)) kernel = without_launch(op, kernel, kernels);
    const WorkTime::Kind kind = kind_of(op);
    sum.by_kind[kind] += kernel.time;
    sum.deviation[kind] += kernel.time * kernel.sigma;
  }
  return sum;
}

WorkTime comms_time(std::span<const Comm> comms, const WorkPlace& place) {
  WorkTime sum;
  for (const Comm& comm : comms) {
    const RankGroup group =
        inference_rank_group(comm, place.layout, place.machine.network.scale_up_domain);
    if (group.size <= 1) continue;
    const CollectiveTime one = place.collectives.time(comm.kind, comm.payload, group);
    sum.by_kind[WorkTime::communication] += one.time * comm.count;
    sum.deviation[WorkTime::communication] += one.time * (comm.count * one.sigma);
  }
  return sum;
}

double launches_of(const InferenceWork& work) {
  double launches = 0;
  for (const Op& op : work.ops)
    launches += op.kind == OpKind::traffic ? op.count * op.launches : op.count;
  for (const Comm& comm : work.comms) launches += comm.count;
  return launches;
}

WorkTime work_time(const InferenceWork& work, const WorkPlace& place) {
  WorkTime sum = ops_time(work, place);
  sum.add(comms_time(work.comms, place));
  return sum;
}

}  // namespace polyfleet
