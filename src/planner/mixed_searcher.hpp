// The search itself: a time is raised step by step; at each, every division of the pools is either
// proven unable to make the step that fast, or its groups' shares are made exact until it is, or
// until a plan is found. Internal to the search over mixed pools (mixed_search.cpp drives it,
// mixed_report.cpp says what came out).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "planner/mixed_families.hpp"
#include "planner/mixed_pipelines.hpp"
#include "planner/mixed_singles.hpp"

namespace polyfleet {

/// One division of the pools on its way through the search.
struct FamilyState {
  Division division;
  double bound = 0;      ///< proven: no plan of the family is faster
  double exchange = 0;   ///< least time of the gradient exchange between its groups
  bool reached = false;  ///< the bound cannot be raised any more
  bool feasible = true;
  std::optional<double> best;
  MixedPlan plan;       ///< of `best`
  std::string refused;  ///< why plans that were built do not count
};

class MixedSearcher {
 public:
  MixedSearcher(const MixedSearchQuestion& question, const SearchControl& control);

  void run();

  const std::vector<FamilyState>& families() const { return families_; }
  const std::vector<std::optional<SingleEntry>>& alone() const { return alone_; }
  const MixedQuestion& physics() const { return physics_; }
  const MixedTables& tables() const { return tables_; }
  ReplicaGroup alone_group(std::size_t pool) const {
    return singles_[pool]->group(alone_[pool]->plan);
  }
  MixedCounts counts() const;
  /// Pipelines over pools were left unfinished for their work.
  bool work_ended() const { return work_ended_; }
  bool interrupted() const { return interrupted_; }
  double lower_bound() const;
  /// Of the families without pipelines over pools.
  double lower_bound_without_pipelines() const;
  /// No plan costs less: every layer of every sequence on the cut where its device-seconds are
  /// cheapest, no device ever idle. Nothing where a price is not known.
  std::optional<double> least_cost() const;
  std::optional<double> best_time() const;

 private:
  void set_up_pools();
  void set_up_families();
  void search_alone();
  /// Families without pipelines over pools first: quick, and their plans spare the others much.
  void raise(bool pipelines);
  double active_bound() const;
  /// Sets the limits of the work; rules out what the best plan so far leaves no room for.
  void begin_pipelines();
  /// Families that cannot come close enough to the best plan to matter.
  void rule_out(double time);
  /// Up to this much of counts().work; 0 = no limit.
  void limit_work(std::int64_t until);
  bool spent();
  bool active(const FamilyState& family) const;
  /// One step at `time`; `before`: the last one, below which nothing was found.
  void step(double time, double before);
  bool prices_allow(const FamilyState& family, double time);
  void set_prices(double time);
  bool may_reach(const FamilyState& family, double time, bool roughly);
  std::int64_t most(PoolMask mask, double time, bool roughly);
  void collect_shares(const std::vector<FamilyState*>& alive, double time, double before);
  std::vector<ShareTimes> shares_of(const FamilyState& family, double time, bool exact) const;
  void make_exact(const std::vector<FamilyState*>& alive, double time);
  void make_exact(PoolMask mask, std::int64_t sequences, double time);
  void want_exact(const FamilyState& family, double time,
                  std::map<PoolMask, std::set<std::int64_t>>& wanted) const;
  void build_pipelines(const std::vector<FamilyState*>& alive, double time);
  void assemble(FamilyState& family, double time);
  void try_plan(FamilyState& family, MixedPlan plan);
  bool any_sequences_left(double time) const;
  double exchange_bound(const Division& division);
  double first_time();
  bool stopped();

  struct Share {
    double time = 0;
    double before_exchange = 0;
    bool is_exact = false;  ///< time is that of a plan
    SinglePlan single;      ///< where exact and of one pool
    std::optional<BuiltPipeline> built;
    std::vector<PipelineShare> shapes;
  };

  const MixedSearchQuestion& question_;
  const SearchControl& control_;
  std::int64_t batch_ = 0;
  MixedQuestion physics_;       ///< times and memory
  MixedQuestion physics_bare_;  ///< times only
  MixedTables tables_;
  std::vector<MixedCounts> pool_counts_;
  MixedCounts counts_;
  std::vector<std::unique_ptr<PoolCuts>> cuts_;
  std::vector<std::unique_ptr<SingleGroups>> singles_;
  std::map<PoolMask, std::unique_ptr<PipelineGroups>> pipelines_;
  std::map<PoolMask, double> rates_;  ///< sequences per second at most
  std::vector<FamilyState> families_;
  std::vector<std::optional<SingleEntry>> alone_;
  std::map<PoolMask, std::map<std::int64_t, Share>> shares_;  ///< at the present time
  std::map<std::pair<PoolMask, double>, std::int64_t> most_;
  bool pipelines_now_ = false;
  std::int64_t work_limit_ = 0;                     ///< of counts().work; 0 = none
  std::int64_t bound_until_ = 0, build_until_ = 0;  ///< as work_limit_, for each part of a step
  bool work_ended_ = false;
  double first_time_ = 0;
  double priced_time_ = 0;
  std::vector<double> prices_;  ///< sequences per device that one pool does at most
  std::vector<double> dearer_;  ///< than alone, by pool: what pipelines make of its devices
  double per_price_ = 0;        ///< sequences of a pipeline per price
  bool interrupted_ = false;
};

}  // namespace polyfleet
