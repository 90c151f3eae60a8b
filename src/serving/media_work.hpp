// Operators of one image or video: text encoders, one forward of the diffusion transformer shared
// by accelerators along its tokens, and the convolutions of the latent decoder. The transformer's
// operators are those of training's forward pass (workload/layer_builder.hpp).
#pragma once

#include <string_view>
#include <vector>

#include "serving/media_pipeline.hpp"
#include "traffic/request.hpp"
#include "workload/layout.hpp"
#include "workload/model_spec.hpp"
#include "workload/op.hpp"

namespace polyfleet {

/// Operators of one accelerator for a run of like blocks (`count` of them).
struct MediaBlock {
  std::vector<Op> ops;
  std::vector<Comm> comms;
  double count = 1;
};

/// What one forward needs to know beside the request.
struct DenoisingCut {
  int accelerators = 1;  ///< share the tokens of one sample
  SequenceParallel sequence_parallel = SequenceParallel::ulysses;
  PrecisionRecipe precision;
  double elementwise_factor = 1;
};

/// One forward of the transformer on one of `accelerators`. Precondition: a diffusion transformer;
/// under Ulysses heads divide evenly.
std::vector<MediaBlock> denoising_blocks(const ModelSpec& model, const DenoisingCut& cut,
                                         const ServingRequest::Media& media);

/// All prompts through one encoder, on one accelerator (the others wait or do the same).
std::vector<Op> encoder_ops(const TextEncoder& encoder);

/// Multiply-adds (counted twice) that decode one sample of the transformer's latents, tiles with
/// their overlaps.
Flops decoder_flops(const LatentDecoder& decoder, const DiffusionTransformer& model,
                    const ServingRequest::Media& media);

/// Work with overlapping tiles over work without, along one dimension of `size` latents.
double tiling_factor(double size, double tile, double overlap);

}  // namespace polyfleet
