#include "view/mixed_page.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "report/mixed_text.hpp"
#include "report/plan_rows.hpp"
#include "units/text.hpp"
#include "view/mixed_figures.hpp"
#include "view/mixed_timeline_figure.hpp"
#include "view/plan_figures.hpp"
#include "view/training_sources.hpp"

namespace polyfleet {
namespace {

std::string question_text(const MixedAnswer& answer) {
  const TrainingScenario& first = answer.question.pools.front().question.scenario;
  std::string pools;
  for (const SearchedPool& pool : answer.question.pools)
    pools += fmt::format("{}{} x {}", pools.empty() ? "" : " and ",
                         grouped(pool.question.scenario.devices),
                         pool.question.machine->accelerator.name);
  std::string text =
      fmt::format("The best plan to train {} on {}, global batch {}, sequence {}, {}: {}",
                  first.model.name, pools, grouped(first.plan.global_batch),
                  grouped(first.plan.sequence_length), first.plan.precision.name,
                  goal_text(answer.question.objective, answer.question.constraints.common));
  if (!answer.pinned.empty()) text += fmt::format("; pinned: {}", fmt::join(answer.pinned, ", "));
  return text;
}

std::vector<PageFact> facts_of(const MixedAnswer& answer, const PlannedMix& best) {
  const MixedStep& step = best.step;
  std::vector<PageFact> facts{
      {"best plan", kind_text(best.kind), best.composition},
      {"step time", print_quantity(step.total),
       fmt::format("80 % interval {} to {}", print_quantity(step.low), print_quantity(step.high))},
      {"tokens a second", fmt::format("{:.6g}", step.tokens_per_second),
       fmt::format("{} of what all pools would do alone", share_text(answer.of_sum(best)))},
      {"free memory", share_text(best.head_room), "of the fullest device"}};
  if (step.energy.known) {
    facts.push_back({"energy of a step", print_quantity(step.energy.facility),
                     best.power ? print_quantity(*best.power) + " at the meter" : ""});
  } else {
    facts.push_back({"energy", "unknown", step.energy.basis});
  }
  facts.push_back({"cost of a step", step.cost ? print_quantity(*step.cost) : "unknown",
                   step.cost ? "" : "state [[pool]] price"});
  facts.push_back({"gap to the optimum", share_text(answer.result.gap),
                   "no plan of the space is better by more"});
  if (answer.tokens > 0) {
    const double steps = std::ceil(answer.tokens / step.tokens);
    facts.push_back({"length of the run", print_quantity(step.total * steps),
                     fmt::format("{:.0f} steps, without failures and checkpoints", steps)});
  }
  return facts;
}

std::vector<std::string> notices_of(const MixedAnswer& answer) {
  const MixedSearchResult& result = answer.result;
  std::vector<std::string> notices;
  if (result.interrupted)
    notices.push_back(result.best.empty() ? "Interrupted before any plan that fits was found."
                                          : "Interrupted: the best so far.");
  if (result.best.empty() && !result.interrupted) {
    notices.push_back("No plan was found.");
    notices.insert(notices.end(), result.why_nothing.begin(), result.why_nothing.end());
  }
  if (result.better_not_to_mix)
    notices.push_back("Better not to mix: " + *result.better_not_to_mix);
  if (!result.best.empty())
    notices.push_back(
        fmt::format("No plan of the space is better by more than {}.", share_text(result.gap)));
  if (result.work_ended)
    notices.push_back(
        "The search of pipelines over pools was left off early; --effort full goes "
        "on to its end.");
  return notices;
}

/// What each pool's search was kept to, and what its software is taken to be.
PageFigure limits_of_pools(const MixedAnswer& answer) {
  PageFigure figure{.id = "pool_assumptions", .title = "What was assumed of each pool"};
  std::vector<std::string> pools, settings, values, reasons;
  const auto add = [&](const std::string& pool, const Assumption& each) {
    pools.push_back(pool);
    settings.push_back(each.setting);
    values.push_back(each.value);
    reasons.push_back(each.basis);
  };
  for (std::size_t i = 0; i < answer.question.pools.size(); ++i) {
    const SearchedPool& pool = answer.question.pools[i];
    const TrainingScenario& scenario = pool.question.scenario;
    add(pool.name, {"system", scenario.system, scenario.accelerator});
    add(pool.name, {"framework", scenario.framework.empty() ? "none" : scenario.framework, ""});
    const TrainingPrices& prices = pool.question.prices;
    add(pool.name,
        {"price", prices.device ? print_quantity(*prices.device) : "none", prices.basis});
    if (i >= answer.limits.size()) continue;
    for (const Assumption& each : answer.limits[i]) add(pool.name, each);
  }
  figure.reading = "By pool: what the search was kept to and on whose word.";
  figure.data.word("pool", std::move(pools))
      .word("setting", std::move(settings))
      .word("value", std::move(values))
      .word("why", std::move(reasons));
  return figure;
}

}  // namespace

FigurePage mixed_page(const MixedAnswer& answer) {
  const MixedSearchResult& result = answer.result;
  const TrainingScenario& first = answer.question.pools.front().question.scenario;
  FigurePage page;
  page.title = first.name.empty() ? first.model.name : first.name;
  page.subtitle = question_text(answer);
  page.notices = notices_of(answer);
  FigureSection which{"Which mix", {rates_figure(answer)}};
  if (result.best.empty()) {
    which.figures.push_back(changes_figure(answer.would_fit));
    page.sections.push_back(std::move(which));
  } else {
    const PlannedMix& best = result.best.front();
    const MixedTimeline timeline = mixed_timeline(physics_of(answer.question), best.plan);
    page.facts = facts_of(answer, best);
    which.figures.push_back(shares_figure(answer, best));
    which.figures.push_back(groups_figure(answer, best));
    page.sections.push_back(std::move(which));
    page.sections.push_back(
        {"The step",
         {group_time_figure(answer, best), mixed_timeline_figure(answer, best, timeline),
          limits_figure(best), mixed_memory_figure(answer, best)}});
  }
  page.sections.push_back({"Why not otherwise", {mix_families_figure(answer)}});
  FigureSection basis{"What it rests on", {limits_of_pools(answer)}};
  if (!answer.links.empty()) basis.figures.push_back(links_figure(answer));
  page.sections.push_back(std::move(basis));
  return page;
}

}  // namespace polyfleet
