// The working parts of a mixed step, between its plan and its result: every stage timed on its own
// machine, unscaled by software maturity, with what it exchanges with other groups. Internal to the
// mixed step (mixed_step.cpp, mixed_exchange.cpp, mixed_compose.cpp, mixed_result.cpp).
#pragma once

#include <span>
#include <vector>

#include "training/chunk_time.hpp"
#include "training/mixed_step.hpp"

namespace polyfleet {

/// The exchange of one stage's gradients with other groups, hidden or not.
struct CrossGradient {
  Seconds network;
  Seconds staging;
  double sigma = 0;
};

/// One chunk of layers (stage x virtual stage) of a replica group.
struct MixedChunk {
  ChunkTime time;              ///< sends inside the pool are in its cost
  BorderTime forward_border;   ///< out of this chunk to the next pool; zero inside a pool
  BorderTime backward_border;  ///< out of this chunk to the previous pool
  std::size_t next_pool = 0;   ///< that the forward border leads to
  std::size_t previous_pool = 0;
};

/// One pipeline stage: all its chunks run on the same devices.
struct MixedStage {
  std::size_t stage_group = 0;
  std::size_t pool = 0;
  std::vector<std::size_t> chunks;
  StageParameters parameters;
  Seconds forward, backward;  ///< of one micro-batch
  Seconds update;             ///< optimiser
  CrossGradient gradient;
  std::vector<std::pair<std::size_t, std::size_t>> partners;  ///< (group, stage) that share layers
  Seconds work(const std::vector<MixedChunk>& all) const;     ///< of one micro-batch
};

struct MixedGroup {
  const ReplicaGroup* group = nullptr;
  PipelineShape shape;
  std::vector<TrainingPlan> plans;  ///< whole_pipeline_plan by stage group
  std::vector<LayerTable*> tables;  ///< by stage group
  std::vector<MixedChunk> chunks;   ///< in model order
  std::vector<MixedStage> stages;   ///< in pipeline order
};

/// Times every stage of every group.
std::vector<MixedGroup> mixed_groups(const MixedQuestion& question, const MixedPlan& plan,
                                     const MixedTables& tables);
/// Fills in what stages exchange with other groups.
void add_cross_gradients(const MixedQuestion& question, std::vector<MixedGroup>& groups);

/// How long each stage takes to its own end, and what it waits for, by factors on each pool's time.
struct StageFinish {
  Seconds gradient_own;  ///< exposed reduction inside the group
  Seconds gradient;      ///< exposed, exchange with other groups included
  Seconds parameter;     ///< exposed gather
  Seconds update;
  Seconds hidden;
  Seconds synchronous;  ///< when all partners' gradients have met
  Seconds finish;
};
struct GroupFinish {
  PipelineTime pipeline;   ///< hand-over as it is
  Seconds exposed_inside;  ///< hand-over that stays exposed were borders free
  Seconds host;
  std::vector<StageFinish> stages;
  std::size_t last = 0;  ///< stage that finishes last
  Seconds before_exchange() const { return pipeline.total + host; }
};
struct Composition {
  std::vector<GroupFinish> groups;
  Seconds total;
};
/// `factors`: by pool. A link between pools takes the larger of its ends'.
Composition compose(std::span<const MixedGroup> groups, std::span<const double> factors);
/// Costs of a group's chunks under these factors, borders included unless they are to be free.
std::vector<StageCost> scaled_costs(const MixedGroup& group, std::span<const double> factors,
                                    bool with_borders);

}  // namespace polyfleet
