// Collects the operators of one layer: one call per matrix, norm or collective fills all three
// passes, so forward, backward and weight gradient cannot disagree.
// Traffic follows unfused-but-vectorised kernels (each tensor read or written once per kernel);
// MicroBatch::elementwise_factor scales it for eager or compiled stacks.
#pragma once

#include "workload/build_context.hpp"
#include "workload/op.hpp"

namespace polyfleet {

/// Which LoRA target a matrix is; `none` never carries an adapter.
enum class AdapterTarget { none, qkv, output, mlp_up, mlp_down };

/// One weight matrix on one device: in and out are this device's widths.
struct LinearShape {
  OpClass op_class = OpClass::mlp;
  double tokens = 0;
  double in = 0;
  double out = 0;
  AdapterTarget target = AdapterTarget::none;
  bool narrow = true;    ///< runs in PrecisionRecipe::linear
  bool is_head = false;  ///< runs in PrecisionRecipe::head
  bool has_bias = false;
  bool input_gradient = true;    ///< false for the first matrix of a network
  bool holds_parameters = true;  ///< false where the weights are counted elsewhere (tied)
  double experts = 0;            ///< > 0: a grouped GEMM over this many local experts
};

class WorkBuilder {
 public:
  explicit WorkBuilder(const BuildContext& context);

  const BuildContext& context() const { return context_; }
  const ModelSpec& model() const { return context_.model; }
  const ParallelLayout& layout() const { return context_.layout; }
  double tensor() const { return tensor_; }
  /// Tokens of the micro-batch on this context-parallel rank.
  double tokens() const { return tokens_; }
  /// The tokens this rank holds outside the tensor-parallel blocks (sequence parallel).
  double sharded_tokens() const { return sharded_tokens_; }
  /// Bytes of one activation element, and of a saved input of a narrow matrix.
  double activation_bytes() const { return activation_bytes_; }
  double linear_input_bytes() const;
  bool is_frozen() const { return context_.lora.rank > 0; }
  bool has_adapter(AdapterTarget target) const;
  /// Whether the input of such a matrix must be kept for its weight gradient.
  bool keeps_input(AdapterTarget target) const { return !is_frozen() || has_adapter(target); }

  void linear(const LinearShape& shape);
  void norm(double tokens, double width);
  void residual_add(double tokens, double width);
  /// The activation between the MLP's matrices; `gated` multiplies two halves (SwiGLU).
  void activation(double tokens, double width, bool gated);
  /// Elementwise traffic, elements read and written, scaled by the elementwise factor.
  void elementwise(Pass pass, OpClass op_class, double read, double written);
  /// Traffic as it is, in bytes.
  void traffic(Pass pass, OpClass op_class, double read, double written, double launches = 1);
  void attention(Op op);
  /// A scan of linear attention: as many products in forward, twice as many in backward.
  void mixer(const Op& op);

  /// The collective in front of a column-parallel matrix: with sequence parallel the input is
  /// gathered (and its gradient scattered, and gathered again for the weight gradient), else its
  /// gradient is all-reduced.
  void enter_tensor_parallel(double tokens, double width, bool regathers = true);
  /// The collective behind a row-parallel matrix.
  void leave_tensor_parallel(double tokens, double width);
  void communicate(Pass pass, CommGroup group, CollectiveKind kind, double bytes,
                   double copies = 1);

  /// Activations kept for backward; `always` survives selective recompute.
  void save(double bytes) {
    saved_ += bytes;
    kept_ += bytes;
  }
  void save_unless(bool recomputed, double bytes) {
    saved_ += bytes;
    kept_ += recomputed ? 0 : bytes;
  }
  void recompute(const Op& op) { work_.recomputed_selective.push_back(op); }
  /// Runs the forward operators emitted since `first` again under selective recompute.
  std::size_t forward_size() const { return work_.ops[0].size(); }
  void recompute_since(std::size_t first);
  void parameters(double count);

  /// Adds the sums kept back (casts, gradient accumulation) and gives the layer up.
  LayerWork finish(double full_recompute_bytes);

 private:
  void gemm(Pass pass, const LinearShape& shape, double m, double n, double k);
  void adapter(const LinearShape& shape);
  Dtype dtype_of(const LinearShape& shape, Pass pass) const;

  const BuildContext& context_;
  LayerWork work_;
  double tensor_, tokens_, sharded_tokens_, activation_bytes_;
  double cast_forward_ = 0, cast_backward_ = 0, cast_launches_ = 0;
  double accumulated_ = 0;
  double saved_ = 0, kept_ = 0;
  bool casts_ = false;
};

}  // namespace polyfleet
