// Writes a fleet's periods into its ledger: capital at delivery, rent, upkeep, what sites bought
// and emitted, output and its value; at the end what is left of the capital. Capital of what was
// bought or delivered before the study is not in it, its upkeep is. A facility is paid for once
// for the highest owned power that ever stands on its site; partners bring their own.
#pragma once

#include <vector>

#include "fleet/fleet_variation.hpp"
#include "fleet/ledger.hpp"
#include "fleet/period_outcome.hpp"
#include "fleet/rollout.hpp"

namespace polyfleet {

class FleetBalance {
 public:
  /// Keeps references.
  FleetBalance(const FleetModel& model, const FleetVariation& variation, const Rollout& rollout);

  /// All rows of one period. Periods in order.
  void book(int period, const FleetPeriod& from, const Allocation& allocation,
            const PeriodOutcome& outcome, Ledger& ledger);
  /// After the last period: residual value, and what campaigns whose deadline has passed still
  /// lack.
  void close(const std::vector<CampaignOutcome>& campaigns, Ledger& ledger) const;

 private:
  void book_phases(int period, const FleetPeriod& from, Ledger& ledger) const;
  void book_use(int period, const FleetPeriod& from, const Allocation& allocation,
                Ledger& ledger) const;
  void book_facilities(int period, Ledger& ledger);
  void book_sites(int period, const PeriodOutcome& outcome, Ledger& ledger) const;
  void book_output(int period, const PeriodOutcome& outcome, Ledger& ledger) const;
  /// Of one accelerator with network and the rest; zero where no price is known or a partner owns.
  Usd price_of(int phase) const;
  /// Of an owned phase as provisioned.
  Watts owned_power(int phase, double accelerators) const;
  /// Share of its worth that what was bought in a period keeps at the end.
  double kept(int period, Seconds life) const;

  const FleetModel* model_;
  const FleetVariation* variation_;
  const Rollout* rollout_;
  std::vector<Watts> built_;                ///< by site: highest owned power so far
  std::vector<std::vector<Usd>> facility_;  ///< [site][period] capital
};

}  // namespace polyfleet
