// A training plan over several pools of different accelerators: data-parallel groups of replicas
// that take unequal numbers of micro-batches, pipelines whose stages sit on different pools with
// unequal layers, and both at once. Every tensor, context and expert group stays inside one pool;
// between pools go only activations (stage hand-over) and gradients (once a step). Wrong for
// designs that split a tensor group or an expert group over vendors: no library offers them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cost/cross_exchange.hpp"
#include "training/estimate.hpp"
#include "training/machine.hpp"
#include "training/plan.hpp"

namespace polyfleet {

/// A pool of like accelerators and the software that runs on them.
struct MixedPool {
  std::string name;  ///< as the user calls it
  const Machine* machine = nullptr;
  std::int64_t devices = 0;  ///< offered
  std::string framework;     ///< profile id; decides software maturity and interval
  std::string release_date;  ///< "2025-05"; empty = latest
  TrainingPrices prices;
};

/// A link between two pools as the user states it; what is left out follows from the catalogue
/// (default_cross_link).
struct StatedLink {
  std::size_t a = 0, b = 0;            ///< indices of the pools
  std::optional<BytesPerSecond> rate;  ///< per device, one direction
  std::optional<BytesPerSecond> aggregate;
  Seconds latency;
  CrossRoute route = CrossRoute::direct;
  std::string source;  ///< who says so
};

/// The paths between (and, for groups that share one, within) pools.
class CrossNetwork {
 public:
  /// Every pair of pools gets a link. Diagnoses pools without NICs, unknown indices, a pair stated
  /// twice. Reads data/collectives.
  static Result<CrossNetwork> make(std::span<const MixedPool> pools,
                                   std::span<const StatedLink> stated,
                                   const std::filesystem::path& data_directory);
  /// Symmetric; a == b is the path within the pool.
  const CrossCosts& between(std::size_t a, std::size_t b) const;

 private:
  std::map<std::pair<std::size_t, std::size_t>, CrossCosts> paths_;
};

/// Consecutive stages of a pipeline on one pool.
struct StageGroup {
  std::size_t pool = 0;  ///< index
  /// Tensor, context and expert degrees, recompute, offload, sharding, overlap and so on of this
  /// pool; layout.pipeline = number of these stages. Global batch, sequence length, micro-batch and
  /// data degree are those of the mixed plan and the replica group, whatever stands here.
  TrainingPlan plan;
  /// One entry per stage (per virtual stage, where the whole replica is on this pool). May be empty
  /// only where the whole replica is on this pool: then the plan's own split holds.
  std::vector<int> stage_layers;
};

/// Like replicas of the model: all of them on one pool, or each a pipeline through several.
struct ReplicaGroup {
  std::vector<StageGroup> stages;  ///< in pipeline order
  int replicas = 1;                ///< data-parallel degree of every stage
  int micro_batch = 1;             ///< sequences
  std::int64_t micro_batches = 1;  ///< per replica and step
  std::int64_t sequences() const { return replicas * micro_batches * micro_batch; }
};

struct MixedPlan {
  std::vector<ReplicaGroup> groups;
  std::int64_t sequence_length = 0;
  /// Sequences of one step: the sum over the groups.
  std::int64_t global_batch() const;
  std::int64_t devices_of(std::size_t pool) const;
};

/// Stages of the whole pipeline, all pools.
int pipeline_stages(const ReplicaGroup& group);

/// The whole pipeline as the devices of one stage group see it: its own settings with the
/// pipeline degree, layer split, batch and data degree of the group. Equal to the stage group's own
/// plan (but for those four) where the replica is on one pool. Keys of shared tables come from it.
TrainingPlan whole_pipeline_plan(const MixedPlan& plan, const ReplicaGroup& group,
                                 const StageGroup& stages);

/// Why the plan cannot run: everything plan_problems says of each stage group, unequal schedules or
/// widths in one pipeline, layers that do not sum to the model, pools asked for more devices than
/// they have, unknown pools, schedules that cannot run on unequal stages. Empty = it can.
Diagnostics mixed_plan_problems(const ModelSpec& model, std::span<const MixedPool> pools,
                                const MixedPlan& plan);

}  // namespace polyfleet
