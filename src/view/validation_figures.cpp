#include "view/validation_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <tuple>

#include "chart/number_text.hpp"
#include "view/unknown.hpp"

namespace polyfleet {
namespace {

constexpr int kRowDigits = 5;  // significant; rows of thousands of measurements weigh on a report

double size_of_error(const PredictedRow& row) { return std::abs(row.error()); }

void sort_by_error(PredictedRows& rows) {
  std::stable_sort(rows.begin(), rows.end(), [](const PredictedRow* a, const PredictedRow* b) {
    return size_of_error(*a) > size_of_error(*b);
  });
}

std::vector<double> numbers_of(const PredictedRows& rows, double (*value)(const PredictedRow&)) {
  std::vector<double> numbers;
  for (const PredictedRow* row : rows) numbers.push_back(value(*row));
  return rounded(std::move(numbers), kRowDigits);
}

std::vector<std::string> words_of(const PredictedRows& rows, std::string PredictedRow::*member) {
  std::vector<std::string> words;
  for (const PredictedRow* row : rows) words.push_back(row->*member);
  return words;
}

DataTable row_table(const PredictedRows& rows, const std::string& unit, bool has_intervals) {
  DataTable table;
  table.word("row", words_of(rows, &PredictedRow::id))
      .word("accelerator", words_of(rows, &PredictedRow::accelerator))
      .number("error", "%", numbers_of(rows, [](const PredictedRow& r) { return 100 * r.error(); }))
      .number("measured", unit, numbers_of(rows, [](const PredictedRow& r) { return r.measured; }))
      .number("predicted", unit,
              numbers_of(rows, [](const PredictedRow& r) { return r.predicted; }));
  if (has_intervals) {
    table.number("low", unit, numbers_of(rows, [](const PredictedRow& r) { return r.low; }))
        .number("high", unit, numbers_of(rows, [](const PredictedRow& r) { return r.high; }));
  }
  table.word("vendor", words_of(rows, &PredictedRow::vendor))
      .word("model", words_of(rows, &PredictedRow::model))
      .word("source", words_of(rows, &PredictedRow::source));
  return table;
}

std::string unit_of(const PredictedRows& rows, const ValidationReport& report) {
  return rows.empty() || rows.front()->unit.empty() ? report.unit : rows.front()->unit;
}

/// Groups with a predicted row, then those without; the largest median first.
std::vector<std::pair<std::string, ErrorSummary>> by_error(
    const std::map<std::string, ErrorSummary>& groups) {
  std::vector<std::pair<std::string, ErrorSummary>> sorted(groups.begin(), groups.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    const bool known = a.second.predicted > 0, other = b.second.predicted > 0;
    return known != other ? known : a.second.median_ape > b.second.median_ape;
  });
  return sorted;
}

DataTable group_table(const std::string& of,
                      const std::vector<std::pair<std::string, ErrorSummary>>& groups,
                      bool has_intervals) {
  std::vector<std::string> names;
  std::vector<double> rows, predicted, median, p90, bias, coverage;
  for (const auto& [name, errors] : groups) {
    const bool known = errors.predicted > 0;
    names.push_back(name.empty() ? "(not stated)" : name);
    rows.push_back(static_cast<double>(errors.rows));
    predicted.push_back(static_cast<double>(errors.predicted));
    median.push_back(known ? 100 * errors.median_ape : kUnknown);
    p90.push_back(known ? 100 * errors.p90_ape : kUnknown);
    bias.push_back(known ? 100 * errors.median_bias : kUnknown);
    coverage.push_back(known ? 100 * errors.coverage80 : kUnknown);
  }
  DataTable table;
  table.word(of, names)
      .number("rows", "", rows)
      .number("predicted rows", "", predicted)
      .number("median error", "%", rounded(median, kRowDigits))
      .number("90th percentile", "%", rounded(p90, kRowDigits))
      .number("median bias", "%", rounded(bias, kRowDigits));
  if (has_intervals) table.number("inside the interval", "%", rounded(coverage, kRowDigits));
  return table;
}

/// Vendors in the order of the alphabet, each with its rows.
std::map<std::string, PredictedRows> by_vendor(const PredictedRows& rows) {
  std::map<std::string, PredictedRows> vendors;
  for (const PredictedRow* row : rows) vendors[row->vendor].push_back(row);
  return vendors;
}

}  // namespace

std::string anchor_of(const std::string& words) {
  std::string anchor;
  for (const char c : words) {
    const auto letter = static_cast<unsigned char>(c);
    if (letter < 0x80 && std::isalnum(letter) != 0) {
      anchor += static_cast<char>(std::tolower(letter));
    } else if (!anchor.empty() && anchor.back() != '_') {
      anchor += '_';
    }
  }
  return anchor.empty() ? "unnamed" : anchor;
}

std::vector<FigureSource> sources_of(const PredictedRows& rows, const RowSources& sources) {
  std::map<std::string, std::vector<std::string>> addresses;  // by name
  for (const PredictedRow* row : rows) {
    const auto known = sources.find(row->id);
    const FigureSource source = known == sources.end() ? FigureSource() : known->second;
    auto& found = addresses[source.name.empty() ? row->source : row->source + ": " + source.name];
    if (std::find(found.begin(), found.end(), source.address) == found.end())
      found.push_back(source.address);
  }
  std::vector<FigureSource> listed;
  for (const auto& [name, found] : addresses) {
    const std::string more =
        found.size() > 1 ? fmt::format(" (first of {} addresses, one a run)", found.size()) : "";
    listed.push_back({name + more, found.front()});
  }
  return listed;
}

PageFigure predicted_figure(const std::string& id, const std::string& title, PredictedRows rows,
                            const ValidationReport& report, const RowSources& sources,
                            bool coloured_by_vendor) {
  sort_by_error(rows);
  const ErrorSummary errors = [&] {
    std::vector<PredictedRow> copies;
    for (const PredictedRow* row : rows) copies.push_back(*row);
    return summarise(copies, copies.size());
  }();
  PageFigure figure{.id = id, .title = title};
  figure.reading = fmt::format(
      "Each point is a published measurement; on the dashed line the prediction is right, above it "
      "too high. {} rows, half of them within {:.1f} %.",
      rows.size(), 100 * errors.median_ape);
  if (report.has_intervals)
    figure.reading += " The faint upright lines are 80 % intervals of the prediction.";
  ScatterChart chart{.x = "measured",
                     .y = "predicted",
                     .group = coloured_by_vendor ? "vendor" : "accelerator",
                     .label = "row",
                     .identity = true,
                     .x_scale = AxisScale::logarithmic,
                     .y_scale = AxisScale::logarithmic};
  if (report.has_intervals) {
    chart.low = "low";
    chart.high = "high";
  }
  figure.chart = std::move(chart);
  figure.data = row_table(rows, unit_of(rows, report), report.has_intervals);
  figure.assumptions = {
      "What a source does not state is set as docs/accuracy.md says, row by row; --rows writes "
      "it."};
  figure.sources = sources_of(rows, sources);
  return figure;
}

PageFigure error_curve(const PredictedRows& rows) {
  constexpr int kWidest = 50;  // per cent; what lies beyond is among the worst rows
  PageFigure figure{.id = "error_curve", .title = "Share of rows within an error"};
  figure.reading =
      "Read up from an error: so many rows are predicted at least that well. A steeper curve is "
      "better.";
  std::vector<double> error;
  for (int percent = 0; percent <= kWidest; ++percent) error.push_back(percent);
  figure.data.number("error", "%", error);
  LineChart chart{.x = "error"};
  for (const auto& [vendor, of_vendor] : by_vendor(rows)) {
    std::vector<double> share;
    for (const double limit : error) {
      const auto within = std::count_if(of_vendor.begin(), of_vendor.end(), [&](const auto* row) {
        return 100 * size_of_error(*row) <= limit;
      });
      share.push_back(100 * static_cast<double>(within) / static_cast<double>(of_vendor.size()));
    }
    const std::string name = fmt::format("{} ({} {})", vendor.empty() ? "not stated" : vendor,
                                         of_vendor.size(), of_vendor.size() == 1 ? "row" : "rows");
    figure.data.number(name, "% of rows", rounded(share, kRowDigits));
    chart.values.push_back(name);
  }
  figure.chart = std::move(chart);
  return figure;
}

PageFigure error_bars(const std::string& id, const std::string& of,
                      const std::map<std::string, ErrorSummary>& groups, bool has_intervals) {
  PageFigure figure{.id = id, .title = "Error by " + of};
  figure.reading =
      "Half of a group's rows are predicted better than its median error, nine of ten better than "
      "its 90th percentile. Groups of few rows say little; the table has their number.";
  figure.chart =
      BarChart{.category = of, .values = {"median error", "90th percentile"}, .horizontal = true};
  figure.data = group_table(of, by_error(groups), has_intervals);
  return figure;
}

PageFigure coverage_bars(const std::map<std::string, ErrorSummary>& groups) {
  PageFigure figure{.id = "coverage", .title = "How often the interval holds"};
  figure.reading =
      "Share of measurements inside the 80 % interval of their prediction. 80 % is right: far less "
      "is a claim of too much precision, 100 % of many rows an interval that is too wide.";
  figure.chart =
      BarChart{.category = "accelerator", .values = {"inside the interval"}, .horizontal = true};
  std::vector<std::pair<std::string, ErrorSummary>> shown(groups.begin(), groups.end());
  std::stable_sort(shown.begin(), shown.end(), [](const auto& a, const auto& b) {
    return a.second.predicted > b.second.predicted;
  });
  figure.data = group_table("accelerator", shown, true);
  return figure;
}

PageFigure source_points(const std::map<std::string, ErrorSummary>& groups, bool has_intervals,
                         const RowSources& sources, const ValidationReport& report) {
  PageFigure figure{.id = "by_source", .title = "Error by source"};
  figure.reading =
      "Each point is one source. A source far above the others is predicted worse than they are: "
      "its rows stand below with what they measured.";
  figure.chart = ScatterChart{.x = "predicted rows",
                              .y = "median error",
                              .label = "source",
                              .x_scale = AxisScale::logarithmic};
  figure.data = group_table("source", by_error(groups), has_intervals);
  PredictedRows rows;
  for (const PredictedRow& row : report.predictions) rows.push_back(&row);
  figure.sources = sources_of(rows, sources);
  return figure;
}

PageFigure worst_rows(PredictedRows rows, const ValidationReport& report,
                      const RowSources& sources) {
  constexpr std::size_t kWorst = 40;
  sort_by_error(rows);
  const std::size_t all = rows.size();
  if (rows.size() > kWorst) rows.resize(kWorst);
  PageFigure figure{.id = "worst_rows", .title = "Worst rows"};
  figure.reading = fmt::format("The {} largest errors of {} rows.", rows.size(), all);
  const bool one_unit = std::all_of(rows.begin(), rows.end(), [&](const PredictedRow* row) {
    return row->unit == rows.front()->unit;
  });
  figure.data = row_table(rows, one_unit ? unit_of(rows, report) : "", report.has_intervals);
  std::vector<std::string> titles, quantities;
  for (const PredictedRow* row : rows) {
    const auto known = sources.find(row->id);
    titles.push_back(known == sources.end() ? row->source : known->second.name);
    quantities.push_back(row->quantity + (row->unit.empty() ? "" : " (" + row->unit + ")"));
  }
  if (!one_unit) figure.data.word("quantity", quantities);
  figure.data.word("published in", titles);
  figure.sources = sources_of(rows, sources);
  return figure;
}

PageFigure left_out_rows(const ValidationReport& report) {
  std::map<std::string, std::size_t> counts = report.other_rows;
  std::vector<std::tuple<std::size_t, std::string, std::string>> lines;
  for (const auto& [reason, count] : counts) lines.emplace_back(count, reason, "another question");
  std::map<std::string, std::size_t> skipped;
  for (const SkippedRow& row : report.skipped) ++skipped[row.reason];
  for (const auto& [reason, count] : skipped) lines.emplace_back(count, reason, "not predicted");
  std::stable_sort(lines.begin(), lines.end(),
                   [](const auto& a, const auto& b) { return std::get<0>(a) > std::get<0>(b); });
  std::vector<std::string> reasons, kinds;
  std::vector<double> rows;
  for (const auto& [count, reason, kind] : lines) {
    reasons.push_back(reason);
    kinds.push_back(kind);
    rows.push_back(static_cast<double>(count));
  }
  PageFigure figure{.id = "left_out", .title = "Rows left out, and why"};
  figure.reading = "No row of the table is dropped without its reason.";
  figure.data.word("reason", reasons).word("kind", kinds).number("rows", "", rows);
  return figure;
}

}  // namespace polyfleet
