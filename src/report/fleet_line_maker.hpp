// Sums of ledger rows by slice, as report/fleet_lines makes its lines of them: rows are sorted by
// account once, a line then sees only the rows of its accounts.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "report/fleet_lines.hpp"

namespace polyfleet {

class FleetLineMaker {
 public:
  FleetLineMaker(const FleetModel& model, const FleetRun& run,
                 const std::vector<FleetSlice>& slices);

  using RowFilter = std::function<bool(const LedgerRow&)>;

  const FleetModel& model() const { return model_; }
  const FleetRun& run() const { return run_; }
  const std::vector<FleetSlice>& slices() const { return slices_; }

  /// Starts a line whose values are sums of rows of one account times `factor`.
  FleetLine sum(Account account, double factor, const RowFilter& filter = {}) const;
  /// Rows that are amounts times seconds, as their mean over the time of the slice.
  FleetLine mean(Account account, double factor, const RowFilter& filter = {}) const;
  /// The same of the last period of each slice.
  FleetLine end(Account account, double factor, const RowFilter& filter = {}) const;
  /// A line of values that are given by period, joined by their highest.
  FleetLine highest(const std::vector<double>& by_period) const;

  /// numerator over denominator by slice and in all; 0 where the denominator is.
  FleetLine ratio(const FleetLine& numerator, const FleetLine& denominator, double factor) const;

 private:
  std::vector<double> by_period(Account account, const RowFilter& filter) const;

  const FleetModel& model_;
  const FleetRun& run_;
  const std::vector<FleetSlice>& slices_;
  std::array<std::vector<std::size_t>, kAccounts> rows_;  ///< of the ledger, by account
};

/// Names a line; for the ends of makers above.
FleetLine named(FleetLine line, std::string group, std::string key, std::string name,
                std::string unit);
/// "carbon, location-based" as a key: "carbon_location_based".
std::string key_of(std::string_view text);
/// Two lines' values added; the name, unit and rows are those of the first.
FleetLine plus(FleetLine one, const FleetLine& other);

/// Parts of fleet_lines, each a group of the report.
void add_delivered_lines(const FleetLineMaker& make, std::vector<FleetLine>& lines);
void add_capacity_lines(const FleetLineMaker& make, std::vector<FleetLine>& lines);
void add_use_lines(const FleetLineMaker& make, std::vector<FleetLine>& lines);

}  // namespace polyfleet
