// Linear mixers (Mamba-2, gated delta rule) in inference: a recurrent state of fixed size per
// sequence, read and written at every decode step; prefill runs the chunked scan of training
// (arXiv:2405.21060 section 6).
#include "workload/inference_blocks.hpp"
#include "workload/kernel_figures.hpp"

namespace polyfleet {

namespace {

/// Recurrent states are kept in FP32 (Qwen3-Next config.json: mamba_ssm_dtype float32).
constexpr double kStateBytes = 4;
/// Kernels of a chunked scan: cumulated decay, chunk states, their passing, scores, output
/// (mamba_ssm ssd_combined.py).
constexpr double kScanLaunches = 5;

/// Widths of one rank.
struct MixerShape {
  double keys, values, heads, state;
  double convolved() const { return 2 * keys + values; }
  double dim() const { return values / heads; }
};

MixerShape mixer_shape(const InferenceContext& context) {
  const LinearMixer& mixer = context.model.linear;
  const double ranks = context.layout.attention_tensor();
  return {.keys = static_cast<double>(mixer.key_heads * mixer.key_dim) / ranks,
          .values = static_cast<double>(mixer.value_heads * mixer.value_dim) / ranks,
          .heads = static_cast<double>(mixer.value_heads) / ranks,
          .state = static_cast<double>(mixer.key_dim)};
}

/// Bytes of a sequence's recurrent state, and of the inputs that its convolution still needs.
double recurrent_bytes(const MixerShape& shape) { return shape.values * shape.state * kStateBytes; }
double window_bytes(const InferenceContext& context, const MixerShape& shape) {
  return shape.convolved() * static_cast<double>(context.model.linear.conv_kernel - 1) *
         (bytes_per_element(context.formats.activation) / byte);
}

}  // namespace

void add_linear_tokens(InferenceBuilder& builder, LayerKind kind) {
  const ModelSpec& model = builder.model();
  const MixerShape shape = mixer_shape(builder.context());
  const WeightFormat& format = builder.formats().attention_projections;
  const double tokens = builder.attention_tokens();
  const double hidden = static_cast<double>(model.hidden);
  const double bytes = builder.activation_bytes();
  builder.add_norm(tokens, hidden, builder.input_bytes(format));
  InferenceProduct product{.op_class = OpClass::projection,
                           .format = format,
                           .m = tokens,
                           .n = shape.convolved() + shape.values + 2 * shape.heads,
                           .k = hidden};
  builder.product(product);
  builder.hold(
      (shape.convolved() * static_cast<double>(model.linear.conv_kernel) + 2 * shape.heads) *
      bytes);
  // gated norm in front of the output projection
  builder.kernel(OpClass::norm, 2 * tokens * shape.values * bytes,
                 tokens * shape.values * builder.input_bytes(format));
  product.n = hidden;
  product.k = shape.values;
  builder.product(product);
  leave_attention(builder, kind);
}

void add_linear_decode(InferenceBuilder& builder, const DecodeBatch& batch) {
  const MixerShape shape = mixer_shape(builder.context());
  const double rows = batch.sequences * batch.queries;
  const double stream = rows * shape.convolved() * builder.activation_bytes();
  const double window = window_bytes(builder.context(), shape);
  const double state = recurrent_bytes(shape);
  // drafts keep a state each until they are accepted
  builder.kernel(OpClass::linear_mixer, stream + batch.sequences * window, stream + rows * window);
  builder.kernel(
      OpClass::linear_mixer,
      stream + rows * shape.values * builder.activation_bytes() + batch.sequences * state,
      rows * (shape.values * builder.activation_bytes() + state));
}

// Multiply-adds per chunk of c tokens and head: scores c*c*state, values c*c*dim, state update and
// read-out 2*c*state*dim; written as one product of equal size (workload/linear_mixer.cpp).
void add_linear_prefill(InferenceBuilder& builder, const PrefillChunk& chunk) {
  const MixerShape shape = mixer_shape(builder.context());
  const double tokens = chunk.query / builder.layout().context;
  const double bytes = builder.activation_bytes();
  const double convolved = tokens * shape.convolved() * bytes;
  builder.kernel(OpClass::linear_mixer, convolved, convolved);
  const WeightFormat wide{builder.formats().attention, builder.formats().attention};
  builder.product({.op_class = OpClass::linear_mixer,
                   .format = wide,
                   .m = tokens * shape.heads,
                   .n = shape.state + shape.dim(),
                   .k = kMixerChunk + 2 * shape.state * shape.dim() / (shape.state + shape.dim()),
                   .holds_weights = false});
  const double stream = tokens * (2 * shape.keys + 2 * shape.values) * bytes;
  const double states = recurrent_bytes(shape) + window_bytes(builder.context(), shape);
  builder.kernel(OpClass::linear_mixer, stream + states, tokens * shape.values * bytes + states,
                 kScanLaunches);
  // a context rank hands its state on to the next
  builder.communicate(CommGroup::context, CollectiveKind::all_gather,
                      recurrent_bytes(shape) * builder.layout().context, builder.layout().context);
}

double linear_state_bytes(const InferenceContext& context, bool whole) {
  const MixerShape shape = mixer_shape(context);
  const double ranks = whole ? context.layout.attention_tensor() : 1;
  return ranks * (recurrent_bytes(shape) + window_bytes(context, shape));
}

}  // namespace polyfleet
