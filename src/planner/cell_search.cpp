#include "planner/cell_search.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "planner/cut_time.hpp"
#include "planner/memory_check.hpp"
#include "planner/split_costs.hpp"

namespace polyfleet {
namespace {

/// More than any device holds.
constexpr Bytes kAnyMemory = Bytes::from_base(std::numeric_limits<double>::infinity());

class GroupSearch {
 public:
  GroupSearch(const SearchFrame& frame, const PlansFound& known)
      : frame_(frame),
        question_(frame.question),
        candidates_(frame.queue.candidates()),
        known_(known),
        found_(frame.question),
        evaluator_(frame.question.pool),
        switches_{candidates_.switches(false), candidates_.switches(true)},
        offloads_(candidates_.activation_offloads()),
        memory_(frame.question.pool.machine->memory_overheads) {
    const PoolQuestion& pool = question_.pool;
    // overlap saves time always, energy and power only as far as the exact answer says so
    exact_twins_ = question_.with_front || question_.constraints.power_cap ||
                   question_.objective == Objective::energy ||
                   (question_.objective == Objective::cost && !pool.prices.device);
  }

  PlansFound run(const CutGroup& group) {
    std::vector<std::pair<Seconds, PlanCut>> cells;
    for (const PlanCut& cut : frame_.queue.layer_cuts(group.cut)) {
      for (const PlanCut& replica : frame_.queue.replicas(cut))
        found_.counts.plans += frame_.queue.plans(replica);
      const Seconds floor = frame_.queue.device_time(group, cut);
      if (!is_beaten_everywhere(floor)) cells.emplace_back(floor, cut);
    }
    std::stable_sort(cells.begin(), cells.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [floor, cut] : cells) {
      if (stopped()) break;
      if (is_beaten_everywhere(floor)) continue;
      const CutTime exact = cut_time(candidates_, frame_.queue.whole_model(), cut, evaluator_);
      if (!is_beaten_everywhere(exact.device_time)) search_cut(cut, exact);
    }
    settle_counts();
    return std::move(found_);
  }

 private:
  bool stopped() {
    const bool asked = frame_.stop != nullptr && frame_.stop->load(std::memory_order_relaxed);
    return stopped_ = stopped_ || asked || memory_.work() > frame_.budget;
  }

  /// What was neither refused nor evaluated lies behind a bound, or behind a stop.
  void settle_counts() {
    PlanCounts& counts = found_.counts;
    const std::int64_t rest =
        counts.plans - counts.too_large - counts.refused - counts.equal - counts.evaluated;
    (stopped_ ? counts.untouched : counts.bounded) = rest;
  }

  double cutoff() const {
    return std::min({frame_.known_cutoff, known_.best.cutoff(), found_.best.cutoff()});
  }

  /// Nothing that costs this much can be among the answers.
  bool is_beaten(const CostFloor& floor) const {
    const double value = frame_.floors.value(floor) * (1 - kBoundSlack);
    if (value <= cutoff()) return false;
    if (!question_.with_front) return true;
    const double best = std::min({frame_.known_best, best_value(known_), best_value(found_)});
    if (value > best * question_.front_reach) return true;
    return known_.front.dominates(floor, frame_.floors) ||
           found_.front.dominates(floor, frame_.floors);
  }
  /// The same on all devices on offer, which is the best that a layer cut can get.
  bool is_beaten_everywhere(Seconds device_time) const {
    CostFloor floor;
    floor.device_time = device_time * frame_.floors.software_factor();
    floor.time = floor.device_time / static_cast<double>(question_.pool.scenario.devices);
    return is_beaten(floor);
  }
  static double best_value(const PlansFound& found) {
    return found.best.plans().empty() ? std::numeric_limits<double>::infinity()
                                      : found.best.value(0);
  }

  CostFloor floor_of(const SearchUnit& unit, Seconds pipeline, double host) const {
    CostFloor floor;
    floor.devices = unit.devices();
    floor.time = (pipeline + host * second) * frame_.floors.software_factor();
    floor.device_time = floor.time * floor.devices;
    floor.memory = unit.floor.memory;
    return floor;
  }

  void search_cut(const PlanCut& layer_cut, const CutTime& time) {
    chunks_.clear();  // no other cut asks for these tables
    held_ = {};
    std::vector<SearchUnit> units;
    for (const PlanCut& cut : frame_.queue.replicas(layer_cut)) {
      const SplitSet& set = frame_.queue.splits(cut);
      const std::int64_t switches = candidates_.switch_count(cut);
      for (std::size_t i = 0; i < set.splits.size(); ++i) {
        const PlanSplit& split = set.splits[i];
        SearchUnit unit{.cut = cut, .split = split, .floor = {}, .plans = set.below[i] * switches};
        const Seconds floor =
            max(time.device_time / unit.devices(), set.floors[i]->time(unit.shape(true), time));
        unit.floor = floor_of(unit, floor, 0);
        if (is_left_idle(unit) || frame_.floors.breaks_limits(unit.floor)) {
          found_.counts.refused += unit.plans;
        } else if (!is_beaten(unit.floor)) {
          units.push_back(std::move(unit));
        }
      }
    }
    std::stable_sort(units.begin(), units.end(), [](const SearchUnit& a, const SearchUnit& b) {
      return std::pair(a.split.pipeline, a.split.virtual_stages) <
             std::pair(b.split.pipeline, b.split.virtual_stages);
    });
    search_splits(units);
  }

  /// The shared plan of a run of units, for one of them: the framework's plan depends on the data
  /// degree only as far as there are replicas, and not on the schedule.
  static TrainingPlan plan_of(const SearchUnit& unit, const TrainingPlan& shared) {
    TrainingPlan plan = shared;
    plan.layout.data = unit.cut.data;
    plan.schedule = unit.split.schedule;
    return plan;
  }
  std::span<const PlanSwitches> switches_of(const PlanCut& cut) const {
    return switches_[candidates_.exchanges(cut) ? 1 : 0];
  }

  bool is_left_idle(const SearchUnit& unit) const {
    return question_.constraints.use_all_devices &&
           unit.cut.ranks() * unit.split.pipeline != question_.pool.scenario.devices;
  }

  /// Runs of one pipeline and virtual degree, the most promising first.
  void search_splits(std::vector<SearchUnit>& units) {
    struct Run {
      std::size_t begin, end;
      double floor;
    };
    std::vector<Run> runs;
    for (std::size_t i = 0; i < units.size(); ++i) {
      const double value = frame_.floors.value(units[i].floor);
      const bool same =
          !runs.empty() && units[i].split.pipeline == units[runs.back().begin].split.pipeline &&
          units[i].split.virtual_stages == units[runs.back().begin].split.virtual_stages;
      if (!same) runs.push_back({i, i, value});
      runs.back().end = i + 1;
      runs.back().floor = std::min(runs.back().floor, value);
    }
    std::stable_sort(runs.begin(), runs.end(),
                     [](const Run& a, const Run& b) { return a.floor < b.floor; });
    for (const Run& run : runs) {
      if (stopped()) return;
      std::vector<SearchUnit*> alive;
      for (std::size_t i = run.begin; i < run.end; ++i) alive.push_back(&units[i]);
      // a framework may treat a single replica apart
      for (const bool replicated : {false, true}) {
        std::vector<SearchUnit*> part;
        for (SearchUnit* unit : alive)
          if ((unit->cut.data > 1) == replicated) part.push_back(unit);
        if (!part.empty()) search_split(part);
      }
    }
  }

  void search_split(std::vector<SearchUnit*> units) {
    std::erase_if(units, [&](const SearchUnit* unit) { return is_beaten(unit->floor); });
    bool checked = false;
    for (const Recompute mode : candidates_.recompute_modes()) {
      if (units.empty()) return;
      const SearchUnit& first = *units.front();
      TrainingPlan plan = candidates_.plan(first.cut, first.split, {.recompute = mode}, {});
      if (!checked) {
        std::erase_if(units, [&](SearchUnit* unit) { return drop_at_once(*unit, plan); });
        if (units.empty()) return;
      }
      LayerTable& table = evaluator_.table(plan);
      const SplitShape& shape = frame_.queue.split_shapes().shape(table.model(), plan);
      SplitCosts costs(shape, table, chunks_[&table]);
      StageSet stages(shape, plan, table.works());
      if (!checked) {
        checked = true;
        overlaps_ = candidates_.pipeline_overlaps(first.split);
        std::erase_if(units, [&](SearchUnit* unit) { return drop_too_large(*unit, plan, stages); });
        if (units.empty()) return;
      }
      std::vector<int> layers = candidates_.recompute_layers(first.split.pipeline, mode);
      std::sort(layers.begin(), layers.end(), [](int a, int b) {  // 0: all of them
        return a != 0 && (b == 0 || a < b);
      });
      std::vector<SearchUnit*> alive = units;
      for (const int count : layers) {
        plan.recompute_layers = count;
        plan.activation_offload = 0;
        const std::span<const StageCost> bare = costs.stages(plan);
        // more recomputed layers never make a beaten unit better (bound 5)
        std::erase_if(
            alive, [&](SearchUnit* unit) { return is_beaten(pipeline_cost(*unit, plan, bare)); });
        if (alive.empty()) break;
        for (const double offload : offloads_) {
          plan.activation_offload = offload;
          for (SearchUnit* unit : alive) {
            if (!stopped()) search_unit(*unit, plan, costs, stages);
          }
        }
      }
    }
  }

  CostFloor pipeline_cost(const SearchUnit& unit, const TrainingPlan& plan,
                          std::span<const StageCost> costs) const {
    return floor_of(unit, pipeline_floor(unit.shape(true), costs), host_seconds(unit, plan));
  }
  static double host_seconds(const SearchUnit& unit, const TrainingPlan& plan) {
    return plan.host_seconds_per_step +
           plan.host_seconds_per_micro_batch * static_cast<double>(unit.cut.micro_batches);
  }

  /// One pipeline, one choice of what is kept: every switch.
  void search_unit(const SearchUnit& unit, const TrainingPlan& shared, SplitCosts& costs,
                   StageSet& stages) {
    CostFloor floor = pipeline_cost(unit, shared, costs.stages(shared));
    if (is_beaten(floor)) return;
    TrainingPlan plan = plan_of(unit, shared);
    bool timed = false;
    const std::span<const PlanSwitches> switches = switches_of(unit.cut);
    for (std::size_t i = 0; i < switches.size();) {
      std::size_t end = i + 1;  // overlap switches of one sharding hold the same memory
      while (end < switches.size() && switches[end].sharding == switches[i].sharding &&
             switches[end].optimizer_offload == switches[i].optimizer_offload)
        ++end;
      const std::span<const PlanSwitches> twins{&switches[i], end - i};
      i = end;
      plan.sharding = twins.front().sharding;
      plan.optimizer_offload = twins.front().optimizer_offload;
      const std::int64_t plans = static_cast<std::int64_t>(twins.size() * overlaps_.size());
      const std::optional<Bytes> memory = memory_of(unit, plan, stages);
      if (!memory) {
        found_.counts.too_large += plans;
        continue;
      }
      floor.memory = *memory;
      if (!timed && !is_beaten(floor)) {
        const Seconds pipeline = costs.pipeline(plan, unit.shape(overlaps_.back()));
        floor = floor_of(unit, pipeline, host_seconds(unit, plan));
        floor.memory = *memory;
        timed = true;
      }
      if (is_beaten(floor)) continue;
      plan.overlap.gradient_reduce = twins.back().gradient_overlap;
      plan.overlap.parameter_gather = twins.back().parameter_overlap;
      const Seconds ending =
          costs.first_stage_end(plan, static_cast<double>(unit.cut.micro_batches)) *
          frame_.floors.software_factor();
      CostFloor whole = floor;
      whole.time += ending;
      whole.device_time += ending * whole.devices;
      if (is_beaten(whole)) continue;
      evaluate_twins(plan, *memory, twins);
    }
  }

  bool seeks_leanest() const { return !found_.fits && !known_.fits; }

  /// What does not fit is only counted: which plan is leanest and how much work it took to see are
  /// not asked for.
  bool only_counts() const { return frame_.has_no_budget() && !seeks_leanest(); }

  /// As drop_too_large, without looking at stages.
  bool drop_at_once(const SearchUnit& unit, const TrainingPlan& shared) {
    if (!frame_.limit || !only_counts()) return false;
    std::optional<HeldParameters>& held = held_[unit.split.pipeline > 1 ? 1 : 0];
    if (!held) held = held_parameters(frame_.queue.whole_model(), evaluator_.table(shared).works());
    const TrainingPlan plan = plan_of(unit, shared);
    if (!memory_.exceeds_evenly(unit, plan, *held, switches_of(unit.cut), *frame_.limit))
      return false;
    found_.counts.too_large += unit.plans;
    return true;
  }

  bool drop_too_large(SearchUnit& unit, const TrainingPlan& shared, StageSet& stages) {
    if (!frame_.limit) return false;
    const Bytes least = memory_.least(unit, plan_of(unit, shared), stages, switches_of(unit.cut),
                                      only_counts() ? *frame_.limit : kAnyMemory);
    unit.floor.memory = least;
    if (least <= *frame_.limit || (seeks_leanest() && is_lean(least))) return false;
    found_.counts.too_large += unit.plans;
    return true;
  }

  /// Bytes on the fullest device, or nothing where they do not fit.
  std::optional<Bytes> memory_of(const SearchUnit& unit, const TrainingPlan& plan,
                                 StageSet& stages) {
    Bytes enough = frame_.limit.value_or(kAnyMemory);
    if (seeks_leanest()) enough = max(enough, leanest_known().value_or(kAnyMemory));
    const Bytes fullest = memory_.fullest(unit, plan, stages, enough);
    if (!frame_.limit || fullest <= *frame_.limit) {
      note_memory(fullest);
      found_.fits = true;
      return fullest;
    }
    if (seeks_leanest() && is_lean(fullest)) {
      note_memory(fullest);
      found_.leanest = planned(plan, fullest);
    }
    return std::nullopt;
  }

  void note_memory(Bytes fullest) {
    found_.least_memory = found_.least_memory ? min(*found_.least_memory, fullest) : fullest;
  }

  std::optional<Bytes> leanest_known() const {
    std::optional<Bytes> least;
    for (const PlansFound* found : {&found_, &known_}) {
      if (!found->leanest) continue;
      least = least ? min(*least, found->leanest->memory) : found->leanest->memory;
    }
    return least;
  }

  bool is_lean(Bytes memory) const {
    const std::optional<Bytes> least = leanest_known();
    return !least || memory < *least;
  }

  PlannedPlan planned(const TrainingPlan& plan, Bytes memory) {
    const TrainingEstimate estimate =
        evaluator_.estimate(plan, {.with_memory = false, .with_flops = false});
    return planned_plan(question_.pool, plan, estimate, memory);
  }

  /// Every overlap on comes first: never slower than its twins.
  void evaluate_twins(TrainingPlan plan, Bytes memory, std::span<const PlanSwitches> twins) {
    std::optional<PlannedPlan> best;
    PlanCounts& counts = found_.counts;
    for (std::size_t o = overlaps_.size(); o-- > 0;) {
      for (std::size_t t = twins.size(); t-- > 0;) {
        if (best && !exact_twins_) {
          ++counts.equal;
          continue;
        }
        plan.overlap.pipeline = overlaps_[o];
        plan.overlap.gradient_reduce = twins[t].gradient_overlap;
        plan.overlap.parameter_gather = twins[t].parameter_overlap;
        const PlannedPlan candidate = planned(plan, memory);
        if (!best) best = candidate;
        const bool own = &twins[t] == &twins.back() && o + 1 == overlaps_.size();
        if (!own && candidate.time >= best->time && !is_refused(question_, *best) &&
            (!candidate.energy || *candidate.energy >= *best->energy)) {
          ++counts.equal;
        } else if (is_refused(question_, candidate)) {
          ++counts.refused;
        } else {
          ++counts.evaluated;
          found_.best.offer(candidate);
          if (question_.with_front) found_.front.offer(candidate);
        }
      }
    }
  }

  const SearchFrame& frame_;
  const PlanSearchQuestion& question_;
  const PlanCandidates& candidates_;
  const PlansFound& known_;
  PlansFound found_;
  PlanEvaluator evaluator_;
  std::map<const LayerTable*, ChunkCosts> chunks_;           ///< of the cut under search
  std::array<std::optional<HeldParameters>, 2> held_;        ///< of it, without and with a pipeline
  const std::array<std::vector<PlanSwitches>, 2> switches_;  ///< without and with an exchange
  const std::vector<double> offloads_;
  std::vector<bool> overlaps_;  ///< of hand-over, for the split under search
  bool exact_twins_ = false;
  bool stopped_ = false;
  MemoryCheck memory_;
};

}  // namespace

PlansFound search_group(const SearchFrame& frame, const CutGroup& group, const PlansFound& known) {
  return GroupSearch(frame, known).run(group);
}

}  // namespace polyfleet
