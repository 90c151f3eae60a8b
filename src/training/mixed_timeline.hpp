// When each stage of a mixed step does what: the pipeline of every replica group and what follows
// it on each stage, out of the composition that mixed_step (training/mixed_step.hpp) times; nothing
// is modelled anew, so a timeline ends where the predicted step does. Costs about as much as one
// mixed_step. Wrong where that one is: hand-overs do not contend for links.
#pragma once

#include <vector>

#include "training/mixed_step.hpp"

namespace polyfleet {

/// What a stage does after its group's pipeline and host time, in the order of the members; each
/// zero where it has none. They sum to what is left of the step.
struct StageEnd {
  std::size_t pool = 0;  ///< that the stage is on
  Seconds reduce;        ///< exposed reduction of gradients inside the group
  Seconds exchange;      ///< exposed exchange with other groups
  Seconds meeting;       ///< until the stages that share its layers have reduced theirs
  Seconds update;        ///< optimiser
  Seconds gather;        ///< exposed gather of parameters
  Seconds idle;          ///< until the last stage of all groups is done
};

/// The replicas of one group, all alike.
struct GroupTimeline {
  PipelineShape shape;
  std::vector<StageCost> costs;  ///< by chunk in model order, software and borders included
  Seconds pipeline;              ///< all micro-batches through all stages
  Seconds host;                  ///< after it
  std::vector<StageEnd> stages;  ///< in pipeline order
};

struct MixedTimeline {
  Seconds total;  ///< of the step
  std::vector<GroupTimeline> groups;
};

/// Precondition: mixed_plan_problems() is empty.
MixedTimeline mixed_timeline(const MixedQuestion& question, const MixedPlan& plan);

}  // namespace polyfleet
