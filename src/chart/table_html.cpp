#include "chart/table_html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "chart/markup.hpp"
#include "chart/number_text.hpp"

namespace polyfleet {
namespace {

constexpr int kTableDigits = 5;  // significant digits: no prediction is better known

std::string head_html(const DataTable& table) {
  std::string html = "<thead><tr>";
  for (const DataColumn& column : table.columns) {
    html +=
        column.kind == ColumnKind::word ? "<th scope=\"col\">" : "<th scope=\"col\" class=\"n\">";
    html += escaped(column.name);
    if (!column.unit.empty()) html += " <span class=\"unit\">" + escaped(column.unit) + "</span>";
    html += "</th>";
  }
  return html + "</tr></thead>";
}

std::string cell_text(const DataColumn& column, std::size_t row, bool with_time) {
  if (row >= column.size()) return {};
  if (column.kind == ColumnKind::word) return escaped(column.words[row]);
  if (column.kind == ColumnKind::date) return date_text(column.numbers[row], with_time);
  return readable_number(column.numbers[row], kTableDigits);
}

/// Bytes that a data: address carries as they are (RFC 3986: unreserved and some delimiters).
bool stands_in_address(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-._~,;:/()+*=@!$").find(c) != std::string_view::npos;
}

}  // namespace

std::string table_html(const DataTable& table, const std::string& caption) {
  std::string html = "<table><caption>" + escaped(caption) + "</caption>" + head_html(table);
  html += "<tbody>";
  std::vector<bool> with_time;
  for (const DataColumn& column : table.columns)
    with_time.push_back(column.kind == ColumnKind::date && dates_have_times(column.numbers));
  const std::size_t shown = std::min(table.rows(), kMostTableRows);
  for (std::size_t row = 0; row < shown; ++row) {
    html += "\n<tr>";
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      html += table.columns[i].kind == ColumnKind::word ? "<td>" : "<td class=n>";
      html += cell_text(table.columns[i], row, with_time[i]);
    }
  }
  return html + "</tbody></table>";
}

std::string csv_link(const PageFigure& figure) {
  std::string address = "data:text/csv;charset=utf-8,";
  for (const char c : table_csv(figure.data)) {
    if (stands_in_address(c)) {
      address += c;
    } else {
      address += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return fmt::format(
      "<a class=\"csv\" download=\"{0}.csv\" href=\"{1}\" aria-label=\"Save the data of {2} as "
      "CSV\">CSV</a>",
      escaped(figure.id), address, escaped(figure.title));
}

}  // namespace polyfleet
