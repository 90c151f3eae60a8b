// What stands where and when, as people write it: phases of delivery, pools that are there already,
// and what a study says of a system beside the catalogue; and the classes and FleetPhases that they
// become. Every pool is a phase that was delivered before. A class is a system (with its edition)
// under one name; phases of it share powers, price and availability.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/fleet_document_fields.hpp"
#include "app/fleet_finance.hpp"
#include "app/fleet_rates.hpp"
#include "app/workspace.hpp"
#include "fleet/availability.hpp"
#include "fleet/class_power.hpp"
#include "fleet/fleet_model.hpp"

namespace polyfleet {

/// [[hardware]]
struct StatedHardware : StatedEntry {
  std::string id;           ///< what phases call it; empty = `system`
  std::string system;       ///< catalogue name, "@edition" allowed
  std::string accelerator;  ///< other than the system's own
  std::optional<Figure<Usd>> price;
  std::optional<Figure<UsdPerSecond>> rental;
  std::optional<Figure<Watts>> provisioned;
  std::optional<Figure<GramsCo2e>> embodied;
  std::optional<Figure<double>> in_service, at_launch;
  std::optional<CalendarDate> launch;
  std::optional<Seconds> until_mature;
};

/// [[phase]] and [[pool]]: what both say.
struct StatedCapacity : StatedEntry {
  std::string id, site, system, partner, capacity;
  std::optional<Figure<Watts>> power;
  std::optional<Figure<double>> accelerators;
  std::optional<CalendarDate> retirement, contract_begin, contract_end;
  Ownership ownership = Ownership::owned;
  std::optional<Figure<UsdPerSecond>> rate;
  std::optional<bool> energy_included;
};

/// [[phase]]
struct StatedPhase : StatedCapacity {
  std::string program;
  std::optional<CalendarDate> ordered, first_delivery, last_delivery;
  std::optional<Seconds> acceptance;
  std::optional<Figure<double>> rejected;
  std::vector<double> delay_quarters;
};

/// [[pool]]
struct StatedFleetPool : StatedCapacity {
  std::optional<CalendarDate> since;
};

const FieldTable<StatedHardware>& hardware_fields();
const FieldTable<StatedPhase>& phase_fields();
const FieldTable<StatedFleetPool>& fleet_pool_fields();

/// What classes are made from, loaded once.
struct ClassContext {
  Workspace& workspace;
  const FleetTime& time;
  const FleetDefaults& defaults;
  PowerActivity activity;
  FleetPowerShares power_shares;
  ReliabilityData reliability;
  OutageData outages;
};
Result<ClassContext> load_class_context(Workspace& workspace, const FleetTime& time,
                                        const FleetDefaults& defaults);

struct ResolvedClasses {
  std::vector<DeviceClass> classes;
  std::vector<RateClass> rates;
};

/// Every system that phases and pools name, in the order in which they appear. Problems: unknown
/// systems, systems without power figures, hardware that nothing uses.
ResolvedClasses resolve_classes(const std::vector<StatedHardware>& hardware,
                                const std::vector<const StatedCapacity*>& uses,
                                const ClassContext& context, std::vector<std::string>& assumptions,
                                Diagnostics& out);

/// What phases refer to.
struct PhaseContext {
  const FleetTime& time;
  const FleetDefaults& defaults;
  const std::vector<SiteModel>& sites;
  const std::vector<DeviceClass>& classes;
};

/// Problems: unknown sites and systems, no size or two, deliveries before the order or that end
/// before they begin, owned hardware without a price, partners without a rate or contract, delays
/// that do not sum to one.
FleetPhase resolve_phase(const StatedPhase& stated, const PhaseContext& context,
                         std::vector<std::string>& assumptions, Diagnostics& out);
FleetPhase resolve_pool(const StatedFleetPool& stated, const PhaseContext& context,
                        std::vector<std::string>& assumptions, Diagnostics& out);

}  // namespace polyfleet
