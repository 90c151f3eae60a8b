// One number for a question, so that a store of another one is refused. The model's own numbers
// enter through what they do (bits of all outcomes of the plan and of the median future), and field
// by field where only futures look at them: names, delays, intervals, software, outages.
#include <bit>
#include <string_view>

#include "capital/futures.hpp"

#ifndef POLYFLEET_VERSION
#define POLYFLEET_VERSION "0"
#endif

namespace polyfleet {
namespace {

/// FNV-1a over bytes, 64 bits.
class Fingerprint {
 public:
  void add(std::string_view text) {
    for (const char byte : text) mix(static_cast<unsigned char>(byte));
    mix(0);
  }
  void add(std::uint64_t number) {
    for (int i = 0; i < 8; ++i) mix(static_cast<unsigned char>(number >> (8 * i)));
  }
  void add(double number) { add(std::bit_cast<std::uint64_t>(number)); }
  void add(int number) { add(static_cast<std::uint64_t>(number)); }
  void add(const std::vector<double>& numbers) {
    add(numbers.size());
    for (const double number : numbers) add(number);
  }
  std::uint64_t value() const { return hash_; }

 private:
  void mix(unsigned char byte) { hash_ = (hash_ ^ byte) * 1099511628211ULL; }
  std::uint64_t hash_ = 14695981039346656037ULL;
};

void add_events(const std::vector<SupplyEvent>& events, Fingerprint& into) {
  into.add(events.size());
  for (const SupplyEvent& event : events) {
    into.add(event.begin);
    into.add(event.hours);
    into.add(event.share);
    into.add(event.outage ? 1 : 0);
  }
}

void add_phase(const FleetPhase& phase, Fingerprint& into) {
  into.add(phase.id);
  into.add(phase.program);
  for (const int number :
       {phase.site, phase.device_class, phase.ordered, phase.first_delivery, phase.last_delivery,
        phase.retirement, phase.contract_begin, phase.contract_end,
        static_cast<int>(phase.ownership), phase.energy_included ? 1 : 0, phase.existing ? 1 : 0})
    into.add(number);
  for (const double number : {phase.power.base(), phase.accelerators, phase.acceptance.base(),
                              phase.rejected, phase.rate.base()})
    into.add(number);
  into.add(phase.delay.quarters);
}

void add_model(const FleetModel& model, Fingerprint& into) {
  into.add(print_date(model.time.begin()));
  into.add(print_date(model.time.end()));
  into.add(model.time.period_days());
  for (const SiteModel& site : model.sites) {
    into.add(site.id);
    into.add(site.region);
    into.add(site.price_growth);
    into.add(site.carbon_growth);
    add_events(site.events, into);
    for (const PowerStep& step : site.limits) {
      into.add(step.from);
      into.add(step.limit.base());
    }
  }
  for (const DeviceClass& each : model.classes) {
    into.add(each.id);
    into.add(each.vendor);
    into.add(each.in_service);
    into.add(each.maturity.launch);
    into.add(each.maturity.at_launch);
    into.add(each.maturity.until_mature.base());
    into.add(each.price ? each.price->base() : -1.0);
  }
  for (const FleetPhase& phase : model.phases) add_phase(phase, into);
  for (const FleetWorkload& workload : model.workloads) {
    into.add(workload.id);
    for (const double number :
         {workload.value, workload.value_growth, workload.sheddable, workload.peak_over_mean,
          workload.migration.base(), workload.must ? 1.0 : 0.0, workload.sold ? 1.0 : 0.0,
          workload.gang ? 1.0 : 0.0})
      into.add(number);
    for (const Campaign& campaign : workload.campaigns) {
      into.add(campaign.start);
      into.add(campaign.deadline);
      into.add(campaign.amount);
    }
    for (const DemandPoint& point : workload.demand) {
      into.add(point.hour);
      into.add(point.per_second);
    }
  }
  for (const std::vector<WorkloadRate>& rates : model.rates) {
    for (const WorkloadRate& rate : rates) {
      for (const double number :
           {rate.possible ? 1.0 : 0.0, rate.per_second, rate.active.base(), rate.low, rate.high,
            rate.least_accelerators, rate.most_accelerators, rate.goodput})
        into.add(number);
    }
  }
  into.add(model.finance.discount);
}

}  // namespace

std::uint64_t futures_fingerprint(const FuturesQuestion& question, const std::vector<double>& plan,
                                  const std::vector<double>& median) {
  Fingerprint print;
  print.add(POLYFLEET_VERSION);
  print.add(question.seed);
  UncertaintySpec drawn = *question.spec;
  drawn.branches.clear();  // no part of the futures
  print.add(to_json(print_fields(uncertainty_fields(), drawn), -1));
  add_model(*question.model, print);
  for (const OutageRate& rate : question.outages->rates) {
    for (const double number :
         {static_cast<double>(rate.cause), rate.per_year.value, rate.duration.value.base(),
          rate.duration_spread.value, rate.capacity_lost.low, rate.capacity_lost.high})
      print.add(number);
  }
  print.add(plan);
  print.add(median);
  return print.value();
}

}  // namespace polyfleet
