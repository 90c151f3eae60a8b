// The numbers of one future: sums of ledger rows, and what follows from them.
#include <cmath>
#include <limits>

#include "capital/futures_outcomes.hpp"

namespace polyfleet {
namespace {

constexpr double kNotReached = std::numeric_limits<double>::infinity();
constexpr double kTokensPriced = 1e6;                  // cost is stated for a million
constexpr double kGigawattYear = 1e9 * 365 * 86400.0;  // W s; the year of 365 days of all rates

/// Spent in the study, less what is left at its end; not what comes in for output or from deals.
bool is_cost(Account account) {
  if (account == Account::revenue || account == Account::deal_income) return false;
  const AccountInfo& each = info(account);
  return account == Account::residual_value || (each.group == "money" && each.cash);
}

bool is_value(Account account) {
  return is_cost(account) || account == Account::revenue || account == Account::deal_income;
}

bool serves_tokens(const FleetWorkload& workload) {
  return workload.kind == WorkloadKind::chat || workload.kind == WorkloadKind::agents;
}

double ratio(double numerator, double denominator) {
  return denominator == 0 ? 0 : numerator / denominator;
}

std::size_t at(Account account) { return static_cast<std::size_t>(account); }

}  // namespace

/// By year and, last, of the whole study.
struct OutcomeTable::Sums {
  std::vector<std::vector<double>> accounts;                  ///< [year][account]
  std::vector<std::vector<std::vector<double>>> of_workload;  ///< [year][workload][account]
  std::vector<std::vector<double>> installed;                 ///< W [year][program], last period
  double npv = 0;

  double cost(std::size_t year) const {
    double sum = 0;
    for (std::size_t i = 0; i < accounts[year].size(); ++i)
      if (is_cost(static_cast<Account>(i))) sum -= accounts[year][i];
    return sum;
  }
};

OutcomeTable::Sums OutcomeTable::sums_of(const Ledger& ledger) const {
  const std::size_t years = years_.size(), workloads = model_->workloads.size();
  Sums sums;
  sums.accounts.assign(years + 1, std::vector<double>(kAccounts));
  sums.of_workload.assign(
      years + 1, std::vector<std::vector<double>>(workloads, std::vector<double>(kAccounts)));
  sums.installed.assign(years, std::vector<double>(programs_.size()));
  std::vector<int> program_of_phase;
  for (const FleetPhase& phase : model_->phases) {
    int program = -1;
    for (std::size_t i = 0; i < programs_.size(); ++i)
      if (programs_[i] == phase.program) program = static_cast<int>(i);
    program_of_phase.push_back(program);
  }
  for (const LedgerRow& row : ledger.rows()) {
    const auto period = static_cast<std::size_t>(row.period);
    const auto year = static_cast<std::size_t>(year_of_period_[period]);
    const std::size_t account = at(row.account);
    for (const std::size_t span : {year, years}) {
      sums.accounts[span][account] += row.amount;
      if (row.workload >= 0)
        sums.of_workload[span][static_cast<std::size_t>(row.workload)][account] += row.amount;
    }
    if (is_value(row.account)) sums.npv += row.amount * discount_of_period_[period];
    const bool last = period + 1 == year_of_period_.size() ||
                      year_of_period_[period + 1] != year_of_period_[period];
    if (row.account != Account::installed_power || row.phase < 0 || !last) continue;
    const int program = program_of_phase[static_cast<std::size_t>(row.phase)];
    if (program >= 0)
      sums.installed[year][static_cast<std::size_t>(program)] +=
          row.amount / (model_->time.length(row.period) / second);
  }
  return sums;
}

double OutcomeTable::value(const Outcome& outcome, const Sums& sums, const FleetRun& run) const {
  std::size_t year = years_.size();
  for (std::size_t i = 0; i < years_.size(); ++i)
    if (years_[i] == outcome.year) year = i;
  const std::vector<double>& accounts = sums.accounts[year];
  switch (outcome.kind) {
    case OutcomeKind::account:
      return outcome.workload < 0
                 ? accounts[at(outcome.account)]
                 : sums.of_workload[year][static_cast<std::size_t>(outcome.workload)]
                                   [at(outcome.account)];
    case OutcomeKind::cost:
      return sums.cost(year);
    case OutcomeKind::npv:
      return sums.npv;
    case OutcomeKind::unit_cost: {
      double tokens = 0, used = 0, all = 0;
      for (std::size_t w = 0; w < model_->workloads.size(); ++w) {
        const std::vector<double>& own = sums.of_workload[year][w];
        all += own[at(Account::in_use)];
        if (!serves_tokens(model_->workloads[w])) continue;
        used += own[at(Account::in_use)];
        tokens += own[at(Account::output_tokens)];
      }
      return ratio(sums.cost(year) * ratio(used, all), tokens / kTokensPriced);
    }
    case OutcomeKind::gigawatt_year_cost:
      return ratio(sums.cost(year), accounts[at(Account::installed_power)] / kGigawattYear);
    case OutcomeKind::gigawatt_years:
      return accounts[at(Account::installed_power)];
    case OutcomeKind::gigawatts:
      for (std::size_t i = 0; i < programs_.size(); ++i)
        if (programs_[i] == outcome.program) return sums.installed[year][i];
      return 0;
    case OutcomeKind::shortfalls:
      return static_cast<double>(run.shortfalls.size());
    case OutcomeKind::milestone:
      for (const ProgramMilestones& program : run.programs) {
        if (program.program != outcome.program) continue;
        const auto n = static_cast<std::size_t>(outcome.number);
        return program.gigawatts.size() < n ? kNotReached : program.gigawatts[n - 1];
      }
      return kNotReached;
    case OutcomeKind::campaign:
      for (const CampaignOutcome& campaign : run.campaigns) {
        if (campaign.workload == outcome.workload && campaign.id == outcome.program)
          return campaign.finished == kNoHour ? kNotReached : campaign.finished;
      }
      return kNotReached;
  }
  return 0;
}

std::vector<double> OutcomeTable::values(const FleetRun& run) const {
  const Sums sums = sums_of(run.ledger);
  std::vector<double> values;
  values.reserve(outcomes_.size());
  for (const Outcome& outcome : outcomes_) values.push_back(value(outcome, sums, run));
  return values;
}

}  // namespace polyfleet
