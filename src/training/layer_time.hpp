// Time of one layer on one device for one micro-batch, pass by pass: operators one after another,
// communication added where nothing hides it. Host launch is a floor per pass (eager frameworks):
// the slower of device and host sets the pace.
#pragma once

#include <array>

#include "training/machine.hpp"
#include "training/plan.hpp"
#include "workload/op.hpp"

namespace polyfleet {

/// Where the time of a pass goes. `compute` is the sum of `by_class`.
struct PassTime {
  std::array<Seconds, kOpClassCount> by_class{};
  Seconds compute;
  Seconds tensor_exposed, context_exposed, expert_exposed;
  Seconds hidden;  ///< communication that runs behind compute
  Seconds
      offload_exposed;  ///< activations on their way to or from the host, beyond the pass itself
  Seconds host_stall;   ///< device waits for the host to launch
  double variance = 0;  ///< of the sum, in s^2, operators fully correlated within a class

  Seconds total() const {
    return compute + tensor_exposed + context_exposed + expert_exposed + offload_exposed +
           host_stall;
  }
  PassTime& add(const PassTime& other, double times);
};

struct LayerTime {
  std::array<PassTime, kPassCount> pass;
  PassTime recompute;  ///< forward work run again in backward (selective or full)
};

/// Ranks that a communication group spans, inside and across scale-up domains (rank order as in
/// ParallelLayout).
RankGroup rank_group(CommGroup group, const ParallelLayout& layout, int scale_up_domain);

/// The kernel behind a fused attention operator. A context-parallel rank with a balanced causal cut
/// does its share of the whole triangle, neither the square nor its last rows (Megatron-Core and
/// ring attention give each rank one early and one late block): the shape is that of the whole,
/// op_time takes the share.
AttentionShape attention_shape(const Op& op);

/// Seconds of one operator on this machine. Attention that is not fused runs as batched GEMMs over
/// the full square.
KernelTime op_time(const Op& op, const Machine& machine, const TrainingPlan& plan);

/// Times all passes of one layer. `host_floor` = 0 when the framework launches by graph.
LayerTime layer_time(const LayerWork& work, const Machine& machine, const TrainingPlan& plan,
                     Seconds host_floor);

}  // namespace polyfleet
