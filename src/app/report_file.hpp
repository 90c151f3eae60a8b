// A reply's figures as files: the one-file HTML report, and each figure as SVG and CSV. The style
// and script of a report are carried in the program (assets/asset.hpp).
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "app/question.hpp"
#include "chart/html_page.hpp"

namespace polyfleet {

/// The question as one types it: "polyfleet estimate train x.toml --set plan.layout.tensor=8
/// --strict". Settings stand as --set whatever flag gave them.
std::string command_text(const Question& question);

/// Day of a moment in UTC: "2026-11-22".
std::string day_of(std::chrono::system_clock::time_point moment);

/// The page as one HTML file with the program's own style and script.
std::string report_html(const FigurePage& page, const PageOrigin& origin);

/// Each figure of the page as ID.svg (where it has a chart) and ID.csv in the folder, which is made
/// where missing. Returns their names. Errors: what cannot be written.
Result<std::vector<std::string>> write_figures(const FigurePage& page, const std::string& folder);

}  // namespace polyfleet
