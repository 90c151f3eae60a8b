// What a future is remembered by: a list of named numbers that follows from the model alone, each
// account of the ledger by calendar year and over all, output by workload, gigawatts and their days
// by program, costs and net present value. A ledger row belongs to the calendar year of the first
// day of its period.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fleet/fleet_run.hpp"

namespace polyfleet {

enum class OutcomeKind {
  account,  ///< total of a ledger account, of one workload where named
  cost,     ///< cash spent less cash received other than revenue and deals, less what is left; USD
  npv,      ///< all cash and what is left, discounted to the study's begin; USD
  /// Cost of chat and agents over their million tokens, USD; cost is shared out by
  /// accelerator-time in use, alike for all classes.
  unit_cost,
  gigawatt_year_cost,  ///< cost over installed power and time, USD a gigawatt-year of 365 days
  gigawatts,           ///< installed in the last period of the year, of a program; W
  gigawatt_years,      ///< installed power over time; W s
  milestone,   ///< day on which a program passed a gigawatt; hours from begin, infinity = never
  campaign,    ///< end of a campaign; hours from begin, infinity = never
  shortfalls,  ///< periods in which a must was not met
};

struct Outcome {
  std::string id = {};     ///< "grid_energy/2027", "output_tokens.chat", "npv"
  std::string name = {};   ///< "grid energy"
  std::string group = {};  ///< of the account; "cost", "delivery", "service"
  OutcomeKind kind = OutcomeKind::account;
  Account account = Account::grid_energy;
  int year = 0;  ///< calendar year; 0 = whole study
  int workload = -1;
  std::string program = {};  ///< or campaign
  int number = 0;            ///< milestone: gigawatt
};

/// -1 where there is none of this id.
int outcome_index(const std::vector<Outcome>& outcomes, std::string_view id);
/// Whether values are hours from the study's begin, infinity where the day never comes.
bool is_day(const Outcome& outcome);

class OutcomeTable {
 public:
  /// The model must outlive the table.
  explicit OutcomeTable(const FleetModel& model);
  const std::vector<Outcome>& outcomes() const { return outcomes_; }
  /// Calendar years of the study, in order.
  const std::vector<int>& years() const { return years_; }
  /// One number an outcome, in order.
  std::vector<double> values(const FleetRun& run) const;

 private:
  struct Sums;
  void add(Outcome outcome);
  void add_headlines();
  void add_accounts();
  void add_programs();
  Sums sums_of(const Ledger& ledger) const;
  double value(const Outcome& outcome, const Sums& sums, const FleetRun& run) const;

  const FleetModel* model_;
  std::vector<Outcome> outcomes_;
  std::vector<std::string> programs_;
  std::vector<int> years_;
  std::vector<int> year_of_period_;         ///< index into years_
  std::vector<double> discount_of_period_;  ///< to the study's begin
};

}  // namespace polyfleet
