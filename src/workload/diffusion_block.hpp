// Blocks of diffusion transformers in training and denoising: two-stream (MM-DiT, arXiv:2403.03206;
// FLUX, HunyuanVideo), one-stream with joined matrices (FLUX), and one-stream with cross attention
// to the text (Wan). Modulation (adaLN, arXiv:2212.09748) is one matrix on one token a sample.
// MicroBatch::sequence_length counts latent tokens; text tokens come from the model. Text encoder
// and autoencoder are not in it: training reads latents and prompts encoded beforehand.
#pragma once

#include "workload/work_builder.hpp"

namespace polyfleet {

void add_diffusion_layer(WorkBuilder& builder, bool two_streams);
/// Input of a block, both streams: what full recompute keeps.
double diffusion_stream_bytes(const WorkBuilder& builder, bool two_streams);
/// Patch and text projections, timestep embedding.
void add_diffusion_embedding(WorkBuilder& builder);
/// Final modulated norm, projection to the latent channels, squared error.
void add_diffusion_head(WorkBuilder& builder);

}  // namespace polyfleet
