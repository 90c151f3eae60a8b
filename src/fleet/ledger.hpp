// The one book of a fleet: dated rows of capacity, energy, carbon, money and output, from which
// every total is a sum. Signs: money received is positive, spent negative; energy supplied is
// positive, used negative, so that a balanced book of energy sums to zero in every period and site.
// A row is dated by its period; of a calendar year are the rows of the periods that begin in it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fleet/fleet_time.hpp"
#include "units/quantity.hpp"

namespace polyfleet {

enum class LedgerUnit {
  dollars,
  joules,
  grams,
  accelerators,
  accelerator_seconds,
  watt_seconds,
  flops,
  tokens,
  units,
  seconds
};

enum class Account {
  // energy (J): sum of all is zero
  grid_energy,
  generated_energy,
  battery_discharge,
  battery_charge,
  rack_energy,
  delivery_loss,
  cooling_energy,
  // carbon (g)
  carbon_location,
  carbon_market,
  carbon_embodied,
  // money (USD)
  hardware_capital,
  facility_capital,
  grid_cost,
  generation_cost,
  curtailment_income,
  upkeep,
  partner_rent,
  carbon_cost,
  revenue,
  unmet_value,
  residual_value,
  deal_income,
  // capacity (accelerator-seconds; watt-seconds of provisioned power; accelerators)
  installed,
  in_service,
  in_use,
  installed_power,
  delivered,
  // output
  output_units,
  output_tokens,
  training_flop,
  unmet_units,
  shed_units,
  // operation
  shed_energy,
  limited_time,
  dark_time,
};
inline constexpr int kAccounts = static_cast<int>(Account::dark_time) + 1;

struct AccountInfo {
  Account account;
  std::string_view name;   ///< "grid energy"
  std::string_view group;  ///< "energy", "carbon", "money", "capacity", "output", "operation"
  LedgerUnit unit;
  bool cash;  ///< moves money in the period (not unmet value, carbon cost or residual value)
  std::string_view meaning;
};
const AccountInfo& info(Account account);

/// One entry; -1 = of no site, phase or workload in particular.
struct LedgerRow {
  int period = 0;
  Account account = Account::grid_energy;
  int site = -1, phase = -1, workload = -1;
  double amount = 0;  ///< base units of the account
};

/// Which rows to add up; kAny takes all of a column, -1 those of none in particular.
struct LedgerQuery {
  static constexpr int kAny = -2;
  Account account = Account::grid_energy;
  int period = kAny, site = kAny, phase = kAny, workload = kAny;
};

class Ledger {
 public:
  /// A row of zero is not written.
  void add(const LedgerRow& row);
  void reserve(std::size_t rows) { rows_.reserve(rows); }
  const std::vector<LedgerRow>& rows() const { return rows_; }
  double total(Account account) const;
  double total(Account account, int period) const;
  double total(const LedgerQuery& query) const;

  /// Largest |sum of energy| over the period's supply, over all periods and sites: 0 but for
  /// rounding.
  double energy_imbalance() const;

 private:
  std::vector<LedgerRow> rows_;
};

/// The totals of every account in every calendar year, in one pass over the rows: what a
/// percentile over many futures needs.
class LedgerTotals {
 public:
  LedgerTotals(const Ledger& ledger, const FleetTime& time);
  int first_year() const { return first_year_; }
  int years() const { return years_; }
  /// Precondition: first_year() <= year < first_year() + years().
  double year(Account account, int year) const;
  double all(Account account) const;
  /// All money that moves (AccountInfo::cash).
  double cash(int year) const;
  double cash() const;

 private:
  int first_year_ = 0, years_ = 0;
  std::vector<double> sums_;  ///< [account][year]
};

}  // namespace polyfleet
