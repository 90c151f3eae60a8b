// The best plan over several pools of different accelerators: which pools work together, as groups
// of replicas with unequal shares of the batch, as pipelines whose stages sit on different pools
// with unequal layers, or as both. Every answer carries a proven bound: no plan of the space can
// beat it (docs/planner_mixed_search.md states the space and the proof). Wrong where the engine is
// (training/mixed_step.hpp): the bound is on predicted, not on measured, steps.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "planner/plan_evaluator.hpp"
#include "planner/plan_search.hpp"
#include "planner/plan_space.hpp"
#include "training/mixed_step.hpp"

namespace polyfleet {

/// One pool and what the search may do with it.
struct SearchedPool {
  std::string name;
  /// Machine, software and prices; scenario.devices are offered. Every pool asks the same model,
  /// global batch and sequence length.
  PoolQuestion question;
  PlanTemplate plan_template;
  /// Degrees of this pool. `data` pins the replicas of a group that this pool is in; `schedule`,
  /// `virtual_stages` and offload hold for groups of one pool, pipelines over pools run 1F1B.
  /// An empty `tensor` means every degree up to `most_tensor`, `pipeline` every number of stages,
  /// `virtual_stages` every number that makes the chunks equal, `micro_batch` 1, 2, 4, 8 and 16,
  /// `recompute` all three modes; everything else that is empty is as the scenario's plan and the
  /// template have it.
  PlanSpace space;
  int most_tensor = 0;  ///< 0 = the accelerators of one scale-up domain
};

enum class ShareOf { devices, tokens };

/// A limit on how much of the work one vendor does, of all devices in use or of all tokens (a
/// pipeline's tokens count by the layers that a pool holds).
struct VendorShare {
  std::string vendor;  ///< as the catalogue names it
  ShareOf of = ShareOf::devices;
  double least = 0, most = 1;
};

/// How pools work together.
enum class MixKind {
  alone,        ///< one pool, the others idle
  data_groups,  ///< groups of replicas, each on one pool
  pipeline,     ///< one pipeline over several pools
  both          ///< groups, at least one of which is a pipeline over several pools
};
std::string_view name_of(MixKind kind);

struct MixedConstraints {
  PlanConstraints common;  ///< head-room on every pool, power cap, slowest step, all devices
  std::vector<VendorShare> vendors;
  std::vector<MixKind> kinds;  ///< ways of working together that are allowed; empty = all
  bool use_all_pools = false;  ///< plans that leave a pool out are refused
};

/// One to two seconds of one core.
inline constexpr std::int64_t kQuickWork = 50'000'000;

struct MixedSearchQuestion {
  std::vector<SearchedPool> pools;
  const CrossNetwork* network = nullptr;  ///< made for these pools in this order (pools_of)
  /// time and tokens_per_second are one question here (the batch is fixed). cost: every family's
  /// fastest plan, ranked by what a step costs, against a bound on cost. energy is refused.
  Objective objective = Objective::time;
  MixedConstraints constraints;
  double gap_wanted = 0.02;  ///< the search ends once the gap is proven to be no larger
  /// Work that pipelines over pools may take once some plan is known (MixedCounts::work); 0 = to
  /// the end, which on thousands of devices may be minutes away.
  std::int64_t pipeline_work = kQuickWork;
};

/// The pools as training/mixed_step.hpp sees them, for CrossNetwork::make.
std::vector<MixedPool> pools_of(const std::vector<SearchedPool>& pools);
/// What every plan over these pools is timed by, with memory, energy and interval. The references
/// live as long as the question's.
MixedQuestion physics_of(const MixedSearchQuestion& question);

/// A part of the step in which work waits or only communicates.
struct MixLimit {
  std::string cause;  ///< "waiting for slower groups", "cross exchange", "pipeline bubble", ...
  double share = 0;   ///< of the step, weighted by devices
};

struct VendorPart {
  std::string vendor;
  std::int64_t devices = 0;
  double of_devices = 0;  ///< of those in use
  double of_tokens = 0;
};

struct PlannedMix {
  MixedPlan plan;
  MixKind kind = MixKind::alone;
  std::string composition;  ///< "h100 | mi300x > mi355x": groups by "|", stages of one by ">"
  MixedStep step;
  double objective = 0;  ///< s or, where cost is asked for, USD of a step
  double head_room = 0;  ///< least over the pools: share of the usable memory that stays free
  double of_sum = 0;     ///< tokens/s over the sum of what all pools would do alone
  std::vector<VendorPart> vendors;
  std::vector<MixLimit> limits;  ///< largest first
  std::optional<Watts> power;    ///< facility, mean over the step
};

/// What one pool does without the others: same model, batch and sequence.
struct PoolAlone {
  std::size_t pool = 0;
  std::optional<PlannedMix> best;  ///< by step time; none: `why`
  double tokens_per_second = 0;    ///< 0 where nothing fits
  double gap = 0;                  ///< how far from this pool's optimum that can be
  std::string why;
};

/// One way to divide pools into groups ("h100 | mi300x > mi355x"; order inside a pipeline is free).
struct MixFamily {
  MixKind kind = MixKind::alone;
  std::vector<std::vector<std::size_t>> groups;  ///< indices of pools
  std::string composition;
  /// No plan of the family has a lower objective; infinite where none exists.
  double lower_bound = 0;
  std::optional<double> best;  ///< objective of the best plan that was built
  bool feasible = true;        ///< false: proven that none fits or obeys the constraints
  std::string why;             ///< one sentence: what makes it lose, or not fit
};

struct MixedCounts {
  std::int64_t cuts = 0;          ///< per-pool settings of one replica (degrees, micro-batch, ...)
  std::int64_t impossible = 0;    ///< of them, degrees that the model does not allow
  std::int64_t too_large = 0;     ///< of them, fit with no number of replicas
  std::int64_t group_plans = 0;   ///< (cut, replicas, micro-batches) within reach of a bound
  std::int64_t timed = 0;         ///< group plans whose exact time was computed
  std::int64_t plans_built = 0;   ///< whole mixed plans evaluated exactly
  std::int64_t bound_rounds = 0;  ///< times the lower bound was raised
  /// Tasks, stages and places looked at while bounding and timing, some 40 ns each: the same on
  /// every machine.
  std::int64_t work = 0;
};

struct MixedSearchResult {
  std::vector<PlannedMix> best;  ///< best first, one per family at most; empty: nothing fits
  /// Objective that no plan of the space can go below.
  double lower_bound = 0;
  double gap = 0;  ///< best / lower_bound - 1
  /// The same among plans without pipelines over pools, whose bounds are tight: none of them is
  /// better than the best of them by more. None: no such plan was found.
  std::optional<double> gap_without_pipelines;
  std::vector<PoolAlone> alone;
  double sum_of_own_rates = 0;  ///< tokens/s
  std::vector<MixFamily> families;
  /// Set when one pool, or fewer pools than there are, beats using all of them.
  std::optional<std::string> better_not_to_mix;
  MixedCounts counts;
  bool interrupted = false;
  bool work_ended = false;  ///< pipelines over pools took all of pipeline_work: `gap` may be wide
  std::vector<std::string> why_nothing;  ///< when `best` is empty: which limits exclude what
};

/// Contradictions in the question itself (shares that no vendor can meet, pinned degrees that the
/// model or the pools do not allow, pools that ask different things). Empty = it can be searched.
Diagnostics mixed_search_problems(const MixedSearchQuestion& question);

/// Deterministic, whatever the number of threads. Stops early, with the best so far and a valid
/// (larger) gap, when control.stop is set. Precondition: mixed_search_problems() is empty.
MixedSearchResult search_mixed_plans(const MixedSearchQuestion& question,
                                     const SearchControl& control);

}  // namespace polyfleet
