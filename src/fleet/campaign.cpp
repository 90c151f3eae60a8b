#include "fleet/campaign.hpp"

#include <algorithm>
#include <cmath>

#include "fleet/allocation_program.hpp"
#include "fleet/demand_curve.hpp"
#include "fleet/place.hpp"

namespace polyfleet {
namespace {

/// A campaign is done when less than this share is left: the solver's tolerance, many times.
constexpr double kDone = 1e-6;

}  // namespace

CampaignBook::CampaignBook(const FleetModel& model, const FleetVariation& variation)
    : model_(&model), variation_(&variation), windows_(model.workloads.size()) {
  for (std::size_t w = 0; w < model.workloads.size(); ++w) {
    const std::vector<Campaign>& campaigns = model.workloads[w].campaigns;
    for (std::size_t c = 0; c < campaigns.size(); ++c) {
      Progress progress;
      progress.workload = static_cast<int>(w);
      progress.campaign = static_cast<int>(c);
      progress.amount =
          campaigns[c].amount * varied(variation.demand, progress.workload) *
          grown(varied(variation.demand_growth, progress.workload), campaigns[c].start);
      progress_.push_back(std::move(progress));
    }
  }
}

CampaignBook::Progress* CampaignBook::current(int workload) {
  for (Progress& each : progress_)
    if (each.workload == workload && each.finished == kNoHour) return &each;
  return nullptr;
}

CampaignWindow CampaignBook::window_of(const Progress& progress, int period) const {
  const Campaign& campaign =
      model_->workloads[at(progress.workload)].campaigns[at(progress.campaign)];
  const FleetHour first = model_->time.first_hour(period), end = model_->time.end_hour(period);
  if (campaign.start >= end) return {};
  CampaignWindow window;
  window.campaign = progress.campaign;
  window.begin = std::max(campaign.start, first);
  const bool ends_here = campaign.deadline > window.begin && campaign.deadline < end;
  window.length = ((ends_here ? campaign.deadline : end) - window.begin) * hour;
  window.remaining = progress.amount - progress.done;
  window.deadline = campaign.deadline;
  return window;
}

void CampaignBook::open(int period, AllocationProblem& problem) {
  for (std::size_t w = 0; w < windows_.size(); ++w) {
    windows_[w] = {};
    const Progress* progress = current(static_cast<int>(w));
    if (progress == nullptr) continue;
    const CampaignWindow window = windows_[w] = window_of(*progress, period);
    if (window.campaign < 0) continue;
    const Seconds left = max((window.deadline - window.begin) * hour, window.length);
    AllocationDemand& demand = problem.demands[w];
    demand.per_second = window.remaining / left.base();
    demand.mean_over_peak = window.length / problem.length;
    demand.value =
        value_at(*model_, static_cast<int>(w), model_->time.middle(period), *variation_) *
        demand.mean_over_peak;
    demand.least = demand.must ? demand.per_second : 0;
  }
}

void CampaignBook::Progress::note(const std::vector<int>& where) {
  for (const int group : where) {
    const bool known = std::find(groups.begin(), groups.end(), group) != groups.end();
    const bool came_back = where.size() == 1 && known && groups.back() != group;
    if (!known || came_back) groups.push_back(group);
  }
}

bool CampaignBook::credit(int workload, double units, double possible,
                          const std::vector<int>& groups) {
  Progress& progress = *current(workload);
  const CampaignWindow& window = windows_[at(workload)];
  progress.note(groups);
  progress.done += units;
  if (progress.done < progress.amount * (1 - kDone)) return false;
  const double share = possible > 0 ? std::min(1.0, units / possible) : 1;
  // Less than a second of the last hour is rounding.
  progress.finished =
      window.begin + static_cast<int>(std::ceil(window.length / hour * share - 1.0 / 3600));
  return true;
}

std::vector<CampaignOutcome> CampaignBook::outcomes(const std::vector<FleetGroup>& groups) const {
  std::vector<CampaignOutcome> outcomes;
  for (const Progress& from : progress_) {
    CampaignOutcome& each = outcomes.emplace_back();
    each.workload = from.workload;
    const Campaign& campaign = model_->workloads[at(from.workload)].campaigns[at(from.campaign)];
    each.id = campaign.id;
    each.deadline = campaign.deadline;
    each.finished = from.finished;
    each.done = from.done;
    each.amount = from.amount;
    for (const int group : from.groups)
      each.where += (each.where.empty() ? "" : "; ") + groups[at(group)].name;
  }
  return outcomes;
}

GangPlaces::GangPlaces(const FleetModel& model, int groups)
    : model_(&model),
      groups_(groups),
      place_(model.workloads.size(), -1),
      tried_(model.workloads.size()) {}

void GangPlaces::release(int workload) {
  place_[at(workload)] = -1;
  tried_[at(workload)].clear();
}

int GangPlaces::pick(AllocationProblem& problem, int workload, Allocator& allocator) const {
  problem.demands[at(workload)].only_group = -1;
  int most = -1;
  double most_rate = 0;
  for (int g = 0; g < groups_; ++g) {
    const double rate = problem.rate[at(workload)][at(g)] * problem.groups[at(g)].accelerators;
    if (rate > most_rate) {
      most = g;
      most_rate = rate;
    }
  }
  // Where none has room for all of it: the one that does most.
  if (most_rate < problem.demands[at(workload)].per_second * (1 - kUnservedShare)) return most;
  const int best = allocator.place_gang(problem, workload);
  return best >= 0 ? best : most;
}

void GangPlaces::place(AllocationProblem& problem, Allocator& allocator) {
  for (std::size_t w = 0; w < place_.size(); ++w) {
    AllocationDemand& demand = problem.demands[w];
    if (!model_->workloads[w].gang || demand.per_second <= 0) continue;
    const auto most = [&](int group) {
      return group < 0 ? 0.0 : problem.rate[w][at(group)] * problem.groups[at(group)].accelerators;
    };
    if (most(place_[w]) < demand.per_second * (1 - kUnservedShare)) {
      const int other = pick(problem, static_cast<int>(w), allocator);
      if (most(other) > most(place_[w])) place_[w] = other;
    }
    demand.only_group = place_[w];
  }
}

bool GangPlaces::has_new_choice(const AllocationProblem& problem, std::size_t workload) {
  const double pace = problem.demands[workload].per_second * (1 - kUnservedShare);
  std::vector<bool>& tried = tried_[workload];
  tried.resize(at(groups_));
  bool found = false;
  for (int g = 0; g < groups_; ++g) {
    const double most = problem.rate[workload][at(g)] * problem.groups[at(g)].accelerators;
    if (most < pace || g == place_[workload] || tried[at(g)]) continue;
    tried[at(g)] = found = true;
  }
  return found;
}

bool GangPlaces::replace(AllocationProblem& problem, Allocator& allocator) {
  bool moved = false;
  for (std::size_t w = 0; w < place_.size(); ++w) {
    AllocationDemand& demand = problem.demands[w];
    if (demand.only_group < 0 || demand.per_second <= 0) continue;
    if (!has_new_choice(problem, w)) continue;
    demand.only_group = -1;
    const int other = allocator.place_gang(problem, static_cast<int>(w));
    if (other >= 0 && other != place_[w]) {
      place_[w] = other;
      tried_[w].clear();
      moved = true;
    }
    demand.only_group = place_[w];
  }
  return moved;
}

}  // namespace polyfleet
