#include "fleet/ledger.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.hpp"

namespace polyfleet {
namespace {

constexpr bool kCash = true, kNoCash = false;

constexpr std::array<AccountInfo, kAccounts> kInfo{{
    {Account::grid_energy, "grid energy", "energy", LedgerUnit::joules, kNoCash,
     "bought from the grid, at the meter"},
    {Account::generated_energy, "generated energy", "energy", LedgerUnit::joules, kNoCash,
     "from turbines or fuel cells on the site"},
    {Account::battery_discharge, "battery discharge", "energy", LedgerUnit::joules, kNoCash,
     "out of the battery, at the meter"},
    {Account::battery_charge, "battery charge", "energy", LedgerUnit::joules, kNoCash,
     "into the battery, at the meter"},
    {Account::rack_energy, "rack energy", "energy", LedgerUnit::joules, kNoCash,
     "used at the racks; without workload: of accelerators that idle, are parked or in test"},
    {Account::delivery_loss, "delivery loss", "energy", LedgerUnit::joules, kNoCash,
     "lost between meter and racks"},
    {Account::cooling_energy, "cooling energy", "energy", LedgerUnit::joules, kNoCash,
     "cooling and the rest of the building"},
    {Account::carbon_location, "carbon, location-based", "carbon", LedgerUnit::grams, kNoCash,
     "of the energy, by the grid's intensity of the hour"},
    {Account::carbon_market, "carbon, market-based", "carbon", LedgerUnit::grams, kNoCash,
     "of the energy, less what carbon-free purchases cover"},
    {Account::carbon_embodied, "carbon, embodied", "carbon", LedgerUnit::grams, kNoCash,
     "of making the accelerators, at delivery; on demand: by use over their life"},
    {Account::hardware_capital, "hardware capital", "money", LedgerUnit::dollars, kCash,
     "accelerators with their share of system, network and the rest, at delivery"},
    {Account::facility_capital, "facility capital", "money", LedgerUnit::dollars, kCash,
     "hall, power and cooling plant, once for the highest owned power of a site"},
    {Account::grid_cost, "grid cost", "money", LedgerUnit::dollars, kCash,
     "price times grid energy"},
    {Account::generation_cost, "generation cost", "money", LedgerUnit::dollars, kCash,
     "fuel and upkeep of on-site generation"},
    {Account::curtailment_income, "curtailment income", "money", LedgerUnit::dollars, kCash,
     "paid by the grid for standing ready and for drawing less"},
    {Account::upkeep, "upkeep", "money", LedgerUnit::dollars, kCash,
     "a yearly share of the capital in place"},
    {Account::partner_rent, "partner rent", "money", LedgerUnit::dollars, kCash,
     "of capacity that others own"},
    {Account::carbon_cost, "carbon cost", "money", LedgerUnit::dollars, kNoCash,
     "location-based carbon at the policy's price; steers, is not paid"},
    {Account::revenue, "revenue", "money", LedgerUnit::dollars, kCash, "output that is sold"},
    {Account::unmet_value, "unmet value", "money", LedgerUnit::dollars, kNoCash,
     "of demand that was not served or shed"},
    {Account::residual_value, "residual value", "money", LedgerUnit::dollars, kNoCash,
     "of hardware and facilities at the end, straight line over their lives"},
    {Account::deal_income, "deal income", "money", LedgerUnit::dollars, kCash,
     "warrants, investments and guarantees"},
    {Account::installed, "installed", "capacity", LedgerUnit::accelerator_seconds, kNoCash,
     "accepted and not retired"},
    {Account::in_service, "in service", "capacity", LedgerUnit::accelerator_seconds, kNoCash,
     "installed and working"},
    {Account::in_use, "in use", "capacity", LedgerUnit::accelerator_seconds, kNoCash,
     "given to a workload"},
    {Account::installed_power, "installed power", "capacity", LedgerUnit::watt_seconds, kNoCash,
     "of installed accelerators as provisioned, at the meter"},
    {Account::delivered, "delivered", "capacity", LedgerUnit::accelerators, kNoCash,
     "accelerators that arrived"},
    {Account::output_units, "output", "output", LedgerUnit::units, kNoCash,
     "units of the workload"},
    {Account::output_tokens, "tokens", "output", LedgerUnit::tokens, kNoCash,
     "tokens counted for the output"},
    {Account::training_flop, "training FLOP", "output", LedgerUnit::flops, kNoCash,
     "model FLOPs of training"},
    {Account::unmet_units, "unmet", "output", LedgerUnit::units, kNoCash,
     "demand without capacity, and what accelerators lost that changed their workload"},
    {Account::shed_units, "shed", "output", LedgerUnit::units, kNoCash,
     "output lost in hours in which load gave way"},
    {Account::shed_energy, "shed energy", "operation", LedgerUnit::joules, kNoCash,
     "not drawn at the racks for want of supply"},
    {Account::limited_time, "limited time", "operation", LedgerUnit::seconds, kNoCash,
     "hours of a site in which load gave way"},
    {Account::dark_time, "dark time", "operation", LedgerUnit::seconds, kNoCash,
     "hours of a site in which giving way was not enough"},
}};

constexpr bool in_order() {
  for (int i = 0; i < kAccounts; ++i)
    if (static_cast<int>(kInfo[static_cast<std::size_t>(i)].account) != i) return false;
  return true;
}
static_assert(in_order(), "the table follows the enumeration");

constexpr bool is_energy(Account account) { return account <= Account::cooling_energy; }

bool matches(int wanted, int value) { return wanted == LedgerQuery::kAny || wanted == value; }

}  // namespace

const AccountInfo& info(Account account) { return kInfo[static_cast<std::size_t>(account)]; }

void Ledger::add(const LedgerRow& row) {
  if (row.amount != 0) rows_.push_back(row);
}

double Ledger::total(Account account) const {
  LedgerQuery query;
  query.account = account;
  return total(query);
}

double Ledger::total(Account account, int period) const {
  LedgerQuery query;
  query.account = account;
  query.period = period;
  return total(query);
}

double Ledger::total(const LedgerQuery& query) const {
  double sum = 0;
  for (const LedgerRow& row : rows_)
    if (row.account == query.account && matches(query.period, row.period) &&
        matches(query.site, row.site) && matches(query.phase, row.phase) &&
        matches(query.workload, row.workload))
      sum += row.amount;
  return sum;
}

double Ledger::energy_imbalance() const {
  int periods = 0, sites = 0;
  for (const LedgerRow& row : rows_) {
    periods = std::max(periods, row.period + 1);
    sites = std::max(sites, row.site + 2);  // the first stands for "no site"
  }
  struct Balance {
    double sum = 0, supply = 0;
  };
  std::vector<Balance> balances(static_cast<std::size_t>(periods) * sites);
  for (const LedgerRow& row : rows_) {
    if (!is_energy(row.account)) continue;
    Balance& balance = balances[static_cast<std::size_t>(row.period) * sites + row.site + 1];
    balance.sum += row.amount;
    balance.supply += std::max(row.amount, 0.0);
  }
  double worst = 0;
  for (const Balance& each : balances) {
    // What is used without supply is as wrong as can be.
    if (each.supply <= 0 && each.sum != 0) return 1;
    if (each.supply > 0) worst = std::max(worst, std::abs(each.sum) / each.supply);
  }
  return worst;
}

LedgerTotals::LedgerTotals(const Ledger& ledger, const FleetTime& time) {
  first_year_ = time.begin().year;
  std::vector<int> year_of;
  for (int period = 0; period < time.periods(); ++period)
    year_of.push_back(time.date_of(time.first_hour(period)).year - first_year_);
  years_ = year_of.empty() ? 0 : year_of.back() + 1;
  sums_.assign(static_cast<std::size_t>(kAccounts) * years_, 0.0);
  for (const LedgerRow& row : ledger.rows())
    sums_[static_cast<std::size_t>(row.account) * years_ +
          year_of[static_cast<std::size_t>(row.period)]] += row.amount;
}

double LedgerTotals::year(Account account, int year) const {
  POLYFLEET_CHECK(year >= first_year_ && year < first_year_ + years_, "a year of the study");
  return sums_[static_cast<std::size_t>(account) * years_ + (year - first_year_)];
}

double LedgerTotals::all(Account account) const {
  double sum = 0;
  for (int year_at = 0; year_at < years_; ++year_at) sum += year(account, first_year_ + year_at);
  return sum;
}

double LedgerTotals::cash(int year_at) const {
  double sum = 0;
  for (const AccountInfo& each : kInfo)
    if (each.cash) sum += year(each.account, year_at);
  return sum;
}

double LedgerTotals::cash() const {
  double sum = 0;
  for (int year_at = 0; year_at < years_; ++year_at) sum += cash(first_year_ + year_at);
  return sum;
}

}  // namespace polyfleet
