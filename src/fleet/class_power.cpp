#include "fleet/class_power.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "catalogue/figure_field.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

/// One accelerator with its host at the racks, without network.
struct ServerPower {
  Watts idle, sustained, most;
  std::string basis;
};

/// From the all-in power alone: no design power was published.
ServerPower of_all_in(Watts all_in, const System& system, const PowerActivity& activity,
                      const FleetPowerShares& shares) {
  const double published_pue = system.pue ? system.pue->value : 1;
  ServerPower power;
  power.sustained = all_in / published_pue / (1 + shares.network_of_server.value);
  power.most = power.sustained;
  power.idle = power.sustained * activity.idle_of_tdp.value;
  power.basis = fmt::format("published all-in power {}, no design power; idle {:.0f} % of it",
                            print_quantity(all_in), 100 * activity.idle_of_tdp.value);
  return power;
}

ServerPower of_parts(const Accelerator& accelerator, const System& system,
                     const PowerActivity& activity, const FleetPowerShares& shares) {
  const Watts tdp = accelerator.tdp->value;
  const Watts idle = accelerator.idle ? accelerator.idle->value : tdp * activity.idle_of_tdp.value;
  const Watts host =
      system.host_power ? system.host_power->value : tdp * activity.host_of_accelerators.value;
  const Watts busy = idle + (tdp - idle) * activity.compute_of_span.value +
                     host * activity.host_use_of_rating.value;
  ServerPower power;
  power.idle = idle + host * shares.host_idle_of_rating.value;
  power.most = busy;
  power.sustained = busy;
  const std::string idle_text = fmt::format(
      "idle {} {}, host {} of rating {}", print_quantity(idle),
      accelerator.idle ? "published" : "by share of design power",
      fmt::format("{:.0f} %", 100 * shares.host_idle_of_rating.value), print_quantity(host));
  if (system.measured_node_power) {
    power.sustained = system.measured_node_power->value / system.accelerators_per_node;
    power.most = max(power.sustained, busy);
    power.basis = fmt::format("node measured under load at {}; {}",
                              print_quantity(system.measured_node_power->value), idle_text);
  } else {
    power.basis = fmt::format("design power {}, {:.0f} % of the span above idle under load; {}",
                              print_quantity(tdp), 100 * activity.compute_of_span.value, idle_text);
  }
  return power;
}

}  // namespace

Result<FleetPowerShares> load_fleet_power_shares(const std::filesystem::path& data_directory) {
  const std::string path = (data_directory / "power" / "fleet.toml").string();
  const Result<Value> document = read_document(path);
  if (!document) return document.problems();
  FleetPowerShares shares;
  Diagnostics problems;
  const std::pair<const char*, Figure<double> FleetPowerShares::*> members[] = {
      {"host_idle_of_rating", &FleetPowerShares::host_idle_of_rating},
      {"parked_of_idle", &FleetPowerShares::parked_of_idle},
      {"network_of_server", &FleetPowerShares::network_of_server},
      {"delivery", &FleetPowerShares::delivery}};
  for (const auto& [key, member] : members) {
    const Value* value = document->find(key);
    if (value == nullptr) {
      problems.push_back(problem_at({path, 0, 0}, fmt::format("lacks '{}'", key)));
    } else if (auto figure = read_figure<double>(*value, key, problems)) {
      shares.*member = *figure;
    }
  }
  if (!problems.empty()) return problems;
  return shares;
}

FacilityDesign facility_of_published(double published_pue, double delivery) {
  POLYFLEET_CHECK(published_pue >= 1 && delivery > 0 && delivery <= 1,
                  "a PUE of at least 1 and an efficiency");
  const double losses = 1 / delivery - 1;
  if (losses > published_pue - 1) return {1, 1 / published_pue};
  return {published_pue - losses, delivery};
}

ClassPower class_power(const Accelerator& accelerator, const System& system,
                       const PowerActivity& activity, const FleetPowerShares& shares,
                       const FacilityDesign& facility) {
  const auto& all_in = system.all_in_power ? system.all_in_power : accelerator.all_in_power;
  ClassPower power;
  if (!accelerator.tdp && !all_in) {
    power.basis = "no power figure is published for this part";
    return power;
  }
  const ServerPower server = accelerator.tdp ? of_parts(accelerator, system, activity, shares)
                                             : of_all_in(all_in->value, system, activity, shares);
  power.known = true;
  power.network = server.sustained * shares.network_of_server.value;
  power.idle = server.idle + power.network;
  power.parked = server.idle * shares.parked_of_idle.value + power.network;
  power.sustained = server.sustained + power.network;
  power.rated = server.most + power.network;
  power.provisioned = power.sustained * facility.meter_per_rack();
  power.basis = fmt::format("{}; network and storage {} whatever the load; meter over racks {:.3f}",
                            server.basis, print_quantity(power.network), facility.meter_per_rack());
  return power;
}

double accelerators_in(Watts at_the_meter, const ClassPower& power) {
  POLYFLEET_CHECK(power.known && power.provisioned > Watts(), "the class has a power");
  return std::floor(at_the_meter / power.provisioned);
}

}  // namespace polyfleet
