// What the operator builders look at: a model, how it is cut, its number formats and one
// micro-batch. References only: a context lives as long as the call that made it.
#pragma once

#include "workload/layout.hpp"
#include "workload/model_spec.hpp"

namespace polyfleet {

struct BuildContext {
  const ModelSpec& model;
  const ParallelLayout& layout;
  const PrecisionRecipe& precision;
  const MicroBatch& batch;
  const LoraSettings& lora;
};

}  // namespace polyfleet
