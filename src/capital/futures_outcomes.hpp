// What a future is remembered by: a list of named numbers that follows from the model alone, each
// account of the ledger by calendar year and over all, output by workload, gigawatts and their days
// by program, costs and net present value. A ledger row belongs to the calendar year of the first
// day of its period.
#pragma once

#include <string>
#include <vector>

#include "fleet/fleet_run.hpp"

namespace polyfleet {

enum class OutcomeKind {
  account,        ///< total of a ledger account, of one workload where named
  cost,           ///< cash spent less cash received other than revenue and deals, USD
  npv,            ///< all cash discounted to the study's begin, USD
  unit_cost,      ///< cost over million output tokens, USD
  gigawatts,      ///< accepted by the end of the year, of a program
  milestone,      ///< day on which a program passed a gigawatt; hours from begin, infinity = never
  shortfalls,     ///< periods in which a must was not met
  campaign,       ///< end of a campaign; hours from begin, infinity = never
  gigawatt_years  ///< installed power over time, watt-seconds
};

struct Outcome {
  std::string id;     ///< "grid_energy/2027", "output_tokens.chat", "npv"
  std::string name;   ///< "grid energy"
  std::string group;  ///< of the account; "cost", "delivery", "service"
  OutcomeKind kind = OutcomeKind::account;
  Account account = Account::grid_energy;
  int year = 0;  ///< calendar year; 0 = whole study
  int workload = -1;
  std::string program;  ///< or campaign
  int number = 0;       ///< milestone: gigawatt
};

class OutcomeTable {
 public:
  explicit OutcomeTable(const FleetModel& model);
  const std::vector<Outcome>& outcomes() const { return outcomes_; }
  /// -1 where there is none of this id.
  int index_of(std::string_view id) const;
  /// One number an outcome, in order.
  std::vector<double> values(const FleetRun& run) const;
  /// Programs of the model in order of their first phase, and the days on which each passed its
  /// gigawatts in a row of values.
  const std::vector<std::string>& programs() const { return programs_; }
  ProgramMilestones milestones(const std::vector<double>& values, int program) const;
  const std::vector<int>& years() const { return years_; }

 private:
  const FleetModel* model_;
  std::vector<Outcome> outcomes_;
  std::vector<std::string> programs_;
  std::vector<int> years_;
  std::vector<int> year_of_period_;
  std::vector<double> discount_of_period_;
};

}  // namespace polyfleet
