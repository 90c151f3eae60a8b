// The figures that pages of validations are made of. Internal to the validation views.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "chart/figure.hpp"
#include "report/validation_report.hpp"
#include "view/validation_page.hpp"

namespace polyfleet {

using PredictedRows = std::vector<const PredictedRow*>;

/// An anchor of a page: letters and digits of the words, the rest as underscores.
std::string anchor_of(const std::string& words);

/// Measured against predicted, the largest errors first in the table; points coloured by `group`.
PageFigure predicted_figure(const std::string& id, const std::string& title, PredictedRows rows,
                            const ValidationReport& report, const RowSources& sources,
                            bool coloured_by_vendor);

/// The share of rows within an error, by vendor.
PageFigure error_curve(const PredictedRows& rows);

/// Median and 90th percentile of the error of each group, as lying bars.
PageFigure error_bars(const std::string& id, const std::string& of,
                      const std::map<std::string, ErrorSummary>& groups, bool has_intervals);

/// Share of measurements inside their 80 % interval, by group.
PageFigure coverage_bars(const std::map<std::string, ErrorSummary>& groups);

/// Sources by their number of rows and their error.
PageFigure source_points(const std::map<std::string, ErrorSummary>& groups, bool has_intervals,
                         const RowSources& sources, const ValidationReport& report);

/// The rows of the largest errors, each with its source.
PageFigure worst_rows(PredictedRows rows, const ValidationReport& report,
                      const RowSources& sources);

/// Why rows were left out, most frequent first.
PageFigure left_out_rows(const ValidationReport& report);

/// A JSON list or table of figures as a table of a page.
PageFigure table_figure(const std::string& id, const std::string& title, const Value& json);

/// Each source of the rows once, in order of its first row.
std::vector<FigureSource> sources_of(const PredictedRows& rows, const RowSources& sources);

}  // namespace polyfleet
