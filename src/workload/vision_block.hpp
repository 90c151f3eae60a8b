// One layer of a vision tower (ViT, arXiv:2010.11929): full attention inside each image, tensor
// parallel over heads. Images are not split over the context group. Window attention of some towers
// (Qwen2.5-VL) is counted as full: an upper bound, small beside the projections.
#pragma once

#include "workload/work_builder.hpp"

namespace polyfleet {

/// Patches of all images of the micro-batch.
double vision_tokens(const BuildContext& context);
void add_vision_layer(WorkBuilder& builder);
/// Patch projection in front of the tower and projector behind it.
void add_vision_embedding(WorkBuilder& builder);

}  // namespace polyfleet
