// The page of the main job (declared in view/fleet_page.hpp).
#include <fmt/format.h>

#include <cmath>

#include "report/fleet_table.hpp"
#include "report/plain_units.hpp"
#include "view/fleet_page.hpp"
#include "view/fleet_series.hpp"

namespace polyfleet {
namespace {

/// Two studies figure by figure.
PageFigure beside_announced(const FleetPage& page) {
  const std::vector<HeadlineFigure> now = fleet_headline(page.now.model, page.now.run);
  const std::vector<HeadlineFigure> before =
      fleet_headline(page.announced.model, page.announced.run);
  std::vector<std::string> names, units;
  std::vector<double> ours, theirs, ratio;
  for (std::size_t i = 0; i < now.size() && i < before.size(); ++i) {
    const double largest = std::max(std::abs(now[i].amount), std::abs(before[i].amount));
    if (largest == 0) continue;
    const ScaledUnit scaled = scaled_unit(now[i].unit, largest);
    names.push_back(now[i].name);
    units.push_back(scaled.name);
    ours.push_back(rounded(now[i].amount / scaled.factor));
    theirs.push_back(rounded(before[i].amount / scaled.factor));
    ratio.push_back(before[i].amount > 0 && now[i].amount > 0
                        ? rounded(100 * now[i].amount / before[i].amount)
                        : std::nan(""));
  }
  PageFigure figure;
  figure.id = "beside_announced";
  figure.title = fmt::format("Beside \"{}\"", page.announced.model.name);
  figure.reading = fmt::format(
      "Bars: this study in percent of \"{}\"; the table has both. No bar where a figure is not "
      "above zero in both.",
      page.announced.model.name);
  figure.data.word("figure", names).number("of the announced", "%", ratio);
  figure.data.number("this study", "", ours).number("announced", "", theirs).word("unit", units);
  BarChart chart;
  chart.category = "figure";
  chart.values = {"of the announced"};
  chart.horizontal = true;
  figure.chart = std::move(chart);
  return figure;
}

/// One figure under each what-if.
PageFigure what_ifs(const FleetPage& page, const std::string& key, const std::string& title,
                    const std::string& unit, double factor) {
  std::vector<std::string> names{"as planned"};
  std::vector<double> values{
      rounded(headline_amount(fleet_headline(page.now.model, page.now.run), key) * factor)};
  for (const FleetWhatIf& each : page.what_if) {
    names.push_back(each.name);
    values.push_back(rounded(headline_amount(each.figures, key) * factor));
  }
  PageFigure figure;
  figure.id = "what_if_" + key;
  figure.title = title;
  figure.reading = "The plan played again with one thing changed.";
  figure.data.word("case", names).number(title, unit, values);
  BarChart chart;
  chart.category = "case";
  chart.values = {title};
  chart.horizontal = true;
  figure.chart = std::move(chart);
  return figure;
}

}  // namespace

FigurePage main_job_page(const FleetPage& page) {
  FigurePage result = fleet_page(page.now);
  FigureSection section{"Beside what was announced, and what if", {}};
  section.figures.push_back(beside_announced(page));
  if (!page.what_if.empty()) {
    section.figures.push_back(what_ifs(page, "power", "Power that stands at the end", "GW", 1));
    section.figures.push_back(
        what_ifs(page, "net_present_value", "Net present value", "BUSD", 1 / kBillion));
    section.figures.push_back(
        what_ifs(page, "tokens", "Tokens of the study", "quadrillion", 1e-15));
  }
  const auto after_capacity = result.sections.begin() + (result.sections.empty() ? 0 : 1);
  result.sections.insert(after_capacity, std::move(section));
  return result;
}

}  // namespace polyfleet
