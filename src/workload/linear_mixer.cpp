// Mamba-2 and gated delta rule share projections, a short causal convolution and a chunked scan.
// The scan's arithmetic follows the chunked (state-space dual) form: inside a chunk of length c the
// masked products, between chunks the state update (arXiv:2405.21060 section 6).
#include "workload/attention_block.hpp"
#include "workload/kernel_figures.hpp"

namespace polyfleet {

namespace {

struct MixerWidths {
  double keys, values, gates, heads, state;
};

MixerWidths mixer_widths(const WorkBuilder& builder) {
  const LinearMixer& mixer = builder.model().linear;
  const double tensor = builder.tensor();
  return {.keys = static_cast<double>(mixer.key_heads * mixer.key_dim) / tensor,
          .values = static_cast<double>(mixer.value_heads * mixer.value_dim) / tensor,
          .gates = static_cast<double>(mixer.value_heads) / tensor,
          .heads = static_cast<double>(mixer.value_heads) / tensor,
          .state = static_cast<double>(mixer.key_dim)};
}

// Multiply-adds per chunk of c tokens and head: scores c*c*state, values c*c*dim, state update and
// read-out 2*c*state*dim; written as one product of equal size.
void add_scan(WorkBuilder& builder, const MixerWidths& widths) {
  const double tokens = builder.tokens();
  const double dim = widths.values / widths.heads;
  Op scan;
  scan.op_class = OpClass::linear_mixer;
  scan.dtype = builder.context().precision.attention;
  scan.kind = OpKind::gemm;
  scan.m = tokens * widths.heads;
  scan.n = widths.state + dim;
  scan.k = kMixerChunk + 2 * widths.state * dim / (widths.state + dim);
  builder.mixer(scan);
  const double stream = tokens * (2 * widths.keys + 2 * widths.values);
  builder.elementwise(Pass::forward, OpClass::linear_mixer, stream, tokens * widths.values);
  builder.elementwise(Pass::backward_input, OpClass::linear_mixer,
                      2 * stream + tokens * widths.values, stream);
}

}  // namespace

void add_linear_mixer_block(WorkBuilder& builder) {
  const double hidden = static_cast<double>(builder.model().hidden);
  const double bytes = builder.activation_bytes();
  const double tokens = builder.tokens();
  const double outside = builder.sharded_tokens();
  const MixerWidths widths = mixer_widths(builder);
  const double convolved = 2 * widths.keys + widths.values;

  builder.norm(outside, hidden);
  builder.save(outside * hidden * bytes);
  builder.enter_tensor_parallel(tokens, hidden, builder.keeps_input(AdapterTarget::qkv));
  builder.linear({.op_class = OpClass::projection,
                  .tokens = tokens,
                  .in = hidden,
                  .out = convolved + widths.values + 2 * widths.gates,
                  .target = AdapterTarget::qkv});
  if (builder.keeps_input(AdapterTarget::qkv))
    builder.save(outside * hidden * builder.linear_input_bytes());
  builder.elementwise(Pass::forward, OpClass::linear_mixer, tokens * convolved, tokens * convolved);
  builder.elementwise(Pass::backward_input, OpClass::linear_mixer, 2 * tokens * convolved,
                      tokens * convolved);
  builder.parameters(convolved * static_cast<double>(builder.model().linear.conv_kernel) +
                     2 * widths.heads);
  builder.save(tokens * (2 * convolved + 2 * widths.values) * bytes);
  add_scan(builder, widths);
  // gated norm in front of the output projection
  builder.elementwise(Pass::forward, OpClass::norm, 2 * tokens * widths.values,
                      tokens * widths.values);
  builder.elementwise(Pass::backward_input, OpClass::norm, 3 * tokens * widths.values,
                      2 * tokens * widths.values);
  builder.linear({.op_class = OpClass::projection,
                  .tokens = tokens,
                  .in = widths.values,
                  .out = hidden,
                  .target = AdapterTarget::output});
  if (builder.keeps_input(AdapterTarget::output))
    builder.save(tokens * widths.values * builder.linear_input_bytes());
  builder.leave_tensor_parallel(tokens, hidden);
  builder.residual_add(outside, hidden);
}

}  // namespace polyfleet
