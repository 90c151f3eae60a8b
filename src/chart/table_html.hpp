// A figure's table for reading: rounded, grouped digits, units in the heads; the exact values are
// in the CSV. Wrong for whoever wants every row of a long series on the page: see kMostTableRows.
#pragma once

#include <cstddef>
#include <string>

#include "chart/figure.hpp"

namespace polyfleet {

/// Rows of a table that a page shows. Five hundred rows print on some ten pages, more than anyone
/// reads, and with a dozen columns weigh 0.07 MB: twenty such figures leave a report below its
/// 2 MB. The CSV has every row.
inline constexpr std::size_t kMostTableRows = 500;

/// <table> with caption, heads and rows; end tags that HTML leaves out (cells, rows) are left out.
std::string table_html(const DataTable& table, const std::string& caption);

/// The table as a link that saves a CSV file and needs neither server nor script.
std::string csv_link(const PageFigure& figure);

}  // namespace polyfleet
