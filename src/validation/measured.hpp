// The measured step time of a row, whatever quantity its source prints. A throughput needs the
// batch; a TFLOP/s figure needs its definition of FLOPs; a time to train needs the number of steps.
#pragma once

#include <optional>
#include <string>

#include "validation/row_reading.hpp"

namespace polyfleet {

/// How a source counts the FLOPs of one token (training: forward and backward).
enum class FlopCount {
  full_attention,    ///< 6 a weight used, attention over the whole square (NeMo 24.x, Megatron-LM)
  causal_attention,  ///< attention over the triangle only
  with_recompute,    ///< full attention and the forward pass twice (Narayanan et al. 2021, Eq. 3)
  eight_parameters,  ///< 8 x parameters (BigScience's early tables)
};

/// FLOPs of one token at this sequence length. Counts weights that a token uses, the logits, not
/// the embedding look-up.
double flops_per_token(const ModelSpec& model, double sequence_length, FlopCount count);

/// Leaves the row out when the printed quantity does not determine a step time.
MeasuredStep read_measured(RowReading& reading, const TrainingScenario& scenario);

}  // namespace polyfleet
