#include "planner/mixed_singles.hpp"

#include <algorithm>
#include <cmath>

#include "planner/mixed_limits.hpp"
#include "training/schedule.hpp"
#include "training/stages.hpp"

namespace polyfleet {
namespace {

/// Work of timing a plan, beside its tasks: about a quarter of a millisecond.
constexpr std::int64_t kWorkOfStep = 2000;

/// Forward and backward of every chunk of a cut with this split.
struct Chunk {
  double forward = 0, backward = 0;
};

std::vector<Chunk> chunks_of(const PoolCut& cut, const std::vector<int>& counts) {
  std::vector<Chunk> chunks(counts.size());
  std::size_t layer = 0;
  for (std::size_t c = 0; c < counts.size(); ++c) {
    const std::size_t next = layer + static_cast<std::size_t>(counts[c]);
    chunks[c] = {cut.forward[next] - cut.forward[layer], cut.backward[next] - cut.backward[layer]};
    layer = next;
  }
  chunks.front().forward += cut.front_forward;
  chunks.front().backward += cut.front_backward;
  chunks.back().forward += cut.back_forward;
  chunks.back().backward += cut.back_backward;
  return chunks;
}

/// Backward work that certainly follows the last task of a later stage: schedules that run weight
/// gradients apart may have done those before.
bool drains_whole_backward(Schedule schedule) {
  return schedule == Schedule::one_forward_one_backward || schedule == Schedule::gpipe ||
         schedule == Schedule::interleaved;
}

}  // namespace

SingleGroups::SingleGroups(PoolCuts& cuts, std::size_t index, const MixedSearchQuestion& question,
                           const MixedQuestion& physics, const MixedTables& tables,
                           MixedCounts& counts)
    : cuts_(cuts),
      index_(index),
      question_(question),
      physics_(physics),
      tables_(tables),
      counts_(counts) {
  for (std::size_t c = 0; c < cuts.cuts().size(); ++c) {
    const PoolCut& cut = cuts.cuts()[c];
    for (const int stages : cuts.stage_counts(cut))
      for (const int count : cuts.virtual_counts(cut, stages)) add_node(c, stages, count);
  }
}

/// Device i of a pipeline cannot begin before the first micro-batch has passed the chunks before
/// its first, and after its last task a backward has to pass them again: the step takes at least
/// m x (its own work) + (work of chunks 0 .. i-1). The busiest and the last device are kept.
void SingleGroups::add_node(std::size_t index, int stages, int virtual_stages) {
  const PoolCut& cut = cuts_.cuts()[index];
  TrainingPlan plan = cut.plan;
  plan.layout.pipeline = stages;
  plan.layout.virtual_stages = virtual_stages;
  const std::vector<Chunk> chunks = chunks_of(cut, chunk_layer_counts(cut.layers(), plan));
  SingleNode node;
  node.cut = index;
  node.stages = stages;
  node.virtual_stages = virtual_stages;
  node.most_replicas = cuts_.most_replicas(cut, stages);
  const auto p = static_cast<std::size_t>(stages);
  const bool whole = drains_whole_backward(cut.plan.schedule);
  const bool folded = cut.plan.schedule == Schedule::dual_pipe && stages > 1;
  double before = 0;
  for (std::size_t device = 0; device < p; ++device) {
    double own = 0;
    for (std::size_t c = device; c < chunks.size(); c += p)
      own += chunks[c].forward + chunks[c].backward;
    if (folded) {
      const Chunk& other = chunks[p - 1 - device];
      own = (own + other.forward + other.backward) / 2;
    }
    if (own > node.pace || (own == node.pace && before > node.fill)) {
      node.pace = own;
      node.fill = before;
    }
    node.last_pace = own;
    node.last_fill = before;
    if (!folded) before += chunks[device].forward + (whole ? chunks[device].backward : 0);
  }
  if (node.most_replicas > 0) nodes_.push_back(node);
}

double SingleGroups::bound(const SingleNode& node, std::int64_t micro_batches) const {
  const PoolCut& cut = cuts_.cuts()[node.cut];
  const double m = static_cast<double>(micro_batches);
  const double pipeline = std::max(node.fill + m * node.pace, node.last_fill + m * node.last_pace);
  return (pipeline + cut.host_per_step + m * cut.host_per_micro_batch) * (1 - kBoundRounding);
}

std::int64_t SingleGroups::micro_batches_within(const SingleNode& node, double time) const {
  const PoolCut& cut = cuts_.cuts()[node.cut];
  const double left = time / (1 - kBoundRounding) - cut.host_per_step;
  const auto count = [&](double fill, double pace) {
    return (left - fill) / (pace + cut.host_per_micro_batch) * (1 + kBoundRounding);
  };
  const double most = std::min(count(node.fill, node.pace), count(node.last_fill, node.last_pace));
  if (!(most >= 1)) return 0;
  const std::int64_t batch = question_.pools[index_].question.scenario.plan.global_batch;
  auto m = static_cast<std::int64_t>(std::min(most, static_cast<double>(batch)));
  return std::min(m, node.most_micro_batches);
}

/// Memory does not grow with the replicas (from two on) and does not shrink with the micro-batches,
/// up to a full pipeline: what does not fit with the most replicas and a full pipeline can only fit
/// with fewer micro-batches than stages (or with one replica).
void SingleGroups::look_at_memory(SingleNode& node) {
  if (node.looked_at) return;
  node.looked_at = true;
  const std::optional<Bytes> limit = memory_limit(*question_.pools[index_].question.machine,
                                                  question_.constraints.common.memory_head_room);
  if (!limit) return;
  const PoolCut& cut = cuts_.cuts()[node.cut];
  TrainingPlan plan = cut.plan;
  plan.layout.pipeline = node.stages;
  plan.layout.virtual_stages = node.virtual_stages;
  const auto fits = [&](std::int64_t replicas, std::int64_t micro_batches) {
    plan.layout.data = static_cast<int>(replicas);
    plan.global_batch = replicas * micro_batches * cut.micro_batch();
    return cuts_.fits(plan, *limit);
  };
  // Quickly: a stage in the middle holds at least the even share of the layers.
  const bool has_middle = node.stages >= 3;
  const int chunks = node.stages * node.virtual_stages;
  const int share = std::max(0, cut.layers() / chunks * node.virtual_stages - (has_middle ? 0 : 1));
  const LayerMemory layer = cuts_.layer_memory(cut, node.most_replicas);
  const bool at_once = drains_whole_backward(cut.plan.schedule);
  const auto may = [&](std::int64_t micro_batches) {
    const std::int64_t flight =
        at_once
            ? std::min<std::int64_t>(std::max(1, node.stages - (has_middle ? 1 : 0)), micro_batches)
            : 1;
    return layer.layers_in(*limit / byte, static_cast<double>(flight)) >= share;
  };
  const std::int64_t full = 4 * std::int64_t{node.stages};
  const bool one_replica_differs = node.most_replicas > 1;
  if (may(full) && fits(node.most_replicas, full)) return;
  if (one_replica_differs && fits(1, full)) {
    node.unfit_replicas = node.most_replicas;
    return;
  }
  // Fewer micro-batches than stages: the most that fit with the most replicas, or with one.
  std::int64_t low = 0, high = node.stages - 1;
  const auto some = [&](std::int64_t m) {
    return (may(m) && fits(node.most_replicas, m)) || (one_replica_differs && fits(1, m));
  };
  while (low < high) {
    const std::int64_t middle = (low + high + 1) / 2;
    if (some(middle)) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  node.most_micro_batches = low;
  if (low == 0) ++counts_.too_large;
}

bool SingleGroups::may_fit(const SingleNode& node, std::int64_t replicas,
                           std::int64_t micro_batches) const {
  if (micro_batches > node.most_micro_batches) return false;
  return micro_batches < node.stages || replicas == 1 || replicas > node.unfit_replicas;
}

ReplicaGroup SingleGroups::group(const SinglePlan& plan) const {
  const SingleNode& node = nodes_[plan.node];
  const PoolCut& cut = cuts_.cuts()[node.cut];
  StageGroup stages;
  stages.pool = index_;
  stages.plan = cut.plan;
  ParallelLayout& layout = stages.plan.layout;
  layout.pipeline = node.stages;
  layout.virtual_stages = node.virtual_stages;
  layout.data = static_cast<int>(plan.replicas);
  ReplicaGroup group;
  group.replicas = static_cast<int>(plan.replicas);
  group.micro_batch = cut.micro_batch();
  group.micro_batches = plan.micro_batches;
  stages.plan.global_batch = group.sequences();
  group.stages.push_back(std::move(stages));
  return group;
}

double SingleGroups::time_of(const SinglePlan& plan) {
  const auto [slot, is_new] = exact_.try_emplace(plan, kInfinite);
  if (is_new) slot->second = time_afresh(plan);
  return slot->second;
}

double SingleGroups::time_afresh(const SinglePlan& single) {
  SingleNode& node = nodes_[single.node];
  if (!may_fit(node, single.replicas, single.micro_batches)) return kInfinite;
  MixedPlan plan;
  plan.sequence_length = question_.pools[index_].question.scenario.plan.sequence_length;
  plan.groups.push_back(group(single));
  if (!mixed_plan_problems(physics_.model, physics_.pools, plan).empty()) return kInfinite;
  const StageGroup& stages = plan.groups[0].stages[0];
  const std::optional<Bytes> limit = memory_limit(*question_.pools[index_].question.machine,
                                                  question_.constraints.common.memory_head_room);
  if (limit) {
    if (!cuts_.fits(whole_pipeline_plan(plan, plan.groups[0], stages), *limit)) {
      if (single.replicas > 1 && single.micro_batches >= node.stages)
        node.unfit_replicas = std::max(node.unfit_replicas, single.replicas);
      return kInfinite;
    }
  }
  ++counts_.timed;
  counts_.work += kWorkOfStep + single.micro_batches * node.stages * node.virtual_stages;
  const double time = mixed_step(physics_, plan, tables_).total / second;
  const auto& slowest = question_.constraints.common.slowest_step;
  return slowest && time > *slowest / second ? kInfinite : time;
}

std::int64_t SingleGroups::most_sequences(double time) {
  struct Reach {
    std::int64_t sequences;
    std::size_t node;
  };
  std::vector<Reach> reaches;
  for (std::size_t n = 0; n < nodes_.size(); ++n) {
    const std::int64_t m = micro_batches_within(nodes_[n], time);
    if (m > 0)
      reaches.push_back(
          {m * nodes_[n].most_replicas * cuts_.cuts()[nodes_[n].cut].micro_batch(), n});
  }
  std::sort(reaches.begin(), reaches.end(), [](const Reach& a, const Reach& b) {
    return a.sequences != b.sequences ? a.sequences > b.sequences : a.node < b.node;
  });
  std::int64_t most = 0;
  for (const Reach& reach : reaches) {
    if (reach.sequences <= most) break;
    SingleNode& node = nodes_[reach.node];
    look_at_memory(node);
    const std::int64_t m = micro_batches_within(node, time);
    const bool only_one = m >= node.stages && node.unfit_replicas >= node.most_replicas;
    const std::int64_t replicas = only_one ? 1 : node.most_replicas;
    const std::int64_t few =
        only_one ? node.most_replicas * std::min<std::int64_t>(m, node.stages - 1) : 0;
    most = std::max(most, std::max(replicas * m, few) * cuts_.cuts()[node.cut].micro_batch());
  }
  return most;
}

void SingleGroups::collect(double time, std::int64_t low, std::int64_t high) {
  candidates_.clear();
  low = std::max<std::int64_t>(low, 1);
  for (std::size_t n = 0; n < nodes_.size(); ++n) {
    SingleNode& node = nodes_[n];
    const PoolCut& cut = cuts_.cuts()[node.cut];
    const std::int64_t b = cut.micro_batch();
    std::int64_t most = micro_batches_within(node, time);
    if (most * node.most_replicas * b < low) continue;
    look_at_memory(node);
    most = std::min(most, node.most_micro_batches);
    for (std::int64_t m = most; m > 0 && m * node.most_replicas * b >= low; --m) {
      const double least = bound(node, m);
      if (least > time) continue;
      std::int64_t replicas = cuts_.searched_replicas(cut, node.most_replicas, high / (b * m));
      for (; replicas > 0 && replicas * b * m >= low;
           replicas = cuts_.searched_replicas(cut, node.most_replicas, replicas - 1)) {
        if (!may_fit(node, replicas, m)) continue;
        ++counts_.group_plans;
        ++counts_.work;
        candidates_[replicas * b * m].list.push_back({least, {n, replicas, m}});
      }
    }
  }
  counts_.work += static_cast<std::int64_t>(nodes_.size());
}

std::map<std::int64_t, SingleEntry> SingleGroups::entries(double time, std::int64_t low,
                                                          std::int64_t high) {
  collect(time, low, high);
  std::map<std::int64_t, SingleEntry> found;
  for (const auto& [sequences, candidates] : candidates_) {
    SingleEntry entry;
    const Candidate& first = *std::min_element(candidates.list.begin(), candidates.list.end());
    entry.time = first.bound;
    entry.plan = first.plan;
    entry.before_exchange = kInfinite;
    for (const Candidate& each : candidates.list) {
      const PoolCut& cut = cuts_.cuts()[nodes_[each.plan.node].cut];
      entry.before_exchange =
          std::min(entry.before_exchange,
                   each.bound - cut.backward.back() - cut.front_backward - cut.back_backward);
    }
    found.emplace(sequences, entry);
  }
  return found;
}

std::optional<SingleEntry> SingleGroups::exact(std::int64_t sequences, double time) {
  const auto found = candidates_.find(sequences);
  if (found == candidates_.end()) return std::nullopt;
  auto& [list, sorted] = found->second;
  if (!sorted) std::sort(list.begin(), list.end());
  sorted = true;
  SingleEntry best;
  best.time = kInfinite;
  best.before_exchange = kInfinite;
  for (const Candidate& each : list) {
    if (each.bound > time) break;
    const bool can_win = each.bound < best.time;
    const double own = can_win ? time_of(each.plan) : kInfinite;
    if (can_win && own == kInfinite) continue;
    const PoolCut& cut = cuts_.cuts()[nodes_[each.plan.node].cut];
    best.before_exchange =
        std::min(best.before_exchange,
                 each.bound - cut.backward.back() - cut.front_backward - cut.back_backward);
    if (own < best.time) {
      best.time = own;
      best.plan = each.plan;
    }
  }
  best.exact = true;
  if (best.time == kInfinite || best.time > time) return std::nullopt;
  return best;
}

double SingleGroups::least_time(std::int64_t sequences) const {
  double least = kInfinite;
  for (const SingleNode& node : nodes_) {
    const std::int64_t round = node.most_replicas * cuts_.cuts()[node.cut].micro_batch();
    const std::int64_t m = std::min((sequences + round - 1) / round, node.most_micro_batches);
    if (m > 0) least = std::min(least, bound(node, m));
  }
  return least;
}

double SingleGroups::most_per_device(double time) {
  double most = 0;
  for (SingleNode& node : nodes_) {
    const PoolCut& cut = cuts_.cuts()[node.cut];
    const auto per_device = [&] {
      return static_cast<double>(micro_batches_within(node, time) * cut.micro_batch()) /
             (static_cast<double>(cut.devices_per_stage) * node.stages);
    };
    if (per_device() <= most) continue;
    look_at_memory(node);
    most = std::max(most, per_device());
  }
  return most;
}

double SingleGroups::most_rate() const {
  double most = 0;
  for (const SingleNode& node : nodes_)
    most = std::max(
        most,
        static_cast<double>(node.most_replicas * cuts_.cuts()[node.cut].micro_batch()) / node.pace);
  return most * (1 + kBoundRounding);
}

std::optional<SingleEntry> SingleGroups::best(std::int64_t sequences,
                                              const SearchControl& control) {
  double time = least_time(sequences);
  constexpr double kStep = 1.05;
  for (; time < kInfinite; time *= kStep) {
    collect(time, sequences, sequences);
    if (const auto found = exact(sequences, time)) return found;
    if (control.stop != nullptr && control.stop->load()) return std::nullopt;
    bool more = false;
    for (const SingleNode& node : nodes_) more |= !node.looked_at || node.most_micro_batches > 0;
    if (!more) return std::nullopt;
    // Every plan takes at most the whole batch one micro-batch at a time.
    bool all_within = true;
    for (const SingleNode& node : nodes_)
      all_within &= node.most_micro_batches == 0 || bound(node, sequences) <= time;
    if (all_within) return exact(sequences, kInfinite);
  }
  return std::nullopt;
}

}  // namespace polyfleet
