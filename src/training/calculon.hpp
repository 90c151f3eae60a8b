// Calculon's assumptions (Isaev et al., SC '23; commit caa4b11 of its published tool) on Calculon's
// inputs: an independent oracle for FLOP counts, memory parts and communication volumes, and a
// baseline for step times. It knows GPT blocks only: no embedding, no head, every score in memory,
// compute and memory time added or maximised per layer, all stages equal. Not covered here: TP
// overlap, DP overlap, offloading, multi-query attention, inference (diagnosed, never guessed).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "units/quantity.hpp"

namespace polyfleet {

/// Efficiency by size of one operation: the first threshold that is not above the size counts.
using CalculonCurve = std::vector<std::pair<double, double>>;

struct CalculonProcessor {
  FlopsPerSecond peak;
  CalculonCurve efficiency;  ///< thresholds in GFLOP
};

struct CalculonMemory {
  BytesPerSecond rate;
  CalculonCurve efficiency;  ///< thresholds in MB
};

enum class CalculonTransfer { point_to_point, reduce_scatter, all_gather, all_reduce };

struct CalculonNetwork {
  BytesPerSecond rate;
  double efficiency = 1;
  Seconds latency;
  /// Per transfer: volume multiplier, and how many participants' shares are added to it.
  std::array<std::pair<double, double>, 4> volume{};
};

struct CalculonSystem {
  CalculonProcessor matrix, vector;
  CalculonMemory memory;
  bool roofline = false;  ///< else compute and memory time add up
  std::vector<CalculonNetwork> networks;
};

struct CalculonModel {
  double hidden = 0, feedforward = 0, sequence = 0, heads = 0, head_size = 0;
  int blocks = 0;
};

enum class CalculonRecompute { none, attention_only, full };
/// How tensor-parallel partial sums travel: all-reduce, all-reduce with scattered hand-over between
/// stages, or reduce-scatter and all-gather (sequence parallel).
enum class CalculonTensorComm { all_reduce, scattered_hand_over, sequence_parallel };

struct CalculonExecution {
  int tensor = 1, pipeline = 1, data = 1;
  int tensor_network = 0, pipeline_network = 0, data_network = 0;
  std::int64_t batch = 1, micro_batch = 1;
  double element_bytes = 2;
  bool fused_activation = false;
  CalculonRecompute recompute = CalculonRecompute::none;
  int interleaving = 1;
  bool optimizer_sharding = false;
  CalculonTensorComm tensor_comm = CalculonTensorComm::all_reduce;
  bool gather_again = false;  ///< sequence parallel: inputs are gathered once more for backward
};

/// One pass of one block for one micro-batch.
struct CalculonPass {
  Flops flops;
  Seconds flops_time;
  Bytes traffic;
  Seconds traffic_time;
  Seconds time;
};

/// Communication of one block; the last block of a chunk may differ.
struct CalculonExchange {
  Bytes base, edge;
  Seconds base_time, edge_time;
};

struct CalculonSpace {
  Bytes weights, activations, checkpoints, weight_gradients, activation_gradients, optimizer;
  Bytes total() const {
    return weights + activations + checkpoints + weight_gradients + activation_gradients +
           optimizer;
  }
};

struct CalculonTime {
  Seconds forward, backward, optimizer, recompute, gather_again, bubble, tensor, pipeline, data;
  Seconds total() const {
    return forward + backward + optimizer + recompute + gather_again + bubble + tensor + pipeline +
           data;
  }
};

struct CalculonReport {
  CalculonPass forward, recompute, activation_gradient, weight_gradient, optimizer;
  CalculonExchange forward_tensor, backward_tensor, gather_again;
  Bytes hand_over;                                ///< per chunk and micro-batch, either direction
  Bytes data_block;                               ///< gradients of one block
  Bytes working_activations, stored_activations;  ///< of one block
  CalculonSpace block;                            ///< one block, gradients as they travel
  Bytes unsharded_gradients;                      ///< one block in FP32
  CalculonSpace device;
  CalculonTime time;
  Flops useful;  ///< one block and micro-batch, optimiser included
  int blocks_per_device = 0;
  std::int64_t micro_batches = 0;
};

/// Diagnoses degrees that do not divide what they cut.
Result<CalculonReport> calculon_estimate(const CalculonModel& model,
                                         const CalculonExecution& execution,
                                         const CalculonSystem& system);

}  // namespace polyfleet
