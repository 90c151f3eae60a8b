// A figure's table for reading: rounded, grouped digits, units in the heads; the exact values are
// in the CSV. Wrong for whoever wants every row of a long series on the page: see kMostTableRows.
#pragma once

#include <cstddef>
#include <string>

#include "chart/figure.hpp"

namespace polyfleet {

/// Rows of a table that a page shows: what prints on some five pages, more than anyone reads. With
/// a dozen columns they weigh 0.04 MB, so that sixty figures, as a fleet has, stay below 2 MB. The
/// CSV has every row.
inline constexpr std::size_t kMostTableRows = 250;

/// <table> with caption, heads and rows; end tags that HTML leaves out (cells, rows) are left out.
std::string table_html(const DataTable& table, const std::string& caption);

/// The table as a link that saves a CSV file and needs neither server nor script.
std::string csv_link(const PageFigure& figure);

}  // namespace polyfleet
