// The sites of a fleet and what is predicted for its accelerators, as tables (declared in
// view/fleet_figures.hpp).
#include <fmt/format.h>

#include <cmath>

#include "report/fleet_table.hpp"
#include "view/fleet_figures.hpp"
#include "view/fleet_series.hpp"

namespace polyfleet {
namespace {

constexpr double kJoulesATerawattHour = 3.6e15;
constexpr double kGramsAMegaton = 1e12;

double total_at(const FleetAnswer& answer, Account account, std::size_t site) {
  return answer.run.ledger.total(
      {.account = account, .period = LedgerQuery::kAny, .site = static_cast<int>(site)});
}

double energy_at(const FleetAnswer& answer, std::size_t site) {
  return total_at(answer, Account::grid_energy, site) +
         total_at(answer, Account::generated_energy, site);
}

/// Mean installed power in the last period, GW.
double stands_at(const FleetAnswer& answer, std::size_t site) {
  const FleetTime& time = answer.model.time;
  const int last = time.periods() - 1;
  return answer.run.ledger.total({.account = Account::installed_power,
                                  .period = last,
                                  .site = static_cast<int>(site)}) /
         (time.length(last) / second) * (watt / gigawatt);
}

std::string equipment_of(const SiteModel& site) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : "; ") + part; };
  if (site.generation) add(fmt::format("generation {:.3g} GW", site.generation->power / gigawatt));
  if (site.battery) add(fmt::format("battery {:.3g} GW", site.battery->power / gigawatt));
  if (site.curtailment)
    add(fmt::format("draws {:.3g} % less when asked", 100 * site.curtailment->share));
  return text;
}

/// Facility over IT power of what was drawn there; NaN where nothing was.
double meter_over_racks(const FleetAnswer& answer, std::size_t site) {
  const double racks = -total_at(answer, Account::rack_energy, site);
  if (racks <= 0) return std::nan("");
  return (racks - total_at(answer, Account::delivery_loss, site) -
          total_at(answer, Account::cooling_energy, site)) /
         racks;
}

PageFigure site_table(const FleetAnswer& answer) {
  const FleetModel& model = answer.model;
  const FleetHour last = model.time.hours() - 1;
  std::vector<std::string> ids, names, regions, equipment;
  std::vector<double> may, stands, offsets, price, carbon, free, pue, energy, emitted;
  for (std::size_t s = 0; s < model.sites.size(); ++s) {
    const SiteModel& site = model.sites[s];
    ids.push_back(site.id);
    names.push_back(site.name);
    regions.push_back(site.region);
    equipment.push_back(equipment_of(site));
    offsets.push_back(site.utc_offset_minutes / 60.0);
    may.push_back(rounded(site.limit_at(last) / gigawatt));
    stands.push_back(rounded(stands_at(answer, s)));
    price.push_back(rounded(site.price.mean(0, model.time.hours()) * (megawatt_hour / joule)));
    carbon.push_back(rounded(site.carbon.mean(0, model.time.hours()) * (kilowatt_hour / joule)));
    free.push_back(rounded(100 * site.carbon_free_share));
    pue.push_back(rounded(meter_over_racks(answer, s)));
    energy.push_back(rounded(energy_at(answer, s) / kJoulesATerawattHour));
    emitted.push_back(rounded(total_at(answer, Account::carbon_location, s) / kGramsAMegaton));
  }
  PageFigure figure;
  figure.id = "sites";
  figure.title = "The sites";
  figure.reading =
      "Power at the end of the study; price and carbon of the grid as means over all hours, before "
      "any growth; energy, carbon and meter over racks of the whole study.";
  figure.data.word("site", ids).word("name", names).word("region", regions);
  figure.data.number("hours from UTC", "h", offsets).number("may draw", "GW", may);
  figure.data.number("stands", "GW", stands).number("price", "USD/MWh", price);
  figure.data.number("grid carbon", "gCO2e/kWh", carbon).number("carbon-free purchases", "%", free);
  figure.data.number("meter over racks", "", pue).number("energy", "TWh", energy);
  figure.data.number("carbon", "MtCO2e", emitted).word("on the site", equipment);
  return figure;
}

PageFigure price_against_carbon(const FleetAnswer& answer) {
  const FleetModel& model = answer.model;
  std::vector<std::string> ids, sizes;
  std::vector<double> price, carbon, stands;
  for (std::size_t s = 0; s < model.sites.size(); ++s) {
    const SiteModel& site = model.sites[s];
    const double power = stands_at(answer, s);
    ids.push_back(fmt::format("{}, {:.2g} GW", site.id, power));
    sizes.emplace_back(power >= 1  ? "1 GW and more"
                       : power > 0 ? "below 1 GW"
                                   : "empty at the end");
    price.push_back(rounded(site.price.mean(0, model.time.hours()) * (megawatt_hour / joule)));
    carbon.push_back(rounded(site.carbon.mean(0, model.time.hours()) * (kilowatt_hour / joule)));
    stands.push_back(rounded(power));
  }
  PageFigure figure;
  figure.id = "sites_price_carbon";
  figure.title = "What power costs and emits where";
  figure.reading = "Each point is a site: cheap power is left, clean power below.";
  figure.data.word("site", ids).word("stands at the end", sizes);
  figure.data.number("price of the grid", "USD/MWh", price);
  figure.data.number("carbon of the grid", "gCO2e/kWh", carbon).number("stands", "GW", stands);
  ScatterChart chart;
  chart.x = "price of the grid";
  chart.y = "carbon of the grid";
  chart.group = "stands at the end";
  chart.label = "site";
  figure.chart = chart;
  figure.assumptions = {
      "Scenarios state no coordinates of sites: their electricity stands for where they are."};
  return figure;
}

PageFigure class_table(const FleetModel& model) {
  std::vector<std::string> ids, vendors, parts, basis;
  std::vector<double> idle, rated, provisioned, a_gigawatt, in_service, price;
  for (const DeviceClass& each : model.classes) {
    ids.push_back(each.id);
    vendors.push_back(each.vendor);
    parts.push_back(each.accelerator);
    idle.push_back(rounded(each.idle / watt));
    rated.push_back(rounded(each.rated / watt));
    provisioned.push_back(rounded(each.provisioned / watt));
    a_gigawatt.push_back(each.provisioned == Watts{} ? 0 : std::round(gigawatt / each.provisioned));
    in_service.push_back(rounded(100 * each.in_service));
    price.push_back(each.price ? rounded(*each.price / usd) : std::nan(""));
    basis.push_back(each.power_basis);
  }
  PageFigure figure;
  figure.id = "classes";
  figure.title = "What a gigawatt holds";
  figure.reading =
      "Power of one accelerator with its share of node, rack and network, and how many "
      "of them one gigawatt at the meter feeds.";
  figure.data.word("class", ids).word("vendor", vendors).word("accelerator", parts);
  figure.data.number("idle", "W", idle).number("rated", "W", rated);
  figure.data.number("provisioned", "W", provisioned).number("a gigawatt", "", a_gigawatt);
  figure.data.number("in service", "%", in_service).number("price", "USD", price);
  figure.data.word("power from", basis);
  return figure;
}

PageFigure rate_table(const FleetModel& model) {
  std::vector<std::string> workloads, classes, units, basis;
  std::vector<double> rates, low, high, watts;
  for (std::size_t w = 0; w < model.rates.size(); ++w) {
    for (std::size_t c = 0; c < model.rates[w].size(); ++c) {
      const WorkloadRate& rate = model.rates[w][c];
      workloads.push_back(model.workloads[w].id);
      classes.push_back(model.classes[c].id);
      units.push_back(model.workloads[w].unit + "/s");
      rates.push_back(rate.possible ? rounded(rate.per_second) : std::nan(""));
      low.push_back(rate.possible ? rounded(rate.per_second * rate.low) : std::nan(""));
      high.push_back(rate.possible ? rounded(rate.per_second * rate.high) : std::nan(""));
      watts.push_back(rate.possible ? rounded(rate.active / watt) : std::nan(""));
      basis.push_back(rate.possible ? rate.basis : "cannot: " + rate.reason);
    }
  }
  PageFigure figure;
  figure.id = "rates";
  figure.title = "How fast one accelerator does each work";
  figure.reading = "Predicted for mature software, with 80 % intervals; what cannot run says why.";
  figure.data.word("workload", workloads).word("class", classes).number("rate", "", rates);
  figure.data.number("low", "", low).number("high", "", high).word("unit", units);
  figure.data.number("draws", "W", watts).word("plan or engine", basis);
  return figure;
}

}  // namespace

FigureSection fleet_site_section(const FleetAnswer& answer) {
  FigureSection section{"Sites", {}};
  if (answer.model.sites.empty()) return section;
  section.figures = {site_table(answer), price_against_carbon(answer)};
  return section;
}

FigureSection fleet_rate_section(const FleetAnswer& answer) {
  FigureSection section{"Accelerators", {}};
  if (answer.model.classes.empty()) return section;
  section.figures = {class_table(answer.model)};
  if (!answer.model.rates.empty()) section.figures.push_back(rate_table(answer.model));
  return section;
}

}  // namespace polyfleet
