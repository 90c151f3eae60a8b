// What stands around the layers in inference: lookup, hand-over between pipeline stages, head with
// sampling, and the joining part of a prediction module. Inside the room.
#pragma once

#include "workload/inference_blocks.hpp"

namespace polyfleet {

/// Vocabulary-parallel lookup over the attention's ranks, put together by an all-reduce (vLLM, and
/// SGLang under DP attention). Image tokens of vision-language models come out of the tower, which
/// is not in it.
void add_lookup(InferenceBuilder& builder);
/// Between stages: hidden states and residual, each tensor rank sends its share and the receivers
/// gather (vLLM 0.11 parallel_state.py, send_tensor_dict).
void add_hand_over(InferenceBuilder& builder);
/// Final norm, logits of `sampled` tokens over all tensor ranks, their gather, and sampling.
void add_head(InferenceBuilder& builder, double sampled);
/// Two norms, a projection of twice the width that every rank holds whole (vLLM
/// deepseek_mtp.py: eh_proj), and one layer without its attention core.
void add_draft_layer(InferenceBuilder& builder);

/// Kind of the layer in a prediction module.
LayerKind draft_kind(const ModelSpec& model);

}  // namespace polyfleet
