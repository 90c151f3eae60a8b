#include "planner/plan_candidates.hpp"

#include <algorithm>
#include <limits>

#include "training/schedule.hpp"

namespace polyfleet {
namespace {

constexpr Schedule kSchedules[] = {Schedule::one_forward_one_backward, Schedule::interleaved,
                                   Schedule::zero_bubble, Schedule::dual_pipe, Schedule::gpipe};
constexpr Recompute kRecomputes[] = {Recompute::none, Recompute::selective, Recompute::full};
constexpr Sharding kShardings[] = {Sharding::none, Sharding::zero1, Sharding::zero2,
                                   Sharding::zero3};

/// Divisors of n up to `most`, ascending.
std::vector<int> divisors(std::int64_t n, std::int64_t most) {
  std::vector<int> low, high;
  most = std::min<std::int64_t>(most, std::numeric_limits<int>::max());
  for (std::int64_t d = 1; d * d <= n; ++d) {
    if (n % d != 0) continue;
    if (d <= most) low.push_back(static_cast<int>(d));
    if (n / d != d && n / d <= most) high.push_back(static_cast<int>(n / d));
  }
  low.insert(low.end(), high.rbegin(), high.rend());
  return low;
}

template <class Value>
std::vector<Value> distinct(const std::vector<Value>& stated) {
  std::vector<Value> values;
  for (const Value value : stated) {
    if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
  }
  return values;
}

template <class Value>
bool holds(const std::vector<Value>& list, Value value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

/// A switch's values: those stated, else off and on; off alone where it has nothing to act on.
std::vector<bool> switch_values(const std::vector<int>& stated, bool acts) {
  if (!acts) return {false};
  std::vector<bool> values;
  if (holds(stated, 0)) values.push_back(false);
  if (holds(stated, 1)) values.push_back(true);
  return values;
}

}  // namespace

PlanCandidates::PlanCandidates(const PlanSearchQuestion& question)
    : question_(question),
      model_(question.pool.scenario.model),
      offered_(question.pool.scenario.devices),
      batch_(question.pool.scenario.plan.global_batch),
      sequence_(question.pool.scenario.plan.sequence_length) {
  note_slots();
  add_all_devices();
}

PlanCandidates::PlanCandidates(const PlanSearchQuestion& question, const PlanCandidates& wider)
    : question_(question),
      model_(question.pool.scenario.model),
      offered_(question.pool.scenario.devices),
      batch_(question.pool.scenario.plan.global_batch),
      sequence_(question.pool.scenario.plan.sequence_length),
      slots_(wider.slots_) {
  add_all_devices();
}

void PlanCandidates::add_all_devices() {
  for (const bool exchange : {false, true})
    switch_count_[exchange ? 1 : 0] = static_cast<std::int64_t>(switches(exchange).size());
  const PlanSpace& space = question_.space;
  const bool open = space.tensor.empty();
  for (const int tensor : open ? divisors(model_.heads, offered_) : distinct(space.tensor)) {
    if (!tensor_divides(tensor)) {
      devices_.impossible += open ? 0 : 1;
      continue;
    }
    const bool free = space.context.empty();
    for (const int context :
         free ? divisors(sequence_, offered_ / tensor) : distinct(space.context)) {
      const bool fits =
          context >= 1 && sequence_ % context == 0 && std::int64_t{tensor} * context <= offered_;
      if (fits) {
        add_devices(tensor, context);
      } else {
        ++devices_.impossible;
      }
    }
  }
}

bool PlanCandidates::tensor_divides(int tensor) const {
  return tensor >= 1 && tensor <= offered_ && model_.heads % tensor == 0 &&
         model_.ffn % tensor == 0;
}

void PlanCandidates::add_devices(int tensor, int context) {
  const std::vector<int>& stated = question_.space.data;
  const std::int64_t most = offered_ / (std::int64_t{tensor} * context);
  for (const int data : stated.empty() ? divisors(batch_, most) : distinct(stated)) {
    if (data >= 1 && data <= most && batch_ % data == 0) {
      devices_.values.push_back({.tensor = tensor, .context = context, .data = data});
    } else {
      ++devices_.impossible;
    }
  }
}

std::vector<bool> PlanCandidates::sequence_parallels(const PlanCut& devices) const {
  return switch_values(question_.space.sequence_parallel, devices.tensor > 1);
}

/// Open widths divide the tensor degree: the exchange inside an expert is priced over that group.
std::vector<std::pair<int, int>> PlanCandidates::expert_cuts(const PlanCut& devices) const {
  const PlanSpace& space = question_.space;
  const std::int64_t routed = model_.is_moe() ? model_.moe.experts : 1;
  const std::vector<int> widths = !space.expert_tensor.empty() ? distinct(space.expert_tensor)
                                  : model_.is_moe() ? divisors(devices.tensor, devices.tensor)
                                                    : std::vector<int>{1};
  std::vector<std::pair<int, int>> cuts;
  for (const int expert : space.expert.empty() ? divisors(routed, routed) : distinct(space.expert))
    for (const int width : widths) cuts.emplace_back(expert, width);
  return cuts;
}

std::vector<int> PlanCandidates::micro_batches(std::int64_t per_replica) const {
  return question_.space.micro_batch.empty() ? divisors(per_replica, per_replica)
                                             : distinct(question_.space.micro_batch);
}

bool PlanCandidates::experts_divide(const PlanCut& cut) const {
  if (!model_.is_moe()) return cut.expert == 1 && cut.expert_tensor == 1;
  return cut.expert >= 1 && cut.expert_tensor >= 1 && model_.moe.experts % cut.expert == 0 &&
         cut.ranks() % (std::int64_t{cut.expert} * cut.expert_tensor) == 0;
}

bool PlanCandidates::stream_divides(const PlanCut& cut) const {
  return !cut.sequence_parallel || sequence_ % (std::int64_t{cut.tensor} * cut.context) == 0;
}

Candidates<PlanCut> PlanCandidates::cuts(const PlanCut& devices) const {
  const PlanSpace& space = question_.space;
  Candidates<PlanCut> cuts;
  const std::int64_t per_replica = batch_ / devices.data;
  const std::vector<int> batches = micro_batches(per_replica);
  const bool open_experts = space.expert.empty() && space.expert_tensor.empty();
  PlanCut cut = devices;
  for (const bool sequence_parallel : sequence_parallels(devices)) {
    cut.sequence_parallel = sequence_parallel;
    if (!stream_divides(cut)) {
      cuts.impossible += space.sequence_parallel.empty() ? 0 : 1;
      continue;
    }
    for (const auto& [expert, width] : expert_cuts(devices)) {
      cut.expert = expert;
      cut.expert_tensor = width;
      if (!experts_divide(cut)) {
        cuts.impossible += open_experts ? 0 : 1;
        continue;
      }
      for (const int micro_batch : batches) {
        if (micro_batch < 1 || per_replica % micro_batch != 0) {
          ++cuts.impossible;
          continue;
        }
        cut.micro_batch = micro_batch;
        cut.micro_batches = per_replica / micro_batch;
        cuts.values.push_back(cut);
      }
    }
  }
  return cuts;
}

/// Whether embedding and head count as layers may depend on the number of chunks: every split that
/// could exist is asked for once.
void PlanCandidates::note_slots() {
  const std::int64_t most = model_.layers + 2;
  const auto note = [&](int pipeline, int virtual_stages) {
    if (pipeline < 1 || virtual_stages < 1) return;
    ParallelLayout layout;
    layout.pipeline = pipeline;
    layout.virtual_stages = virtual_stages;
    const TrainingPlan plan = question_.plan_template(layout, 1, Recompute::none);
    slots_[{pipeline, virtual_stages}] =
        plan.stage_layers.empty() ? model_.layers + (plan.embedding_counts_as_layer ? 2 : 0)
        : static_cast<std::int64_t>(plan.stage_layers.size()) ==
                std::int64_t{pipeline} * virtual_stages
            ? std::int64_t{pipeline} * virtual_stages
            : 0;
  };
  std::vector<int> pipelines = question_.space.pipeline;
  const bool open = pipelines.empty();
  for (int p = 1; open && p <= most; ++p) pipelines.push_back(p);
  for (const int p : pipelines) {
    for (int v = 1; p >= 1 && std::int64_t{p} * v <= most; ++v) note(p, v);
  }
}

std::int64_t PlanCandidates::layer_slots(int pipeline, int virtual_stages) const {
  const auto found = slots_.find({pipeline, virtual_stages});
  return found == slots_.end() ? 0 : found->second;
}

Candidates<PlanSplit> PlanCandidates::splits(const PlanCut& cut) const {
  const PlanSpace& space = question_.space;
  Candidates<PlanSplit> splits;
  std::vector<int> pipelines = distinct(space.pipeline);
  const std::int64_t most = offered_ / cut.ranks();
  if (pipelines.empty()) {
    // embedding and head may count as layers: a split can have two stages more than layers
    // (an open list with a template that states its layers by stage holds that split alone)
    for (int p = 1; p <= std::min<std::int64_t>(most, model_.layers + 2); ++p) {
      if (p <= layer_slots(p, 1)) pipelines.push_back(p);
    }
  }
  for (const int pipeline : pipelines) {
    if (pipeline < 1 || pipeline > most) {
      ++splits.impossible;
      continue;
    }
    const std::size_t before = splits.values.size();
    const std::int64_t impossible = splits.impossible;
    for (const Schedule schedule : kSchedules) {
      if (!holds(space.schedule, schedule)) continue;
      add_schedule(cut, pipeline, schedule, splits);
      // one stage: all schedules are the same
      if (pipeline == 1 && splits.values.size() > before) break;
    }
    if (splits.values.size() == before && splits.impossible == impossible) ++splits.impossible;
  }
  return splits;
}

void PlanCandidates::add_schedule(const PlanCut& cut, int pipeline, Schedule schedule,
                                  Candidates<PlanSplit>& splits) const {
  const PlanSpace& space = question_.space;
  const bool chunked = schedule == Schedule::interleaved && pipeline > 1;
  std::vector<int> chunks;
  if (!chunked) {
    if (holds(space.virtual_stages, 1)) chunks.push_back(1);
  } else if (space.virtual_stages.empty()) {
    for (int v = 2; std::int64_t{pipeline} * v <= model_.layers + 2; ++v) {
      if (std::int64_t{pipeline} * v <= layer_slots(pipeline, v)) chunks.push_back(v);
    }
  } else {
    for (const int v : distinct(space.virtual_stages)) {
      if (v != 1) chunks.push_back(v);
    }
  }
  for (const int v : chunks) {
    const PipelineShape shape{.schedule = schedule,
                              .stages = pipeline,
                              .virtual_stages = v,
                              .micro_batches = cut.micro_batches};
    const bool exists = v >= 1 && !schedule_problem(shape) &&
                        std::int64_t{pipeline} * v <= layer_slots(pipeline, v);
    if (exists) {
      splits.values.push_back({pipeline, v, schedule});
    } else if (!space.schedule.empty() || !space.virtual_stages.empty() ||
               !space.pipeline.empty()) {
      ++splits.impossible;
    }
  }
}

std::vector<Recompute> PlanCandidates::recompute_modes() const {
  std::vector<Recompute> modes;
  for (const Recompute mode : kRecomputes) {
    if (holds(question_.space.recompute, mode)) modes.push_back(mode);
  }
  return modes;
}

std::vector<int> PlanCandidates::recompute_layers(int pipeline, Recompute mode) const {
  if (mode != Recompute::full) return {0};
  if (!question_.space.recompute_layers.empty()) return distinct(question_.space.recompute_layers);
  std::vector<int> layers{0};
  const std::int64_t most = (model_.layers + pipeline - 1) / pipeline;
  for (int n = 1; n < most; ++n) layers.push_back(n);
  return layers;
}

std::vector<double> PlanCandidates::activation_offloads() const {
  const std::vector<double>& stated = question_.space.activation_offload;
  return stated.empty() ? std::vector<double>{0, 0.5, 1} : distinct(stated);
}

std::vector<bool> PlanCandidates::pipeline_overlaps(const PlanSplit& split) const {
  if (question_.space.hand_over_as_template && split.pipeline > 1) {
    const ParallelLayout layout{.pipeline = split.pipeline, .virtual_stages = split.virtual_stages};
    return {question_.plan_template(layout, 1, Recompute::none).overlap.pipeline};
  }
  return switch_values(question_.space.pipeline_overlap, split.pipeline > 1);
}

std::vector<PlanActivations> PlanCandidates::activations(const PlanSplit& split,
                                                         Recompute mode) const {
  std::vector<PlanActivations> all;
  for (const int layers : recompute_layers(split.pipeline, mode)) {
    for (const double offload : activation_offloads()) {
      for (const bool overlap : pipeline_overlaps(split))
        all.push_back({mode, layers, offload, overlap});
    }
  }
  return all;
}

std::int64_t PlanCandidates::activation_count(const PlanSplit& split, Recompute mode) const {
  const bool one = question_.space.hand_over_as_template && split.pipeline > 1;
  const std::size_t overlaps =
      one ? 1 : switch_values(question_.space.pipeline_overlap, split.pipeline > 1).size();
  return static_cast<std::int64_t>(recompute_layers(split.pipeline, mode).size() *
                                   activation_offloads().size() * overlaps);
}

bool PlanCandidates::exchanges(const PlanCut& cut) const {
  return std::int64_t{cut.data} * cut.context > 1 ||
         (model_.is_moe() && cut.ranks() > std::int64_t{cut.expert} * cut.expert_tensor);
}

std::vector<PlanSwitches> PlanCandidates::switches(const PlanCut& cut) const {
  return switches(exchanges(cut));
}

std::int64_t PlanCandidates::switch_count(const PlanCut& cut) const {
  return switch_count_[exchanges(cut) ? 1 : 0];
}

std::vector<PlanSwitches> PlanCandidates::switches(bool exchanges) const {
  const PlanSpace& space = question_.space;
  std::vector<PlanSwitches> all;
  for (const Sharding sharding : kShardings) {
    if (!holds(space.sharding, sharding)) continue;
    for (const bool offload : switch_values(space.optimizer_offload, true)) {
      for (const bool gradient : switch_values(space.gradient_overlap, exchanges)) {
        const bool gathers = exchanges && sharding != Sharding::none;
        for (const bool parameter : switch_values(space.parameter_overlap, gathers))
          all.push_back({sharding, offload, gradient, parameter});
      }
    }
  }
  return all;
}

TrainingPlan PlanCandidates::plan(const PlanCut& cut, const PlanSplit& split,
                                  const PlanActivations& activations,
                                  const PlanSwitches& switches) const {
  const ParallelLayout layout{.tensor = cut.tensor,
                              .pipeline = split.pipeline,
                              .virtual_stages = split.virtual_stages,
                              .context = cut.context,
                              .expert = cut.expert,
                              .expert_tensor = cut.expert_tensor,
                              .data = cut.data,
                              .sequence_parallel = cut.sequence_parallel};
  TrainingPlan plan = question_.plan_template(layout, cut.micro_batch, activations.recompute);
  plan.schedule = split.schedule;
  plan.recompute_layers = activations.recompute_layers;
  plan.activation_offload = activations.offload;
  plan.overlap.pipeline = activations.pipeline_overlap;
  plan.sharding = switches.sharding;
  plan.optimizer_offload = switches.optimizer_offload;
  plan.overlap.gradient_reduce = switches.gradient_overlap;
  plan.overlap.parameter_gather = switches.parameter_overlap;
  return plan;
}

std::int64_t for_each_plan(const PlanSearchQuestion& question,
                           const std::function<void(const TrainingPlan&)>& visit) {
  const PlanCandidates candidates(question);
  std::int64_t impossible = candidates.devices().impossible;
  for (const PlanCut& devices : candidates.devices().values) {
    const Candidates<PlanCut> cuts = candidates.cuts(devices);
    impossible += cuts.impossible;
    for (const PlanCut& cut : cuts.values) {
      const Candidates<PlanSplit> splits = candidates.splits(cut);
      impossible += splits.impossible;
      const std::vector<PlanSwitches> all_switches = candidates.switches(cut);
      for (const PlanSplit& split : splits.values) {
        for (const Recompute mode : candidates.recompute_modes()) {
          for (const PlanActivations& kept : candidates.activations(split, mode)) {
            for (const PlanSwitches& switches : all_switches)
              visit(candidates.plan(cut, split, kept, switches));
          }
        }
      }
    }
  }
  return impossible;
}

}  // namespace polyfleet
