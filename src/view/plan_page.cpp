#include "view/plan_page.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "report/plan_rows.hpp"
#include "report/plan_text.hpp"
#include "units/text.hpp"
#include "view/plan_figures.hpp"
#include "view/run_page.hpp"
#include "view/sensitivity_page.hpp"
#include "view/training_page.hpp"
#include "view/training_sources.hpp"

namespace polyfleet {
namespace {

std::string question_text(const PlanAnswer& answer) {
  const TrainingScenario& scenario = answer.question.pool.scenario;
  const Machine& machine = *answer.question.pool.machine;
  std::string text =
      fmt::format("The best plan to train {} on {} x {} ({}), global batch {}, sequence {}, {}: {}",
                  scenario.model.name, grouped(scenario.devices), machine.accelerator.name,
                  machine.system.name, grouped(scenario.plan.global_batch),
                  grouped(scenario.plan.sequence_length), scenario.plan.precision.name,
                  goal_text(answer.question.objective, answer.question.constraints));
  if (!answer.pinned.empty()) text += fmt::format("; pinned: {}", fmt::join(answer.pinned, ", "));
  return text;
}

std::vector<std::string> notices_of(const PlanAnswer& answer) {
  const PlanSearchResult& result = answer.result;
  std::vector<std::string> notices;
  if (result.interrupted)
    notices.push_back("Interrupted: the best so far, no proof that it is the best.");
  if (!answer.question.with_front)
    notices.push_back(
        "The front over time, energy, cost and free memory was not searched, as text alone was "
        "wanted and it takes several times as long as the best plan: --front, --json or --report "
        "search it.");
  if (!answer.best && !result.interrupted) {
    const PlanCounts& counts = result.counts;
    notices.push_back(counts.plans == counts.impossible ? "No plan of the space can run at all."
                      : counts.too_large == 0           ? "No plan obeys the constraints."
                                                        : "No plan fits in memory.");
  }
  if (!answer.best && result.leanest) {
    const Bytes capacity = result.leanest->memory / (1 - result.leanest->head_room);
    notices.push_back(fmt::format("The leanest plan, {}, needs {} of {}: {} too much.",
                                  cut_text(result.leanest->plan),
                                  print_quantity(result.leanest->memory), print_quantity(capacity),
                                  print_quantity(result.leanest->memory - capacity)));
  }
  if (answer.best) {
    const std::vector<std::string> of_step = training_notices(*answer.best);
    notices.insert(notices.end(), of_step.begin(), of_step.end());
  }
  if (answer.run != nullptr)
    notices.insert(notices.end(), answer.run->warnings.begin(), answer.run->warnings.end());
  return notices;
}

void add_stated(const StatedPlan& stated, bool has_best, std::vector<PageFact>& facts) {
  const TrainingEstimate& estimate = stated.answer.estimate;
  std::string note = cut_text(stated.answer.scenario.plan);
  if (!estimate.fits_in_memory) note += "; does not fit in memory";
  if (has_best) note += fmt::format("; {} the best plan's", times_text(stated.over_best));
  if (stated.place) note += fmt::format(", rank {}", *stated.place);
  facts.push_back({"step time of the plan as stated", print_quantity(estimate.time), note});
}

std::vector<PageFact> facts_of(const PlanAnswer& answer) {
  const PlanSearchResult& result = answer.result;
  std::vector<PageFact> facts;
  if (answer.best) {
    const TrainingScenario& best = answer.best->scenario;
    facts.push_back({"best plan", cut_text(best.plan), settings_text(best.plan)});
    if (best.devices < answer.question.pool.scenario.devices)
      facts.push_back({"accelerators",
                       fmt::format("{} of {}", grouped(best.devices),
                                   grouped(answer.question.pool.scenario.devices)),
                       "more would not divide or not help"});
    const std::vector<PageFact> of_step = training_facts(*answer.best);
    facts.insert(facts.end(), of_step.begin(), of_step.end());
  }
  if (answer.stated) add_stated(*answer.stated, answer.best.has_value(), facts);
  if (answer.run != nullptr) {
    const std::vector<PageFact> of_run = run_facts(answer.run_question, *answer.run);
    facts.insert(facts.end(), of_run.begin(), of_run.end());
  }
  std::string gap = result.interrupted ? "not proven" : share_text(result.gap);
  facts.push_back({"plans in the space", grouped(result.counts.plans),
                   answer.best ? "gap to the optimum: " + gap : ""});
  return facts;
}

}  // namespace

FigurePage plan_page(const PlanAnswer& answer, const std::vector<MovedInput>* moves,
                     const Catalogue& catalogue) {
  const TrainingScenario& scenario = answer.question.pool.scenario;
  FigurePage page;
  page.title = scenario.name.empty() ? scenario.model.name : scenario.name;
  page.subtitle = question_text(answer);
  page.facts = facts_of(answer);
  page.notices = notices_of(answer);
  FigureSection best{"Which plan", front_figures(answer)};
  if (!answer.result.best.empty()) best.figures.push_back(best_plans_figure(answer.result));
  if (!answer.best) best.figures.push_back(changes_figure(answer.would_fit));
  if (moves != nullptr && answer.best)
    best.figures.push_back(moved_inputs_figure(*moves, answer.best->estimate.time));
  page.sections.push_back(std::move(best));
  FigureSection why{"Why not otherwise", family_figures(answer.result)};
  why.figures.push_back(counts_figure(answer.result.counts));
  if (!answer.limits.empty()) {
    why.figures.push_back(assumption_figure("search_limits", answer.limits));
    why.figures.back().title = "What the search was kept to";
  }
  for (FigureSection* section : {&page.sections.front(), &why}) {
    for (PageFigure& figure : section->figures) {
      for (const Assumption& limit : answer.limits)
        figure.assumptions.push_back(
            fmt::format("{}: {} ({})", limit.setting, limit.value, limit.basis));
    }
  }
  page.sections.push_back(std::move(why));
  if (answer.run != nullptr) page.sections.push_back(run_section(*answer.run));
  if (answer.best) {
    std::vector<FigureSection> step = training_sections(*answer.best, catalogue);
    for (FigureSection& section : step) {
      section.title = "The best plan: " + section.title;
      page.sections.push_back(std::move(section));
    }
  }
  return page;
}

}  // namespace polyfleet
