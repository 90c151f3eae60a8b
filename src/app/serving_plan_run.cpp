#include "app/serving_plan_run.hpp"

#include <fmt/format.h>

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
          checked,        prepared->assumptions, traffic_text(*prepared)};
}

Result<ServingPlanRun> run_serving_plan(Workspace& workspace, const Value& document,
                                        const PlanProgress& progress,
                                        const std::atomic<bool>* stop) {
  ServingPlanRun run;
  Result<std::unique_ptr<PreparedServingPlan>> prepared = prepare_serving_plan(workspace, document);
  if (!prepared) return prepared.problems();
  run.prepared = *std::move(prepared);
  const ServingPlanQuestion& question = run.prepared->question;
  progress(fmt::format("comparing {} kinds of replicas", question.kinds.size()), -1);
  run.result = search_serving_plans(question, *run.prepared->models, {}, stop);
  VerifyOptions how = run.prepared->verify;
  how.stop = stop;
  ServingTrials trials(question, *run.prepared->models, run.prepared->traffic.maker, how);
  Result<CheckedProposals> checked = check_proposals(
      run.result.best, trials, run.prepared->simulate, [&](std::size_t begun, std::size_t budget) {
        progress(fmt::format("simulating proposal {} of at most {}", begun, budget),
                 static_cast<double>(begun - 1) / static_cast<double>(budget));
      });
  if (!checked) return checked.problems();
  run.checked = *std::move(checked);
  run.checked.interrupted = run.checked.interrupted || run.result.interrupted;
  return run;
}

}  // namespace polyfleet
