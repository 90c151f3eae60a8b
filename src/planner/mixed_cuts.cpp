#include "planner/mixed_cuts.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>
#include <tuple>

#include "training/chunk_time.hpp"
#include "training/plan_check.hpp"
#include "training/stage_inventory.hpp"

namespace polyfleet {
namespace {

template <class T>
std::vector<T> listed_or(const std::vector<T>& listed, T usual) {
  return listed.empty() ? std::vector<T>{usual} : listed;
}

std::vector<int> micro_batches(const SearchedPool& pool) {
  if (!pool.space.micro_batch.empty()) return pool.space.micro_batch;
  std::vector<int> powers;
  for (int size = 1; size <= 16 && size <= pool.question.scenario.plan.global_batch; size *= 2)
    powers.push_back(size);
  return powers;
}

std::vector<int> sequence_parallel(const SearchedPool& pool, int tensor) {
  if (tensor == 1) return {0};
  return listed_or(pool.space.sequence_parallel,
                   pool.question.scenario.plan.layout.sequence_parallel ? 1 : 0);
}

double software_factor(const PoolQuestion& question) {
  if (question.strict || question.models == nullptr) return 1;
  const TrainingScenario& scenario = question.scenario;
  return question.models->maturity
      .factor(question.machine->accelerator, scenario.framework, scenario.workload_class(),
              scenario.release_date)
      .factor;
}

/// One chunk as bounds need it: what recompute of some layers only, offload and hand-over add is
/// left out, so that the sum over chunks never exceeds the exact time.
TrainingPlan without_extras(TrainingPlan plan) {
  plan.activation_offload = 0;
  if (plan.recompute == Recompute::full && plan.recompute_layers > 0) {
    plan.recompute = Recompute::none;
    plan.recompute_layers = 0;
  }
  return plan;
}

bool schedule_allowed(const PlanSpace& space, Schedule schedule) {
  return space.schedule.empty() ||
         std::find(space.schedule.begin(), space.schedule.end(), schedule) != space.schedule.end();
}

/// One pipelined schedule each; the one-stage form has none and takes that of 1F1B.
std::vector<Schedule> schedules_of(const PlanSpace& space, CutForm form) {
  if (form == CutForm::one_stage) return {Schedule::one_forward_one_backward};
  if (form == CutForm::interleaved)
    return schedule_allowed(space, Schedule::interleaved)
               ? std::vector<Schedule>{Schedule::interleaved}
               : std::vector<Schedule>{};
  std::vector<Schedule> chosen;
  for (const Schedule schedule : listed_or(space.schedule, Schedule::one_forward_one_backward))
    if (schedule != Schedule::interleaved) chosen.push_back(schedule);
  return chosen;
}

}  // namespace

double PoolCut::work(int first, int last) const {
  const auto a = static_cast<std::size_t>(first), b = static_cast<std::size_t>(last);
  double sum = forward[b] - forward[a] + backward[b] - backward[a];
  if (first == 0) sum += front();
  if (last == layers()) sum += back();
  return sum;
}

std::vector<int> tensor_degrees(const SearchedPool& pool) {
  if (!pool.space.tensor.empty()) return pool.space.tensor;
  const ModelSpec& model = pool.question.scenario.model;
  const int domain = pool.question.machine->network.scale_up_domain;
  const int most = pool.most_tensor > 0 ? pool.most_tensor : domain;
  std::vector<int> degrees;
  for (int degree = 1; degree <= most; ++degree)
    if (model.heads % degree == 0 && model.ffn % degree == 0) degrees.push_back(degree);
  return degrees;
}

std::optional<Bytes> memory_limit(const Machine& machine, double head_room) {
  const Accelerator& part = machine.accelerator;
  const auto& capacity = part.usable_memory ? part.usable_memory : part.memory;
  if (!capacity) return std::nullopt;
  return capacity->value * (1 - head_room);
}

PoolCuts::PoolCuts(const SearchedPool& pool, MixedCounts& counts)
    : pool_(pool), evaluator_(pool.question) {
  const PlanSpace& space = pool.space;
  const ParallelLayout usual = pool.question.scenario.plan.layout;
  for (const int tensor : tensor_degrees(pool))
    for (const int context : listed_or(space.context, usual.context))
      for (const int expert : listed_or(space.expert, usual.expert))
        for (const int expert_tensor : listed_or(space.expert_tensor, usual.expert_tensor))
          for (const int sequence : sequence_parallel(pool, tensor)) {
            ParallelLayout layout;
            layout.tensor = tensor;
            layout.context = context;
            layout.expert = expert;
            layout.expert_tensor = expert_tensor;
            layout.sequence_parallel = sequence != 0;
            add_cuts(layout, counts);
          }
}

void PoolCuts::add_cuts(const ParallelLayout& layout, MixedCounts& counts) {
  constexpr Recompute kModes[] = {Recompute::none, Recompute::selective, Recompute::full};
  const std::vector<Recompute> modes =
      pool_.space.recompute.empty() ? std::vector<Recompute>(std::begin(kModes), std::end(kModes))
                                    : pool_.space.recompute;
  for (const int micro_batch : micro_batches(pool_))
    for (const Recompute mode : modes)
      for (const CutForm form : {CutForm::one_stage, CutForm::pipelined, CutForm::interleaved}) {
        ParallelLayout asked = layout;
        asked.pipeline = form == CutForm::one_stage ? 1 : 2;
        asked.virtual_stages = form == CutForm::interleaved ? 2 : 1;
        asked.data = static_cast<int>(
            std::max<std::int64_t>(1, devices() / (asked.tensor * asked.context * asked.pipeline)));
        const TrainingPlan plan = pool_.plan_template(asked, micro_batch, mode);
        for (const Schedule schedule : schedules_of(pool_.space, form)) {
          TrainingPlan own = plan;
          own.schedule = schedule;
          add_settings(own, form, counts);
        }
      }
}

/// The settings that do not change the cut, where the space lists them.
void PoolCuts::add_settings(const TrainingPlan& plan, CutForm form, MixedCounts& counts) {
  const PlanSpace& space = pool_.space;
  for (const Sharding sharding : listed_or(space.sharding, plan.sharding))
    for (const int layers : listed_or(space.recompute_layers, plan.recompute_layers))
      for (const int states : listed_or(space.optimizer_offload, plan.optimizer_offload ? 1 : 0))
        for (const double share : listed_or(space.activation_offload, plan.activation_offload))
          for (const int reduce :
               listed_or(space.gradient_overlap, plan.overlap.gradient_reduce ? 1 : 0))
            for (const int gather :
                 listed_or(space.parameter_overlap, plan.overlap.parameter_gather ? 1 : 0))
              for (const int hand :
                   listed_or(space.pipeline_overlap, plan.overlap.pipeline ? 1 : 0)) {
                TrainingPlan own = plan;
                own.sharding = sharding;
                own.recompute_layers = layers;
                own.optimizer_offload = states != 0;
                own.activation_offload = share;
                own.overlap.gradient_reduce = reduce != 0;
                own.overlap.parameter_gather = gather != 0;
                own.overlap.pipeline = hand != 0;
                add_cut(std::move(own), form, counts);
              }
}

void PoolCuts::add_cut(TrainingPlan plan, CutForm form, MixedCounts& counts) {
  ++counts.cuts;
  PoolCut cut;
  cut.form = form;
  plan.stage_layers.clear();
  const ParallelLayout& layout = plan.layout;
  cut.devices_per_stage = layout.tensor * layout.context;
  const int span = layout.expert * layout.expert_tensor;
  cut.replica_step = span / std::gcd(span, cut.devices_per_stage);
  // Degrees that the model does not allow, whatever the stages and the replicas.
  TrainingPlan probe = plan;
  probe.layout.pipeline = probe.layout.virtual_stages = 1;
  probe.layout.data = cut.replica_step;
  probe.schedule = Schedule::one_forward_one_backward;
  probe.global_batch = std::int64_t{probe.layout.data} * probe.micro_batch;
  const ModelSpec& model = pool_.question.scenario.model;
  if (!plan_problems(model, probe, probe.layout.devices()).empty() ||
      cut.devices_per_stage * std::int64_t{cut.replica_step} > devices()) {
    ++counts.impossible;
    return;
  }
  cut.plan = std::move(plan);
  time_layers(cut);
  cuts_.push_back(std::move(cut));
}

void PoolCuts::time_layers(PoolCut& cut) {
  const ModelSpec& model = pool_.question.scenario.model;
  const TrainingPlan plan = without_extras(cut.plan);
  TrainingPlan each = plan;
  each.layout.pipeline = static_cast<int>(model.layers);
  each.layout.virtual_stages = 1;
  each.stage_layers.assign(static_cast<std::size_t>(model.layers), 1);
  LayerTable& table = evaluator_.table(plan);
  const double factor = cut.software = software_factor(pool_.question);
  double dense = 0, expert = 0;
  const auto seconds = [&](const ChunkLayers& layers) {
    const ChunkTime time = chunk_time(layers, plan, 0 * second, table);
    dense += time.detail.parameters.dense;
    expert += time.detail.parameters.expert;
    const StageCost& cost = time.detail.cost;
    return std::pair{cost.forward / second * factor,
                     (cost.backward_input + cost.backward_weight) / second * factor};
  };
  const std::vector<ChunkLayers> split = split_layers(model, each);
  constexpr auto kVision = static_cast<std::size_t>(LayerKind::vision);
  ChunkLayers front, back;
  front.embedding = back.head = true;
  front.narrow[kVision] = split.front().narrow[kVision];
  back.mtp_modules = split.back().mtp_modules;
  std::tie(cut.front_forward, cut.front_backward) = seconds(front);
  std::tie(cut.back_forward, cut.back_backward) = seconds(back);
  cut.forward = cut.backward = {0};
  for (ChunkLayers layer : split) {
    layer.embedding = layer.head = false;
    layer.mtp_modules = 0;
    layer.narrow[kVision] = 0;
    const auto [forward, backward] = seconds(layer);
    cut.forward.push_back(cut.forward.back() + forward);
    cut.backward.push_back(cut.backward.back() + backward);
  }
  cut.host_per_micro_batch = cut.plan.host_seconds_per_micro_batch * factor;
  cut.host_per_step = cut.plan.host_seconds_per_step * factor;
  const ParallelLayout& layout = cut.plan.layout;
  cut.gradients = (dense * layout.tensor + expert * layout.expert * layout.expert_tensor) *
                  (bytes_per_element(cut.plan.gradient_reduce_dtype) / byte);
}

bool PoolCuts::allows_replicas(std::int64_t replicas) const {
  const std::vector<int>& pinned = pool_.space.data;
  return pinned.empty() || std::find(pinned.begin(), pinned.end(), replicas) != pinned.end();
}

std::int64_t six_digits(std::int64_t count) {
  constexpr int kDigits = 6;
  const auto digits = static_cast<int>(
      std::bit_width(static_cast<std::uint64_t>(std::max<std::int64_t>(0, count))));
  return digits <= kDigits ? count : count >> (digits - kDigits) << (digits - kDigits);
}

std::int64_t PoolCuts::searched_replicas(const PoolCut& cut, std::int64_t most,
                                         std::int64_t at_most) const {
  at_most = std::min(at_most, most);
  std::int64_t largest = 0;
  if (pool_.space.data.empty()) {
    if (at_most == most) return most;
    return six_digits(at_most / cut.replica_step) * cut.replica_step;
  }
  for (const int pinned : pool_.space.data)
    if (pinned <= at_most && pinned % cut.replica_step == 0)
      largest = std::max(largest, std::int64_t{pinned});
  return largest;
}

std::int64_t PoolCuts::most_replicas(const PoolCut& cut, int stages) const {
  const std::int64_t most = devices() / (std::int64_t{cut.devices_per_stage} * stages);
  return most / cut.replica_step * cut.replica_step;
}

std::vector<int> PoolCuts::stage_counts(const PoolCut& cut) const {
  std::vector<int> counts;
  const PlanSpace& space = pool_.space;
  const auto slots = static_cast<int>(cut.layers() + (cut.plan.embedding_counts_as_layer ? 2 : 0));
  const auto add = [&](int stages) {
    const bool fits_form = (stages == 1) == (cut.form == CutForm::one_stage);
    if (fits_form && stages <= slots && most_replicas(cut, stages) > 0) counts.push_back(stages);
  };
  if (space.pipeline.empty()) {
    for (int stages = 1; stages <= slots; ++stages) add(stages);
  } else {
    for (const int stages : space.pipeline) add(stages);
  }
  return counts;
}

std::vector<int> PoolCuts::virtual_counts(const PoolCut& cut, int stages) const {
  const PlanSpace& space = pool_.space;
  const auto slots = static_cast<int>(cut.layers() + (cut.plan.embedding_counts_as_layer ? 2 : 0));
  std::vector<int> counts;
  if (cut.form != CutForm::interleaved) {
    const auto& listed = space.virtual_stages;
    if (listed.empty() || std::find(listed.begin(), listed.end(), 1) != listed.end())
      counts.push_back(1);
    return counts;
  }
  if (!space.virtual_stages.empty()) {
    for (const int count : space.virtual_stages)
      if (count > 1 && count * stages <= slots) counts.push_back(count);
    return counts;
  }
  for (int count = 2; count * stages <= slots; ++count)
    if (slots % (count * stages) == 0) counts.push_back(count);
  return counts;
}

double LayerMemory::layers_in(double limit, double in_flight) const {
  const double each = states + activation * in_flight;
  if (limit < fixed) return 0;
  return each > 0 ? (limit - fixed) / each : std::numeric_limits<double>::infinity();
}

/// Of stages that hold the same the first is the fullest (SplitShape).
bool PoolCuts::fits(const TrainingPlan& plan, Bytes limit) {
  LayerWorks& works = evaluator_.table(plan).works();
  const SplitShape& shape = shapes_.shape(works.model(), plan);
  const bool paired = plan.schedule == Schedule::dual_pipe && plan.layout.pipeline > 1;
  const std::vector<int>& stages = paired ? shape.paired : shape.stages;
  return std::all_of(stages.begin(), stages.end(), [&](int stage) {
    const StageInventory inventory =
        stage_inventory(plan, works, shape.layers, static_cast<std::size_t>(stage));
    return stage_memory(plan, inventory, pool_.question.machine->memory_overheads).total <= limit;
  });
}

LayerMemory PoolCuts::layer_memory(const PoolCut& cut, std::int64_t replicas) {
  const MemoryOverheads& overheads = pool_.question.machine->memory_overheads;
  TrainingPlan plan = cut.plan;
  plan.layout.pipeline = 2;
  plan.layout.data = static_cast<int>(replicas);
  if (plan.recompute_layers > 0) plan.recompute_layers = 0;  // all of them: keeps the least
  LayerWorks& works = evaluator_.table(cut.plan).works();
  const bool has_wide =
      cut.plan.precision.first_layers_wide > 0 || cut.plan.precision.last_layers_wide > 0;
  LayerMemory least;
  bool first = true;
  for (const LayerRun& run : layer_runs(works.model())) {
    for (const bool wide : {false, true}) {
      if (run.kind == LayerKind::vision || (wide && !has_wide)) continue;
      const LayerWork& work = works.layer(run.kind, wide);
      StageInventory one;
      one.parameters = work.parameters;
      one.expert_parameters = work.expert_parameters;
      one.frozen_parameters = work.frozen_parameters;
      one.micro_batches_in_flight = 1e6;  // no copy of narrow gradients beside so much
      one.layers = {{1, work.saved_activations, work.saved_selective, work.saved_full}};
      const StageMemory memory = stage_memory(plan, one, overheads);
      const double grown = 1 + overheads.allocator_slack;
      const double states = memory.model_states() / byte * grown;
      const double kept = plan.recompute == Recompute::full        ? work.saved_full / byte
                          : plan.recompute == Recompute::selective ? work.saved_selective / byte
                                                                   : work.saved_activations / byte;
      const double activation = kept * (1 - plan.activation_offload) * grown;
      least.states = first ? states : std::min(least.states, states);
      least.activation = first ? activation : std::min(least.activation, activation);
      least.fixed = overheads.context / byte;
      first = false;
    }
  }
  return least;
}

}  // namespace polyfleet
