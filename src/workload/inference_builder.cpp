#include "workload/inference_builder.hpp"

namespace polyfleet {

InferenceBuilder::InferenceBuilder(const InferenceContext& context, double tokens)
    : context_(context) {
  const ServingLayout& cut = context.layout;
  all_tokens_ = tokens / cut.context;
  attention_tokens_ = all_tokens_ / cut.attention_data;
  activation_bytes_ = bytes_per_element(context.formats.activation) / byte;
}

double InferenceBuilder::input_bytes(const WeightFormat& format) const {
  return std::min(bytes_per_element(format.multiplied) / byte, activation_bytes_);
}

void InferenceBuilder::product(const InferenceProduct& product) {
  Op& op = work_.ops.emplace_back();
  const bool grouped = product.groups > 0;
  op.kind = grouped ? OpKind::grouped_gemm : OpKind::gemm;
  op.op_class = product.op_class;
  op.dtype = product.format.multiplied;
  if (product.format.stored != product.format.multiplied) op.stored = product.format.stored;
  op.count = layers_;
  op.m = product.m;
  op.n = product.n;
  op.k = product.k;
  if (grouped) op.groups = product.groups;
  op.imbalance = product.imbalance;
  if (product.holds_weights)
    hold(product.n * product.k * op.groups * (bytes_per_element(product.format.stored) / byte));
}

void InferenceBuilder::add_norm(double tokens, double width, double output_bytes) {
  const double stream = tokens * width * activation_bytes_;
  kernel(OpClass::norm, 2 * stream, stream + tokens * width * output_bytes);
  hold(width * activation_bytes_);
}

void InferenceBuilder::norm(double tokens, double width, double output_bytes) {
  kernel(OpClass::norm, tokens * width * activation_bytes_, tokens * width * output_bytes);
  hold(width * activation_bytes_);
}

void InferenceBuilder::kernel(OpClass op_class, double read, double written, double launches) {
  Op& op = work_.ops.emplace_back();
  op.op_class = op_class;
  op.dtype = context_.formats.activation;
  op.count = layers_;
  op.read = read * byte;
  op.written = written * byte;
  op.launches = launches;
}

void InferenceBuilder::quantise(const WeightFormat& format, double elements) {
  if (!quantises(format)) return;
  kernel(OpClass::cast, elements * activation_bytes_, elements * input_bytes(format));
}

void InferenceBuilder::attention(Op op) {
  op.kind = OpKind::attention;
  op.op_class = OpClass::attention;
  op.count *= layers_;
  work_.ops.push_back(op);
}

void InferenceBuilder::communicate(CommGroup group, CollectiveKind kind, double bytes, double ranks,
                                   double copies) {
  if (ranks <= 1) return;
  Comm& comm = work_.comms.emplace_back();
  comm.group = group;
  comm.kind = kind;
  comm.payload = bytes * byte;
  comm.count = layers_;
  comm.copies = copies;
  comm.ranks = static_cast<int>(ranks);
}

std::array<double, kLayerKindCount> language_layers(const ModelSpec& model) {
  std::array<double, kLayerKindCount> layers{};
  for (const LayerRun& run : layer_runs(model)) {
    if (run.kind != LayerKind::vision)
      layers[static_cast<std::size_t>(run.kind)] += static_cast<double>(run.count);
  }
  return layers;
}

}  // namespace polyfleet
