#include "planner/cut_time.hpp"

#include <algorithm>

namespace polyfleet {
namespace {

constexpr std::size_t kPasses = 3;  // forward and both halves of backward

/// Of one micro-batch; `forward` is that of the layer that is cheapest there.
CutTime time_of(const ChunkLayers& whole, const TrainingPlan& plan, LayerTable& table) {
  const auto busy = [](const PassTime& pass) { return pass.total() - pass.host_stall; };
  CutTime time;
  const ChunkPasses passes = chunk_time(whole, plan, 0 * second, table).passes;
  for (const PassTime* pass : {&passes.forward, &passes.backward_input, &passes.backward_weight})
    time.device_time += busy(*pass);
  bool first = true;
  for (const bool wide : {false, true}) {
    for (std::size_t kind = 0; kind < kLayerKindCount; ++kind) {
      if ((wide ? whole.wide : whole.narrow)[kind] == 0) continue;
      const LayerTime& layer = table.layer(static_cast<LayerKind>(kind), wide).time;
      Seconds all;
      for (std::size_t pass = 0; pass < kPasses; ++pass) all += busy(layer.pass[pass]);
      time.layer = first ? all : min(time.layer, all);
      time.forward = first ? busy(layer.pass[0]) : min(time.forward, busy(layer.pass[0]));
      first = false;
    }
  }
  return time;
}

}  // namespace

CutTime cut_time(const PlanCandidates& candidates, const ChunkLayers& whole_model,
                 const PlanCut& layer_cut, PlanEvaluator& evaluator) {
  CutTime least;
  std::vector<OverlapSettings> seen;
  for (const bool pipelined : {false, true}) {
    for (const Recompute mode : candidates.recompute_modes()) {
      PlanSplit split;
      split.pipeline = pipelined ? 2 : 1;
      const TrainingPlan plan = candidates.plan(layer_cut, split, {.recompute = mode}, {});
      const bool known = std::any_of(seen.begin(), seen.end(), [&](const OverlapSettings& each) {
        return each.tensor == plan.overlap.tensor && each.expert == plan.overlap.expert &&
               each.context == plan.overlap.context;
      });
      if (known) continue;
      const CutTime time = time_of(whole_model, plan, evaluator.table(plan));
      if (seen.empty()) least = time;
      least.device_time = min(least.device_time, time.device_time);
      least.layer = min(least.layer, time.layer);
      least.forward = min(least.forward, time.forward);
      seen.push_back(plan.overlap);
    }
  }
  const TrainingPlan& base = candidates.question().pool.scenario.plan;
  const double steps = static_cast<double>(base.global_batch) / layer_cut.micro_batch;
  least.device_time = least.device_time * (steps * layer_cut.tensor * layer_cut.context);
  return least;
}

CountFloor::CountFloor(int stages, const std::vector<int>& chunks) {
  const auto step = static_cast<std::size_t>(stages);
  int before = 0;
  for (std::size_t stage = 0; stage < step; ++stage) {
    Place place{.before = before};
    for (std::size_t c = stage; c < chunks.size(); c += step) place.own += chunks[c];
    before += chunks[stage];
    std::erase_if(places_, [&](const Place& each) { return each.own <= place.own; });
    places_.push_back(place);
  }
}

Seconds CountFloor::time(const PipelineShape& shape, const CutTime& each) const {
  Seconds floor;
  if (shape.schedule == Schedule::dual_pipe) return floor;
  const Seconds before = shape.schedule == Schedule::zero_bubble ? each.forward : each.layer;
  const Seconds steady = each.layer * static_cast<double>(shape.micro_batches);
  for (const Place& place : places_) floor = max(floor, before * place.before + steady * place.own);
  return floor;
}

}  // namespace polyfleet
