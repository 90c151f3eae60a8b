#include "planner/cut_queue.hpp"

#include <algorithm>

#include "training/stages.hpp"

namespace polyfleet {
namespace {

/// Operators that neither the expert degrees nor the number of experts on a device change.
bool is_outside_experts(OpClass op_class) {
  switch (op_class) {
    case OpClass::projection:
    case OpClass::attention:
    case OpClass::mlp:
    case OpClass::shared_expert:
    case OpClass::norm:
    case OpClass::logits:
    case OpClass::loss:
    case OpClass::linear_mixer:
    case OpClass::adapter:
      return true;
    default:
      return false;
  }
}

/// FLOPs of the routed experts over the dense peak; 0 where no peak is known.
Seconds expert_peak_time(const ChunkLayers& layers, LayerTable& table, Dtype dtype,
                         const Machine& machine) {
  const auto peak = machine.accelerator.dense_peak(dtype);
  if (!peak) return 0 * second;
  Flops flops;
  for (std::size_t kind = 0; kind < kLayerKindCount; ++kind) {
    const double count = layers.narrow[kind];
    if (count == 0 || mlp_of(static_cast<LayerKind>(kind)) != MlpKind::routed) continue;
    for (const auto& pass : table.works().layer(static_cast<LayerKind>(kind), false).ops) {
      for (const Op& op : pass)
        if (op.op_class == OpClass::expert) flops += op.flops() * count;
    }
  }
  return flops / peak->value;
}

/// All layers of the model as one chunk.
ChunkLayers all_layers(const PoolQuestion& pool) {
  TrainingPlan plan = pool.scenario.plan;
  plan.layout = {};
  plan.stage_layers.clear();
  return split_layers(pool.scenario.model, plan).front();
}

}  // namespace

CutQueue::CutQueue(const PlanCandidates& candidates)
    : candidates_(candidates),
      whole_(all_layers(candidates.question().pool)),
      expert_floors_(std::make_shared<ExpertFloors>()),
      split_shapes_(std::make_shared<SplitShapes>()) {
  impossible_ = candidates.devices().impossible;
  for (const PlanCut& devices : candidates.devices().values) {
    data_[{devices.tensor, devices.context}].push_back(devices.data);
    const Candidates<PlanCut> cuts = candidates.cuts(devices);
    impossible_ += cuts.impossible;
    for (const PlanCut& cut : cuts.values) note(cut);
  }
  add_groups();
}

/// Which pipelines exist depends on the devices left, and for DualPipe on the micro-batches: on
/// whether they are even, and how many up to twice the longest pipeline.
CutQueue::SplitKey CutQueue::split_key(const PlanCut& cut) const {
  const PoolQuestion& pool = candidates_.question().pool;
  const std::int64_t slots = pool.scenario.model.layers + 2;
  const std::int64_t most = pool.scenario.devices / cut.ranks();
  const std::int64_t micro_batches =
      cut.micro_batches % 2 != 0 ? 1 : std::min(cut.micro_batches, 2 * slots);
  const bool open = candidates_.question().space.pipeline.empty();
  return {open ? std::min(most, slots) : most, micro_batches};
}

CutQueue::CutQueue(const PlanCandidates& candidates, const CutQueue& wider)
    : candidates_(candidates),
      whole_(wider.whole_),
      expert_floors_(wider.expert_floors_),
      split_shapes_(wider.split_shapes_) {
  for (const PlanCut& devices : candidates.devices().values)
    data_[{devices.tensor, devices.context}].push_back(devices.data);
  for (const CutGroup& group : wider.groups_)
    if (holds(group)) groups_.push_back(group);
}

/// Whether a group of a wider space may have plans here.
bool CutQueue::holds(const CutGroup& group) const {
  const PlanSpace& space = candidates_.question().space;
  const auto in = [](const std::vector<int>& list, int value) {
    return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
  };
  const PlanCut& cut = group.cut;
  return data_.contains({cut.tensor, cut.context}) && in(space.micro_batch, cut.micro_batch) &&
         (cut.tensor == 1 || in(space.sequence_parallel, cut.sequence_parallel ? 1 : 0));
}

/// What the framework's split depends on beyond the degrees is not looked at for slots either
/// (PlanCandidates::layer_slots).
const CountFloor* CutQueue::count_floor(const PlanSplit& split) const {
  const std::pair<int, int> key{split.pipeline, split.virtual_stages};
  const auto known = count_floors_.find(key);
  if (known != count_floors_.end()) return &known->second;
  const PlanSearchQuestion& question = candidates_.question();
  const ParallelLayout layout{.pipeline = split.pipeline, .virtual_stages = split.virtual_stages};
  const TrainingPlan plan = question.plan_template(layout, 1, Recompute::none);
  const std::vector<int> chunks = chunk_layer_counts(question.pool.scenario.model.layers, plan);
  return &count_floors_.emplace(key, CountFloor(split.pipeline, chunks)).first->second;
}

SplitSet& CutQueue::noted(const PlanCut& cut) const {
  const SplitKey key = split_key(cut);
  const auto known = splits_.find(key);  // always, once a counted queue stands
  if (known != splits_.end()) return known->second;
  SplitSet& set = splits_[key];
  Candidates<PlanSplit> splits = candidates_.splits(cut);
  set.impossible = splits.impossible;
  set.splits = std::move(splits.values);
  int pipeline = 0;
  std::int64_t each = 0;
  for (const PlanSplit& split : set.splits) {
    set.floors.push_back(count_floor(split));
    if (split.pipeline != pipeline) {
      pipeline = split.pipeline;
      each = 0;
      for (const Recompute mode : candidates_.recompute_modes())
        each += candidates_.activation_count(split, mode);
    }
    set.below.push_back(each);
    set.plans += each;
  }
  return set;
}

void CutQueue::note(const PlanCut& cut) {
  SplitSet& set = noted(cut);
  const std::int64_t switches = candidates_.switch_count(cut);
  impossible_ += set.impossible;
  plans_ += set.plans * switches;
  set.switches += switches;
  tally_.add(cut, set.plans * switches);
  without_switches_[candidates_.exchanges(cut) ? 1 : 0] += set.plans;
}

void PlanTally::add(const PlanCut& cut, std::int64_t plans) {
  const int values[] = {cut.tensor,
                        cut.context,
                        cut.data,
                        cut.expert,
                        cut.expert_tensor,
                        cut.micro_batch,
                        cut.sequence_parallel ? 1 : 0};
  for (std::size_t i = 0; i < kDegrees; ++i) {
    const auto at = static_cast<std::size_t>(values[i]);
    if (plans_[i].size() <= at) plans_[i].resize(at + 1);
    plans_[i][at] += plans;
  }
}

std::int64_t PlanTally::of_cut(std::string_view dimension, int value) const {
  constexpr std::string_view kNames[] = {
      "tensor parallel",        "context parallel", "data parallel",    "expert parallel",
      "expert tensor parallel", "micro-batch",      "sequence parallel"};
  for (std::size_t i = 0; i < kDegrees; ++i) {
    const auto at = static_cast<std::size_t>(value);
    if (dimension == kNames[i]) return value >= 0 && at < plans_[i].size() ? plans_[i][at] : 0;
  }
  return 0;
}

std::int64_t CutQueue::plans_of_splits(const std::function<bool(const PlanSplit&)>& has) const {
  std::int64_t plans = 0;
  for (const auto& [key, set] : splits_) {
    for (const PlanSplit& split : set.splits) {
      if (!has(split)) continue;
      for (const Recompute mode : candidates_.recompute_modes())
        plans += set.switches * candidates_.activation_count(split, mode);
    }
  }
  return plans;
}

std::int64_t CutQueue::plans_of_recompute(Recompute mode) const {
  std::int64_t plans = 0;
  for (const auto& [key, set] : splits_) {
    for (const PlanSplit& split : set.splits)
      plans += set.switches * candidates_.activation_count(split, mode);
  }
  return plans;
}

std::int64_t CutQueue::plans_of_switches(
    const std::function<bool(const PlanSwitches&)>& has) const {
  std::int64_t plans = 0;
  for (const bool exchange : {false, true}) {
    for (const PlanSwitches& each : candidates_.switches(exchange))
      plans += has(each) ? without_switches_[exchange ? 1 : 0] : 0;
  }
  return plans;
}

const SplitSet& CutQueue::splits(const PlanCut& cut) const { return noted(cut); }

std::vector<PlanSplit> CutQueue::all_splits() const {
  std::vector<PlanSplit> all;
  for (const auto& [key, set] : splits_)
    all.insert(all.end(), set.splits.begin(), set.splits.end());
  return all;
}

std::int64_t CutQueue::plans(const PlanCut& cut) const {
  return splits(cut).plans * candidates_.switch_count(cut);
}

void CutQueue::add_groups() {
  const std::int64_t batch = candidates_.question().pool.scenario.plan.global_batch;
  for (const auto& [degrees, data] : data_) {
    PlanCut cut;
    cut.tensor = degrees.first;
    cut.context = degrees.second;
    std::vector<int> micro_batches;
    for (const int replicas : data) {
      for (const int micro_batch : candidates_.micro_batches(batch / replicas))
        if (micro_batch >= 1 && batch / replicas % micro_batch == 0)
          micro_batches.push_back(micro_batch);
    }
    std::sort(micro_batches.begin(), micro_batches.end());
    micro_batches.erase(std::unique(micro_batches.begin(), micro_batches.end()),
                        micro_batches.end());
    for (const bool sequence_parallel : candidates_.sequence_parallels(cut)) {
      cut.sequence_parallel = sequence_parallel;
      if (!candidates_.stream_divides(cut)) continue;
      for (const int micro_batch : micro_batches) {
        cut.micro_batch = micro_batch;
        if (!layer_cuts(cut).empty()) {
          groups_.emplace_back();
          groups_.back().cut = cut;
        }
      }
    }
  }
  for (CutGroup& group : groups_) set_floors(group);
  std::stable_sort(groups_.begin(), groups_.end(), [](const CutGroup& a, const CutGroup& b) {
    return a.device_time < b.device_time;
  });
}

/// Arithmetic and communication of one micro-batch through all layers; of routed experts only what
/// the dense peak needs, as their FLOPs do not depend on how they are spread.
void CutQueue::set_floors(CutGroup& group) const {
  const PoolQuestion& pool = candidates_.question().pool;
  const ModelSpec& model = pool.scenario.model;
  const TrainingPlan plan = candidates_.plan(group.cut, {}, {}, {});
  LayerTable table(model, plan, *pool.machine);
  const ChunkPasses passes = chunk_time(whole_, plan, 0 * second, table).passes;
  Seconds arithmetic, exposed;
  // without sequence parallel the experts' part of the tensor exchange is not told apart
  const bool own_exchange = !model.is_moe() || plan.layout.sequence_parallel;
  for (const PassTime* pass : {&passes.forward, &passes.backward_input, &passes.backward_weight}) {
    for (std::size_t i = 0; i < kOpClassCount; ++i) {
      if (!model.is_moe() || is_outside_experts(static_cast<OpClass>(i)))
        arithmetic += pass->by_class[i];
    }
    exposed += pass->context_exposed;
    if (own_exchange) exposed += pass->tensor_exposed;
  }
  group.arithmetic = arithmetic;
  group.exposed = exposed;
  group.overlap = plan.overlap;
  const Seconds experts = expert_peak_time(whole_, table, plan.precision.linear, *pool.machine);
  const double steps = static_cast<double>(pool.scenario.plan.global_batch) / group.cut.micro_batch;
  // overlaps may differ between expert cuts: exposed communication counts where they do not
  group.device_time = (arithmetic + experts + (model.is_moe() ? 0 * second : exposed)) *
                      (steps * group.cut.tensor * group.cut.context);
}

Seconds CutQueue::device_time(const CutGroup& group, const PlanCut& layer_cut) const {
  const PoolQuestion& pool = candidates_.question().pool;
  if (!pool.scenario.model.is_moe()) return group.device_time;
  const TrainingPlan plan = candidates_.plan(layer_cut, {}, {}, {});
  Seconds time = group.arithmetic;
  const bool same_overlap =
      plan.overlap.tensor == group.overlap.tensor && plan.overlap.context == group.overlap.context;
  if (same_overlap) time += group.exposed;
  for (std::size_t kind = 0; kind < kLayerKindCount; ++kind) {
    const auto named = static_cast<LayerKind>(kind);
    if (whole_.narrow[kind] > 0 && mlp_of(named) == MlpKind::routed)
      time += expert_floors_->time(pool, plan, named) * whole_.narrow[kind];
  }
  const double steps = static_cast<double>(pool.scenario.plan.global_batch) / layer_cut.micro_batch;
  return max(group.device_time, time * (steps * layer_cut.tensor * layer_cut.context));
}

Seconds ExpertFloors::time(const PoolQuestion& pool, const TrainingPlan& plan, LayerKind kind) {
  const ParallelLayout& cut = plan.layout;
  const Key key{.tokens = static_cast<double>(plan.micro_batch) *
                          static_cast<double>(plan.sequence_length) /
                          (static_cast<double>(cut.context) * cut.tensor),
                .expert = cut.expert,
                .expert_tensor = cut.expert_tensor,
                .overlap = plan.overlap.expert};
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto known = times_.find(key);
    if (known != times_.end()) return known->second;
  }
  LayerTable table(pool.scenario.model, plan, *pool.machine);
  Seconds time;
  for (const PassTime& pass : table.layer(kind, false).time.pass) {
    time += pass.by_class[static_cast<std::size_t>(OpClass::expert)] +
            pass.by_class[static_cast<std::size_t>(OpClass::permutation)] + pass.expert_exposed;
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  return times_.emplace(key, time).first->second;
}

std::vector<PlanCut> CutQueue::layer_cuts(const PlanCut& group) const {
  std::vector<PlanCut> cuts;
  for (const auto& [expert, width] : candidates_.expert_cuts(group)) {
    PlanCut cut = group;
    cut.expert = expert;
    cut.expert_tensor = width;
    if (!replicas(cut).empty()) cuts.push_back(cut);
  }
  return cuts;
}

std::vector<PlanCut> CutQueue::replicas(const PlanCut& layer_cut) const {
  const std::int64_t batch = candidates_.question().pool.scenario.plan.global_batch;
  std::vector<PlanCut> cuts;
  for (const int data : data_.at({layer_cut.tensor, layer_cut.context})) {
    PlanCut cut = layer_cut;
    cut.data = data;
    if (batch / data % cut.micro_batch != 0 || !candidates_.experts_divide(cut)) continue;
    cut.micro_batches = batch / data / cut.micro_batch;
    cuts.push_back(cut);
  }
  return cuts;
}

}  // namespace polyfleet
