// Rows of a fleet's ledger as columns of figures: dates of periods, months to which periods give
// their days, named series of which charts draw the largest. Presentation only: an amount of a
// period counts evenly over its days, which is wrong where it came on one of them.
#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "chart/figure.hpp"
#include "fleet/clock_units.hpp"
#include "report/fleet_answer.hpp"

namespace polyfleet {

/// Days since 1970-01-01, as date columns have them.
double page_day(const CalendarDate& date);
double page_day(const FleetTime& time, FleetHour at);
/// The first day of every period.
std::vector<double> period_days(const FleetTime& time);

/// Six significant digits: what a picture needs; the files of --csv have all.
double rounded(double value);
std::vector<double> rounded(std::vector<double> values);

/// Columns by name in order of first use, all of one length.
class NamedSeries {
 public:
  explicit NamedSeries(std::size_t rows) : rows_(rows) {}
  std::size_t rows() const { return rows_; }
  /// Zeros at first use; the reference stays.
  std::vector<double>& of(const std::string& name);
  const std::deque<std::pair<std::string, std::vector<double>>>& all() const { return series_; }
  /// As many as a picture draws one by one: a legend of more cannot be read.
  static constexpr std::size_t kMostDrawn = 10;
  /// Every series that is not zero throughout becomes a column of `table`, in `unit`, times
  /// `factor`; returns the columns to draw: all, or where they are more than `most` the largest and
  /// one more column that sums the others.
  std::vector<std::string> add_to(DataTable& table, const std::string& unit, double factor,
                                  std::size_t most = kMostDrawn) const;

 private:
  std::size_t rows_;
  std::deque<std::pair<std::string, std::vector<double>>> series_;
};

/// Watts of each period as areas on each other, in GW over the days on which the periods begin.
PageFigure area_by_period(const FleetTime& time, const NamedSeries& series, std::string assumption);

/// Calendar months of a study, and the share of each period that lies in each.
class FleetMonths {
 public:
  explicit FleetMonths(const FleetTime& time);
  std::size_t size() const { return days_.size(); }
  const std::vector<double>& days() const { return days_; }  ///< first of each, as page_day
  /// Adds the period's amount to its months by its hours in them.
  void add(int period, double amount, std::vector<double>& sums) const;
  /// Series of means of periods as means of months.
  NamedSeries means(const NamedSeries& by_period) const;

 private:
  std::vector<double> days_, hours_;
  std::vector<double> period_hours_;
  std::vector<std::vector<std::pair<std::size_t, double>>> shares_;  ///< by period
};

/// "AMD", the vendor of a phase's class; "AMD amd_helios", its generation.
const std::string& vendor_of(const FleetModel& model, int phase);
const DeviceClass& class_of(const FleetModel& model, int phase);
/// "milam", or the empty word for none.
std::string site_of(const FleetModel& model, int site);

/// The day of an hour of the study, or "never".
std::string day_of(const FleetTime& time, FleetHour at);
/// The period's first day.
std::string day_of_period(const FleetTime& time, int period);
/// "30 periods of 7 days"
std::string periods_text(const FleetTime& time);

}  // namespace polyfleet
