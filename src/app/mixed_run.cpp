#include "app/mixed_run.hpp"

#include <fmt/format.h>

#include "app/plan_run.hpp"

namespace polyfleet {
namespace {

MixedSearchQuestion search_question(const PlanQuestion& question) {
  MixedSearchQuestion search;
  for (const QuestionPool& pool : question.pools) search.pools.push_back(pool.searched);
  search.objective = question.wishes.objective;
  search.constraints.common.memory_head_room = question.wishes.head_room;
  search.constraints.common.use_all_devices = question.wishes.use_all_devices;
  search.constraints.common.power_cap = question.wishes.power_cap;
  search.constraints.vendors = question.vendor_shares;
  if (question.wishes.effort == SearchEffort::full) search.pipeline_work = 0;
  return search;
}

/// The fastest plan of each pool on its own.
std::vector<std::optional<PlannedPlan>> plans_alone(const PlanQuestion& question,
                                                    const SearchControl& control) {
  SearchControl quiet = control;
  quiet.progress = {};
  PlanWishes wishes = question.wishes;
  wishes.objective = Objective::time;
  wishes.top = 1;
  std::vector<std::optional<PlannedPlan>> alone;
  for (const QuestionPool& pool : question.pools) {
    PlanSearchQuestion search = search_question(pool.searched, wishes);
    search.with_front = false;
    search.with_families = false;
    PlanSearchResult result = search_plans(search, quiet);
    alone.emplace_back();
    if (!result.best.empty()) alone.back() = std::move(result.best.front());
  }
  return alone;
}

/// Multiplies every pool until something fits.
std::vector<QuestionChange> larger_pools(const MixedSearchQuestion& question,
                                         const SearchControl& control) {
  SearchControl quiet = control;
  quiet.progress = {};
  for (const int times : {2, 4, 8, 16, 32, 64}) {
    if (control.stop != nullptr && *control.stop) return {};
    MixedSearchQuestion larger = question;
    for (SearchedPool& pool : larger.pools) pool.question.scenario.devices *= times;
    const MixedSearchResult result = search_mixed_plans(larger, quiet);
    if (result.best.empty()) continue;
    const PlannedMix& best = result.best.front();
    return {{fmt::format("{} times the accelerators of every pool", times), best.step.total,
             best.head_room}};
  }
  return {};
}

}  // namespace

MixedAnswer MixedRun::answer() const {
  MixedAnswer answer{.question = search,
                     .result = result,
                     .pinned = question.pinned,
                     .limits = {},
                     .links = {},
                     .would_fit = would_fit,
                     .tokens = question.wishes.tokens,
                     .alone = alone};
  for (const QuestionPool& pool : question.pools) answer.limits.push_back(pool.assumptions);
  for (std::size_t a = 0; a < search.pools.size(); ++a) {
    for (std::size_t b = a + 1; b < search.pools.size(); ++b)
      answer.links.push_back(
          {search.pools[a].name + " - " + search.pools[b].name, network->between(a, b).link()});
  }
  return answer;
}

Result<std::unique_ptr<MixedRun>> run_mixed_search(Workspace& workspace, PlanQuestion question,
                                                   const SearchControl& control) {
  auto run = std::make_unique<MixedRun>();
  run->search = search_question(question);
  run->question = std::move(question);
  Result<CrossNetwork> network = CrossNetwork::make(
      pools_of(run->search.pools), run->question.links, workspace.data_directory());
  if (!network) return network.problems();
  run->network.emplace(*std::move(network));
  run->search.network = &*run->network;
  if (Diagnostics problems = mixed_search_problems(run->search); !problems.empty()) return problems;
  run->result = search_mixed_plans(run->search, control);
  run->alone = plans_alone(run->question, control);
  if (run->result.best.empty() && !run->result.interrupted)
    run->would_fit = larger_pools(run->search, control);
  return run;
}

}  // namespace polyfleet
