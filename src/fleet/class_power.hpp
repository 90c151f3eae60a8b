// What one accelerator of a fleet draws with its share of host, rack and network: parked, idle, at
// most, and what a site plans for it at the meter. Measured draws come first (a node under load, an
// idle device, shares measured on like parts in data/power/), the design power only stands in where
// nobody measured. The planned figure gives accelerators per gigawatt. Wrong by what racks without
// vendor figures turn out to draw (Helios, Rubin: 20 %).
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "catalogue/system.hpp"
#include "training/energy.hpp"

namespace polyfleet {

/// Shares read from data/power/fleet.toml; see the file for their meaning and sources.
struct FleetPowerShares {
  Figure<double> host_idle_of_rating;  ///< of a host's rating, drawn while its accelerators idle
  Figure<double> parked_of_idle;       ///< of idle draw, drawn by a node that is switched off
  Figure<double> network_of_server;    ///< network and storage, of the rated servers' draw
  Figure<double> delivery;             ///< power at the racks over power at the meter, for IT
};

Result<FleetPowerShares> load_fleet_power_shares(const std::filesystem::path& data_directory);

/// Between the racks and the meter. A published PUE contains the losses of power delivery, `pue`
/// does not.
struct FacilityDesign {
  double pue = 1;       ///< facility over IT, without delivery losses: cooling, light, offices
  double delivery = 1;  ///< power at the racks over power at the meter, for IT
  double meter_per_rack() const { return 1 / delivery + pue - 1; }
};

/// Splits a published PUE, which contains delivery losses, into the two. Where the losses alone
/// exceed the published figure, cooling is nothing and delivery as efficient as the figure says.
FacilityDesign facility_of_published(double published_pue, double delivery);

/// Of one accelerator; all but `provisioned` at the rack's input.
struct ClassPower {
  bool known = false;
  Watts parked;       ///< its node switched off as far as it goes
  Watts idle;         ///< ready, no work
  Watts rated;        ///< the most that it draws: never below what the activity model can say
  Watts sustained;    ///< under the heaviest lasting load: measured where it was
  Watts network;      ///< of scale-out switches and storage, whatever the load; in the four above
  Watts provisioned;  ///< at the meter: sustained x meter_per_rack
  std::string basis;  ///< one sentence: which figures
};

/// Unknown where neither design power nor an all-in power is published.
ClassPower class_power(const Accelerator& accelerator, const System& system,
                       const PowerActivity& activity, const FleetPowerShares& shares,
                       const FacilityDesign& facility);

/// What an engine or a training step says at the racks, with its share of the network.
/// `engine` is of one accelerator with its host, as ReplicaPower and StepEnergy give it.
inline Watts with_network(const ClassPower& power, Watts engine) { return engine + power.network; }

/// Whole accelerators that this power at the meter carries. Precondition: known.
double accelerators_in(Watts at_the_meter, const ClassPower& power);

}  // namespace polyfleet
