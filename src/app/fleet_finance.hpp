// The frame of a fleet study as people write it: its days and aim, what money costs and how long
// things last, limits of policy; and the defaults of data/fleet/defaults.toml, each with a source,
// that stand in for what a scenario leaves open.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/fleet_document_fields.hpp"
#include "fleet/fleet_model.hpp"

namespace polyfleet {

/// data/fleet/defaults.toml
struct FleetDefaults {
  std::optional<Figure<double>> discount, upkeep, network_and_other, spare_share, pue;
  std::optional<Figure<UsdPerWatt>> facility_cost;
  std::optional<Figure<GramsCo2e>> embodied;
  std::optional<Figure<Seconds>> acceptance, hardware_life, facility_life, migration;
};
const FieldTable<FleetDefaults>& fleet_default_fields();
Result<FleetDefaults> load_fleet_defaults(const std::filesystem::path& data_directory);

/// [study]
struct StatedStudy : StatedEntry {
  std::optional<CalendarDate> begin, end;
  std::optional<Seconds> period;
  FleetObjective objective = FleetObjective::cost;
  std::string carbon_set;  ///< a carbon_method of data/sites, or "mixed"
};
const FieldTable<StatedStudy>& study_fields();

/// [[policy.share]]
struct StatedShare : StatedEntry {
  std::string vendor;
  double least = 0, most = 1;
};
/// [policy]
struct StatedPolicy : StatedEntry {
  std::optional<Figure<UsdPerGram>> carbon_price;
  bool park_idle = true;
  std::vector<StatedShare> shares;
};
const FieldTable<StatedPolicy>& policy_fields();
const FieldTable<StatedShare>& vendor_share_fields();

/// [finance]
struct StatedFinance : StatedEntry {
  std::optional<Figure<double>> discount, upkeep, network_and_other;
  std::optional<Seconds> hardware_life, facility_life;
};
const FieldTable<StatedFinance>& finance_fields();

/// Problems: days in the wrong order, horizons beyond 30 years, periods that are no whole days.
std::optional<FleetTime> resolve_time(const StatedStudy& stated,
                                      std::vector<std::string>& assumptions, Diagnostics& out);

/// `vendors`: those of the phases, for names. Problems: unknown vendors, shares that leave nothing
/// feasible.
FleetPolicy resolve_policy(const StatedStudy& study, const std::optional<StatedPolicy>& stated,
                           const std::vector<std::string>& vendors, Diagnostics& out);

FleetFinance resolve_finance(const std::optional<StatedFinance>& stated,
                             const FleetDefaults& defaults, std::vector<std::string>& assumptions);

/// "what: 0.94 (source; note)": one line of the list of assumptions.
std::string assumption_line(const std::string& what, const std::string& value,
                            const std::string& source, const std::string& note);
template <class Q>
std::string assumption_line(const std::string& what, const Figure<Q>& figure) {
  std::string value;
  if constexpr (std::is_same_v<Q, double>) {
    value = to_json(Value(figure.value), -1);
  } else {
    value = print_quantity(figure.value);
  }
  return assumption_line(what, value, std::string(name_of(figure.status)), figure.note);
}

}  // namespace polyfleet
