#include "training/calculon_layers.hpp"

#include <algorithm>

namespace polyfleet {
namespace {

class BlockBuilder {
 public:
  BlockBuilder(const CalculonModel& model, const CalculonExecution& execution)
      : model_(model),
        run_(execution),
        element_(execution.element_bytes),
        full_(execution.recompute == CalculonRecompute::full),
        attention_(execution.recompute != CalculonRecompute::none),
        gathers_again_(attention_ || execution.gather_again),
        splits_sequence_(execution.tensor_comm == CalculonTensorComm::sequence_parallel),
        tokens_(static_cast<double>(execution.micro_batch) * model.sequence),
        activation_(tokens_ * model.hidden),
        outside_(splits_sequence_ ? activation_ / execution.tensor : activation_) {}

  std::vector<CalculonLayer> build() {
    attention_half();
    mlp_half(full_ || run_.gather_again);
    return std::move(layers_);
  }

 private:
  CalculonLayer& add(CalculonLayer layer) { return layers_.emplace_back(layer); }

  CalculonLayer& linear(double in, double out) {
    const double product = 2 * tokens_ * in * out;
    const double touched = (tokens_ * in + tokens_ * out + in * out) * element_;
    return add({.forward_flops = product,
                .activation_flops = product,
                .weight_flops = product,
                .forward_bytes = touched,
                .activation_bytes = touched,
                .weight_bytes = touched,
                .kept = tokens_ * in * element_,
                .output = tokens_ * out * element_,
                .activation_gradient = tokens_ * out * element_,
                .parameters = in * out,
                .matrix = true,
                .recomputed = full_});
  }

  CalculonLayer& product(double rows, double inner, double columns) {
    const double batch = static_cast<double>(run_.micro_batch) * model_.heads / run_.tensor;
    const double in = batch * (rows * inner + inner * columns) * element_;
    const double out = batch * rows * columns * element_;
    const double flops = batch * 2 * rows * inner * columns;
    return add({.forward_flops = flops,
                .activation_flops = 2 * flops,
                .forward_bytes = in + out,
                .activation_bytes = in + out,
                .kept = in,
                .output = out,
                .activation_gradient = out,
                .matrix = true});
  }

  /// A layer that reads and writes as many elements.
  CalculonLayer& pointwise(double elements, double forward, double backward) {
    const double bytes = elements * element_;
    return add({.forward_flops = forward * elements,
                .activation_flops = backward * elements,
                .forward_bytes = 2 * bytes,
                .activation_bytes = 2 * bytes,
                .kept = bytes,
                .output = bytes,
                .activation_gradient = bytes});
  }

  void norm() {
    CalculonLayer& layer = pointwise(outside_, 9, 14);
    const double parameters = 2 * model_.hidden;
    layer.weight_flops = 7 * outside_;
    layer.parameters = parameters;
    layer.forward_bytes += parameters * element_;
    layer.activation_bytes += parameters * element_;
    layer.weight_bytes = layer.activation_bytes;
    layer.recomputed = full_;
    layer.keeps_activation = false;  // kept by the fork in front
    layer.shares_activation = true;
  }

  /// The mask (one byte an element) is all that a dropout keeps, and all its gradient takes.
  CalculonLayer& dropout(double elements) {
    CalculonLayer& layer = pointwise(elements, 1, 1);
    layer.kept = layer.activation_gradient = elements;
    layer.forward_bytes += elements;
    layer.activation_bytes += elements;
    return layer;
  }

  void residual() {
    const double bytes = outside_ * element_;
    add({.forward_flops = outside_,
         .activation_flops = 2 * outside_,
         .forward_bytes = 3 * bytes,
         .activation_bytes = 3 * bytes,
         .kept = 2 * bytes,
         .output = bytes,
         .activation_gradient = bytes,
         .recomputed = full_,
         .shares_activation = true,
         .keeps_activation = false});
  }

  CalculonLayer& fork(double elements, double users) {
    return add({.activation_flops = users * elements,
                .activation_bytes = elements * element_ * (users + 1),
                .kept = elements * element_});
  }

  /// Between the sharded and the whole activation; `reduces_forward` behind a row-parallel matrix.
  CalculonLayer& exchange(bool reduces_forward, bool sent_again) {
    CalculonLayer layer{.sent_again = sent_again,
                        .communicates = run_.tensor > 1,
                        .reduces_forward = reduces_forward};
    if (run_.tensor > 1) {
      const double peers = run_.tensor;
      const double bytes = activation_ * element_;
      const double sums = activation_ * (peers - 1) / peers;
      (reduces_forward ? layer.forward_flops : layer.activation_flops) = sums;
      layer.payload = bytes;
      layer.output = bytes;
      const bool idle_forward = !splits_sequence_ && !reduces_forward;
      const bool idle_backward = !splits_sequence_ && reduces_forward;
      layer.forward_bytes = idle_forward ? 0 : 2 * bytes;
      layer.activation_bytes = idle_backward ? 0 : 2 * bytes;
      layer.kept = splits_sequence_ ? bytes / peers : reduces_forward ? bytes : 0;
      layer.activation_gradient = splits_sequence_ ? bytes / peers : reduces_forward ? 0 : bytes;
    }
    return add(layer);
  }

  void attention_half() {
    const double width = model_.heads * model_.head_size / run_.tensor;
    fork(outside_, 2).recomputed = full_;
    norm();
    exchange(false, gathers_again_);
    CalculonLayer& heads = fork(activation_, 3);
    heads.recomputed = gathers_again_;
    heads.keeps_activation = !gathers_again_;
    for (int projection = 0; projection < 3; ++projection) {
      CalculonLayer& layer = linear(model_.hidden, width);
      layer.keeps_activation = false;  // kept by the fork
      layer.shares_activation = true;
    }
    attention_core();
    linear(width, model_.hidden);
    exchange(true, full_).keeps_activation = false;
    dropout(outside_).recomputed = full_;
    residual();
  }

  void attention_core() {
    const double scores = model_.heads / run_.tensor * model_.sequence * model_.sequence *
                          static_cast<double>(run_.micro_batch);
    CalculonLayer& logits = product(model_.sequence, model_.head_size, model_.sequence);
    logits.recomputed = attention_;
    logits.keeps_output = !attention_;
    CalculonLayer& softmax = pointwise(scores, 5, 8);
    softmax.recomputed = attention_;
    softmax.keeps_output = !attention_;
    CalculonLayer& mask = dropout(scores);
    mask.recomputed = attention_;
    mask.keeps_activation = !attention_;
    product(model_.sequence, model_.sequence, model_.head_size).recomputed = full_;
  }

  void mlp_half(bool again) {
    const double inner = model_.feedforward / run_.tensor;
    fork(outside_, 2).recomputed = full_;
    norm();
    exchange(false, again);
    linear(model_.hidden, inner).keeps_activation = !again;
    CalculonLayer& gelu = pointwise(inner * tokens_, 8, 13);
    gelu.recomputed = full_;
    if (run_.fused_activation) gelu.kept = gelu.activation_gradient = 0;
    linear(inner, model_.hidden);
    exchange(true, full_).keeps_activation = false;
    dropout(outside_).recomputed = full_;
    residual();
  }

  const CalculonModel& model_;
  const CalculonExecution& run_;
  double element_;
  bool full_, attention_, gathers_again_, splits_sequence_;
  double tokens_, activation_, outside_;
  std::vector<CalculonLayer> layers_;
};

}  // namespace

std::vector<CalculonLayer> calculon_block(const CalculonModel& model,
                                          const CalculonExecution& execution) {
  return BlockBuilder(model, execution).build();
}

}  // namespace polyfleet
