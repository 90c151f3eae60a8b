#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/csv.hpp"
#include "fleet/clock_units.hpp"
#include "fleet/cooling.hpp"
#include "fleet/hourly_series.hpp"
#include "fleet/hourly_stamp.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

constexpr std::size_t kNamed = 3;   ///< hours that a message names
constexpr std::size_t kMost = 20;   ///< faulty lines that are listed
constexpr int kLongestYear = 8784;  ///< hours
constexpr double kFahrenheitZero = 32, kFahrenheit = 1.8;

struct Entry {
  std::int64_t epoch_hour = 0;
  double value = 0;
  int line = 0;
};

/// value = (number - offset) x factor.
struct Unit {
  double factor = 1, offset = 0;
};

struct Column {
  std::size_t index = 0;
  Unit unit;
};

struct Limits {
  double low, high;
  const char* text;
};

/// Beyond these a figure is a slip of the unit: European and American markets clear within -500 and
/// 10,000 a MWh.
Limits limits_of(HourlyKind kind) {
  switch (kind) {
    case HourlyKind::price:
      return {-20 / 3.6e6, 20 / 3.6e6, "-20 to 20 USD/kWh"};
    case HourlyKind::carbon:
      return {0, 3000 / 3.6e6, "0 to 3000 gCO2e/kWh"};
    case HourlyKind::temperature:
      return {-90, 65, "-90 to 65 C"};
  }
  return {0, 0, ""};
}

template <class Q>
Result<Unit> quantity_unit(const std::string& unit) {
  const Result<Q> one = parse_quantity<Q>("1 " + unit);
  if (!one) return one.problems();
  return Unit{one->base(), 0};
}

Result<Unit> unit_of(HourlyKind kind, const std::string& unit) {
  if (kind == HourlyKind::price) return quantity_unit<UsdPerJoule>(unit);
  if (kind == HourlyKind::carbon) return quantity_unit<GramsCo2ePerJoule>(unit);
  if (unit == "C" || unit == "°C" || unit == "degC") return Unit{};
  if (unit == "K") return Unit{1, kZeroCelsius};
  if (unit == "F" || unit == "°F" || unit == "degF") return Unit{1 / kFahrenheit, kFahrenheitZero};
  return problem(fmt::format("unknown unit of temperature '{}'", unit), "write C, K or F");
}

/// "price [USD/MWh]" apart: name and unit.
std::pair<std::string, std::string> split_header(const std::string& header) {
  const std::size_t open = header.find('[');
  if (open == std::string::npos || header.back() != ']') return {header, ""};
  std::string name = header.substr(0, open);
  while (!name.empty() && name.back() == ' ') name.pop_back();
  return {name, header.substr(open + 1, header.size() - open - 2)};
}

/// One file on its way to a series.
class HourlyFile {
 public:
  HourlyFile(const CsvTable& table, const HourlySpec& spec, const FleetTime& time,
             std::vector<std::string>* notes)
      : table_(table), spec_(spec), notes_(notes) {
    const CalendarDate& begin = time.begin();
    begin_ = epoch_day(begin.year, begin.month, begin.day).value_or(0) * kHoursADay;
    end_ = begin_ + time.hours();
  }
  Result<HourlySeries> read();

 private:
  Position at(int line) const { return {table_.file(), line, 0}; }
  void add(Diagnostic problem);
  bool find_column(std::size_t time_column, Column& column);
  void read_row(const CsvRow& row, std::size_t time_column, const Column& column);
  void check_doubles();
  /// The file's hours without holes between its first and last; problems where holes matter.
  void lay_out();
  void fill_hole(std::size_t from, std::size_t until);
  std::vector<double> spread();
  double repeated(std::int64_t epoch_hour, std::vector<std::int64_t>& lacking) const;
  void complain_of(const std::vector<std::int64_t>& lacking, const std::string& what,
                   const std::string& fix);
  void note(std::string text) {
    if (notes_ != nullptr) notes_->push_back(std::move(text));
  }
  std::int64_t first() const { return entries_.front().epoch_hour; }
  std::int64_t last() const { return entries_.back().epoch_hour; }

  const CsvTable& table_;
  const HourlySpec& spec_;
  std::vector<std::string>* notes_;
  std::int64_t begin_ = 0, end_ = 0;
  std::vector<Entry> entries_;
  std::vector<double> values_;  ///< from first() on
  Diagnostics problems_;
  std::size_t unlisted_ = 0;
};

void HourlyFile::add(Diagnostic problem) {
  if (problems_.size() < kMost) {
    problems_.push_back(std::move(problem));
  } else {
    ++unlisted_;
  }
}

bool HourlyFile::find_column(std::size_t time_column, Column& column) {
  std::vector<std::size_t> candidates;
  for (std::size_t i = 0; i < table_.columns().size(); ++i) {
    const std::string& header = table_.columns()[i];
    const std::string& wanted = spec_.rules.column;
    if (i == time_column) continue;
    if (wanted.empty() || wanted == header || wanted == split_header(header).first)
      candidates.push_back(i);
  }
  if (candidates.size() != 1) {
    add(problem_at(at(1),
                   fmt::format("{} columns could be the {} of {}", candidates.size(),
                               name_of(spec_.kind), spec_.what),
                   "name one with column = \"...\""));
    return false;
  }
  column.index = candidates.front();
  const std::string& header = table_.columns()[column.index];
  const std::string unit = split_header(header).second;
  if (unit.empty()) {
    add(problem_at(at(1), fmt::format("column '{}' states no unit", header),
                   "end its header in the unit, as in price [USD/MWh]"));
    return false;
  }
  const Result<Unit> read = unit_of(spec_.kind, unit);
  if (!read) {
    for (const Diagnostic& each : read.problems()) add(problem_at(at(1), each.what, each.fix));
    return false;
  }
  column.unit = *read;
  return true;
}

void HourlyFile::read_row(const CsvRow& row, std::size_t time_column, const Column& column) {
  const std::string& text = row.cells[time_column];
  const auto stamp = parse_stamp(text);
  if (!stamp)
    return add(problem_at(at(row.line), fmt::format("'{}' is no point of time", text),
                          "write 2026-01-31T23:00Z or 2026-01-31T23:00+01:00"));
  if (!stamp->zoned && !spec_.rules.utc_offset_minutes)
    return add(problem_at(at(row.line), fmt::format("'{}' states no offset from UTC", text),
                          "end it in Z or +01:00, or state utc_offset for the file"));
  const std::int64_t minutes =
      stamp->minutes - (stamp->zoned ? 0 : *spec_.rules.utc_offset_minutes);
  if (minutes % kMinutesAnHour != 0)
    return add(problem_at(at(row.line), fmt::format("'{}' is not on the full hour of UTC", text),
                          "bring the file to means of full hours"));
  const auto number = parse_number(row.cells[column.index]);
  if (!number)
    return add(problem_at(at(row.line), fmt::format("'{}' is no number", row.cells[column.index])));
  const double value = (*number - column.unit.offset) * column.unit.factor;
  const Limits limits = limits_of(spec_.kind);
  if (!(value >= limits.low && value <= limits.high))
    return add(problem_at(at(row.line),
                          fmt::format("a {} of {} is beyond {}", name_of(spec_.kind),
                                      row.cells[column.index], limits.text),
                          "check the unit in the header"));
  entries_.push_back({minutes / kMinutesAnHour, value, row.line});
}

void HourlyFile::check_doubles() {
  std::stable_sort(entries_.begin(), entries_.end(),
                   [](const Entry& a, const Entry& b) { return a.epoch_hour < b.epoch_hour; });
  std::size_t doubles = 0;
  std::string named;
  for (std::size_t i = 1; i < entries_.size(); ++i) {
    if (entries_[i].epoch_hour != entries_[i - 1].epoch_hour) continue;
    if (++doubles <= kNamed)
      named += fmt::format("{}{} (lines {} and {})", doubles > 1 ? ", " : "",
                           print_epoch_hour(entries_[i].epoch_hour), entries_[i - 1].line,
                           entries_[i].line);
  }
  if (doubles == 0) return;
  add(problem_at(at(0),
                 fmt::format("{}: {} hours are given twice: {}{}", spec_.what, doubles, named,
                             doubles > kNamed ? ", ..." : ""),
                 "stamps of local time double an hour in autumn: write UTC or the offset"));
}

void HourlyFile::complain_of(const std::vector<std::int64_t>& lacking, const std::string& what,
                             const std::string& fix) {
  if (lacking.empty()) return;
  std::string named;
  for (std::size_t i = 0; i < std::min(kNamed, lacking.size()); ++i)
    named += (i > 0 ? ", " : "") + print_epoch_hour(lacking[i]);
  if (lacking.size() > kNamed) named += ", ...";
  add(problem_at(at(0), fmt::format("{}: {} {}: {}", spec_.what, lacking.size(), what, named),
                 fix));
}

void HourlyFile::fill_hole(std::size_t from, std::size_t until) {
  const double before = values_[from - 1], after = values_[until];
  for (std::size_t i = from; i < until; ++i) {
    const double way = static_cast<double>(i - from + 1) / static_cast<double>(until - from + 1);
    values_[i] =
        spec_.rules.fill == HourlyFill::previous ? before : before + way * (after - before);
  }
}

void HourlyFile::lay_out() {
  const auto length = static_cast<std::size_t>(last() - first() + 1);
  values_.assign(length, std::nan(""));
  for (const Entry& entry : entries_)
    values_[static_cast<std::size_t>(entry.epoch_hour - first())] = entry.value;
  std::vector<std::int64_t> lacking;
  for (std::size_t i = 0; i < length; ++i) {
    const std::int64_t epoch_hour = first() + static_cast<std::int64_t>(i);
    if (!std::isnan(values_[i])) continue;
    const bool matters = (epoch_hour >= begin_ && epoch_hour < end_) ||
                         (spec_.rules.repeat_year && epoch_hour > last() - kLongestYear);
    if (matters) lacking.push_back(epoch_hour);
  }
  if (spec_.rules.fill == HourlyFill::none)
    return complain_of(lacking, "hours are missing",
                       "complete the file, or state fill = \"previous\" or \"interpolate\"");
  for (std::size_t i = 1; i < length; ++i) {
    if (!std::isnan(values_[i])) continue;
    std::size_t until = i;
    while (std::isnan(values_[until])) ++until;
    fill_hole(i, until);
    i = until;
  }
  if (!lacking.empty())
    note(fmt::format("{}: {} missing hours of {} filled ({}), the first {}", spec_.what,
                     lacking.size(), table_.file(),
                     spec_.rules.fill == HourlyFill::previous ? "by the hour before"
                                                              : "between their neighbours",
                     print_epoch_hour(lacking.front())));
}

/// The latest hour of the file with the same month, day and hour; 28 February for a 29th that it
/// lacks.
double HourlyFile::repeated(std::int64_t epoch_hour, std::vector<std::int64_t>& lacking) const {
  HourParts parts = parts_of(epoch_hour);
  const int last_year = parts_of(last()).year;
  const bool leap_day = parts.month == 2 && parts.day_of_month == 29;
  for (int year = last_year; year >= last_year - 1; --year) {
    auto days = epoch_day(year, parts.month, parts.day_of_month);
    if (!days && leap_day) days = epoch_day(year, 2, 28);
    const std::int64_t found = days.value_or(0) * kHoursADay + parts.hour_of_day;
    if (days && found >= first() && found <= last())
      return values_[static_cast<std::size_t>(found - first())];
  }
  lacking.push_back(epoch_hour);
  return 0;
}

std::vector<double> HourlyFile::spread() {
  std::vector<double> series;
  std::vector<std::int64_t> outside, unrepeatable;
  std::size_t taken = 0;
  for (std::int64_t at_hour = begin_; at_hour < end_; ++at_hour) {
    if (at_hour >= first() && at_hour <= last()) {
      series.push_back(values_[static_cast<std::size_t>(at_hour - first())]);
    } else if (spec_.rules.repeat_year) {
      series.push_back(repeated(at_hour, unrepeatable));
      ++taken;
    } else {
      outside.push_back(at_hour);
      series.push_back(0);
    }
  }
  complain_of(outside,
              fmt::format("hours of the study lie outside the file ({} to {})",
                          print_epoch_hour(first()), print_epoch_hour(last())),
              "give a file for the whole study, or let its year repeat with repeat = true");
  complain_of(unrepeatable, "hours have no day of the file to repeat",
              "give a file of at least a whole year");
  if (taken > 0 && problems_.empty())
    note(
        fmt::format("{}: {} of {} hours lie outside {} and repeat the same month, day and hour of "
                    "its last year",
                    spec_.what, taken, series.size(), table_.file()));
  return series;
}

Result<HourlySeries> HourlyFile::read() {
  const auto time_column = table_.column("time");
  if (!time_column)
    return problem_at(at(1), fmt::format("{}: no column 'time' in the file", spec_.what),
                      "name the column of stamps time");
  Column column;
  if (!find_column(*time_column, column)) return problems_;
  for (const CsvRow& row : table_.rows()) read_row(row, *time_column, column);
  if (entries_.empty() && problems_.empty())
    add(problem_at(at(0), fmt::format("{}: the file has no hours", spec_.what)));
  if (problems_.empty()) check_doubles();
  if (problems_.empty()) lay_out();
  std::vector<double> series;
  if (problems_.empty()) series = spread();
  if (unlisted_ > 0)
    problems_.push_back(problem_at(at(0), fmt::format("and {} further problems", unlisted_)));
  if (!problems_.empty()) return problems_;
  return HourlySeries(std::move(series));
}

}  // namespace

std::string_view name_of(HourlyKind kind) {
  constexpr std::array<std::string_view, 3> kNames{"price", "carbon intensity", "temperature"};
  return kNames[static_cast<std::size_t>(kind)];
}

Result<HourlySeries> read_hourly_file(std::string_view text, const std::string& file,
                                      const HourlySpec& spec, const FleetTime& time,
                                      std::vector<std::string>* notes) {
  const Result<CsvTable> table = CsvTable::parse(text, file);
  if (!table) return table.problems();
  return HourlyFile(*table, spec, time, notes).read();
}

}  // namespace polyfleet
