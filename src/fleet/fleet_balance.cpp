#include "fleet/fleet_balance.hpp"

#include <algorithm>
#include <cmath>

#include "fleet/demand_curve.hpp"
#include "fleet/place.hpp"

namespace polyfleet {
namespace {

bool trains(WorkloadKind kind) {
  return kind == WorkloadKind::pretraining || kind == WorkloadKind::posttraining ||
         kind == WorkloadKind::research;
}

/// What is rented by the hour is charged by its use instead.
bool embodied_at_delivery(const FleetPhase& phase) {
  return !phase.existing && phase.ownership != Ownership::on_demand;
}

}  // namespace

FleetBalance::FleetBalance(const FleetModel& model, const FleetVariation& variation,
                           const Rollout& rollout)
    : model_(&model), variation_(&variation), rollout_(&rollout), built_(model.sites.size()) {
  facility_.assign(model.sites.size(), std::vector<Usd>(at(model.time.periods())));
  for (const FleetGroup& group : rollout.groups())
    for (const int phase : group.phases)
      built_[at(group.site)] += owned_power(phase, rollout.schedule(phase).present(-1));
}

Usd FleetBalance::price_of(int phase) const {
  const FleetPhase& from = model_->phases[at(phase)];
  const std::optional<Usd>& price = model_->classes[at(from.device_class)].price;
  if (from.ownership != Ownership::owned || !price) return Usd();
  return *price * (1 + model_->finance.network_and_other) *
         varied(variation_->hardware_price, from.device_class);
}

Watts FleetBalance::owned_power(int phase, double accelerators) const {
  const FleetPhase& from = model_->phases[at(phase)];
  const double all = std::floor(from.accelerators);
  if (from.ownership != Ownership::owned || all <= 0) return Watts();
  return from.power * (accelerators / all);
}

double FleetBalance::kept(int period, Seconds life) const {
  const FleetTime& time = model_->time;
  const double middle = (time.first_hour(period) + time.end_hour(period)) / 2.0;
  return life > Seconds() ? std::max(0.0, 1 - (time.hours() - middle) * hour / life) : 0;
}

void FleetBalance::book(int period, const FleetPeriod& from, const Allocation& allocation,
                        const PeriodOutcome& outcome, Ledger& ledger) {
  book_phases(period, from, ledger);
  book_use(period, from, allocation, ledger);
  book_facilities(period, ledger);
  book_sites(period, outcome, ledger);
  book_output(period, outcome, ledger);
}

void FleetBalance::book_phases(int period, const FleetPeriod& from, Ledger& ledger) const {
  const Seconds length = from.problem.length;
  for (std::size_t g = 0; g < rollout_->groups().size(); ++g) {
    const FleetGroup& group = rollout_->groups()[g];
    const DeviceClass& device = model_->classes[at(group.device_class)];
    const double working =
        from.installed[g] > 0 ? from.problem.groups[g].accelerators / from.installed[g] : 0;
    for (const int index : group.phases) {
      const FleetPhase& phase = model_->phases[at(index)];
      const PhasePeriod& now = rollout_->at(index, period);
      const auto row = [&](Account account, double amount) {
        ledger.add({period, account, group.site, index, -1, amount});
      };
      const double whole = std::floor(phase.accelerators);
      row(Account::delivered, now.delivered);
      row(Account::installed, now.installed * length.base());
      row(Account::in_service, now.installed * working * length.base());
      if (whole > 0)
        row(Account::installed_power, phase.power.base() * (now.installed / whole) * length.base());
      if (!phase.existing)
        row(Account::hardware_capital, -(now.delivered * price_of(index)).base());
      if (embodied_at_delivery(phase))
        row(Account::carbon_embodied, (now.delivered * device.embodied).base());
      row(Account::upkeep,
          -(now.present * price_of(index)).base() * model_->finance.upkeep * (length / kMeanYear));
      if (phase.ownership == Ownership::take_or_pay)
        row(Account::partner_rent, -(phase.rate * length).base() * whole * now.contracted);
    }
  }
}

void FleetBalance::book_use(int period, const FleetPeriod& from, const Allocation& allocation,
                            Ledger& ledger) const {
  const Seconds length = from.problem.length;
  const Seconds life = model_->finance.hardware_life;
  for (std::size_t g = 0; g < rollout_->groups().size(); ++g) {
    if (from.installed[g] <= 0) continue;
    const FleetGroup& group = rollout_->groups()[g];
    for (const int phase : group.phases) {
      const double share = rollout_->at(phase, period).installed / from.installed[g];
      double used = 0;
      for (std::size_t w = 0; w < allocation.accelerators.size(); ++w) {
        const double seconds = allocation.accelerators[w][g] * share * length.base();
        ledger.add({period, Account::in_use, group.site, phase, static_cast<int>(w), seconds});
        used += seconds;
      }
      if (group.ownership != Ownership::on_demand) continue;
      ledger.add({period, Account::partner_rent, group.site, phase, -1, -group.rate.base() * used});
      if (!model_->phases[at(phase)].existing && life > Seconds())
        ledger.add({period, Account::carbon_embodied, group.site, phase, -1,
                    model_->classes[at(group.device_class)].embodied.base() * used / life.base()});
    }
  }
}

void FleetBalance::book_facilities(int period, Ledger& ledger) {
  std::vector<Watts> standing(built_.size());
  for (const FleetGroup& group : rollout_->groups())
    for (const int phase : group.phases)
      standing[at(group.site)] += owned_power(phase, rollout_->at(phase, period).present_end);
  const double years = model_->time.length(period) / kMeanYear;
  for (std::size_t s = 0; s < built_.size(); ++s) {
    const double per_watt = model_->sites[s].facility_per_watt.base();
    const int site = static_cast<int>(s);
    if (standing[s] > built_[s]) {
      facility_[s][at(period)] = Usd::from_base(per_watt * (standing[s] - built_[s]).base());
      built_[s] = standing[s];
    }
    ledger.add({period, Account::facility_capital, site, -1, -1, -facility_[s][at(period)].base()});
    ledger.add({period, Account::upkeep, site, -1, -1,
                -per_watt * built_[s].base() * model_->finance.upkeep * years});
  }
}

void FleetBalance::book_sites(int period, const PeriodOutcome& outcome, Ledger& ledger) const {
  const std::size_t sites = outcome.sites.size();
  for (std::size_t s = 0; s < sites; ++s) {
    const SiteEnergy& energy = outcome.sites[s].energy;
    const double ours = outcome.sites[s].paid_share;
    const auto row = [&](Account account, double amount, int workload = -1) {
      ledger.add({period, account, static_cast<int>(s), -1, workload, amount});
    };
    row(Account::grid_energy, energy.grid.base());
    row(Account::generated_energy, energy.generation.base());
    row(Account::battery_discharge, energy.discharge.base());
    row(Account::battery_charge, -energy.charge.base());
    row(Account::delivery_loss, -energy.delivery_loss.base());
    row(Account::cooling_energy, -energy.cooling.base());
    row(Account::rack_energy, -outcome.sites[s].base_energy.base());
    for (std::size_t w = 0; w < model_->workloads.size(); ++w)
      row(Account::rack_energy, -outcome.work[w * sites + s].energy.base(), static_cast<int>(w));
    row(Account::carbon_location, energy.location.base());
    row(Account::carbon_market, energy.market.base());
    row(Account::carbon_cost, -energy.location.base() * model_->policy.carbon_price);
    row(Account::grid_cost, -energy.grid_cost.base() * ours);
    row(Account::generation_cost, -energy.generation_cost.base() * ours);
    row(Account::curtailment_income, energy.curtailment_paid.base() * ours);
    row(Account::shed_energy, energy.shed.base());
    row(Account::limited_time, (energy.limited_hours * hour).base());
    row(Account::dark_time, (energy.unmet_hours * hour).base());
  }
}

void FleetBalance::book_output(int period, const PeriodOutcome& outcome, Ledger& ledger) const {
  const std::size_t sites = outcome.sites.size();
  for (std::size_t w = 0; w < model_->workloads.size(); ++w) {
    const FleetWorkload& workload = model_->workloads[w];
    const int index = static_cast<int>(w);
    const bool stream = workload.campaigns.empty();
    const double value = value_at(*model_, index, model_->time.middle(period), *variation_);
    for (std::size_t s = 0; s < sites; ++s) {
      const WorkloadAtSite& work = outcome.work[w * sites + s];
      const auto row = [&](Account account, double amount) {
        ledger.add({period, account, static_cast<int>(s), -1, index, amount});
      };
      row(Account::output_units, work.units);
      row(Account::output_tokens, work.units * workload.total_per_unit);
      if (trains(workload.kind)) row(Account::training_flop, work.units * workload.flops_per_unit);
      if (workload.sold) row(Account::revenue, work.units * value);
      row(Account::shed_units, work.shed);
      // What a campaign sheds it makes up later.
      if (stream) row(Account::unmet_value, -work.shed * value);
    }
    ledger.add({period, Account::unmet_units, -1, -1, index, outcome.unmet[w]});
    ledger.add({period, Account::unmet_value, -1, -1, index, -outcome.unmet[w] * value});
  }
}

void FleetBalance::close(const std::vector<CampaignOutcome>& campaigns, Ledger& ledger) const {
  const int last = model_->time.periods() - 1;
  for (const FleetGroup& group : rollout_->groups()) {
    for (const int phase : group.phases) {
      if (model_->phases[at(phase)].existing ||
          rollout_->schedule(phase).gone() <= model_->time.hours())
        continue;
      double worth = 0;
      for (int period = 0; period <= last; ++period)
        worth += rollout_->at(phase, period).delivered * price_of(phase).base() *
                 kept(period, model_->finance.hardware_life);
      ledger.add({last, Account::residual_value, group.site, phase, -1, worth});
    }
  }
  for (std::size_t s = 0; s < facility_.size(); ++s) {
    double worth = 0;
    for (int period = 0; period <= last; ++period)
      worth += facility_[s][at(period)].base() * kept(period, model_->finance.facility_life);
    ledger.add({last, Account::residual_value, static_cast<int>(s), -1, -1, worth});
  }
  for (const CampaignOutcome& each : campaigns) {
    if (each.finished != kNoHour || each.deadline > model_->time.hours()) continue;
    const double lacks = each.amount - each.done;
    ledger.add({last, Account::unmet_units, -1, -1, each.workload, lacks});
    ledger.add({last, Account::unmet_value, -1, -1, each.workload,
                -lacks * value_at(*model_, each.workload, model_->time.middle(last), *variation_)});
  }
}

}  // namespace polyfleet
