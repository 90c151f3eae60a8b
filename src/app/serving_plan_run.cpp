#include "app/serving_plan_run.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "planner/serving_ranking.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

std::string traffic_text(const PreparedServingPlan& prepared) {
  const ServingDemand& demand = prepared.question.demand;
  const SteadyLoad& shape = demand.shape;
  std::string text = fmt::format("{:.4g} requests/s", demand.requests_per_second);
  if (const auto& trace = prepared.traffic.trace)
    text += fmt::format(" of a trace of {} requests", trace->requests);
  text += fmt::format("; prompts {:.5g} tokens", shape.input_tokens);
  if (shape.input_variation > 0) text += fmt::format(" (variation {:.2f})", shape.input_variation);
  text += fmt::format(", outputs {:.5g} tokens", shape.output_tokens);
  if (shape.output_variation > 0)
    text += fmt::format(" (variation {:.2f})", shape.output_variation);
  if (shape.cached_share > 0)
    text += fmt::format("; {:.1f} % of prompts in the prefix cache", 100 * shape.cached_share);
  return text;
}

}  // namespace

ServingPlanAnswer ServingPlanRun::answer() const {
  return {prepared->name, *prepared->model,      prepared->question,     result,
          verified,       prepared->assumptions, traffic_text(*prepared)};
}

Result<ServingPlanRun> run_serving_plan(Workspace& workspace, const Value& document,
                                        const PlanProgress& progress) {
  ServingPlanRun run;
  Result<std::unique_ptr<PreparedServingPlan>> prepared = prepare_serving_plan(workspace, document);
  if (!prepared) return prepared.problems();
  run.prepared = *std::move(prepared);
  const ServingPlanQuestion& question = run.prepared->question;
  progress(fmt::format("comparing {} kinds of replicas", question.kinds.size()), -1);
  run.result = search_serving_plans(question, *run.prepared->models);
  const std::size_t wanted = std::min(run.prepared->simulate, run.result.best.size());
  for (std::size_t i = 0; i < wanted; ++i) {
    progress(fmt::format("simulating plan {} of {}", i + 1, wanted),
             static_cast<double>(i) / static_cast<double>(wanted));
    Result<VerifiedPlan> verified =
        verify_serving_plan(question, run.result.best[i], *run.prepared->models,
                            run.prepared->traffic.maker, run.prepared->verify);
    if (!verified) return verified.problems();
    run.verified.push_back(*std::move(verified));
  }
  std::stable_sort(run.verified.begin(), run.verified.end(),
                   [&](const VerifiedPlan& one, const VerifiedPlan& other) {
                     if (one.met != other.met) return one.met;
                     return comes_before(question, one.plan, other.plan);
                   });
  return run;
}

}  // namespace polyfleet
