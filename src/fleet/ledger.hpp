// The one book of a fleet: dated rows of capacity, energy, carbon, money and output, from which
// every total is a sum. Signs: money received is positive, spent negative; energy supplied is
// positive, used negative, so that a balanced book of energy sums to zero in every period and site.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "units/quantity.hpp"

namespace polyfleet {

enum class LedgerUnit { usd, joule, gram, accelerator_second, watt_second, flop, token, unit };

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
  // capacity (accelerator-seconds; watt-seconds of provisioned power)
  installed,
  in_service,
  in_use,
  installed_power,
  // output
  output_units,
  output_tokens,
  training_flop,
  unmet_units,
  shed_units,
};
inline constexpr int kAccounts = static_cast<int>(Account::shed_units) + 1;

struct AccountInfo {
  Account account;
  std::string_view name;   ///< "grid energy"
  std::string_view group;  ///< "energy", "carbon", "money", "capacity", "output"
  LedgerUnit unit;
  bool cash;  ///< moves money in the period (not unmet value, not carbon cost where it is shadow)
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

class Ledger {
 public:
  /// A row of zero is not written.
  void add(const LedgerRow& row);
  const std::vector<LedgerRow>& rows() const { return rows_; }
  double total(Account account) const;
  double total(Account account, int period) const;

  /// Largest |sum of energy| over the period's supply, over all periods and sites: 0 but for
  /// rounding.
  double energy_imbalance() const;

 private:
  std::vector<LedgerRow> rows_;
};

}  // namespace polyfleet
