// A page of figures as HTML: a fragment for the web page, or one file that opens offline, prints
// and fits a phone. Tables, CSV, assumptions and sources stand under each figure.
#pragma once

#include <string>

#include "chart/figure.hpp"
#include "config/value.hpp"

namespace polyfleet {

/// What a one-file page carries in itself (built from web/, see assets/asset.hpp).
struct PageAssets {
  std::string style;   ///< CSS
  std::string script;  ///< uPlot for long series, CSV buttons; the page reads well without it
};

/// Where a page came from: command, version, data fingerprint, day; shown at its foot.
struct PageOrigin {
  std::string command;  ///< as typed: "polyfleet estimate train x.toml --tp 8"
  std::string program;  ///< "polyfleet 0.1.0"
  std::string data;     ///< fingerprint
  std::string day;      ///< "2026-11-22"; empty = not shown
};

/// One self-contained HTML file of UTF-8.
std::string html_page(const FigurePage& page, const PageAssets& assets, const PageOrigin& origin);

/// One figure as the HTML fragment that pages are made of.
std::string figure_html(const PageFigure& figure);

/// The page as JSON (what the API answers and the run history keeps), each figure with "svg" and
/// "html" (figure_html) when `with_svg`; and back again, without loss (null = NaN, "Infinity"
/// and "-Infinity" as words). Errors: what is no such document.
Value page_json(const FigurePage& page, bool with_svg);
Result<FigurePage> page_from_json(const Value& document);

}  // namespace polyfleet
