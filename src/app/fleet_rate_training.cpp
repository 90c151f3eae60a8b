#include "app/fleet_rate_training.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/plan_run.hpp"

namespace polyfleet {
namespace {

/// Tensor, expert and pipeline groups of up to this many ranks divide what is searched.
constexpr std::int64_t kSearchedGroup = 64;
/// Steps of the run whose goodput is asked for: long against any failure.
constexpr double kRunSteps = 20000;
/// Sequences beyond this are searched over context-parallel degrees too.
constexpr int kLongSequence = 16384;

Value list_of(std::initializer_list<int> values) {
  Array list;
  for (const int value : values) list.push_back(Value(value));
  return Value(std::move(list));
}

/// What is searched: the degrees that large runs of 2024 to 2026 used.
Value search_space(const ModelSpec& model, const RateQuestion& question) {
  Value space{Table{}};
  space.set("tensor", list_of({1, 2, 4, 8}));
  space.set("context", question.sequence > kLongSequence ? list_of({1, 2, 4, 8}) : list_of({1}));
  if (model.is_moe()) {
    space.set("expert", list_of({8, 16, 32, 64}));
    space.set("expert_tensor", list_of({1}));
  }
  space.set("micro_batch", list_of({1, 2}));
  space.set("optimizer_offload", Value(Array{Value(false)}));
  return space;
}

/// Sequences a step: as wanted, but so many that all accelerators share them evenly.
std::int64_t global_batch(const RateQuestion& question, std::int64_t devices) {
  const auto wanted =
      static_cast<std::int64_t>(std::llround(question.batch_tokens / question.sequence));
  if (wanted < devices) return std::max<std::int64_t>(1, wanted);
  return (wanted + devices / 2) / devices * devices;
}

Value plan_document(const ModelSpec& model, const RateQuestion& question, const RateClass& on,
                    const std::string& precision) {
  const std::int64_t devices =
      std::max(kSearchedGroup, question.accelerators / kSearchedGroup * kSearchedGroup);
  const std::int64_t batch = global_batch(question, devices);
  Value document{Table{}};
  document.set("model", Value(question.model));
  document.set("precision", Value(precision));
  document.set("system", Value(on.system));
  if (!on.accelerator.empty()) document.set("accelerator", Value(on.accelerator));
  document.set("devices", Value(devices));
  Value plan{Table{}};
  plan.set("global_batch", Value(batch));
  plan.set("sequence_length", Value(question.sequence));
  document.set("plan", std::move(plan));
  Value search{Table{}};
  search.set("objective", Value("tokens-per-second"));
  search.set("head_room", Value(0.05));  // predicted memory is held to that tolerance
  search.set("top", Value(1));
  search.set("tokens", Value(kRunSteps * static_cast<double>(batch) * question.sequence));
  search.set("space", search_space(model, question));
  document.set("search", std::move(search));
  return document;
}

WorkloadRate rate_of(const PlanRun& run, const std::string& precision) {
  const PlannedPlan& best = run.result.best.front();
  const TrainingEstimate& estimate = run.best->estimate;
  const auto devices = static_cast<double>(best.devices);
  if (!estimate.energy.known) return no_rate("no power figure of the part is published");
  WorkloadRate rate;
  rate.possible = true;
  rate.per_second = best.tokens_per_second / devices;
  rate.active = estimate.energy.it / estimate.time / devices;
  rate.low = estimate.time / estimate.time_high;
  rate.high = estimate.time / estimate.time_low;
  rate.least_accelerators = devices;
  if (run.forecast) rate.goodput = run.forecast->expected.goodput;
  const ParallelLayout& layout = best.plan.layout;
  rate.basis =
      fmt::format("{} on {} accelerators: TP {} x PP {} x CP {} x EP {} x DP {}, {:.1f} % MFU",
                  precision, best.devices, layout.tensor, layout.pipeline, layout.context,
                  layout.expert, layout.data, 100 * estimate.mfu);
  return rate;
}

WorkloadRate rate_in(Workspace& workspace, const ModelSpec& model, const RateQuestion& question,
                     const RateClass& on, const std::string& precision) {
  Result<PlanQuestion> asked =
      plan_question(workspace, plan_document(model, question, on, precision), false);
  if (!asked) return no_rate(asked.problems().front().what);
  const Result<std::unique_ptr<PlanRun>> run =
      run_plan_search(workspace, *std::move(asked), {.threads = 1},
                      {.with_front = false, .with_families = false, .with_advice = false});
  if (!run) return no_rate(run.problems().front().what);
  if (!(*run)->best) return no_rate("no plan fits in memory");
  return rate_of(**run, precision);
}

/// Block-scaled formats run natively on parts that publish an FP4 or FP6 peak (CDNA 4, Blackwell
/// and later); elsewhere their products would be emulated.
bool runs_natively(const Accelerator& part, const std::string& precision) {
  const bool block_scaled = precision.starts_with("mx") || precision.starts_with("nv");
  const auto published = [&](Dtype dtype) {
    return part.peak[static_cast<std::size_t>(dtype)].has_value();
  };
  return !block_scaled || published(Dtype::mxfp4) || published(Dtype::nvfp4) ||
         published(Dtype::fp6);
}

}  // namespace

WorkloadRate training_rate(Workspace& workspace, const RateQuestion& question,
                           const RateClass& on) {
  const Result<const ModelSpec*> model = workspace.model(question.model);
  if (!model) return no_rate(model.problems().front().what);
  const Result<const Machine*> machine = workspace.machine(on.accelerator, on.system);
  if (!machine) return no_rate(machine.problems().front().what);
  WorkloadRate best = no_rate("none of the precisions runs natively");
  for (const std::string& precision : question.precisions) {
    if (!runs_natively((*machine)->accelerator, precision)) continue;
    WorkloadRate rate = rate_in(workspace, **model, question, on, precision);
    if (!best.possible || (rate.possible && rate.per_second > best.per_second))
      best = std::move(rate);
  }
  return best;
}

}  // namespace polyfleet
