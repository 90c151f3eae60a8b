#include "report/fleet_lines.hpp"

#include <algorithm>
#include <optional>

#include "report/fleet_line_maker.hpp"
#include "report/plain_units.hpp"

namespace polyfleet {
namespace {

constexpr double kGigawattHour = 3.6e12;  // J
constexpr double kTonne = 1e6;            // g

FleetLineMaker::RowFilter of_workload(std::size_t workload) {
  return [workload](const LedgerRow& row) { return row.workload == static_cast<int>(workload); };
}

FleetLineMaker::RowFilter of_site(std::size_t site) {
  return [site](const LedgerRow& row) { return row.site == static_cast<int>(site); };
}

void add_output_lines(const FleetLineMaker& make, std::vector<FleetLine>& lines) {
  lines.push_back(
      named(make.sum(Account::training_flop, 1), "output", "training_flop", "training", "FLOP"));
  lines.push_back(
      named(make.sum(Account::output_tokens, 1), "output", "tokens", "tokens", "tokens"));
  const FleetModel& model = make.model();
  for (std::size_t i = 0; i < model.workloads.size(); ++i) {
    const FleetWorkload& workload = model.workloads[i];
    const auto add = [&](Account account, const char* what, const std::string& name) {
      FleetLine line = make.sum(account, 1, of_workload(i));
      line.from += " of " + workload.id;
      line.outcome = {.account = account, .workload = static_cast<int>(i), .program = {}};
      lines.push_back(
          named(std::move(line), "output", workload.id + "." + what, name, workload.unit));
    };
    add(Account::output_units, "done", workload.id);
    add(Account::unmet_units, "unmet", "  " + workload.id + " not met");
    add(Account::shed_units, "shed", "  " + workload.id + " shed in grid events");
  }
}

/// Sums over every account of one group of the ledger, in its order.
void add_group_lines(const FleetLineMaker& make, const std::string& group, double factor,
                     const std::string& unit, std::vector<FleetLine>& lines) {
  for (int i = 0; i < kAccounts; ++i) {
    const AccountInfo& each = info(static_cast<Account>(i));
    if (each.group != group) continue;
    lines.push_back(named(make.sum(each.account, factor), group, key_of(each.name),
                          std::string(each.name), unit));
  }
}

FleetLine supply_of(const FleetLineMaker& make, const FleetLineMaker::RowFilter& filter) {
  return plus(make.sum(Account::grid_energy, 1 / kGigawattHour, filter),
              make.sum(Account::generated_energy, 1 / kGigawattHour, filter));
}

/// Facility over IT power: all that racks, delivery and cooling use over the racks.
FleetLine overhead_of(const FleetLineMaker& make, const FleetLineMaker::RowFilter& filter) {
  const FleetLine racks = make.sum(Account::rack_energy, -1, filter);
  FleetLine all = plus(racks, make.sum(Account::delivery_loss, -1, filter));
  all = plus(std::move(all), make.sum(Account::cooling_energy, -1, filter));
  return make.ratio(all, racks, 1);
}

void add_energy_lines(const FleetLineMaker& make, std::vector<FleetLine>& lines) {
  add_group_lines(make, "energy", 1 / kGigawattHour, "GWh", lines);
  lines.push_back(
      named(supply_of(make, {}), "energy", "bought_and_made", "bought and made", "GWh"));
  const FleetModel& model = make.model();
  for (std::size_t i = 0; i < model.sites.size(); ++i) {
    FleetLine line = supply_of(make, of_site(i));
    line.from += " at " + model.sites[i].id;
    line.of_site = true;
    lines.push_back(named(std::move(line), "energy", "bought_and_made." + model.sites[i].id,
                          "  at " + model.sites[i].id, "GWh"));
  }
  lines.push_back(
      named(overhead_of(make, {}), "energy", "meter_over_racks", "meter over racks (PUE)", "-"));
  for (std::size_t i = 0; i < model.sites.size(); ++i) {
    FleetLine line = overhead_of(make, of_site(i));
    line.from += " at " + model.sites[i].id;
    line.of_site = true;
    lines.push_back(named(std::move(line), "energy", "meter_over_racks." + model.sites[i].id,
                          "  at " + model.sites[i].id, "-"));
  }
}

void add_operation_lines(const FleetLineMaker& make, std::vector<FleetLine>& lines) {
  lines.push_back(named(make.sum(Account::shed_energy, 1 / kGigawattHour), "energy", "shed",
                        "not drawn for want of supply", "GWh"));
  lines.push_back(named(make.sum(Account::limited_time, second / hour), "energy", "limited",
                        "load gave way, sum over sites", "h"));
  lines.push_back(named(make.sum(Account::dark_time, second / hour), "energy", "dark",
                        "and that was not enough, sum over sites", "h"));
}

/// Highest draw from grid and generation: of each site, and where hours were kept of all sites in
/// one hour (from the grid alone).
void add_peak_lines(const FleetLineMaker& make, std::vector<FleetLine>& lines) {
  const FleetTime& time = make.model().time;
  const auto& hourly = make.run().hourly_grid;
  if (!hourly.empty()) {
    std::vector<double> all(static_cast<std::size_t>(time.hours()));
    for (const std::vector<double>& site : hourly) {
      for (std::size_t i = 0; i < site.size() && i < all.size(); ++i) all[i] += site[i];
    }
    std::vector<double> peaks;
    for (int period = 0; period < time.periods(); ++period)
      peaks.push_back(*std::max_element(all.begin() + time.first_hour(period),
                                        all.begin() + time.end_hour(period)) /
                      kWattsAGigawatt);
    FleetLine line = make.highest(peaks);
    line.from = "hourly draw from the grid, all sites together";
    lines.push_back(named(std::move(line), "energy", "peak_grid", "highest hour, grid", "GW"));
  }
  for (std::size_t i = 0; i < make.run().peak_watts.size(); ++i) {
    std::vector<double> peaks = make.run().peak_watts[i];
    peaks.resize(static_cast<std::size_t>(time.periods()));
    for (double& each : peaks) each /= kWattsAGigawatt;
    const std::string& site = make.model().sites[i].id;
    FleetLine line = make.highest(peaks);
    line.from = "hourly draw from grid and generation at " + site;
    line.of_site = true;
    lines.push_back(
        named(std::move(line), "energy", "peak." + site, "  highest hour at " + site, "GW"));
  }
}

void add_carbon_lines(const FleetLineMaker& make, std::vector<FleetLine>& lines) {
  add_group_lines(make, "carbon", 1 / kTonne, "tCO2e", lines);
  const FleetModel& model = make.model();
  for (std::size_t i = 0; i < model.sites.size(); ++i) {
    FleetLine line = make.sum(Account::carbon_location, 1 / kTonne, of_site(i));
    line.from += " at " + model.sites[i].id;
    line.of_site = true;
    lines.push_back(named(std::move(line), "carbon", "carbon_location_based." + model.sites[i].id,
                          "  location, at " + model.sites[i].id, "tCO2e"));
  }
  const FleetLine grams = make.sum(Account::carbon_location, 1 / kTonne);
  lines.push_back(named(make.ratio(grams, supply_of(make, {}), 1), "carbon", "intensity_location",
                        "location, by energy", "gCO2e/kWh"));
}

void add_money_lines(const FleetLineMaker& make, std::vector<FleetLine>& lines) {
  add_group_lines(make, "money", 1, "USD", lines);
  std::optional<FleetLine> cash;
  for (int i = 0; i < kAccounts; ++i) {
    const AccountInfo& each = info(static_cast<Account>(i));
    if (each.group != "money" || !each.cash) continue;
    FleetLine line = make.sum(each.account, 1);
    cash = cash ? plus(*std::move(cash), line) : std::move(line);
  }
  if (cash) lines.push_back(named(*std::move(cash), "money", "cash", "cash, all together", "USD"));
}

bool is_zero(const FleetLine& line) {
  return line.total == 0 && std::all_of(line.values.begin(), line.values.end(),
                                        [](double value) { return value == 0; });
}

}  // namespace

std::string_view name_of(LineKind kind) {
  switch (kind) {
    case LineKind::sum:
      return "sum";
    case LineKind::mean:
      return "mean";
    case LineKind::end:
      return "end";
    case LineKind::ratio:
      return "ratio";
    case LineKind::highest:
      return "highest";
  }
  return "";
}

std::vector<FleetLine> fleet_lines(const FleetModel& model, const FleetRun& run,
                                   const std::vector<FleetSlice>& slices) {
  const FleetLineMaker make(model, run, slices);
  std::vector<FleetLine> lines;
  add_delivered_lines(make, lines);
  add_capacity_lines(make, lines);
  add_use_lines(make, lines);
  add_output_lines(make, lines);
  add_energy_lines(make, lines);
  add_peak_lines(make, lines);
  add_operation_lines(make, lines);
  add_carbon_lines(make, lines);
  add_money_lines(make, lines);
  std::erase_if(lines, is_zero);
  return lines;
}

const FleetLine* find_line(const std::vector<FleetLine>& lines, std::string_view key) {
  const auto found = std::find_if(lines.begin(), lines.end(),
                                  [key](const FleetLine& line) { return line.key == key; });
  return found == lines.end() ? nullptr : &*found;
}

}  // namespace polyfleet
