#include "fleet/procurement_problem.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "fleet/demand_curve.hpp"
#include "fleet/period_problem.hpp"
#include "fleet/place.hpp"
#include "solver/linear_program.hpp"

namespace polyfleet {

namespace {

/// Periods whose middle lies in the quarter; where there is none, the one that covers its middle.
std::vector<int> periods_in(const FleetTime& time, FleetHour first, FleetHour end) {
  std::vector<int> periods;
  for (int p = 0; p < time.periods(); ++p) {
    const FleetHour middle = (time.first_hour(p) + time.end_hour(p)) / 2;
    if (middle >= first && middle < end) periods.push_back(p);
  }
  if (periods.empty()) periods.push_back(time.period_of((first + end) / 2));
  return periods;
}

/// sum += share * value, for the numbers of two problems of one shape.
void add_share(AllocationProblem& sum, const AllocationProblem& value, double share) {
  for (std::size_t s = 0; s < sum.sites.size(); ++s) {
    AllocationSite& site = sum.sites[s];
    site.available = min(site.available, value.sites[s].available);
    site.facility_per_rack += share * value.sites[s].facility_per_rack;
    site.price += value.sites[s].price * share;
    site.carbon += value.sites[s].carbon * share;
    site.other += value.sites[s].other * share;
  }
  for (std::size_t g = 0; g < sum.groups.size(); ++g) {
    sum.groups[g].accelerators += share * value.groups[g].accelerators;
  }
  for (std::size_t w = 0; w < sum.demands.size(); ++w) {
    sum.demands[w].per_second += share * value.demands[w].per_second;
    sum.demands[w].value += share * value.demands[w].value;
    for (std::size_t g = 0; g < sum.groups.size(); ++g) {
      sum.rate[w][g] += share * value.rate[w][g];
    }
  }
}

/// Of one shape with `like`, all that add_share sums at zero.
AllocationProblem emptied(const AllocationProblem& like) {
  AllocationProblem sum = like;
  for (AllocationSite& site : sum.sites) {
    site.facility_per_rack = 0;
    site.price = {};
    site.carbon = {};
    site.other = {};
  }
  for (AllocationGroup& group : sum.groups) group.accelerators = 0;
  for (AllocationDemand& demand : sum.demands) demand.per_second = demand.value = 0;
  for (std::vector<double>& rates : sum.rate) std::fill(rates.begin(), rates.end(), 0.0);
  return sum;
}

void add_campaigns(const FleetModel& model, FleetHour first, FleetHour end,
                   AllocationProblem& problem) {
  for (std::size_t w = 0; w < model.workloads.size(); ++w) {
    for (const Campaign& campaign : model.workloads[w].campaigns) {
      const FleetHour overlap = std::min(end, campaign.deadline) - std::max(first, campaign.start);
      if (overlap <= 0) continue;
      const double share =
          static_cast<double>(overlap) / static_cast<double>(campaign.deadline - campaign.start);
      AllocationDemand& demand = problem.demands[w];
      demand.per_second += campaign.amount * share / ((end - first) * hour).base();
      demand.mean_over_peak = 1;
      demand.value = value_at(model.workloads[w], (first + end) / 2);
    }
  }
}

AllocationProblem quarter_problem(const FleetModel& model, const PeriodProblems& problems,
                                  FleetHour first, FleetHour end) {
  const std::vector<int> periods = periods_in(model.time, first, end);
  FleetPeriod period;
  AllocationProblem sum;
  for (const int p : periods) {
    problems.fill(p, period);
    if (p == periods.front()) sum = emptied(period.problem);
    add_share(sum, period.problem, 1.0 / static_cast<double>(periods.size()));
  }
  sum.length = (end - first) * hour;
  sum.policy.objective = FleetObjective::cost;
  sum.policy.shares.clear();
  add_campaigns(model, first, end, sum);
  return sum;
}

/// What a site's connection leaves in a quarter to accelerators that are not in the plan.
std::vector<Watts> power_left(const FleetModel& model, const Rollout& rollout, FleetHour first,
                              FleetHour end) {
  std::vector<Watts> left;
  for (const SiteModel& site : model.sites) {
    Watts lowest = site.limit_at(first);
    for (const PowerStep& step : site.limits) {
      if (step.from > first && step.from < end) lowest = min(lowest, site.limit_at(step.from));
    }
    left.push_back(lowest);
  }
  for (std::size_t p = 0; p < model.phases.size(); ++p) {
    const FleetPhase& phase = model.phases[p];
    const double present = rollout.schedule(static_cast<int>(p)).present(end - 1);
    left[at(phase.site)] -= model.classes[at(phase.device_class)].provisioned * present;
  }
  return left;
}

int group_of(const std::vector<FleetGroup>& groups, int device_class, int site) {
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (groups[g].device_class == device_class && groups[g].site == site &&
        groups[g].ownership == Ownership::owned && !groups[g].energy_included) {
      return static_cast<int>(g);
    }
  }
  return -1;
}

int quarter_at(const std::vector<FleetHour>& begins, FleetHour hour_of_study) {
  int quarter = 0;
  while (quarter + 1 < static_cast<int>(begins.size()) && begins[at(quarter)] < hour_of_study) {
    ++quarter;
  }
  return quarter;
}

int meet_from(const ProcurementTerms& terms, const std::vector<FleetHour>& begins,
              const ProcurementProblem& problem) {
  const int last = static_cast<int>(problem.quarters.size()) - 1;
  if (terms.meet_from) return std::min(last, quarter_at(begins, *terms.meet_from));
  int first = last;
  for (const ProcurementOffer& offer : problem.offers) {
    first = std::min(first, offer.first_quarter + problem.quarters_to_work);
  }
  return first;
}

double years_at(FleetHour hour_of_study) { return hour_of_study * hour / (365.25 * day); }

void add_offers(const FleetModel& model, const ProcurementTerms& terms,
                const std::vector<FleetHour>& begins, const std::vector<FleetGroup>& groups,
                ProcurementProblem& problem) {
  const int quarters = static_cast<int>(begins.size()) - 1;
  for (const ProcurementTerms::Offer& stated : terms.offers) {
    const DeviceClass& device = model.classes[at(stated.device_class)];
    POLYFLEET_CHECK(device.price.has_value(), "an offer without a price");
    DeliveryLimit own{"deliveries of " + device.id, {}, {}};
    for (const int site : stated.sites) {
      ProcurementOffer offer;
      offer.group = group_of(groups, stated.device_class, site);
      POLYFLEET_CHECK(offer.group >= 0, "an offer without a group");
      offer.vendor = device.vendor;
      offer.name = groups[at(offer.group)].name;
      offer.provisioned = device.provisioned;
      offer.in_service = device.in_service;
      offer.facility = model.sites[at(site)].facility_per_watt * device.provisioned.base();
      for (int q = 0; q < quarters; ++q) {
        const double change = std::pow(1 + stated.price_change, years_at(begins[at(q)]));
        offer.price.push_back(*device.price * (1 + model.finance.network_and_other) * change);
      }
      offer.first_quarter = quarter_at(begins, stated.first_delivery);
      own.offers.push_back(static_cast<int>(problem.offers.size()));
      problem.offers.push_back(offer);
    }
    if (!stated.per_quarter) continue;
    own.most.assign(at(quarters), *stated.per_quarter);
    problem.deliveries.push_back(own);
  }
}

void add_deliveries(const ProcurementTerms& terms, const std::vector<FleetHour>& begins,
                    ProcurementProblem& problem) {
  for (const std::string& vendor : vendors_of(problem)) {
    DeliveryLimit limit{"deliveries of " + vendor, {}, {}};
    bool limited = false;
    for (std::size_t q = 0; q + 1 < begins.size(); ++q) {
      Watts most = Watts::from_base(kUnbounded);
      FleetHour latest = -kNoHour;
      for (const ProcurementTerms::Delivery& each : terms.deliveries) {
        if (each.vendor != vendor || each.from > begins[q] || each.from < latest) continue;
        latest = each.from;
        most = each.per_quarter;
        limited = true;
      }
      limit.most.push_back(most);
    }
    for (std::size_t o = 0; o < problem.offers.size(); ++o) {
      if (problem.offers[o].vendor == vendor) limit.offers.push_back(static_cast<int>(o));
    }
    if (limited) problem.deliveries.push_back(limit);
  }
}

}  // namespace

std::string quarter_name(const FleetTime& time, FleetHour hour_of_study) {
  const CalendarDate date = time.date_of(hour_of_study);
  return std::to_string(date.year) + " Q" + std::to_string((date.month + 2) / 3);
}

std::vector<FleetHour> quarters_of(const FleetTime& time) {
  std::vector<FleetHour> begins{0};
  for (FleetHour midnight = 24; midnight < time.hours(); midnight += 24) {
    const CalendarDate date = time.date_of(midnight);
    if (date.day == 1 && date.month % 3 == 1) begins.push_back(midnight);
  }
  begins.push_back(time.hours());
  return begins;
}

FleetModel model_with_offers(const FleetModel& model, const ProcurementTerms& terms) {
  FleetModel made = model;
  std::erase_if(made.phases,
                [&](const FleetPhase& phase) { return !phase.existing && !terms.keep_phases; });
  for (const ProcurementTerms::Offer& offer : terms.offers) {
    for (const int site : offer.sites) {
      FleetPhase& phase = made.phases.emplace_back();
      phase.id = "offer";
      phase.site = site;
      phase.device_class = offer.device_class;
    }
  }
  return made;
}

ProcurementProblem procurement_problem(const FleetModel& stated, const ProcurementTerms& terms) {
  const FleetModel model = model_with_offers(stated, terms);
  const FleetVariation as_planned;
  const Rollout rollout(model);
  const PeriodProblems problems(model, as_planned, rollout);
  const std::vector<FleetHour> begins = quarters_of(model.time);
  ProcurementProblem problem;
  problem.names = problems.names();
  for (std::size_t q = 0; q + 1 < begins.size(); ++q) {
    ProcurementQuarter& quarter = problem.quarters.emplace_back();
    quarter.name = quarter_name(model.time, begins[q]);
    quarter.year = model.time.date_of(begins[q]).year;
    quarter.problem = quarter_problem(model, problems, begins[q], begins[q + 1]);
    quarter.power_left = power_left(model, rollout, begins[q], begins[q + 1]);
    quarter.present =
        std::pow(1 + model.finance.discount, -years_at((begins[q] + begins[q + 1]) / 2));
  }
  add_offers(model, terms, begins, rollout.groups(), problem);
  add_deliveries(terms, begins, problem);
  problem.budgets = terms.budgets;
  problem.carbon = terms.carbon;
  problem.shares = terms.shares;
  problem.largest_share = terms.largest_share;
  problem.quarters_to_work = terms.quarters_to_work;
  problem.upkeep = model.finance.upkeep;
  problem.hardware_years = model.finance.hardware_life / (365.25 * day);
  problem.facility_years = model.finance.facility_life / (365.25 * day);
  problem.meet_all = terms.meet_all;
  problem.meet_from = meet_from(terms, begins, problem);
  problem.block = terms.block;
  problem.gap = terms.gap;
  return problem;
}

}  // namespace polyfleet
