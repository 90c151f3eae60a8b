// Collects the operators of an inference iteration: one call per product, small kernel or
// collective, multiplied by the number of like layers. Counts the weights that the products hold,
// so memory and time cannot disagree. Inside the room: callers use workload/inference_work.hpp.
#pragma once

#include <array>

#include "workload/inference_work.hpp"
#include "workload/layer_kinds.hpp"

namespace polyfleet {

/// C[m,n] = A[m,k] B[k,n] on this rank. groups > 0: that many products in one launch, m rows
/// together.
struct InferenceProduct {
  OpClass op_class = OpClass::mlp;
  WeightFormat format;
  double m = 0, n = 0, k = 0;
  double groups = 0;
  double imbalance = 1;
  bool holds_weights = true;  ///< false where they are counted elsewhere
};

class InferenceBuilder {
 public:
  /// `tokens`: new tokens of the whole replica.
  InferenceBuilder(const InferenceContext& context, double tokens);

  const InferenceContext& context() const { return context_; }
  const ModelSpec& model() const { return context_.model; }
  const ServingLayout& layout() const { return context_.layout; }
  const InferenceFormats& formats() const { return context_.formats; }
  /// Like layers that what follows stands for.
  void set_layers(double count) { layers_ = count; }

  /// New tokens of one attention rank, and of all attention ranks together (what the experts see);
  /// both on one prefill context rank.
  double attention_tokens() const { return attention_tokens_; }
  double all_tokens() const { return all_tokens_; }
  /// Ranks that share one attention, and ranks that share the MLPs.
  double attention_ranks() const { return layout().attention_tensor(); }
  double tensor_ranks() const { return layout().tensor; }
  double activation_bytes() const { return activation_bytes_; }
  /// Bytes of an element as this matrix takes it in: narrow where its product runs narrow.
  double input_bytes(const WeightFormat& format) const;
  bool quantises(const WeightFormat& format) const {
    return input_bytes(format) < activation_bytes_;
  }

  void product(const InferenceProduct& product);
  /// One fused kernel adds the residual and normalises (read twice, written twice); the norm's
  /// output is written as `output_bytes` an element.
  void add_norm(double tokens, double width, double output_bytes);
  /// A norm of its own.
  void norm(double tokens, double width, double output_bytes);
  /// A small kernel: bytes read and written.
  void kernel(OpClass op_class, double read, double written, double launches = 1);
  /// Quantises elements in front of a narrow product; nothing where it runs wide.
  void quantise(const WeightFormat& format, double elements);
  void attention(Op op);
  /// A collective of `ranks` members: none when alone.
  void communicate(CommGroup group, CollectiveKind kind, double bytes, double ranks,
                   double copies = 1);
  /// Weights beside the products (norms, tables, convolutions).
  void hold(double bytes) { weight_bytes_ += layers_ * bytes; }

  double weight_bytes() const { return weight_bytes_; }
  InferenceWork finish() { return std::move(work_); }

 private:
  const InferenceContext& context_;
  InferenceWork work_;
  double layers_ = 1;
  double attention_tokens_, all_tokens_, activation_bytes_;
  double weight_bytes_ = 0;
};

/// Number of layers of each kind, the vision tower not counted.
std::array<double, kLayerKindCount> language_layers(const ModelSpec& model);

}  // namespace polyfleet
