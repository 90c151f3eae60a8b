// Pools, questions and plans for tests of mixed pools: shipped H100 and MI300X, the small dense
// model of machine_fixture.hpp.
#pragma once

#include "training/estimate.hpp"
#include "training/mixed_step.hpp"
#include "unit/training/machine_fixture.hpp"

namespace polyfleet {

inline const Machine& machine_of(const char* system_id) {
  static std::map<std::string, Machine> machines;
  const auto found = machines.find(system_id);
  if (found != machines.end()) return found->second;
  auto system = shipped_catalogue().system(system_id);
  REQUIRE(system);
  auto part = shipped_catalogue().accelerator_of(*system);
  REQUIRE(part);
  auto loaded = load_machine(*part, *system, shipped_catalogue().directory());
  REQUIRE(loaded);
  return machines.emplace(system_id, *std::move(loaded)).first->second;
}

inline const TrainingModels& shipped_models() {
  static const TrainingModels models = *load_training_models(shipped_catalogue().directory());
  return models;
}

inline MixedPool pool_of(const char* system, std::int64_t devices,
                         const char* framework = "megatron_core") {
  MixedPool pool;
  pool.name = system;
  pool.machine = &machine_of(system);
  pool.devices = devices;
  pool.framework = framework;
  return pool;
}

inline TrainingPlan plain_plan() {
  TrainingPlan plan = dense_plan();
  plan.layout = {.tensor = 2, .sequence_parallel = true};
  return plan;
}

/// A question with its network; not to be copied.
struct MixedCase {
  MixedQuestion question;
  CrossNetwork network;
  explicit MixedCase(std::vector<MixedPool> pools, std::vector<StatedLink> links = {},
                     const ModelSpec& model = dense_model())
      : network(*CrossNetwork::make(pools, links, shipped_catalogue().directory())) {
    question.model = model;
    question.pools = std::move(pools);
    question.network = &network;
    question.models = &shipped_models();
  }
  MixedCase(const MixedCase&) = delete;
  MixedStep step(const MixedPlan& plan) const {
    const Diagnostics problems = mixed_plan_problems(question.model, question.pools, plan);
    INFO(to_text(problems));
    REQUIRE(problems.empty());
    return mixed_step(question, plan);
  }
};

/// Replicas that lie wholly on one pool; degrees and settings of `plan`.
inline ReplicaGroup replicas_on(std::size_t pool, const TrainingPlan& plan, int replicas,
                                std::int64_t micro_batches) {
  ReplicaGroup group;
  group.stages.push_back({pool, plan, plan.stage_layers});
  group.replicas = replicas;
  group.micro_batch = plan.micro_batch;
  group.micro_batches = micro_batches;
  return group;
}

/// One pipeline through two pools: `first` layers on pool 0, the rest on pool 1, one stage each.
inline ReplicaGroup pipeline_of(const TrainingPlan& plan, int first, int replicas,
                                std::int64_t micro_batches,
                                const ModelSpec& model = dense_model()) {
  ReplicaGroup group = replicas_on(0, plan, replicas, micro_batches);
  group.stages.push_back(group.stages.front());
  group.stages[1].pool = 1;
  group.stages[0].stage_layers = {first};
  group.stages[1].stage_layers = {static_cast<int>(model.layers) - first};
  return group;
}

inline TrainingEstimate homogeneous(const ModelSpec& model, const TrainingPlan& plan,
                                    const Machine& machine) {
  TrainingScenario scenario;
  scenario.model = model;
  scenario.plan = plan;
  scenario.framework = "megatron_core";
  scenario.devices = plan.layout.devices();
  return estimate_training(scenario, machine, shipped_models(), {}, {});
}

inline Seconds sum_of(const StepBreakdown& where) {
  Seconds sum;
  for (const Seconds part : where.compute) sum += part;
  return sum + where.recompute + where.tensor + where.context + where.expert + where.pipeline +
         where.bubble + where.gradient_reduce + where.parameter_gather + where.optimizer +
         where.offload + where.host + where.software;
}

}  // namespace polyfleet
