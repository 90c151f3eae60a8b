#include "fleet/period_problem.hpp"

#include <algorithm>

#include "fleet/demand_curve.hpp"
#include "fleet/place.hpp"

namespace polyfleet {
namespace {

/// Lowest of the period: limits are steps.
Watts lowest_limit(const SiteModel& site, FleetHour first, FleetHour end) {
  Watts lowest = site.limit_at(first);
  for (const PowerStep& step : site.limits)
    if (step.from > first && step.from < end) lowest = min(lowest, site.limit_at(step.from));
  return lowest;
}

/// Of a site's draw at its limit: what the grid gives, the rest is generated.
double grid_share(const SiteModel& site, FleetHour first) {
  const Watts all = site.limit_at(first);
  if (!site.generation || all <= Watts()) return 1;
  return site.grid_limit_at(first) / all;
}

bool allows(const FleetWorkload& workload, const std::string& vendor) {
  return workload.vendors.empty() || std::find(workload.vendors.begin(), workload.vendors.end(),
                                               vendor) != workload.vendors.end();
}

}  // namespace

AllocationNames allocation_names(const FleetModel& model, const std::vector<FleetGroup>& groups) {
  AllocationNames names;
  for (const FleetWorkload& each : model.workloads) {
    names.workloads.push_back(each.id);
    names.units.push_back(each.unit);
  }
  for (const FleetGroup& each : groups) names.groups.push_back(each.name);
  for (const SiteModel& each : model.sites) names.sites.push_back(each.id);
  return names;
}

PeriodProblems::PeriodProblems(const FleetModel& model, const FleetVariation& variation,
                               const Rollout& rollout)
    : model_(&model),
      variation_(&variation),
      rollout_(&rollout),
      names_(allocation_names(model, rollout.groups())) {
  set_sites();
  for (std::size_t c = 0; c < model.classes.size(); ++c)
    in_service_.push_back(std::min(
        1.0, model.classes[c].in_service * varied(variation.in_service, static_cast<int>(c))));
  for (std::size_t w = 0; w < model.workloads.size(); ++w) {
    const FleetWorkload& workload = model.workloads[w];
    std::vector<double>& rates = rate_.emplace_back();
    std::vector<double>& actives = active_.emplace_back();
    for (const FleetGroup& group : rollout.groups()) {
      const WorkloadRate& rate = model.rates[w][at(group.device_class)];
      const bool can =
          rate.possible && allows(workload, model.classes[at(group.device_class)].vendor);
      const double useful = workload.gang ? rate.goodput : 1;
      rates.push_back(can ? rate.per_second * varied(variation.speed, group.device_class) * useful
                          : 0);
      actives.push_back(rate.active.base());
    }
  }
}

void PeriodProblems::set_sites() {
  const FleetModel& model = *model_;
  const FleetVariation& variation = *variation_;
  const FleetTime& time = model.time;
  site_periods_.resize(model.sites.size());
  for (int s = 0; s < static_cast<int>(model.sites.size()); ++s) {
    const SiteModel& site = model.sites[at(s)];
    for (int period = 0; period < time.periods(); ++period) {
      const FleetHour first = time.first_hour(period), end = time.end_hour(period);
      const FleetHour middle = time.middle(period);
      SitePeriod& each = site_periods_[at(s)].emplace_back();
      each.facility_per_rack = meter_per_rack(site, first, end);
      // What the worst hour can carry, in watts of the mean hour.
      each.available = lowest_limit(site, first, end) *
                       (each.facility_per_rack / highest_meter_per_rack(site, first, end));
      const double growth = varied(variation.price, s) * grown(1 + site.price_growth, middle) *
                            grown(varied(variation.price_growth, s), middle);
      const double cleaner = varied(variation.carbon, s) * grown(1 + site.carbon_growth, middle);
      const double grid = grid_share(site, first);
      each.price = UsdPerJoule::from_base(site.price.mean(first, end) * growth * grid);
      each.carbon = GramsCo2ePerJoule::from_base(site.carbon.mean(first, end) * cleaner * grid);
      if (grid == 1) continue;
      each.price += site.generation->cost * (1 - grid);
      each.carbon += site.generation->carbon * (1 - grid);
    }
  }
}

void PeriodProblems::fill(int period, FleetPeriod& into) const {
  into.problem.length = model_->time.length(period);
  into.problem.policy = model_->policy;
  fill_sites(period, into);
  fill_groups(period, into);
  fill_rates(period, into);
  fill_demands(period, into);
}

void PeriodProblems::fill_sites(int period, FleetPeriod& into) const {
  into.problem.sites.resize(model_->sites.size());
  for (std::size_t s = 0; s < model_->sites.size(); ++s) {
    const SitePeriod& from = site_periods_[s][at(period)];
    AllocationSite& site = into.problem.sites[s];
    site.available = from.available;
    site.facility_per_rack = from.facility_per_rack;
    site.price = from.price;
    site.carbon = from.carbon;
    site.other = Watts();
  }
}

void PeriodProblems::fill_groups(int period, FleetPeriod& into) const {
  const std::vector<FleetGroup>& groups = rollout_->groups();
  into.problem.groups.resize(groups.size());
  into.installed.assign(groups.size(), 0);
  into.beside.assign(groups.size(), Watts());
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const FleetGroup& from = groups[g];
    const DeviceClass& device = model_->classes[at(from.device_class)];
    const bool ours = from.ownership != Ownership::on_demand;
    double present = 0;
    for (const int phase : from.phases) {
      present += rollout_->at(phase, period).present;
      into.installed[g] += rollout_->at(phase, period).installed;
    }
    AllocationGroup& group = into.problem.groups[g] = AllocationGroup();
    group.site = from.site;
    group.device_class = from.device_class;
    group.vendor = device.vendor;
    group.accelerators = into.installed[g] * in_service_[at(from.device_class)];
    if (ours) group.without_work = model_->policy.park_idle ? device.parked : device.idle;
    group.on_use = ours ? UsdPerSecond() : from.rate;
    group.energy_paid = !from.energy_included;
    if (!ours) continue;  // what others use meanwhile is in their books
    into.beside[g] = std::max(0.0, present - into.installed[g]) * device.idle +
                     (into.installed[g] - group.accelerators) * device.parked;
    into.problem.sites[at(from.site)].other += into.beside[g];
  }
}

void PeriodProblems::fill_rates(int period, FleetPeriod& into) const {
  const std::vector<FleetGroup>& groups = rollout_->groups();
  const FleetHour middle = model_->time.middle(period);
  std::vector<double> maturity;
  for (std::size_t c = 0; c < model_->classes.size(); ++c) {
    MaturityPath path = model_->classes[c].maturity;
    path.until_mature *= varied(variation_->maturity, static_cast<int>(c));
    maturity.push_back(path.at(middle));
  }
  into.problem.rate = rate_;
  into.problem.active = active_;
  for (std::size_t w = 0; w < rate_.size(); ++w) {
    for (std::size_t g = 0; g < groups.size(); ++g) {
      const double there = into.problem.groups[g].accelerators;
      const double least = model_->rates[w][at(groups[g].device_class)].least_accelerators;
      // An empty group keeps its rates: the program keeps its shape until something arrives.
      const bool enough = there == 0 || there >= least;
      into.problem.rate[w][g] *= enough ? maturity[at(groups[g].device_class)] : 0;
    }
  }
}

void PeriodProblems::fill_demands(int period, FleetPeriod& into) const {
  const FleetTime& time = model_->time;
  into.problem.demands.assign(model_->workloads.size(), AllocationDemand());
  for (std::size_t w = 0; w < model_->workloads.size(); ++w) {
    const FleetWorkload& workload = model_->workloads[w];
    const int index = static_cast<int>(w);
    const double factor = varied(variation_->demand, index) *
                          grown(varied(variation_->demand_growth, index), time.middle(period));
    AllocationDemand& demand = into.problem.demands[w];
    demand.per_second =
        mean_demand(workload.demand, time.first_hour(period), time.end_hour(period)) * factor *
        workload.peak_over_mean;
    demand.mean_over_peak = 1 / workload.peak_over_mean;
    // Of a unit of capacity, which the mean uses in part.
    demand.value =
        value_at(*model_, index, time.middle(period), *variation_) * demand.mean_over_peak;
    demand.must = workload.must;
    demand.migration = workload.migration;
  }
}

UsdPerJoule PeriodProblems::price(int site, int from, int to) const {
  UsdPerJoule sum;
  for (int period = from; period < to; ++period) sum += site_periods_[at(site)][at(period)].price;
  return sum / (to - from);
}

FleetPeriod period_problem(const FleetModel& model, int period, const FleetVariation& variation) {
  const Rollout rollout(model, variation.delay_hours, variation.cancelled);
  FleetPeriod made;
  PeriodProblems(model, variation, rollout).fill(period, made);
  const FleetHour first = model.time.first_hour(period), end = model.time.end_hour(period);
  for (std::size_t w = 0; w < model.workloads.size(); ++w) {
    const double factor = varied(variation.demand, static_cast<int>(w));
    for (const Campaign& campaign : model.workloads[w].campaigns) {
      if (campaign.start >= end || campaign.deadline <= first) continue;
      AllocationDemand& demand = made.problem.demands[w];
      const double pace =
          campaign.amount * factor / ((campaign.deadline - campaign.start) * hour).base();
      demand.per_second = std::max(demand.per_second, pace);
      demand.mean_over_peak = 1;
      demand.value = value_at(model, static_cast<int>(w), model.time.middle(period), variation);
      demand.least = model.workloads[w].must ? demand.per_second : 0;
    }
  }
  return made;
}

}  // namespace polyfleet
