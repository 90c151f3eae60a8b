// A pool that makes images or video: the same keys as any pool (app/serving_engine.hpp), with an
// engine of data/media and the tensor degree as the number of accelerators that share a sample.
#pragma once

#include "app/serving_engine.hpp"

namespace polyfleet {

/// Whether data/media has a pipeline for this model. Errors: a faulty file there.
Result<bool> makes_media(Workspace& workspace, const ModelSpec& model);

/// Fills in what runs the model. Errors: keys that only language models have, an unknown engine, a
/// number of accelerators that the model's heads cannot be dealt to.
Diagnostics resolve_media(Workspace& workspace, const StatedEngine& stated, const Value& document,
                          ResolvedEngine& into);

}  // namespace polyfleet
