#include "app/fit_advice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "training/plan_check.hpp"

namespace polyfleet {
namespace {

struct FitRemedy {
  std::string text;
  std::function<void(TrainingPlan&)> apply;
};

/// Multiplies one degree by `times` at the expense of the data-parallel one.
FitRemedy degree_remedy(const TrainingPlan& plan, std::string name, int ParallelLayout::*degree,
                        int times) {
  const int value = plan.layout.*degree * times;
  return {fmt::format("plan.layout.{} = {}", name, value), [degree, times](TrainingPlan& changed) {
            changed.layout.*degree *= times;
            changed.layout.data /= times;
            if (degree == &ParallelLayout::tensor) changed.layout.sequence_parallel = true;
          }};
}

void add_degrees(const TrainingPlan& plan, std::vector<FitRemedy>& remedies) {
  for (const int times : {2, 4, 8, 16}) {
    if (plan.layout.data % times != 0) continue;
    remedies.push_back(degree_remedy(plan, "tensor", &ParallelLayout::tensor, times));
    remedies.push_back(degree_remedy(plan, "pipeline", &ParallelLayout::pipeline, times));
    remedies.push_back(degree_remedy(plan, "context", &ParallelLayout::context, times));
  }
  for (const int times : {2, 4, 8}) {
    const int expert = plan.layout.expert * times;
    remedies.push_back({fmt::format("plan.layout.expert = {}", expert),
                        [expert](TrainingPlan& changed) { changed.layout.expert = expert; }});
  }
}

std::vector<FitRemedy> remedies_for(const TrainingPlan& plan) {
  std::vector<FitRemedy> remedies;
  if (plan.recompute == Recompute::none)
    remedies.push_back({"plan.recompute = selective",
                        [](TrainingPlan& p) { p.recompute = Recompute::selective; }});
  if (plan.recompute != Recompute::full)
    remedies.push_back(
        {"plan.recompute = full", [](TrainingPlan& p) { p.recompute = Recompute::full; }});
  const std::pair<const char*, Sharding> kSteps[] = {
      {"zero1", Sharding::zero1}, {"zero2", Sharding::zero2}, {"zero3", Sharding::zero3}};
  for (const auto& [name, sharding] : kSteps) {
    if (plan.sharding < sharding)
      remedies.push_back({fmt::format("plan.sharding = {}", name),
                          [sharding](TrainingPlan& p) { p.sharding = sharding; }});
  }
  if (plan.micro_batch > 1)
    remedies.push_back({"plan.micro_batch = 1", [](TrainingPlan& p) { p.micro_batch = 1; }});
  if (!plan.optimizer_offload)
    remedies.push_back(
        {"plan.optimizer_offload = true", [](TrainingPlan& p) { p.optimizer_offload = true; }});
  if (plan.activation_offload < 1)
    remedies.push_back(
        {"plan.activation_offload = 1", [](TrainingPlan& p) { p.activation_offload = 1; }});
  add_degrees(plan, remedies);
  return remedies;
}

class FitAdvisor {
 public:
  FitAdvisor(const ResolvedTraining& resolved, const TrainingModels& models, Seconds asked)
      : resolved_(resolved), models_(models), asked_(asked) {}

  void consider(const FitRemedy& one, const FitRemedy* other) {
    TrainingScenario scenario = resolved_.scenario;
    one.apply(scenario.plan);
    if (other != nullptr) other->apply(scenario.plan);
    if (!plan_problems(scenario.model, scenario.plan, scenario.devices).empty()) return;
    const TrainingEstimate estimate =
        estimate_training(scenario, *resolved_.machine, models_, resolved_.prices,
                          {.with_energy = false, .with_flops = false});
    if (!estimate.fits_in_memory) return;
    const Bytes need = estimate.memory[fullest_stage(estimate.memory)].total;
    fitting.push_back({other == nullptr ? one.text : one.text + ", " + other->text, need,
                       estimate.time / asked_});
  }

  std::vector<FittingChange> fitting;

 private:
  const ResolvedTraining& resolved_;
  const TrainingModels& models_;
  Seconds asked_;
};

}  // namespace

std::vector<FittingChange> changes_that_fit(const ResolvedTraining& resolved,
                                            const TrainingModels& models, Seconds asked,
                                            std::size_t most) {
  const std::vector<FitRemedy> remedies = remedies_for(resolved.scenario.plan);
  FitAdvisor advisor(resolved, models, asked);
  for (const FitRemedy& remedy : remedies) advisor.consider(remedy, nullptr);
  if (advisor.fitting.empty()) {
    for (std::size_t i = 0; i < remedies.size(); ++i) {
      for (std::size_t j = i + 1; j < remedies.size(); ++j)
        advisor.consider(remedies[i], &remedies[j]);
    }
  }
  std::stable_sort(advisor.fitting.begin(), advisor.fitting.end(),
                   [](const auto& a, const auto& b) { return a.slowdown < b.slowdown; });
  if (advisor.fitting.size() > most) advisor.fitting.resize(most);
  return std::move(advisor.fitting);
}

}  // namespace polyfleet
