#include "fleet/fleet_run.hpp"

#include <algorithm>
#include <cmath>

#include "fleet/campaign_speed.hpp"
#include "fleet/fleet_balance.hpp"
#include "fleet/period_outcome.hpp"
#include "fleet/period_problem.hpp"
#include "fleet/place.hpp"

namespace polyfleet {
namespace {

/// Rows of a period, about: what a book is reserved for.
std::size_t rows_of(const FleetModel& model) {
  return model.phases.size() * 8 + model.sites.size() * (18 + 6 * model.workloads.size() / 2);
}

class FleetPlay {
 public:
  FleetPlay(const FleetModel& model, const FleetVariation& variation,
            const FleetRunOptions& options);
  FleetRun play();

 private:
  void step(int period);
  void allocate(int period);
  void close_campaigns();
  void keep_series(int period);
  std::vector<ProgramMilestones> programs() const;

  const FleetModel& model_;
  const FleetRunOptions& options_;
  Rollout rollout_;
  PeriodProblems problems_;
  CampaignBook campaigns_;
  GangPlaces places_;
  PeriodPlayer player_;
  FleetBalance balance_;
  Allocator allocator_;
  FleetPeriod period_;
  Allocation allocation_;
  PeriodOutcome outcome_;
  FleetRun run_;
};

FleetPlay::FleetPlay(const FleetModel& model, const FleetVariation& variation,
                     const FleetRunOptions& options)
    : model_(model),
      options_(options),
      rollout_(model, variation.delay_hours, variation.cancelled),
      problems_(model, variation, rollout_),
      campaigns_(model, variation),
      places_(model, static_cast<int>(rollout_.groups().size())),
      player_(model, variation),
      balance_(model, variation, rollout_),
      allocator_(problems_.names()) {
  const auto periods = at(model.time.periods());
  run_.groups = rollout_.groups();
  run_.ledger.reserve(rows_of(model) * periods);
  run_.limited_hours.assign(model.sites.size(), 0);
  run_.peak_watts.assign(model.sites.size(), std::vector<double>(periods));
  if (options.with_hourly) run_.hourly_grid.resize(model.sites.size());
}

/// From an open period to an answer: campaigns ask, gangs take their places, the program decides,
/// what is left over speeds up campaigns.
void FleetPlay::allocate(int period) {
  AllocationProblem& problem = period_.problem;
  campaigns_.open(period, problem);
  places_.place(problem, allocator_);
  allocation_ = allocator_.solve(problem, options_.with_series);
  if (!allocation_.feasible && places_.replace(problem, allocator_))
    allocation_ = allocator_.solve(problem, options_.with_series);
  if (!allocation_.feasible)
    run_.shortfalls.push_back({period, allocation_.binding, allocation_.unmet});
  speed_up_campaigns(model_, period, problems_, period_, campaigns_, allocation_);
}

void FleetPlay::step(int period) {
  problems_.fill(period, period_);
  allocate(period);
  player_.play(period, period_, allocation_, campaigns_, outcome_,
               options_.with_hourly ? &run_.hourly_grid : nullptr);
  balance_.book(period, period_, allocation_, outcome_, run_.ledger);
  for (std::size_t s = 0; s < outcome_.sites.size(); ++s) {
    run_.peak_watts[s][at(period)] = outcome_.sites[s].energy.peak.base();
    run_.limited_hours[s] += outcome_.sites[s].energy.limited_hours;
  }
  close_campaigns();
  if (options_.with_series) keep_series(period);
  std::swap(period_.problem.previous, allocation_.accelerators);
}

void FleetPlay::close_campaigns() {
  const std::size_t sites = model_.sites.size();
  for (int w = 0; w < static_cast<int>(model_.workloads.size()); ++w) {
    const CampaignWindow& window = campaigns_.window(w);
    if (window.campaign < 0) continue;
    double units = 0, possible = 0;
    for (std::size_t s = 0; s < sites; ++s) {
      const WorkloadAtSite& work = outcome_.work[at(w) * sites + s];
      const double wanted = work.units + work.shed;
      units += work.units;
      if (wanted > 0) possible += work.capacity * window.length.base() * (work.units / wanted);
    }
    std::vector<int> groups;
    for (std::size_t g = 0; g < run_.groups.size(); ++g)
      if (allocation_.accelerators[at(w)][g] > 0) groups.push_back(static_cast<int>(g));
    if (campaigns_.credit(w, units, possible, groups)) places_.release(w);
  }
}

void FleetPlay::keep_series(int period) {
  run_.binding.resize(at(period) + 1);
  run_.binding.back() = allocation_.binding;
  std::vector<GroupPeriod>& groups = run_.periods.emplace_back(run_.groups.size());
  for (std::size_t g = 0; g < groups.size(); ++g) {
    groups[g].installed = period_.installed[g];
    groups[g].in_service = period_.problem.groups[g].accelerators;
    for (const std::vector<double>& by_group : allocation_.accelerators)
      groups[g].in_use.push_back(by_group[g]);
  }
}

std::vector<ProgramMilestones> FleetPlay::programs() const {
  std::vector<ProgramMilestones> found;
  const FleetHour last = model_.time.hours() - 1;
  for (const FleetPhase& phase : model_.phases) {
    const auto same = [&](const ProgramMilestones& each) { return each.program == phase.program; };
    if (phase.program.empty() || std::any_of(found.begin(), found.end(), same)) continue;
    ProgramMilestones& program = found.emplace_back();
    program.program = phase.program;
    program.accepted_at_end = rollout_.accepted_power(phase.program, last) / gigawatt;
    for (int count = 1; count <= program.accepted_at_end * (1 + 1e-9); ++count)
      program.gigawatts.push_back(rollout_.accepted_at(phase.program, count * gigawatt, last));
  }
  return found;
}

FleetRun FleetPlay::play() {
  const int periods = model_.time.periods();
  for (int period = 0; period < periods && !run_.interrupted; ++period) {
    step(period);
    if (options_.progress) options_.progress((period + 1.0) / periods);
    run_.interrupted = options_.stop != nullptr && options_.stop->load() && period + 1 < periods;
  }
  run_.programs = programs();
  run_.campaigns = campaigns_.outcomes(run_.groups);
  if (!run_.interrupted) balance_.close(run_.campaigns, run_.ledger);
  return std::move(run_);
}

}  // namespace

FleetRun simulate_fleet(const FleetModel& model, const FleetVariation& variation,
                        const FleetRunOptions& options) {
  return FleetPlay(model, variation, options).play();
}

}  // namespace polyfleet
