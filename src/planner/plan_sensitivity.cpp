#include "planner/plan_sensitivity.hpp"

#include <algorithm>
#include <cmath>

#include "planner/sensitivity_inputs.hpp"

namespace polyfleet {
namespace {

/// Plans whose times differ by less are equally good.
constexpr double kEqualTimes = 1e-9;

class Mover {
 public:
  Mover(const PlanSensitivityQuestion& question, const SearchControl& control)
      : question_(question), control_(control), scenario_(question.search->pool.scenario) {
    scenario_.plan = question.best->plan;
    scenario_.devices = question.best->devices;
  }

  Result<std::vector<MovedInput>> run() {
    const PoolQuestion& pool = question_.search->pool;
    const SensitivityQuestion asked{&scenario_,  pool.machine,
                                    pool.models, question_.uncertainties,
                                    pool.strict, question_.data_directory};
    const Result<Sensitivity> ranked = sensitivity_of(asked);
    if (!ranked) return ranked.problems();
    const auto inputs = varied_inputs(asked, cost_shares(scenario_, *pool.machine));
    std::vector<MovedInput> moves;
    std::size_t moved = 0;
    for (const SensitivityInput& input : ranked->inputs) {
      const auto varied = std::find_if(inputs.begin(), inputs.end(), [&](const VariedInput& each) {
        return each.input.key == input.key;
      });
      if (input.sigma <= 0 || varied == inputs.end() || moved == question_.inputs) continue;
      ++moved;
      for (const double direction : {-1.0, 1.0}) {
        if (control_.stop != nullptr && control_.stop->load()) return moves;
        Diagnostics problems = move(*varied, direction, moves);
        if (!problems.empty()) return problems;
      }
    }
    return moves;
  }

 private:
  Diagnostics move(const VariedInput& varied, double direction, std::vector<MovedInput>& moves) {
    const PoolQuestion& pool = question_.search->pool;
    MovedInput moved;
    moved.key = varied.input.key;
    moved.is_share = varied.input.kind == InputKind::share;
    moved.moved = moved.is_share
                      ? std::clamp(varied.at + direction * varied.input.sigma, 0.0, 1.0) - varied.at
                      : std::exp(direction * varied.input.sigma);
    const PartInSystem real{pool.machine->accelerator, pool.machine->system};
    Variation variation{real, {}, scenario_.plan};
    varied.move(variation, moved.moved);
    const Result<Machine> machine = load_hypothetical_machine(
        real, variation.changed, variation.scaling, question_.data_directory);
    if (!machine) return machine.problems();
    PlanSearchQuestion again = *question_.search;
    again.pool.machine = &*machine;
    again.top = 1;
    again.with_front = false;
    again.with_families = false;
    const bool of_plan = moved.is_share || varied.input.key == "costs.host";
    if (of_plan) again.plan_template = moved_template(varied, moved.moved);
    PlanSearchResult found = search_plans(again, {control_.threads, control_.stop});
    if (found.best.empty()) return {};  // stopped: an input never takes every plan away
    moved.best = std::move(found.best.front());
    PlanEvaluator evaluator(again.pool);
    moved.kept = evaluator
                     .estimate(variation.plan,
                               {.with_memory = false, .with_energy = false, .with_flops = false})
                     .time;
    moved.changes = moved.best.time < moved.kept * (1 - kEqualTimes);
    moves.push_back(std::move(moved));
    return {};
  }

  /// The template with the input moved in every plan; a share stays between 0 and 1.
  PlanTemplate moved_template(const VariedInput& varied, double amount) const {
    return [plan_template = question_.search->plan_template, &varied, amount](
               const ParallelLayout& layout, int micro_batch, Recompute recompute) {
      Variation variation;
      variation.plan = plan_template(layout, micro_batch, recompute);
      varied.move(variation, amount);
      OverlapSettings& overlap = variation.plan.overlap;
      for (double* share : {&overlap.tensor, &overlap.expert, &overlap.context})
        *share = std::clamp(*share, 0.0, 1.0);
      return variation.plan;
    };
  }

  const PlanSensitivityQuestion& question_;
  const SearchControl& control_;
  TrainingScenario scenario_;
};

}  // namespace

Result<std::vector<MovedInput>> plan_sensitivity(const PlanSensitivityQuestion& question,
                                                 const SearchControl& control) {
  return Mover(question, control).run();
}

}  // namespace polyfleet
