// What published kernels fix, the same in training and in inference.
#pragma once

namespace polyfleet {

/// Tokens of a chunk of a linear mixer's scan in the published kernels (mamba_ssm: 256;
/// flash-linear-attention: 64); 128 between.
inline constexpr double kMixerChunk = 128;

/// Bytes of a router's score: FP32 (Megatron-Core router.py; vLLM and SGLang as well).
inline constexpr double kRouterScoreBytes = 4;

}  // namespace polyfleet
