#include "app/plan_run.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/plan_advice.hpp"
#include "app/plan_document.hpp"
#include "training/plan_fields.hpp"

namespace polyfleet {
namespace {

/// A scenario as `estimate train` answers it.
Result<TrainingRun> estimated(Workspace& workspace, const Value& scenario, bool strict) {
  Result<ResolvedTraining> resolved = resolve_training(workspace, scenario);
  if (!resolved) return resolved.problems();
  return run_training(workspace, *std::move(resolved), strict);
}

/// The question of the whole run, checked before anything is searched.
Diagnostics read_run_question(Workspace& workspace, PlanRun& run) {
  const PlanWishes& wishes = run.question.wishes;
  if (wishes.tokens == 0) return {};
  Result<ReliabilityData> data = load_reliability(workspace.data_directory());
  if (!data) return data.problems();
  run.reliability = std::make_unique<const ReliabilityData>(*std::move(data));
  run.run_question.tokens = wishes.tokens;
  if (!wishes.start.empty()) {
    const Result<CalendarDate> start = parse_date(wishes.start);
    if (!start) return start.problems();
    run.run_question.start = *start;
  }
  Diagnostics problems = question_problems(run.run_question, *run.reliability);
  const TrainingPlan& plan = run.search.pool.scenario.plan;
  const double step =
      static_cast<double>(plan.global_batch) * static_cast<double>(plan.sequence_length);
  if (problems.empty() && wishes.tokens < step)
    problems.push_back(
        problem(fmt::format("{:g} tokens are less than one step's {:g}", wishes.tokens, step),
                "tokens is that of the whole run: --tokens 15e12"));
  return problems;
}

bool same_settings(const TrainingPlan& a, const TrainingPlan& b) {
  return to_json(searched_settings(a), -1) == to_json(searched_settings(b), -1);
}

}  // namespace

PlanSearchQuestion search_question(const SearchedPool& pool, const PlanWishes& wishes) {
  PlanSearchQuestion search{.pool = pool.question,
                            .plan_template = pool.plan_template,
                            .space = pool.space,
                            .constraints = {},
                            .objective = wishes.objective,
                            .top = static_cast<std::size_t>(wishes.top)};
  search.constraints.memory_head_room = wishes.head_room;
  search.constraints.use_all_devices = wishes.use_all_devices;
  search.constraints.power_cap = wishes.power_cap;
  return search;
}

PlanAnswer PlanRun::answer() const {
  PlanAnswer answer{.question = search,
                    .result = result,
                    .best = {},
                    .pinned = question.pinned,
                    .limits = question.pools.front().assumptions,
                    .would_fit = would_fit,
                    .stated = {},
                    .run_question = run_question,
                    .run = forecast ? &*forecast : nullptr};
  if (best) answer.best.emplace(best->answer());
  if (!stated) return answer;
  StatedPlan today{.answer = stated->answer(), .place = {}};
  if (best) today.over_best = stated->estimate.time / best->estimate.time;
  for (std::size_t i = 0; i < result.best.size() && !today.place; ++i) {
    if (same_settings(result.best[i].plan, stated->resolved.scenario.plan)) today.place = i + 1;
  }
  answer.stated.emplace(today);
  return answer;
}

Result<std::unique_ptr<PlanRun>> run_plan_search(Workspace& workspace, PlanQuestion question,
                                                 const SearchControl& control,
                                                 const PlanRunOptions& options) {
  auto run = std::make_unique<PlanRun>();
  run->search = search_question(question.pools.front().searched, question.wishes);
  run->search.with_front = options.with_front;
  run->search.with_families = options.with_families;
  run->question = std::move(question);
  const bool strict = run->search.pool.strict;
  if (run->question.stated) {
    Result<TrainingRun> stated = estimated(workspace, *run->question.stated, strict);
    if (!stated) return stated.problems();
    run->stated.emplace(*std::move(stated));
  }
  if (const Diagnostics problems = read_run_question(workspace, *run); !problems.empty())
    return problems;
  run->result = search_plans(run->search, control);
  if (run->result.best.empty()) {
    if (!run->result.interrupted && options.with_advice)
      run->would_fit = changes_that_fit(run->search, control);
    return run;
  }
  const PlannedPlan& best = run->result.best.front();
  Result<Value> scenario =
      planned_scenario(run->question.pools.front().document, best.plan, best.devices);
  if (!scenario) return scenario.problems();
  Result<TrainingRun> estimate = estimated(workspace, *scenario, strict);
  if (!estimate) return estimate.problems();
  run->best_scenario = *std::move(scenario);
  run->best.emplace(*std::move(estimate));
  if (run->reliability != nullptr)
    run->forecast.emplace(forecast_run(run->best->estimate, run->best->resolved.scenario,
                                       *run->best->resolved.machine, run->run_question,
                                       *run->reliability));
  return run;
}

}  // namespace polyfleet
