// What a layer cut costs whatever the pipeline is, and what a pipeline of it costs at the least by
// counts of layers alone: every layer takes as long as the cheapest one or longer. No table of
// chunks is made, so this is asked for every pipeline of every cut.
#pragma once

#include <array>
#include <vector>

#include "planner/plan_candidates.hpp"
#include "planner/plan_evaluator.hpp"
#include "training/chunk_time.hpp"

namespace polyfleet {

/// Communication included; the host's part and what is run again differ between recompute modes
/// and are left out, and of overlaps that differ the best counts.
struct CutTime {
  Seconds device_time;  ///< device-seconds of all layers in a step (bound 1)
  Seconds layer;        ///< of one micro-batch, all passes, of the cheapest layer
  Seconds forward;      ///< its forward pass
};
CutTime cut_time(const PlanCandidates& candidates, const ChunkLayers& whole_model,
                 const PlanCut& layer_cut, PlanEvaluator& evaluator);

/// Bound 2 (planner/plan_bounds.hpp) in layers instead of seconds.
class CountFloor {
 public:
  /// `chunks`: layers of every chunk in model order.
  CountFloor(int stages, const std::vector<int>& chunks);
  /// At least this long for a step's micro-batches; zero for DualPipe, whose devices hold pairs.
  Seconds time(const PipelineShape& shape, const CutTime& each) const;

 private:
  /// Layers in front of a stage's first, and on the stage; of stages with equally many the last,
  /// as it starts last.
  struct Place {
    int before = 0, own = 0;
  };
  std::vector<Place> places_;
};

}  // namespace polyfleet
