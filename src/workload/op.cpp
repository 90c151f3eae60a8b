#include "workload/op.hpp"

#include <algorithm>

namespace polyfleet {

namespace {

/// Query-key pairs of one head of one sequence that are computed.
double attended_pairs(const Op& op) {
  const double q = op.query_length;
  const double kv = op.kv_length;
  const double window = op.window > 0 ? std::min(op.window, kv) : kv;
  if (op.decode || !op.causal) return q * window;
  if (!op.fused) return q * kv;  // the whole square is multiplied, then masked
  if (op.balanced) {
    // an even sample of the kv rows: the triangle of kv rows, cut at the window, times q / kv
    const double triangle = window * (window + 1) / 2 + (kv - window) * window;
    return kv > 0 ? triangle * (q / kv) : 0;
  }
  // the last q rows of the triangle: row i sees min(kv - q + i, window) keys, i = 1..q
  const double growing = std::clamp(window - (kv - q), 0.0, q);  // rows still below the window
  return growing * (kv - q) + growing * (growing + 1) / 2 + (q - growing) * window;
}

/// Multiplied widths per pair: forward QK' and PV; backward dV, dP, dQ, dK and, when flash-style,
/// QK' once more (Dao et al. 2022).
double widths_per_pair(const Op& op) {
  if (!op.backward) return op.head_dim_qk + op.head_dim_v;
  return (op.fused ? 3.0 : 2.0) * op.head_dim_qk + 2.0 * op.head_dim_v;
}

Bytes attention_traffic(const Op& op) {
  const Bytes element = bytes_per_element(op.dtype);
  const double query = op.batch * op.heads * op.query_length;
  const double keys =
      op.batch * op.kv_heads *
      (op.decode && op.window > 0 ? std::min(op.window, op.kv_length) : op.kv_length);
  const double key_width = op.keys_are_values ? op.head_dim_qk : op.head_dim_qk + op.head_dim_v;
  // a cache in another format counts in elements of the arithmetic's
  const double cached = bytes_per_element(op.stored.value_or(op.dtype)) / element;
  const double forward = query * (op.head_dim_qk + op.head_dim_v) + keys * key_width * cached;
  // backward reads q, k, v, o, do and writes dq, dk, dv
  const double moved = op.backward ? 2 * forward + query * op.head_dim_v : forward;
  // unfused: scores written, probabilities read (backward: both gradients once)
  const double scores = op.fused ? 0 : op.batch * op.heads * op.query_length * op.kv_length * 2;
  return (moved + scores * (op.backward ? 2 : 1)) * element;
}

}  // namespace

std::string_view name_of(OpClass op_class) {
  static constexpr std::array<std::string_view, kOpClassCount> kNames{"projection",
                                                                      "attention",
                                                                      "mlp",
                                                                      "expert",
                                                                      "shared expert",
                                                                      "router",
                                                                      "permutation",
                                                                      "norm",
                                                                      "activation",
                                                                      "elementwise",
                                                                      "cast",
                                                                      "embedding",
                                                                      "logits",
                                                                      "loss",
                                                                      "linear mixer",
                                                                      "adapter",
                                                                      "gradient accumulation",
                                                                      "optimizer"};
  return kNames[static_cast<std::size_t>(op_class)];
}

Flops Op::flops() const {
  switch (kind) {
    case OpKind::gemm:
    case OpKind::grouped_gemm:
      return 2 * count * m * n * k * flop;
    case OpKind::attention:
      return 2 * count * batch * heads * attended_pairs(*this) * widths_per_pair(*this) * flop;
    case OpKind::traffic:
      return 0 * flop;
  }
  return 0 * flop;
}

Bytes Op::traffic() const {
  switch (kind) {
    case OpKind::gemm:
      return count *
             (m * k * bytes_per_element(dtype) + k * n * bytes_per_element(stored.value_or(dtype)) +
              m * n * max(bytes_per_element(dtype), bytes_per_element(Dtype::bf16)));
    case OpKind::grouped_gemm:
      return count * (m * k * bytes_per_element(dtype) +
                      groups * k * n * bytes_per_element(stored.value_or(dtype)) +
                      m * n * max(bytes_per_element(dtype), bytes_per_element(Dtype::bf16)));
    case OpKind::attention:
      return count * attention_traffic(*this);
    case OpKind::traffic:
      return count * (read + written);
  }
  return 0 * byte;
}

}  // namespace polyfleet
