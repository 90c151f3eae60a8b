// One figure as HTML: what it says, its picture for wide and for narrow screens, its data, what was
// assumed and where the numbers come from.
#include <fmt/format.h>

#include <algorithm>

#include "chart/html_page.hpp"
#include "chart/markup.hpp"
#include "chart/number_text.hpp"
#include "chart/plot_spec.hpp"
#include "chart/svg.hpp"
#include "chart/table_html.hpp"

namespace polyfleet {
namespace {

// Tables that are printed with the page: what fits on about one sheet of A4.
constexpr std::size_t kMostPrintedRows = 50;
// A second picture for narrow screens is carried where it is small; else the wide one scrolls.
constexpr std::size_t kLargestNarrowPicture = 120'000;  // bytes

std::string pictures_html(const PageFigure& figure) {
  const std::string wide = svg_of(figure);
  if (wide.empty()) return {};
  // A series that the browser draws itself needs no second still picture.
  const bool plotted = !plot_spec(figure).empty();
  const std::string narrow = plotted ? "" : svg_of(figure, {.width = kNarrowPicture});
  if (plotted || narrow.size() > kLargestNarrowPicture) {
    return "<div class=\"picture only\" tabindex=\"0\" role=\"group\" aria-label=\"Picture, " +
           escaped(figure.title) + "\">" + wide + "</div>";
  }
  return "<div class=\"picture wide\">" + wide + "</div><div class=\"picture narrow\">" + narrow +
         "</div>";
}

std::string data_html(const PageFigure& figure) {
  const std::size_t rows = figure.data.rows();
  std::string table =
      fmt::format("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Data of {}\">",
                  escaped(figure.title));
  table += table_html(figure.data, figure.title) + "</div>";
  if (rows > kMostTableRows) {
    table += fmt::format("<p class=\"cut\">The first {} of {} rows; the CSV has all.</p>",
                         readable_number(static_cast<double>(kMostTableRows)),
                         readable_number(static_cast<double>(rows)));
  }
  const std::string link = "<p class=\"save\">" + csv_link(figure) + "</p>";
  if (figure.chart.index() == 0) return table + link;
  return fmt::format("<details class=\"data{}\"><summary>Data, {} {}</summary>{}</details>{}",
                     rows <= kMostPrintedRows ? " printed" : "",
                     readable_number(static_cast<double>(rows)), rows == 1 ? "row" : "rows", table,
                     link);
}

std::string assumptions_html(const PageFigure& figure) {
  if (figure.assumptions.empty()) return {};
  std::string html = "<details class=\"printed\"><summary>Assumptions</summary><ul>";
  for (const std::string& line : figure.assumptions) html += "<li>" + escaped(line) + "</li>";
  return html + "</ul></details>";
}

/// Only web addresses become links: an address from a file must not run a script.
std::string source_html(const FigureSource& source) {
  const bool link = source.address.starts_with("https://") || source.address.starts_with("http://");
  if (!link) {
    const std::string beside = source.address.empty() ? "" : " (" + source.address + ")";
    return escaped(source.name + beside);
  }
  return "<a href=\"" + escaped(source.address) + "\" rel=\"noopener noreferrer\">" +
         escaped(source.name.empty() ? source.address : source.name) + "</a>";
}

std::string sources_html(const PageFigure& figure) {
  if (figure.sources.empty()) return {};
  std::string html = "<details class=\"printed\"><summary>Sources</summary><ul>";
  for (const FigureSource& source : figure.sources) html += "<li>" + source_html(source) + "</li>";
  return html + "</ul></details>";
}

}  // namespace

std::string figure_html(const PageFigure& figure) {
  const std::string plot = plot_spec(figure);
  std::string html = fmt::format("<figure class=\"figure\" id=\"{}\"", escaped(figure.id));
  if (!plot.empty()) html += " data-plot=\"" + escaped(plot) + "\"";
  html += "><figcaption><h3>" + escaped(figure.title) + "</h3>";
  if (!figure.reading.empty()) html += "<p class=\"reading\">" + escaped(figure.reading) + "</p>";
  html += "</figcaption>" + pictures_html(figure) + "<div class=\"beside\">" + data_html(figure) +
          assumptions_html(figure) + sources_html(figure) + "</div></figure>\n";
  return html;
}

}  // namespace polyfleet
