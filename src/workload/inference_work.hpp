// The operators that ONE accelerator executes in an iteration of an inference engine, in three
// parts that add up: what follows the number of new tokens, the attention of sequences that decode,
// the attention of a chunk of prefill. All pipeline stages together (an iteration passes through
// each in turn), one layer kind a run with its number of layers in `count`. Prefill and decode mix
// freely in one iteration (chunked prefill). Latent attention decodes absorbed (arXiv:2405.04434,
// section 2.1.3) and expands keys and values in prefill.
// Vision-language models: the language part; images count as prompt tokens, the tower's time is not
// in it. DeepSeek-V4's compressed caches are counted uncompressed. Wrong where an engine fuses or
// splits the small kernels otherwise: EngineProfile says how many.
#pragma once

#include <vector>

#include "units/quantity.hpp"
#include "workload/op.hpp"
#include "workload/serving_layout.hpp"

namespace polyfleet {

/// Operators and collectives in the order of the model, forward only; none where there is nothing
/// to do (no tokens, no sequences). Comm groups: tensor = the attention's or MLP's tensor ranks,
/// expert = the expert ranks, context, pipeline (hand-over).
struct InferenceWork {
  std::vector<Op> ops;
  std::vector<Comm> comms;
};

/// Embedding, projections, norms, rotary, MLPs, experts, all-reduces, logits: of `tokens` new
/// tokens of the whole replica, of which `sampled` reach the head (one a sequence that decodes or
/// ends its prefill). DP attention: this rank has tokens / attention_data in attention, all of them
/// in the experts.
InferenceWork token_work(const InferenceContext& context, double tokens, double sampled);

/// Attention cores (and what the cores need per step: absorbed products, recurrent updates) of
/// `sequences` sequences of ONE attention rank that decode against `length` cached tokens each.
/// `queries` new tokens a sequence (1, or 1 + draft tokens under speculative decoding).
InferenceWork decode_attention_work(const InferenceContext& context, double sequences,
                                    double length, double queries = 1);

/// Attention of one prefill chunk on one attention rank: `query` new tokens behind `prior` cached
/// ones of the same sequence.
InferenceWork prefill_attention_work(const InferenceContext& context, double query, double prior);

/// One multi-token-prediction module as a draft step (projection, one layer, head) for `tokens`
/// tokens; nothing for models without one.
InferenceWork draft_work(const InferenceContext& context, double tokens);

/// What a replica must hold, of the busiest accelerator.
struct InferenceMemory {
  Bytes weights;
  Bytes cache_per_token;     ///< one token of one sequence on its attention rank, full layers
  Bytes cache_per_sequence;  ///< what does not grow with length: recurrent states, whole windows
  Bytes activations;         ///< buffers of the largest iteration
};
InferenceMemory inference_memory(const InferenceContext& context, double largest_iteration_tokens);

/// Weights of the multi-token-prediction modules on one accelerator beside those (embedding and
/// head are shared); nothing for models without.
Bytes draft_weights(const InferenceContext& context);

/// Cached bytes of a sequence of this length over ALL accelerators of the replica that hold a part
/// of it (what a disaggregated transfer moves; replicated KV heads counted once).
Bytes cache_bytes_of_sequence(const InferenceContext& context, double length);

}  // namespace polyfleet
