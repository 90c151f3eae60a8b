#include "report/fleet_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/fleet_limits.hpp"
#include "report/fleet_lines.hpp"
#include "report/fleet_table.hpp"
#include "report/futures_text.hpp"

namespace polyfleet {
namespace {

/// Limits and assumptions that the page names before it points to the rest.
constexpr std::size_t kShownAssumptions = 6;

struct TextSection {
  const char *group, *title;
};
constexpr TextSection kSections[] = {{"delivered", "delivered, at the end of"},
                                     {"capacity", "capacity, mean of"},
                                     {"use", "accelerators in use, mean of"},
                                     {"output", "output"},
                                     {"energy", "energy"},
                                     {"carbon", "carbon"},
                                     {"money", "money"}};

std::string heading(const FleetAnswer& answer) {
  const FleetModel& model = answer.model;
  std::string text = model.name + "\n";
  if (!model.description.empty()) text += model.description + "\n";
  text += fmt::format("{} to {} in periods of {} days; sites {}, phases {}, workloads {}; {}\n",
                      print_date(model.time.begin()), print_date(model.time.end()),
                      model.time.period_days(), model.sites.size(), model.phases.size(),
                      model.workloads.size(), name_of(model.policy.objective));
  if (answer.run.interrupted) text += "INTERRUPTED: what follows ends before the study does\n";
  return text;
}

/// One row a site, of the whole study.
std::string sites_text(const FleetModel& model, const std::vector<FleetLine>& lines,
                       PageStyle style) {
  TextTable table({"site, whole study", "GW, mean", "TWh", "PUE", "GW, highest hour", "ktCO2e"});
  const auto cell = [&](const std::string& key, double factor) {
    const FleetLine* const line = find_line(lines, key);
    return line == nullptr ? std::string("-") : number_text(line->total / factor);
  };
  constexpr double kThousand = 1000;
  for (const SiteModel& site : model.sites)
    table.row({site.id, cell("capacity.power." + site.id, 1),
               cell("energy.bought_and_made." + site.id, kThousand),
               cell("energy.meter_over_racks." + site.id, 1), cell("energy.peak." + site.id, 1),
               cell("carbon.carbon_location_based." + site.id, kThousand)});
  return '\n' + table.text(style);
}

std::string rows_text(const std::vector<FleetLine>& lines, PageStyle style) {
  TextTable table({"line", "how", "ledger rows"});
  for (const FleetLine& line : lines)
    table.row({line.key, std::string(name_of(line.kind)), line.from});
  return '\n' + table.text(style);
}

std::string assumptions_text(const FleetModel& model, bool all, PageStyle style) {
  if (model.assumptions.empty()) return {};
  const std::size_t shown =
      all ? model.assumptions.size() : std::min(kShownAssumptions, model.assumptions.size());
  TextTable table({"assumed"});
  for (std::size_t i = 0; i < shown; ++i) table.row({model.assumptions[i]});
  std::string text = '\n' + table.text(style);
  if (shown < model.assumptions.size())
    text += fmt::format("and {} more: --explain\n", model.assumptions.size() - shown);
  return text;
}

}  // namespace

std::string fleet_text(const FleetAnswer& answer, const FleetPageOptions& options,
                       PageStyle style) {
  const std::vector<FleetSlice> slices = fleet_slices(answer.model.time, options.slices);
  const std::vector<FleetLine> lines = fleet_lines(answer.model, answer.run, slices);
  const FleetTableStyle tables{style, answer.futures ? &*answer.futures : nullptr, options.explain};
  std::string text = heading(answer) + fleet_verdict(answer);
  text += fleet_programs_text(answer, style);
  for (const TextSection& section : kSections) {
    text += fleet_table(section.title, lines, section.group, slices, tables);
    if (std::string_view(section.group) == "output") text += fleet_campaigns_text(answer, style);
    if (std::string_view(section.group) == "carbon") text += sites_text(answer.model, lines, style);
  }
  text += fleet_costs_text(answer, style);
  text += fleet_deals_text(answer.deals, style);
  text += fleet_limits_text(answer, style);
  if (answer.futures) text += '\n' + futures_text(*answer.futures, style);
  if (options.explain) text += fleet_rates_text(answer.model, style) + rows_text(lines, style);
  return text + assumptions_text(answer.model, options.explain, style);
}

}  // namespace polyfleet
