#include "capital/futures_outcomes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include "capital/deal_date.hpp"

namespace polyfleet {
namespace {

/// Accounts that are kept for each workload too.
constexpr std::array kByWorkload{
    Account::in_use,        Account::revenue,       Account::unmet_value, Account::output_units,
    Account::output_tokens, Account::training_flop, Account::unmet_units, Account::shed_units};

/// "carbon, location-based" as "carbon_location_based".
std::string key_of(std::string_view name) {
  std::string key;
  for (const char each : name) {
    if (each == ' ' || each == '-') {
      key += '_';
    } else if (each != ',') {
      key += static_cast<char>(std::tolower(static_cast<unsigned char>(each)));
    }
  }
  return key;
}

std::string in_year(const std::string& id, int year) {
  return year == 0 ? id : fmt::format("{}/{}", id, year);
}

/// Units of different workloads cannot be added.
bool adds_up(Account account) { return info(account).unit != LedgerUnit::units; }

}  // namespace

OutcomeTable::OutcomeTable(const FleetModel& model) : model_(&model) {
  const FleetTime& time = model.time;
  for (int period = 0; period < time.periods(); ++period) {
    const CalendarDate first = time.date_of(time.first_hour(period));
    if (years_.empty() || years_.back() != first.year) years_.push_back(first.year);
    year_of_period_.push_back(static_cast<int>(years_.size()) - 1);
    const CalendarDate middle = time.date_of((time.first_hour(period) + time.end_hour(period)) / 2);
    discount_of_period_.push_back(
        std::pow(1 + model.finance.discount, -years_between(time.begin(), middle)));
  }
  for (const FleetPhase& phase : model.phases) {
    if (!phase.program.empty() &&
        std::find(programs_.begin(), programs_.end(), phase.program) == programs_.end())
      programs_.push_back(phase.program);
  }
  add_headlines();
  add_accounts();
  add_programs();
}

void OutcomeTable::add(Outcome outcome) {
  outcome.id = in_year(outcome.id, outcome.year);
  outcomes_.push_back(std::move(outcome));
}

void OutcomeTable::add_headlines() {
  add({.id = "npv", .name = "net present value", .group = "cost", .kind = OutcomeKind::npv});
  add({.id = "cost", .name = "cost", .group = "cost", .kind = OutcomeKind::cost});
  add({.id = "token_cost",
       .name = "cost of a million served tokens",
       .group = "cost",
       .kind = OutcomeKind::unit_cost});
  add({.id = "gigawatt_year_cost",
       .name = "cost of a gigawatt-year",
       .group = "cost",
       .kind = OutcomeKind::gigawatt_year_cost});
  add({.id = "gigawatt_years",
       .name = "installed power over time",
       .group = "delivery",
       .kind = OutcomeKind::gigawatt_years});
  add({.id = "short_periods",
       .name = "periods in which a must is not met",
       .group = "service",
       .kind = OutcomeKind::shortfalls});
  for (const int year : years_) {
    add({.id = "cost", .name = "cost", .group = "cost", .kind = OutcomeKind::cost, .year = year});
    add({.id = "token_cost",
         .name = "cost of a million served tokens",
         .group = "cost",
         .kind = OutcomeKind::unit_cost,
         .year = year});
  }
}

void OutcomeTable::add_accounts() {
  std::vector<int> spans{0};
  spans.insert(spans.end(), years_.begin(), years_.end());
  for (int i = 0; i < kAccounts; ++i) {
    const AccountInfo& each = info(static_cast<Account>(i));
    const std::string key = key_of(each.name);
    const bool by_workload =
        std::find(kByWorkload.begin(), kByWorkload.end(), each.account) != kByWorkload.end();
    for (const int year : spans) {
      const Outcome of{.id = key,
                       .name = std::string(each.name),
                       .group = std::string(each.group),
                       .kind = OutcomeKind::account,
                       .account = each.account,
                       .year = year};
      if (adds_up(each.account)) add(of);
      if (!by_workload) continue;
      for (std::size_t w = 0; w < model_->workloads.size(); ++w) {
        Outcome own = of;
        own.id = key + '.' + model_->workloads[w].id;
        own.name += " of " + model_->workloads[w].id;
        own.workload = static_cast<int>(w);
        add(std::move(own));
      }
    }
  }
}

void OutcomeTable::add_programs() {
  for (const std::string& program : programs_) {
    for (const int year : years_)
      add({.id = "gigawatts." + program,
           .name = "installed of " + program + " at the end",
           .group = "delivery",
           .kind = OutcomeKind::gigawatts,
           .year = year,
           .program = program});
    Watts planned;
    for (const FleetPhase& phase : model_->phases)
      if (phase.program == program) planned += phase.power;
    // Rounding to whole accelerators may leave the last gigawatt a few watts short.
    const int most = static_cast<int>(std::floor(planned / gigawatt + 1e-6));
    for (int n = 1; n <= most; ++n)
      add({.id = fmt::format("day.{}.{}gw", program, n),
           .name = fmt::format("{} GW of {} accepted", n, program),
           .group = "delivery",
           .kind = OutcomeKind::milestone,
           .program = program,
           .number = n});
  }
  for (std::size_t w = 0; w < model_->workloads.size(); ++w) {
    for (const Campaign& campaign : model_->workloads[w].campaigns)
      add({.id = "done." + model_->workloads[w].id + '.' + campaign.id,
           .name = campaign.id + " done",
           .group = "service",
           .kind = OutcomeKind::campaign,
           .workload = static_cast<int>(w),
           .program = campaign.id});
  }
}

int outcome_index(const std::vector<Outcome>& outcomes, std::string_view id) {
  for (std::size_t i = 0; i < outcomes.size(); ++i)
    if (outcomes[i].id == id) return static_cast<int>(i);
  return -1;
}

bool is_day(const Outcome& outcome) {
  return outcome.kind == OutcomeKind::milestone || outcome.kind == OutcomeKind::campaign;
}

}  // namespace polyfleet
