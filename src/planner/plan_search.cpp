#include "planner/plan_search.hpp"

#include <algorithm>

#include "base/parallel_work.hpp"
#include "planner/plan_families.hpp"
#include "planner/search_seed.hpp"

namespace polyfleet {
namespace {

/// Groups looked at side by side between two merges. Fixed, whatever the number of threads: what a
/// round may know is what rounds before it found.
constexpr std::size_t kMostPerRound = 8;

class Search {
 public:
  Search(const PlanSearchQuestion& question, const SearchControl& control, const CutQueue& queue)
      : control_(control), queue_(queue), frame_(question, queue, control.stop), found_(question) {
    seeds_ = seed_search(frame_);
  }

  PlansFound run() {
    const std::vector<CutGroup>& groups = queue_.groups();
    std::size_t width = 1;
    while (next_ < groups.size() && !stopped()) {
      if (is_beaten(groups[next_])) break;
      const std::size_t end = std::min(groups.size(), next_ + width);
      run_round(end);
      next_ = end;
      width = std::min(2 * width, kMostPerRound);
      if (control_.progress)
        control_.progress(static_cast<double>(next_) / static_cast<double>(groups.size()));
    }
    settle_counts();
    return std::move(found_);
  }

  bool stopped() const { return control_.stop != nullptr && control_.stop->load(); }
  bool interrupted() const { return interrupted_; }
  /// Proven floor of the objective over everything not looked at.
  double gap() const {
    if (!interrupted_ || found_best_ == 0) return 0;
    return std::max(0.0, 1 - open_floor_ / found_best_);
  }

 private:
  /// Groups stand by their floor: once one is beaten, so are all behind it.
  bool is_beaten(const CutGroup& group) const {
    const double value = frame_.floors.value(frame_.floor_of(group)) * (1 - kBoundSlack);
    if (value <= std::min(frame_.known_cutoff, found_.best.cutoff())) return false;
    if (!frame_.question.with_front) return true;
    const double own = found_.best.plans().empty() ? frame_.known_best : found_.best.value(0);
    return value > std::min(frame_.known_best, own) * frame_.question.front_reach;
  }

  void run_round(std::size_t end) {
    const std::vector<CutGroup>& groups = queue_.groups();
    std::vector<std::optional<PlansFound>> results(end - next_);
    do_in_parallel(results.size(), std::max(1U, control_.threads), nullptr, [&](std::size_t i) {
      results[i] = search_group(frame_, groups[next_ + i], found_);
    });
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (results[i]->counts.untouched > 0) note_open(groups[next_ + i]);
      found_.merge(*results[i]);
    }
  }

  void note_open(const CutGroup& group) {
    const double value = frame_.floors.value(frame_.floor_of(group));
    open_floor_ = interrupted_ ? std::min(open_floor_, value) : value;
    interrupted_ = true;
  }

  void settle_counts() {
    PlanCounts& counts = found_.counts;
    const std::int64_t rest = queue_.plans() - counts.plans;
    const std::vector<CutGroup>& groups = queue_.groups();
    const bool left = next_ < groups.size() && !is_beaten(groups[next_]);
    if (left) note_open(groups[next_]);
    (left ? counts.untouched : counts.bounded) += rest;
    counts.impossible = queue_.impossible();
    counts.plans = queue_.plans() + counts.impossible;
    if (interrupted_) offer_seeds();
    if (!found_.best.plans().empty()) found_best_ = found_.best.value(0);
  }

  /// Those of the first look that the search did not come to.
  void offer_seeds() {
    for (const PlannedPlan& seed : seeds_) {
      const auto& own = found_.best.plans();
      const bool known = std::any_of(own.begin(), own.end(), [&](const PlannedPlan& each) {
        return !plan_order(each.plan, seed.plan) && !plan_order(seed.plan, each.plan);
      });
      if (!known) found_.best.offer(seed);
    }
    found_.fits = found_.fits || !seeds_.empty();
  }

  const SearchControl& control_;
  const CutQueue& queue_;
  SearchFrame frame_;
  PlansFound found_;
  std::vector<PlannedPlan> seeds_;
  std::size_t next_ = 0;
  bool interrupted_ = false;
  double open_floor_ = 0, found_best_ = 0;
};

}  // namespace

PlanSearchResult search_plans(const PlanSearchQuestion& question, const SearchControl& control) {
  const PlanCandidates candidates(question);
  const CutQueue queue(candidates);
  Search search(question, control, queue);
  PlansFound found = search.run();
  PlanSearchResult result;
  result.best = found.best.plans();
  if (question.with_front && !result.best.empty())
    result.front =
        found.front.sorted(question.objective, found.best.value(0) * question.front_reach);
  result.counts = found.counts;
  result.interrupted = search.interrupted();
  result.gap = search.gap();
  if (question.with_families && !search.stopped())
    result.families = plan_families(question, queue, found, control);
  if (!found.fits) result.leanest = found.leanest;
  return result;
}

}  // namespace polyfleet
