// Small planning questions with known answers: random models, machines, spaces and constraints, and
// the plain enumeration of every plan, which knows no bound and no cache.
#pragma once

#include <doctest/doctest.h>

#include <random>

#include "catalogue/catalogue.hpp"
#include "planner/plan_candidates.hpp"
#include "planner/planned_plan.hpp"
#include "training/plan_check.hpp"

namespace polyfleet {

inline const Catalogue& planner_catalogue() {
  static const Catalogue catalogue = [] {
    auto loaded = load_catalogue(POLYFLEET_SOURCE_DIR "/data");
    REQUIRE(loaded);
    return *loaded;
  }();
  return catalogue;
}

inline Machine loaded_machine(const char* part, const char* system) {
  const auto accelerator = planner_catalogue().accelerator(part);
  const auto node = planner_catalogue().system(system);
  REQUIRE(accelerator);
  REQUIRE(node);
  auto machine = load_machine(*accelerator, *node, planner_catalogue().directory());
  REQUIRE(machine);
  return *std::move(machine);
}

inline const Machine& machine_number(std::size_t index) {
  static const Machine machines[] = {
      loaded_machine("nv_h100_sxm", "hgx_h100"), loaded_machine("amd_mi300x", "mi300x_8oam"),
      loaded_machine("nv_a100_80", "hgx_a100"), loaded_machine("amd_mi355x", "mi355x_8oam")};
  return machines[index % 4];
}

inline const TrainingModels& shipped_models() {
  static const TrainingModels models = [] {
    auto loaded = load_training_models(planner_catalogue().directory());
    REQUIRE(loaded);
    return *std::move(loaded);
  }();
  return models;
}

inline ModelSpec small_dense_model() {
  ModelSpec model;
  model.layers = 8;
  model.hidden = 4096;
  model.ffn = 16384;
  model.heads = 32;
  model.kv_heads = 8;
  model.head_dim = 128;
  model.vocab = 32000;
  return model;
}

inline ModelSpec small_moe_model() {
  ModelSpec model = small_dense_model();
  model.hidden = 2048;
  model.ffn = 8192;
  model.heads = 16;
  model.kv_heads = 16;
  model.moe.experts = 16;
  model.moe.top_k = 2;
  model.moe.expert_ffn = 2048;
  return model;
}

/// Host work, overlaps and split rules that depend on the cut as framework profiles do.
inline PlanTemplate plain_template(const TrainingPlan& base) {
  return [base](const ParallelLayout& layout, int micro_batch, Recompute recompute) {
    TrainingPlan plan = base;
    plan.layout = layout;
    plan.micro_batch = micro_batch;
    plan.recompute = recompute;
    plan.overlap.tensor = layout.tensor > 4 ? 0.5 : 0;
    plan.overlap.context = layout.context > 1 ? 0.7 : 0;
    plan.host_seconds_per_layer = recompute == Recompute::full ? 60e-6 : 40e-6;
    plan.host_seconds_per_step = 1e-3;
    plan.host_seconds_per_micro_batch = layout.pipeline > 1 ? 2e-4 : 1e-4;
    const std::int64_t chunks = std::int64_t{layout.pipeline} * layout.virtual_stages;
    plan.embedding_counts_as_layer = chunks == 5;  // eight layers and two more over five stages
    return plan;
  };
}

/// A question that may be asked as it stands: `devices` H100 and a small dense model.
inline PlanSearchQuestion small_question(ModelSpec model, int devices, int batch) {
  PlanSearchQuestion question;
  TrainingScenario& scenario = question.pool.scenario;
  scenario.model = std::move(model);
  scenario.devices = devices;
  scenario.plan.global_batch = batch;
  scenario.plan.sequence_length = 2048;
  question.pool.machine = &machine_number(0);
  question.pool.models = &shipped_models();
  question.pool.prices.device = UsdPerSecond::from_base(2.0 / 3600);
  question.plan_template = plain_template(scenario.plan);
  return question;
}

inline TrainingEstimate estimate_of(const PlanSearchQuestion& question, const TrainingPlan& plan) {
  TrainingScenario scenario = question.pool.scenario;
  scenario.plan = plan;
  scenario.devices = plan.layout.devices();
  return estimate_training(scenario, *question.pool.machine, *question.pool.models,
                           question.pool.prices,
                           {.software_maturity = !question.pool.strict, .with_flops = false});
}

}  // namespace polyfleet
