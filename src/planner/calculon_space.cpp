#include "planner/calculon_space.hpp"

#include <algorithm>

#include "planner/pareto.hpp"

namespace polyfleet {
namespace {

std::vector<std::int64_t> factors(std::int64_t n) {
  std::vector<std::int64_t> all;
  for (std::int64_t d = 1; d <= n; ++d)
    if (n % d == 0) all.push_back(d);
  return all;
}

/// Degrees that fix everything but switches, and what is counted below them.
struct Shape {
  int tensor = 1, pipeline = 1, data = 1;
  std::int64_t batch = 1;
  std::vector<std::int64_t> interleavings, micro_batches;
};

std::vector<Shape> shapes(const ModelSpec& model, std::int64_t sequence,
                          const CalculonSearchSpace& space) {
  std::vector<Shape> all;
  for (const std::int64_t tensor : factors(space.devices)) {
    if (model.hidden % tensor != 0 || model.heads % tensor != 0) continue;
    const std::int64_t left = space.devices / tensor;
    for (const std::int64_t pipeline : factors(std::min<std::int64_t>(left, model.layers))) {
      if (left % pipeline != 0 || model.layers % pipeline != 0) continue;
      Shape shape;
      shape.tensor = static_cast<int>(tensor);
      shape.pipeline = static_cast<int>(pipeline);
      shape.data = static_cast<int>(left / pipeline);
      shape.batch = std::max<std::int64_t>(1, space.most_batch / shape.data) * shape.data;
      shape.interleavings = factors(pipeline == 1 ? 1 : model.layers / pipeline);
      for (const std::int64_t each : factors(shape.batch / shape.data))
        if (each * sequence % tensor == 0) shape.micro_batches.push_back(each);
      all.push_back(std::move(shape));
    }
  }
  return all;
}

std::vector<bool> on_and_off(bool acts) {
  return acts ? std::vector<bool>{true, false} : std::vector<bool>{false};
}

/// Visits every configuration of one shape in Calculon's nesting.
class ShapeWalk {
 public:
  ShapeWalk(const Shape& shape, const CalculonSearchSpace& space,
            const std::function<void(const CalculonConfiguration&)>& visit)
      : shape_(shape), space_(space), visit_(visit) {
    one_.tensor = shape.tensor;
    one_.pipeline = shape.pipeline;
    one_.data = shape.data;
    one_.batch = shape.batch;
  }

  void run() {
    for (const std::int64_t interleaving : shape_.interleavings) {
      one_.interleaving = static_cast<int>(interleaving);
      for (const CalculonRecompute recompute :
           {CalculonRecompute::full, CalculonRecompute::attention_only, CalculonRecompute::none}) {
        one_.recompute = recompute;
        for (const bool sharding : on_and_off(shape_.data > 1)) {
          one_.optimizer_sharding = sharding;
          communication();
        }
      }
    }
  }

 private:
  void communication() {
    for (const CalculonTensorComm comm :
         {CalculonTensorComm::all_reduce, CalculonTensorComm::scattered_hand_over,
          CalculonTensorComm::sequence_parallel}) {
      one_.tensor_comm = comm;
      const bool can_gather = comm == CalculonTensorComm::sequence_parallel &&
                              one_.recompute != CalculonRecompute::full;
      for (const bool again : on_and_off(can_gather)) {
        one_.gather_again = again;
        overlaps();
      }
    }
  }

  void overlaps() {
    using enum CalculonOverlap;
    const std::vector<CalculonOverlap> tensor =
        shape_.tensor > 1 ? std::vector{none, ring, pipe} : std::vector{none};
    for (const bool data : on_and_off(shape_.data > 1)) {
      one_.data_overlap = data;
      for (const CalculonOverlap each : tensor) {
        one_.tensor_overlap = each;
        offloads();
      }
    }
  }

  void offloads() {
    const bool activations = space_.second_memory && one_.recompute != CalculonRecompute::full;
    for (const bool weight : on_and_off(space_.second_memory)) {
      for (const bool activation : on_and_off(activations)) {
        for (const bool optimizer : on_and_off(space_.second_memory)) {
          one_.weight_offload = weight;
          one_.activation_offload = activation;
          one_.optimizer_offload = optimizer;
          for (const std::int64_t micro_batch : shape_.micro_batches) {
            one_.micro_batch = micro_batch;
            networks();
          }
        }
      }
    }
  }

  void networks() {
    const auto count = [&](int degree) { return degree > 1 ? space_.networks : 1; };
    for (int tensor = 0; tensor < count(shape_.tensor); ++tensor) {
      for (int pipeline = 0; pipeline < count(shape_.pipeline); ++pipeline) {
        for (int data = 0; data < count(shape_.data); ++data) {
          one_.tensor_network = tensor;
          one_.pipeline_network = pipeline;
          one_.data_network = data;
          visit_(one_);
        }
      }
    }
  }

  const Shape& shape_;
  const CalculonSearchSpace& space_;
  const std::function<void(const CalculonConfiguration&)>& visit_;
  CalculonConfiguration one_;
};

/// The network on which our rank order puts a group of `size` ranks `stride` apart.
int network_of(int size, std::int64_t stride, int domain) {
  return size <= 1 || size * stride <= domain ? 0 : 1;
}

}  // namespace

std::int64_t for_each_calculon(const ModelSpec& model, std::int64_t sequence_length,
                               const CalculonSearchSpace& space,
                               const std::function<void(const CalculonConfiguration&)>& visit) {
  std::int64_t count = 0;
  const std::function<void(const CalculonConfiguration&)> counted =
      [&](const CalculonConfiguration& configuration) {
        ++count;
        visit(configuration);
      };
  for (const Shape& shape : shapes(model, sequence_length, space))
    ShapeWalk(shape, space, counted).run();
  return count;
}

CalculonMapping calculon_mapping(const CalculonConfiguration& one, int scale_up_domain) {
  using enum CalculonMeaning;
  const std::int64_t replica = std::int64_t{one.tensor} * one.data;
  if (one.tensor_network != network_of(one.tensor, 1, scale_up_domain) ||
      one.data_network != network_of(one.data, one.tensor, scale_up_domain) ||
      one.pipeline_network != network_of(std::min(one.pipeline, 2), replica, scale_up_domain))
    return {impossible, "the rank order puts this group on the other network"};
  if (one.weight_offload) return {impossible, "weights stay on the device"};
  if (one.tensor_comm == CalculonTensorComm::scattered_hand_over)
    return {equal, "tensor ranks always hand over their share"};
  if (one.tensor == 1 && one.tensor_comm == CalculonTensorComm::sequence_parallel)
    return {equal, "there is no tensor group"};
  const bool gathers = one.tensor_comm == CalculonTensorComm::sequence_parallel &&
                       one.recompute != CalculonRecompute::full;
  if (gathers && !one.gather_again)
    return {equal, "sequence parallel always gathers again in backward"};
  if (one.tensor > 1 && one.tensor_overlap == CalculonOverlap::none)
    return {equal, "never faster than with tensor overlap"};
  if (one.tensor_overlap == CalculonOverlap::pipe) return {equal, "hides what ring hides"};
  if (one.data > 1 && !one.data_overlap) return {equal, "never faster than with data overlap"};
  return {own_plan, {}};
}

TrainingPlan calculon_plan(const PlanSearchQuestion& question, const CalculonConfiguration& one) {
  const ParallelLayout layout{
      .tensor = one.tensor,
      .pipeline = one.pipeline,
      .virtual_stages = one.interleaving,
      .data = one.data,
      .sequence_parallel =
          one.tensor > 1 && one.tensor_comm == CalculonTensorComm::sequence_parallel};
  const Recompute recompute = one.recompute == CalculonRecompute::full ? Recompute::full
                              : one.recompute == CalculonRecompute::attention_only
                                  ? Recompute::selective
                                  : Recompute::none;
  TrainingPlan plan = question.plan_template(layout, static_cast<int>(one.micro_batch), recompute);
  plan.global_batch = one.batch;
  plan.schedule = one.interleaving > 1 ? Schedule::interleaved : Schedule::one_forward_one_backward;
  plan.recompute_layers = 0;
  plan.sharding = one.optimizer_sharding ? Sharding::zero1 : Sharding::none;
  plan.activation_offload = one.activation_offload ? 1 : 0;
  plan.optimizer_offload = one.optimizer_offload;
  if (one.tensor_overlap == CalculonOverlap::none) plan.overlap.tensor = 0;
  plan.overlap.gradient_reduce = one.data_overlap;
  plan.overlap.parameter_gather = one.data_overlap && one.optimizer_sharding;
  plan.overlap.pipeline = false;
  return plan;
}

namespace {

/// One shape's plans as a space of ours: one plan for each configuration that is a plan of its own.
PlanSearchQuestion shape_question(const PlanSearchQuestion& question, const Shape& shape,
                                  const CalculonSearchSpace& space, bool full) {
  PlanSearchQuestion own = question;
  own.pool.scenario.devices = space.devices;
  own.pool.scenario.plan.global_batch = shape.batch;
  own.plan_template = [inner = question.plan_template, batch = shape.batch](
                          const ParallelLayout& layout, int micro_batch, Recompute recompute) {
    TrainingPlan plan = inner(layout, micro_batch, recompute);
    plan.global_batch = batch;
    return plan;
  };
  own.objective = Objective::time;
  own.with_front = own.with_families = false;
  own.space = {};
  own.space.tensor = {shape.tensor};
  own.space.pipeline = {shape.pipeline};
  own.space.data = {shape.data};
  own.space.context = own.space.expert = own.space.expert_tensor = {1};
  for (const std::int64_t each : shape.interleavings)
    own.space.virtual_stages.push_back(static_cast<int>(each));
  for (const std::int64_t each : shape.micro_batches)
    own.space.micro_batch.push_back(static_cast<int>(each));
  own.space.schedule = {Schedule::one_forward_one_backward};
  if (shape.interleavings.size() > 1) own.space.schedule.push_back(Schedule::interleaved);
  own.space.sharding = {Sharding::none};
  if (shape.data > 1) own.space.sharding.push_back(Sharding::zero1);
  own.space.recompute =
      full ? std::vector{Recompute::full} : std::vector{Recompute::none, Recompute::selective};
  own.space.recompute_layers = {0};
  own.space.optimizer_offload = own.space.gradient_overlap = own.space.parameter_overlap = {1};
  if (space.second_memory)
    own.space.optimizer_offload = {0, 1};
  else
    own.space.optimizer_offload = {0};
  own.space.activation_offload = {0};
  if (!full && space.second_memory) own.space.activation_offload.push_back(1);
  own.space.pipeline_overlap = {0};
  return own;
}

/// Configurations of one shape, by count alone: choices multiply.
std::int64_t configurations(const Shape& shape, const CalculonSearchSpace& space) {
  const std::int64_t nets[] = {shape.tensor > 1 ? space.networks : 1,
                               shape.pipeline > 1 ? space.networks : 1,
                               shape.data > 1 ? space.networks : 1};
  const std::int64_t shared = static_cast<std::int64_t>(shape.interleavings.size()) *
                              static_cast<std::int64_t>(shape.micro_batches.size()) * nets[0] *
                              nets[1] * nets[2] * (shape.data > 1 ? 4 : 1) *
                              (shape.tensor > 1 ? 3 : 1);
  // weights and optimiser; activations but with full recompute; one more way to gather likewise
  const std::int64_t offloads = space.second_memory ? 4 : 1;
  const std::int64_t kept = space.second_memory ? 2 : 1;
  return shared * (3 * offloads + 2 * (2 + 2) * offloads * kept);
}

/// Of them, those that the mapping calls impossible: all network assignments but one, and of that
/// one the offloaded weights.
std::int64_t impossible_ones(const Shape& shape, const CalculonSearchSpace& space) {
  std::int64_t assignments = 1;
  for (const int degree : {shape.tensor, shape.pipeline, shape.data})
    assignments *= degree > 1 ? space.networks : 1;
  const std::int64_t all = configurations(shape, space);
  const std::int64_t laid_out = all / assignments;
  return all - (space.second_memory ? laid_out / 2 : laid_out);
}

}  // namespace

CalculonSearchResult search_calculon(const PlanSearchQuestion& question,
                                     const CalculonSearchSpace& space,
                                     const SearchControl& control) {
  const TrainingScenario& scenario = question.pool.scenario;
  CalculonSearchResult result;
  PlanCounts& counts = result.counts;
  for (const Shape& shape : shapes(scenario.model, scenario.plan.sequence_length, space)) {
    const std::int64_t all = configurations(shape, space);
    const std::int64_t impossible = impossible_ones(shape, space);
    counts.plans += all;
    counts.impossible += impossible;
    counts.equal += all - impossible;
    for (const bool full : {false, true}) {
      const PlanSearchQuestion own = shape_question(question, shape, space, full);
      const PlanSearchResult found =
          search_plans(own, {.threads = control.threads, .stop = control.stop});
      counts.equal += found.counts.equal - found.counts.plans;
      counts.impossible += found.counts.impossible;
      counts.too_large += found.counts.too_large;
      counts.refused += found.counts.refused;
      counts.bounded += found.counts.bounded;
      counts.evaluated += found.counts.evaluated;
      counts.untouched += found.counts.untouched;
      result.best.insert(result.best.end(), found.best.begin(), found.best.end());
    }
    std::stable_sort(result.best.begin(), result.best.end(),
                     [](const PlannedPlan& a, const PlannedPlan& b) {
                       if (a.tokens_per_second != b.tokens_per_second)
                         return a.tokens_per_second > b.tokens_per_second;
                       return plan_order(a.plan, b.plan);
                     });
    if (result.best.size() > question.top) result.best.resize(question.top);
  }
  return result;
}

}  // namespace polyfleet
