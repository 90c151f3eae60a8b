// Device time of a list of inference operators and collectives on one accelerator of a replica:
// the same kernel and collective models as training, with what inference adds (weights stored
// narrower than multiplied, batched absorbed products, decode attention over a narrow cache).
// Everything runs one after another; wrong where an engine overlaps communication with compute.
#pragma once

#include <span>

#include "serving/engine_machine.hpp"
#include "serving/engine_profile.hpp"
#include "workload/inference_work.hpp"

namespace polyfleet {

/// Seconds by kind of work, and the 1-sigma of their sum (operators of one kind fully correlated,
/// kinds independent).
struct WorkTime {
  enum Kind { products, experts, attention, small_kernels, communication };
  static constexpr int kKinds = 5;
  Seconds by_kind[kKinds];
  Seconds deviation[kKinds];

  Seconds total() const;
  Seconds sigma() const;
  WorkTime& add(const WorkTime& other, double times = 1);
};

/// Times one operator with the kernels that an engine runs. Where weights are stored narrower than
/// they are multiplied, and where the table of a narrow format contains the quantisation of its
/// input: the larger of reading the stored weights at the rate at which the part's 16-bit product
/// of the same shape reads its own, and of the arithmetic at the rate of many rows.
KernelTime inference_op_time(const Op& op, const KernelCosts& kernels,
                             const EngineKernels& engine = {});

/// What a small kernel takes inside a graph: the part's smallest measured product (2.5 us on
/// Hopper, 1.8 us on Blackwell), never more than the launch of a streaming kernel.
Seconds small_kernel_latency(const KernelCosts& kernels);

/// Ranks of a collective: tensor ranks are neighbours, then context, then pipeline.
RankGroup inference_rank_group(const Comm& comm, const ServingLayout& layout, int scale_up_domain);

/// What a list of work runs on.
struct WorkPlace {
  const EngineMachine& machine;
  const CollectiveCosts& collectives;
  const ServingLayout& layout;
  EngineKernels kernels = {};
};

/// Launches that the host issues for the list when no graph replays them.
double launches_of(const InferenceWork& work);

/// Operators and collectives apart: how an iteration is launched changes only the latter.
WorkTime ops_time(const InferenceWork& work, const WorkPlace& place);
WorkTime comms_time(std::span<const Comm> comms, const WorkPlace& place);
WorkTime work_time(const InferenceWork& work, const WorkPlace& place);

}  // namespace polyfleet
