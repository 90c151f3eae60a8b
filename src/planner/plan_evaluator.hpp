// Exact answers for many plans of one question: the same numbers as training/estimate.hpp, bit for
// bit, with every layer built and timed once for all plans that share it. The search decides which
// plans to ask for; this says what they cost.
#pragma once

#include <compare>
#include <map>
#include <memory>

#include "training/estimate.hpp"
#include "training/layer_table.hpp"

namespace polyfleet {

/// What plans of one question have in common: a pool of like accelerators and what runs on them.
struct PoolQuestion {
  TrainingScenario scenario;  ///< its plan gives what a search does not vary; devices are offered
  const Machine* machine = nullptr;
  const TrainingModels* models = nullptr;
  TrainingPrices prices;
  bool strict = false;  ///< without the software-maturity factor
};

/// Plans equal in this share one LayerTable; the rest of what tables depend on (precision,
/// adapters, batch settings, host floor by recompute mode) follows from the question.
struct TimeKey {
  WorkKey work;
  Recompute recompute = Recompute::none;
  double tensor_overlap = 0, expert_overlap = 0, context_overlap = 0;
  double host_seconds_per_layer = 0;
  friend auto operator<=>(const TimeKey&, const TimeKey&) = default;
};
TimeKey time_key(const TrainingPlan& plan);

/// Not for concurrent use: one per thread. Keeps a reference to the question.
class PlanEvaluator {
 public:
  explicit PlanEvaluator(const PoolQuestion& question);

  const PoolQuestion& question() const { return question_; }
  /// The tables behind a plan; valid as long as the evaluator.
  LayerTable& table(const TrainingPlan& plan);
  /// The whole answer. Precondition: plan_problems(model, plan, plan.layout.devices()) is empty.
  TrainingEstimate estimate(const TrainingPlan& plan, const EstimateOptions& options);
  /// Memory of each stage alone. Same precondition.
  std::vector<StageMemory> memory(const TrainingPlan& plan);

 private:
  const PoolQuestion& question_;
  std::map<WorkKey, std::shared_ptr<LayerWorks>> works_;
  std::map<TimeKey, std::unique_ptr<LayerTable>> tables_;
  std::shared_ptr<LayerWorks> works(const TrainingPlan& plan);
};

}  // namespace polyfleet
