// A training plan for one pool of like accelerators: everything a user or a launcher decides. Mixed
// pools are a list of plans over pools (later work); nothing here assumes a single vendor.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "catalogue/dtype.hpp"
#include "workload/layout.hpp"
#include "workload/model_spec.hpp"

namespace polyfleet {

enum class Schedule { gpipe, one_forward_one_backward, interleaved, zero_bubble, dual_pipe };
enum class Recompute { none, selective, full };
/// How parameters, gradients and optimiser states are spread over the data-parallel group.
enum class Sharding {
  none,
  zero1,
  zero2,
  zero3
};  // zero1 = distributed optimiser; zero3 = FSDP full shard
enum class HostLaunch { eager, graph };

struct OverlapSettings {
  double tensor = 0;              ///< fraction of tensor-parallel communication hidden behind GEMMs
  bool gradient_reduce = false;   ///< DP reduce behind backward
  bool parameter_gather = false;  ///< DP gather behind forward
  bool pipeline = false;          ///< stage hand-over behind compute
  double expert = 0;              ///< fraction of expert all-to-all hidden
  double context = 0;  ///< fraction of context-parallel exchange that may hide behind attention
};

struct TrainingPlan {
  ParallelLayout layout;
  int micro_batch = 1;            ///< sequences
  std::int64_t global_batch = 0;  ///< sequences
  std::int64_t sequence_length = 0;
  Schedule schedule = Schedule::one_forward_one_backward;
  Sharding sharding = Sharding::zero1;
  int hybrid_shard =
      0;  ///< HSDP: shard inside groups of this many, replicate between; 0 = whole group
  Recompute recompute = Recompute::none;
  int recompute_layers = 0;  ///< full recompute of this many layers per stage; 0 = all of them
  RecomputeModules recompute_modules;  ///< what selective recomputation runs again
  OverlapSettings overlap;
  PrecisionRecipe precision;
  Dtype gradient_reduce_dtype = Dtype::fp32;
  bool main_gradient_fp32 = true;
  bool low_precision_parameters =
      false;  ///< fp8 primary weights: the gather moves one byte an element
  double optimizer_bytes_per_parameter = 12;  ///< FP32 master, two FP32 moments (Adam)
  bool optimizer_offload = false;             ///< states and update on the host
  double activation_offload = 0;              ///< fraction of saved activations sent to the host
  LoraSettings lora;
  bool fused_attention = true;
  double attention_generation =
      1;  ///< speed of the attention library of the day relative to the measured kernels
  bool dropout = false;
  bool fused_loss = false;
  double elementwise_factor = 1;
  double expert_imbalance = 1;
  /// Expert dispatch sends a token once to each domain (or, inside one domain, to each rank) and
  /// fans out there, as DeepEP and HybridEP do; false = one copy per chosen expert (plain
  /// all-to-all).
  bool merged_dispatch = false;
  double mean_document =
      0;  ///< packed fine-tuning: mean attended length in tokens; 0 = full sequence
  double images_per_sequence = 0;  ///< vision-language models
  HostLaunch host_launch = HostLaunch::eager;
  double host_seconds_per_layer =
      0;  ///< launch floor per layer and micro-batch, forward + backward
  double host_seconds_per_micro_batch = 0;
  double host_seconds_per_step = 0;
  bool embedding_counts_as_layer = false;  ///< pipeline split counts embedding and head as layers
  std::vector<int> stage_layers;  ///< explicit split, one entry per (virtual) stage; empty = even
};

/// What the operator builders need of the plan.
MicroBatch micro_batch_of(const TrainingPlan& plan);
/// The recipe of layers that stay in the residual stream's format.
PrecisionRecipe wide_recipe(const PrecisionRecipe& recipe);

}  // namespace polyfleet
