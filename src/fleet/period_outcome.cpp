#include "fleet/period_outcome.hpp"

#include <algorithm>

#include "fleet/demand_response.hpp"
#include "fleet/place.hpp"

namespace polyfleet {
namespace {

/// Null where every hour of the week is alike (or none is stated).
const WeekShape* shape_of(const FleetWorkload& workload) {
  const auto differs = [&](double hour_share) { return hour_share != workload.shape.front(); };
  const bool varies = std::any_of(workload.shape.begin(), workload.shape.end(), differs);
  return workload.campaigns.empty() && varies ? &workload.shape : nullptr;
}

/// Of the peak: less is the solver's rounding.
constexpr double kWhole = 1 - 1e-7;

}  // namespace

WeekDemand::WeekDemand(const WeekShape* shape, double peak_over_mean)
    : shape_(shape), peak_(peak_over_mean) {
  const double highest = shape == nullptr ? 1 : *std::max_element(shape->begin(), shape->end());
  headroom_ = peak_ / highest;
}

double WeekDemand::served(double capacity_over_mean) const {
  if (capacity_over_mean >= peak_ * kWhole) return 1;
  const double most = capacity_over_mean / headroom_;
  if (shape_ == nullptr) return most;
  double sum = 0, all = 0;
  for (const double share : *shape_) {
    sum += std::min(share, most);
    all += share;
  }
  return sum / all;
}

WeekShape WeekDemand::cut(double capacity_over_mean) const {
  WeekShape result{};
  const double most = capacity_over_mean / headroom_;
  const double mean = served(capacity_over_mean);
  for (std::size_t at_hour = 0; at_hour < result.size(); ++at_hour)
    result[at_hour] = mean > 0 ? std::min((*shape_)[at_hour], most) / mean : 1;
  return result;
}

PeriodPlayer::PeriodPlayer(const FleetModel& model, const FleetVariation& variation)
    : model_(&model),
      variation_(&variation),
      states_(model.sites.size()),
      factors_(model.sites.size()) {
  for (const FleetWorkload& each : model.workloads) {
    weeks_.emplace_back(shape_of(each), each.peak_over_mean);
    shapes_.push_back(weeks_.back().shape());
  }
  cut_.resize(model.workloads.size());
  for (std::size_t s = 0; s < model.sites.size(); ++s)
    if (!variation.events.empty()) factors_[s].events = &variation.events[s];
}

void PeriodPlayer::play(int period, const FleetPeriod& from, const Allocation& allocation,
                        const CampaignBook& campaigns, PeriodOutcome& into,
                        std::vector<std::vector<double>>* hourly) {
  gather(from, allocation, into);
  set_use(from, campaigns, into);
  const FleetHour middle = model_->time.middle(period);
  for (int s = 0; s < static_cast<int>(model_->sites.size()); ++s) {
    factors_[at(s)].price =
        varied(variation_->price, s) * grown(varied(variation_->price_growth, s), middle);
    factors_[at(s)].carbon = varied(variation_->carbon, s);
    draw(period, s, into, hourly == nullptr ? nullptr : &(*hourly)[at(s)]);
  }
}

void PeriodPlayer::gather(const FleetPeriod& from, const Allocation& allocation,
                          PeriodOutcome& into) const {
  const AllocationProblem& problem = from.problem;
  const std::size_t sites = model_->sites.size();
  into.work.assign(problem.demands.size() * sites, WorkloadAtSite());
  into.sites.assign(sites, SiteOutcome());
  for (std::size_t g = 0; g < problem.groups.size(); ++g) {
    const AllocationGroup& group = problem.groups[g];
    const double idle = model_->classes[at(group.device_class)].idle.base();
    double working = 0;
    for (std::size_t w = 0; w < problem.demands.size(); ++w) {
      const double there = allocation.accelerators[w][g];
      if (there <= 0) continue;
      working += there;
      const double came =
          problem.previous.empty() ? 0 : std::max(0.0, there - problem.previous[w][g]);
      const double lost = std::min(1.0, problem.demands[w].migration / problem.length);
      WorkloadAtSite& work = into.work[w * sites + at(group.site)];
      work.accelerators += there;
      work.capacity += problem.rate[w][g] * (there - came * lost);
      const Watts active = Watts::from_base(std::max(0.0, problem.active[w][g] - idle) * there);
      work.active += active;
      if (group.energy_paid) work.active_paid += active;
    }
    const double off = allocation.switched_off[g];
    const Watts base = from.beside[g] + Watts::from_base(idle * working) +
                       std::max(0.0, group.accelerators - working - off) * group.without_work;
    into.sites[at(group.site)].base += base;
    if (group.energy_paid) into.sites[at(group.site)].base_paid += base;
  }
}

void PeriodPlayer::set_use(const FleetPeriod& from, const CampaignBook& campaigns,
                           PeriodOutcome& into) {
  const AllocationProblem& problem = from.problem;
  const std::size_t sites = model_->sites.size();
  into.use.assign(problem.demands.size(), 0);
  into.unmet.assign(problem.demands.size(), 0);
  for (std::size_t w = 0; w < problem.demands.size(); ++w) {
    double capacity = 0;
    for (std::size_t s = 0; s < sites; ++s) capacity += into.work[w * sites + s].capacity;
    const CampaignWindow& window = campaigns.window(static_cast<int>(w));
    if (window.campaign >= 0) {
      const double done = std::min(capacity * window.length.base(), window.remaining);
      if (capacity > 0) into.use[w] = done / (capacity * problem.length.base());
    } else {
      serve_stream(static_cast<int>(w), problem, capacity, into);
    }
    for (std::size_t s = 0; s < sites; ++s) {
      into.work[w * sites + s].active *= into.use[w];
      into.work[w * sites + s].active_paid *= into.use[w];
    }
  }
}

void PeriodPlayer::serve_stream(int workload, const AllocationProblem& problem, double capacity,
                                PeriodOutcome& into) {
  const WeekDemand& week = weeks_[at(workload)];
  shapes_[at(workload)] = week.shape();
  const AllocationDemand& demand = problem.demands[at(workload)];
  const double mean = demand.per_second * demand.mean_over_peak;
  if (mean <= 0) return;
  const double served = week.served(capacity / mean);
  into.unmet[at(workload)] = (1 - served) * mean * problem.length.base();
  if (capacity <= 0) return;
  into.use[at(workload)] = served * mean / capacity;
  if (served == 1 || week.shape() == nullptr) return;
  cut_[at(workload)] = week.cut(capacity / mean);
  shapes_[at(workload)] = &cut_[at(workload)];
}

void PeriodPlayer::draw(int period, int site, PeriodOutcome& into, std::vector<double>* hourly) {
  const int sites = static_cast<int>(model_->sites.size());
  const int workloads = static_cast<int>(model_->workloads.size());
  load_.base = into.sites[at(site)].base;
  load_.parts.clear();
  for (int w = 0; w < workloads; ++w) {
    const WorkloadAtSite& work = into.work[at(w * sites + site)];
    if (work.accelerators <= 0) continue;
    const FleetWorkload& workload = model_->workloads[at(w)];
    SiteLoadPart part;
    part.workload = w;
    part.active = work.active;
    part.shape = shapes_[at(w)];
    part.shape_offset_minutes = workload.utc_offset_minutes;
    part.sheddable = workload.sheddable;
    part.throttle = ThrottleLaw().exponent;
    load_.parts.push_back(part);
  }
  SiteEnergy& energy = into.sites[at(site)].energy;
  energy = site_energy(model_->sites[at(site)], load_, model_->time, period, factors_[at(site)],
                       states_[at(site)], hourly);
  const Seconds length = model_->time.length(period);
  served_.assign(at(workloads), 1.0);
  kept_.assign(at(workloads), 1.0);
  for (std::size_t p = 0; p < load_.parts.size(); ++p) {
    served_[at(load_.parts[p].workload)] = energy.served[p];
    kept_[at(load_.parts[p].workload)] = energy.output[p];
  }
  for (int w = 0; w < workloads; ++w) {
    WorkloadAtSite& work = into.work[at(w * sites + site)];
    const double wanted = work.capacity * into.use[at(w)] * length.base();
    work.units = wanted * kept_[at(w)];
    work.shed = wanted - work.units;
  }
  share_energy(site, length, into);
}

void PeriodPlayer::share_energy(int site, Seconds length, PeriodOutcome& into) const {
  const std::size_t sites = model_->sites.size();
  SiteOutcome& outcome = into.sites[at(site)];
  // Loads by the hour need not add up to their weekly mean in a short period: what was drawn is
  // shared out in proportion.
  Joules all = outcome.base * length, paid = outcome.base_paid * length;
  for (std::size_t w = 0; w < served_.size(); ++w) {
    WorkloadAtSite& work = into.work[w * sites + at(site)];
    work.energy = work.active * served_[w] * length;
    all += work.energy;
    paid += work.active_paid * served_[w] * length;
  }
  if (all <= Joules()) return;
  outcome.paid_share = paid / all;
  const double scale = outcome.energy.racks / all;
  outcome.base_energy = outcome.energy.racks;
  for (std::size_t w = 0; w < served_.size(); ++w) {
    WorkloadAtSite& work = into.work[w * sites + at(site)];
    work.energy *= scale;
    outcome.base_energy -= work.energy;
  }
}

}  // namespace polyfleet
