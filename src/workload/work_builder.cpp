#include "workload/work_builder.hpp"

namespace polyfleet {

namespace {

constexpr std::size_t kOpsReserved = 24;
/// Traffic of adding one weight gradient to the main gradient: FP32 read and write, or BF16 both.
constexpr double kAccumulateFp32 = 8;
constexpr double kAccumulateNarrow = 4;

}  // namespace

WorkBuilder::WorkBuilder(const BuildContext& context) : context_(context) {
  const ParallelLayout& cut = context.layout;
  tensor_ = cut.tensor;
  tokens_ = context.batch.sequences * context.batch.sequence_length / cut.context;
  sharded_tokens_ = cut.sequence_parallel ? tokens_ / tensor_ : tokens_;
  activation_bytes_ = bytes_per_element(context.precision.activation) / byte;
  casts_ = context.precision.cast_bytes_per_element > 0 &&
           bytes_per_element(context.precision.linear) / byte < activation_bytes_;
  for (auto& ops : work_.ops) ops.reserve(kOpsReserved);
}

double WorkBuilder::linear_input_bytes() const {
  const double narrow = bytes_per_element(context_.precision.linear) / byte;
  return narrow < activation_bytes_ ? narrow : activation_bytes_;
}

bool WorkBuilder::has_adapter(AdapterTarget target) const {
  const LoraSettings& lora = context_.lora;
  if (lora.rank <= 0) return false;
  switch (target) {
    case AdapterTarget::none:
      return false;
    case AdapterTarget::qkv:
      return lora.qkv;
    case AdapterTarget::output:
      return lora.output;
    case AdapterTarget::mlp_up:
      return lora.mlp_up;
    case AdapterTarget::mlp_down:
      return lora.mlp_down;
  }
  return false;
}

Dtype WorkBuilder::dtype_of(const LinearShape& shape, Pass pass) const {
  const PrecisionRecipe& recipe = context_.precision;
  if (shape.is_head) return recipe.head;
  if (!shape.narrow) return recipe.activation;
  if (pass == Pass::forward) return recipe.linear;
  const bool narrow = recipe.linear_backward_narrow &&
                      (pass == Pass::backward_input || recipe.weight_gradient_narrow);
  return narrow ? recipe.linear : recipe.activation;
}

void WorkBuilder::gemm(Pass pass, const LinearShape& shape, double m, double n, double k) {
  Op& op = work_.ops[static_cast<std::size_t>(pass)].emplace_back();
  op.kind = shape.experts > 0 ? OpKind::grouped_gemm : OpKind::gemm;
  op.op_class = shape.op_class;
  op.dtype = dtype_of(shape, pass);
  op.m = m;
  op.n = n;
  op.k = k;
  if (shape.experts > 0) {
    op.groups = shape.experts;
    op.imbalance = context_.batch.expert_imbalance;
  }
}

void WorkBuilder::linear(const LinearShape& shape) {
  const bool grouped = shape.experts > 0;
  const double weights = shape.in * shape.out * (grouped ? shape.experts : 1);
  gemm(Pass::forward, shape, shape.tokens, shape.out, shape.in);
  if (shape.input_gradient) gemm(Pass::backward_input, shape, shape.tokens, shape.in, shape.out);
  if (casts_ && shape.narrow && !shape.is_head) {
    cast_forward_ += shape.tokens * shape.in;
    if (context_.precision.linear_backward_narrow) cast_backward_ += shape.tokens * shape.out;
    cast_launches_ += 1;
  }
  const double biases = shape.has_bias ? shape.out * (grouped ? shape.experts : 1) : 0;
  if (is_frozen()) {
    if (shape.holds_parameters) work_.frozen_parameters += weights + biases;
    if (has_adapter(shape.target)) adapter(shape);
    return;
  }
  if (grouped) {
    gemm(Pass::backward_weight, shape, shape.tokens, shape.out, shape.in);
  } else {
    gemm(Pass::backward_weight, shape, shape.out, shape.in, shape.tokens);
  }
  if (biases > 0)
    elementwise(Pass::backward_weight, OpClass::elementwise, shape.tokens * shape.out, shape.out);
  accumulated_ += weights;
  if (shape.holds_parameters)
    (grouped ? work_.expert_parameters : work_.parameters) += weights + biases;
}

// y += B A x (arXiv:2106.09685): two small matrices, and the sum passes over the output once more.
void WorkBuilder::adapter(const LinearShape& shape) {
  const double rank = context_.lora.rank;
  LinearShape down = shape;
  down.op_class = OpClass::adapter;
  down.out = rank;
  down.narrow = false;
  LinearShape up = down;
  up.in = rank;
  up.out = shape.out;
  for (const LinearShape& part : {down, up}) {
    gemm(Pass::forward, part, part.tokens, part.out, part.in);
    gemm(Pass::backward_input, part, part.tokens, part.in, part.out);
    if (part.experts > 0) {
      gemm(Pass::backward_weight, part, part.tokens, part.out, part.in);
    } else {
      gemm(Pass::backward_weight, part, part.out, part.in, part.tokens);
    }
    const double weights = part.in * part.out * (part.experts > 0 ? part.experts : 1);
    accumulated_ += weights;
    (part.experts > 0 ? work_.expert_parameters : work_.parameters) += weights;
  }
  const double out = shape.tokens * shape.out;
  const double in = shape.tokens * shape.in;
  elementwise(Pass::forward, OpClass::adapter, 2 * out, out);
  elementwise(Pass::backward_input, OpClass::adapter, 2 * in, in);
  save(shape.tokens * rank * activation_bytes_);
}

void WorkBuilder::elementwise(Pass pass, OpClass op_class, double read, double written) {
  const double scale = context_.batch.elementwise_factor * activation_bytes_;
  traffic(pass, op_class, read * scale, written * scale);
}

void WorkBuilder::traffic(Pass pass, OpClass op_class, double read, double written,
                          double launches) {
  Op& op = work_.ops[static_cast<std::size_t>(pass)].emplace_back();
  op.op_class = op_class;
  op.dtype = context_.precision.activation;
  op.read = read * byte;
  op.written = written * byte;
  op.launches = launches;
}

void WorkBuilder::norm(double tokens, double width) {
  const double elements = tokens * width;
  elementwise(Pass::forward, OpClass::norm, elements, elements);
  elementwise(Pass::backward_input, OpClass::norm, 2 * elements, elements);
  parameters(width);
}

// Forward adds the block's output to the stream (and drops out in the same kernel, as Megatron's
// fused bias-dropout-add); backward adds the gradients of the two branches.
void WorkBuilder::residual_add(double tokens, double width) {
  const double elements = tokens * width;
  const double mask = context_.batch.dropout ? 1 / activation_bytes_ : 0;
  elementwise(Pass::forward, OpClass::elementwise, 2 * elements, (1 + mask) * elements);
  elementwise(Pass::backward_input, OpClass::elementwise, 2 * elements, elements);
  if (context_.batch.dropout) {
    elementwise(Pass::backward_input, OpClass::elementwise, (1 + mask) * elements, elements);
    save(elements);
  }
}

void WorkBuilder::activation(double tokens, double width, bool gated) {
  const double elements = tokens * width;
  const double inputs = gated ? 2 * elements : elements;
  elementwise(Pass::forward, OpClass::activation, inputs, elements);
  elementwise(Pass::backward_input, OpClass::activation, inputs + elements, inputs);
}

void WorkBuilder::attention(Op op) {
  op.kind = OpKind::attention;
  op.op_class = OpClass::attention;
  op.dtype = context_.precision.attention;
  op.backward = false;
  work_.ops[0].push_back(op);
  op.backward = true;
  work_.ops[static_cast<std::size_t>(Pass::backward_input)].push_back(op);
}

void WorkBuilder::mixer(const Op& op) {
  work_.ops[0].push_back(op);
  Op backward = op;
  backward.count *= 2;
  work_.ops[static_cast<std::size_t>(Pass::backward_input)].push_back(backward);
}

void WorkBuilder::enter_tensor_parallel(double tokens, double width, bool regathers) {
  if (layout().tensor <= 1) return;
  const double bytes = tokens * width * activation_bytes_;
  if (!layout().sequence_parallel) {
    communicate(Pass::backward_input, CommGroup::tensor, CollectiveKind::all_reduce, bytes);
    return;
  }
  communicate(Pass::forward, CommGroup::tensor, CollectiveKind::all_gather, bytes);
  communicate(Pass::backward_input, CommGroup::tensor, CollectiveKind::reduce_scatter, bytes);
  if (regathers)
    communicate(Pass::backward_weight, CommGroup::tensor, CollectiveKind::all_gather, bytes);
}

void WorkBuilder::leave_tensor_parallel(double tokens, double width) {
  if (layout().tensor <= 1) return;
  const double bytes = tokens * width * activation_bytes_;
  if (!layout().sequence_parallel) {
    communicate(Pass::forward, CommGroup::tensor, CollectiveKind::all_reduce, bytes);
    return;
  }
  communicate(Pass::forward, CommGroup::tensor, CollectiveKind::reduce_scatter, bytes);
  communicate(Pass::backward_input, CommGroup::tensor, CollectiveKind::all_gather, bytes);
}

void WorkBuilder::communicate(Pass pass, CommGroup group, CollectiveKind kind, double bytes,
                              double copies) {
  work_.comms[static_cast<std::size_t>(pass)].push_back({group, kind, bytes * byte, 1, copies});
}

void WorkBuilder::recompute_since(std::size_t first) {
  const std::vector<Op>& forward = work_.ops[0];
  work_.recomputed_selective.insert(work_.recomputed_selective.end(),
                                    forward.begin() + static_cast<std::ptrdiff_t>(first),
                                    forward.end());
}

void WorkBuilder::parameters(double count) {
  (is_frozen() ? work_.frozen_parameters : work_.parameters) += count;
}

LayerWork WorkBuilder::finish(double full_recompute_bytes) {
  const double cast = context_.precision.cast_bytes_per_element;
  const double narrow = linear_input_bytes();
  // of the bytes a cast moves per element, the wide operand is read and the narrow copies written
  const double read = cast < activation_bytes_ + narrow ? cast / 2 : activation_bytes_;
  if (cast_forward_ > 0)
    traffic(Pass::forward, OpClass::cast, cast_forward_ * read, cast_forward_ * (cast - read),
            cast_launches_);
  if (cast_backward_ > 0)
    traffic(Pass::backward_input, OpClass::cast, cast_backward_ * read,
            cast_backward_ * (cast - read), cast_launches_);
  if (accumulated_ > 0) {
    const double moved = context_.batch.main_grad_fp32 ? kAccumulateFp32 : kAccumulateNarrow;
    traffic(Pass::backward_weight, OpClass::gradient_accumulation, accumulated_ * moved / 2,
            accumulated_ * moved / 2, 0);  // in the epilogue of the GEMM: no launch of its own
  }
  work_.saved_activations = saved_ * byte;
  work_.saved_selective = kept_ * byte;
  work_.saved_full = full_recompute_bytes * byte;
  return std::move(work_);
}

}  // namespace polyfleet
