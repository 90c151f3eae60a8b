// Groups of replicas on one pool: which numbers of sequences the pool can take within a given time,
// by plans whose exact time is known or that a proven bound still allows. Bounds and their proofs:
// docs/planner_mixed_search.md. Internal to the search over mixed pools.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "planner/mixed_cuts.hpp"

namespace polyfleet {

/// A cut with its stages: everything but replicas and micro-batches. Its step takes at least
/// max(fill + m x pace, last_fill + m x last_pace) + host seconds for m micro-batches.
struct SingleNode {
  std::size_t cut = 0;
  int stages = 1;
  int virtual_stages = 1;
  double pace = 0, fill = 0;            ///< of the busiest device
  double last_pace = 0, last_fill = 0;  ///< of the last device
  std::int64_t most_replicas = 0;
  /// Largest replicas that are known not to fit once the pipeline is full (2 and more).
  std::int64_t unfit_replicas = 0;
  bool looked_at = false;  ///< memory at most_replicas
  /// With more micro-batches than this it fits with no number of replicas.
  std::int64_t most_micro_batches = std::numeric_limits<std::int64_t>::max();
};

/// What a group does: one node with replicas and micro-batches.
struct SinglePlan {
  std::size_t node = 0;
  std::int64_t replicas = 1, micro_batches = 1;
  friend auto operator<=>(const SinglePlan&, const SinglePlan&) = default;
};

/// A number of sequences that the pool may take: `time` is a lower bound, exact where `exact`.
struct SingleEntry {
  double time = 0;
  /// Lower bound of the step's time before its own gradient exchange could begin to be exposed.
  double before_exchange = 0;
  SinglePlan plan;
  bool exact = false;
};

/// One pool in groups of its own. Not for concurrent use.
class SingleGroups {
 public:
  /// `index`: of the pool; `step` times whole plans.
  SingleGroups(PoolCuts& cuts, std::size_t index, const MixedSearchQuestion& question,
               const MixedQuestion& physics, const MixedTables& tables, MixedCounts& counts);

  /// Most sequences within `time`: an upper bound.
  std::int64_t most_sequences(double time);
  /// Every number of sequences in [low, high] that may be done within `time`, with the best plan
  /// for it. Exact times are remembered.
  std::map<std::int64_t, SingleEntry> entries(double time, std::int64_t low, std::int64_t high);
  /// Replaces a bound by the exact best time; nothing if that is above `time`.
  std::optional<SingleEntry> exact(std::int64_t sequences, double time);

  /// The fastest plan for exactly this many sequences, proven.
  std::optional<SingleEntry> best(std::int64_t sequences, const SearchControl& control);
  /// Lower bound of that.
  double least_time(std::int64_t sequences) const;

  /// Most sequences per device in use within `time`; 0 where nothing fits.
  double most_per_device(double time);
  /// Sequences per second at most, whatever the time.
  double most_rate() const;

  ReplicaGroup group(const SinglePlan& plan) const;
  const std::vector<SingleNode>& nodes() const { return nodes_; }

 private:
  struct Candidate {
    double bound;
    SinglePlan plan;
    friend auto operator<=>(const Candidate&, const Candidate&) = default;
  };
  void add_node(std::size_t cut, int stages, int virtual_stages);
  double bound(const SingleNode& node, std::int64_t micro_batches) const;
  std::int64_t micro_batches_within(const SingleNode& node, double time) const;
  void look_at_memory(SingleNode& node);
  bool may_fit(const SingleNode& node, std::int64_t replicas, std::int64_t micro_batches) const;
  /// Exact time; infinite where the plan does not run or fit.
  double time_of(const SinglePlan& plan);
  double time_afresh(const SinglePlan& plan);
  void collect(double time, std::int64_t low, std::int64_t high);

  PoolCuts& cuts_;
  std::size_t index_;
  const MixedSearchQuestion& question_;
  const MixedQuestion& physics_;
  const MixedTables& tables_;
  MixedCounts& counts_;
  std::vector<SingleNode> nodes_;
  std::map<SinglePlan, double> exact_;
  struct Candidates {
    std::vector<Candidate> list;
    bool sorted = false;  ///< by bound: only where exact times are asked for
  };
  std::map<std::int64_t, Candidates> candidates_;  ///< of the last collect
};

}  // namespace polyfleet
