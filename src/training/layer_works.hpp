// The distinct works of a plan's cut - each layer kind, embedding, head, multi-token-prediction
// module - built once and shared by time and memory, and by every plan that differs only in what
// the operators of one device do not see: data degree, pipeline split, schedule, sharding, offload.
#pragma once

#include <array>
#include <optional>

#include "training/plan.hpp"
#include "workload/build_context.hpp"
#include "workload/layer_builder.hpp"
#include "workload/layer_kinds.hpp"

namespace polyfleet {

/// The part of a plan that the operators of one device depend on; plans equal in it share works.
/// Equal keys imply equal works only among plans of one search (same model, batch settings,
/// precision and adapters): those are not compared.
struct WorkKey {
  int tensor = 1, context = 1, expert = 1, expert_tensor = 1;
  bool sequence_parallel = false;
  bool pipelined = false;  ///< tied embeddings are held twice
  int micro_batch = 1;
  RecomputeModules modules;  ///< the plain choice unless recomputation is selective
  friend auto operator<=>(const WorkKey&, const WorkKey&) = default;
};
WorkKey work_key(const TrainingPlan& plan);

/// Built on first use and kept. Not for concurrent use.
class LayerWorks {
 public:
  /// Keeps a reference to `model` and a copy of the plan.
  LayerWorks(const ModelSpec& model, const TrainingPlan& plan);

  const ModelSpec& model() const { return model_; }
  /// `wide`: in the residual stream's format (first and last layers of a narrow recipe).
  const LayerWork& layer(LayerKind kind, bool wide);
  const LayerWork& embedding();
  const LayerWork& head();
  const LayerWork& mtp();

 private:
  BuildContext context(const PrecisionRecipe& precision) const {
    return {model_, plan_.layout, precision, batch_, plan_.lora};
  }

  const ModelSpec& model_;
  TrainingPlan plan_;
  PrecisionRecipe wide_;
  MicroBatch batch_;
  std::array<std::optional<LayerWork>, kLayerKindCount> layers_, wide_layers_;
  std::optional<LayerWork> embedding_, head_, mtp_;
};

}  // namespace polyfleet
