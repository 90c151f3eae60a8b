#include "app/plan_sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "training/plan_check.hpp"

namespace polyfleet {
namespace {

Setting integer_setting(std::string key, std::int64_t value) {
  return {std::move(key), Value(value), "sweep"};
}

/// Degrees that framework defaults depend on, resolved once; micro-batch and recompute vary inside.
struct Cut {
  int tensor = 1, pipeline = 1, virtual_stages = 1, expert = 1;
};

std::vector<Cut> cuts_of(const PlanGrid& grid) {
  std::vector<Cut> cuts;
  for (const int tensor : grid.tensor)
    for (const int pipeline : grid.pipeline)
      for (const int virtual_stages : grid.virtual_stages)
        for (const int expert : grid.expert)
          if (pipeline > 1 || virtual_stages == 1)
            cuts.push_back({tensor, pipeline, virtual_stages, expert});
  return cuts;
}

/// How a cut uses the devices offered.
struct Use {
  std::int64_t replicas = 0;
  std::int64_t global_batch = 0;
};

/// As many replicas as the devices allow (experts need a multiple of theirs), and the multiple of
/// what they take in one round that is nearest to the wanted batch; an interleaved pipeline takes
/// whole rounds of its stages.
Use use_of(const Cut& cut, std::int64_t offered, int micro_batch, std::int64_t wanted) {
  const std::int64_t replica = std::int64_t{cut.tensor} * cut.pipeline;
  const std::int64_t group = cut.expert / std::gcd(cut.expert, cut.tensor);
  Use use;
  use.replicas = offered / replica / group * group;
  if (use.replicas == 0) return use;
  const std::int64_t rounds = cut.virtual_stages > 1 ? cut.pipeline : 1;
  const std::int64_t step = use.replicas * micro_batch * rounds;
  use.global_batch = std::max<std::int64_t>(1, (wanted + step / 2) / step) * step;
  return use;
}

class Sweeper {
 public:
  Sweeper(Workspace& workspace, const Value& base, std::int64_t devices, const PlanGrid& grid)
      : workspace_(workspace), base_(base), devices_(devices), grid_(grid) {}

  Result<SweptPlan> run() {
    const Result<const TrainingModels*> models = workspace_.training_models();
    if (!models) return models.problems();
    models_ = *models;
    for (const Cut& cut : cuts_of(grid_)) {
      for (const int micro_batch : grid_.micro_batch) try_cut(cut, micro_batch);
    }
    if (best_.settings.empty()) {
      if (!problems_.empty()) return std::move(problems_);
      return problem(
          fmt::format("none of {} plans on {} devices fits in memory", best_.tried, devices_),
          "offer more power or a smaller model");
    }
    return std::move(best_);
  }

 private:
  void try_cut(const Cut& cut, int micro_batch) {
    const Value* batch = stated(base_, "plan.global_batch");
    if (batch == nullptr || batch->integer() == nullptr) {
      problems_ = {problem_at(base_.where(), "the shared scenario lacks plan.global_batch",
                              "give it in sequences a step")};
      return;
    }
    const std::int64_t replica = std::int64_t{cut.tensor} * cut.pipeline;
    const Use use = use_of(cut, devices_, micro_batch, *batch->integer());
    if (use.replicas == 0) return;
    const std::vector<Setting> settings{
        integer_setting("devices", use.replicas * replica),
        integer_setting("plan.global_batch", use.global_batch),
        integer_setting("plan.layout.tensor", cut.tensor),
        integer_setting("plan.layout.pipeline", cut.pipeline),
        integer_setting("plan.layout.virtual_stages", cut.virtual_stages),
        integer_setting("plan.layout.expert", cut.expert),
        integer_setting("plan.micro_batch", micro_batch)};
    for (const std::string& recompute : grid_.recompute) {
      std::vector<Setting> with_recompute = settings;
      with_recompute.push_back({"plan.recompute", Value(recompute), "sweep"});
      if (!try_plan(with_recompute, use.replicas * replica)) return;
    }
  }

  /// False when the degrees themselves cannot run, so that no other recompute mode helps.
  bool try_plan(const std::vector<Setting>& settings, std::int64_t used) {
    const Result<Value> document = with_settings(base_, settings);
    const Result<ResolvedTraining> resolved =
        document ? resolve_training(workspace_, *document) : document.problems();
    if (!resolved) {
      if (problems_.empty()) problems_ = resolved.problems();
      return false;
    }
    const TrainingEstimate estimate =
        estimate_training(resolved->scenario, *resolved->machine, *models_, resolved->prices,
                          {.with_energy = false, .with_flops = false});
    ++best_.tried;
    if (!estimate.fits_in_memory) return true;
    ++best_.fitting;
    const double rate = estimate.tokens_per_step / (estimate.time / second);
    if (rate > best_rate_) {
      best_rate_ = rate;
      best_.settings = settings;
      best_.devices = used;
    }
    return true;
  }

  Workspace& workspace_;
  const Value& base_;
  std::int64_t devices_;
  const PlanGrid& grid_;
  const TrainingModels* models_ = nullptr;
  SweptPlan best_;
  double best_rate_ = 0;  // tokens per second
  Diagnostics problems_;
};

}  // namespace

Result<SweptPlan> swept_plan(Workspace& workspace, const Value& base, std::int64_t devices,
                             const PlanGrid& grid) {
  return Sweeper(workspace, base, devices, grid).run();
}

}  // namespace polyfleet
