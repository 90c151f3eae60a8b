#include "app/plan_advice.hpp"

#include <fmt/format.h>

#include <functional>

namespace polyfleet {
namespace {

/// The states of an optimiser whose moments are kept in 16 bits beside an FP32 master copy
/// (Megatron-Core's precision-aware optimiser).
constexpr double kNarrowStates = 8;

struct SearchRemedy {
  std::string text;
  std::function<void(PlanSearchQuestion&)> apply;
};

template <class T>
void add_freed(const PlanSearchQuestion& question, std::string text,
               std::vector<T> PlanSpace::*dimension, std::vector<SearchRemedy>& remedies) {
  if ((question.space.*dimension).empty()) return;
  remedies.push_back({std::move(text), [dimension](PlanSearchQuestion& changed) {
                        (changed.space.*dimension).clear();
                      }});
}

std::vector<SearchRemedy> remedies_for(const PlanSearchQuestion& question) {
  using S = PlanSpace;
  std::vector<SearchRemedy> remedies;
  add_freed(question, "another micro-batch than pinned", &S::micro_batch, remedies);
  add_freed(question, "recompute modes that were excluded", &S::recompute, remedies);
  add_freed(question, "other tensor degrees than pinned or allowed", &S::tensor, remedies);
  add_freed(question, "other pipeline degrees than pinned or allowed", &S::pipeline, remedies);
  add_freed(question, "other expert degrees than pinned or allowed", &S::expert, remedies);
  add_freed(question, "other context degrees than pinned or allowed", &S::context, remedies);
  add_freed(question, "other data-parallel degrees than pinned", &S::data, remedies);
  add_freed(question, "other schedules than allowed", &S::schedule, remedies);
  add_freed(question, "sharding that was excluded (zero3 = FSDP shards parameters)", &S::sharding,
            remedies);
  add_freed(question, "optimiser states on the host", &S::optimizer_offload, remedies);
  add_freed(question, "activations on the host", &S::activation_offload, remedies);
  if (question.constraints.memory_head_room > 0)
    remedies.push_back({"no memory head-room", [](PlanSearchQuestion& changed) {
                          changed.constraints.memory_head_room = 0;
                        }});
  if (question.constraints.power_cap)
    remedies.push_back({"no power cap", [](PlanSearchQuestion& changed) {
                          changed.constraints.power_cap.reset();
                        }});
  if (question.pool.scenario.plan.optimizer_bytes_per_parameter > kNarrowStates)
    remedies.push_back(
        {fmt::format("optimiser moments in 16 bits (plan.optimizer_bytes_per_parameter = {:g})",
                     kNarrowStates),
         [](PlanSearchQuestion& changed) {
           const PlanTemplate inner = changed.plan_template;
           changed.plan_template = [inner](const ParallelLayout& layout, int micro_batch,
                                           Recompute recompute) {
             TrainingPlan plan = inner(layout, micro_batch, recompute);
             plan.optimizer_bytes_per_parameter = kNarrowStates;
             return plan;
           };
         }});
  return remedies;
}

class SearchAdvisor {
 public:
  SearchAdvisor(const PlanSearchQuestion& question, const SearchControl& control)
      : question_(question), control_(control) {
    control_.progress = {};
  }

  std::vector<QuestionChange> run() {
    for (const SearchRemedy& remedy : remedies_for(question_)) {
      PlanSearchQuestion changed = question_;
      remedy.apply(changed);
      keep(remedy.text, changed);
    }
    more_devices();
    return std::move(changes_);
  }

 private:
  bool stopped() const { return control_.stop != nullptr && *control_.stop; }

  std::optional<PlannedPlan> best_of(PlanSearchQuestion changed) const {
    changed.top = 1;
    changed.with_front = false;
    PlanSearchResult result = search_plans(changed, control_);
    if (result.best.empty()) return std::nullopt;
    return std::move(result.best.front());
  }

  void keep(std::string text, const PlanSearchQuestion& changed) {
    if (stopped()) return;
    if (const auto best = best_of(changed))
      changes_.push_back({std::move(text), best->time, best->head_room});
  }

  PlanSearchQuestion with_devices(std::int64_t devices) const {
    PlanSearchQuestion changed = question_;
    changed.pool.scenario.devices = devices;
    return changed;
  }

  /// Doubles until something fits, then halves the interval in whole nodes.
  void more_devices() {
    constexpr int kDoublings = 10;  // a thousand times the devices answers nobody's question
    const std::int64_t offered = question_.pool.scenario.devices;
    std::int64_t low = offered, high = offered;
    std::optional<PlannedPlan> best;
    for (int i = 0; i < kDoublings && !best && !stopped(); ++i) {
      low = high;
      high *= 2;
      best = best_of(with_devices(high));
    }
    if (!best) return;
    const std::int64_t node = std::max(1, question_.pool.machine->system.accelerators_per_node);
    while (high - low > node && !stopped()) {
      const std::int64_t middle = (low + high) / 2 / node * node;
      if (middle <= low) break;
      if (const auto smaller = best_of(with_devices(middle))) {
        best = smaller;
        high = middle;
      } else {
        low = middle;
      }
    }
    changes_.push_back(
        {fmt::format("{} accelerators instead of {}", high, offered), best->time, best->head_room});
  }

  const PlanSearchQuestion& question_;
  SearchControl control_;
  std::vector<QuestionChange> changes_;
};

}  // namespace

std::vector<QuestionChange> changes_that_fit(const PlanSearchQuestion& question,
                                             const SearchControl& control) {
  return SearchAdvisor(question, control).run();
}

}  // namespace polyfleet
