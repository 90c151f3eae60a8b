// Every figure of a fleet report as a line over time: what it is, its unit, one value a slice
// (year or quarter) and one for the whole study, and the ledger accounts whose rows it is made of.
// Text, JSON and percentiles show the same lines. Signs are those of the ledger: money received and
// energy supplied are positive, money spent and energy used negative.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fleet/fleet_run.hpp"
#include "report/fleet_slices.hpp"

namespace polyfleet {

/// How the values of periods become one of a slice.
enum class LineKind {
  sum,     ///< of rows
  mean,    ///< of rows over the length of the slice
  end,     ///< as the last period of the slice has it
  ratio,   ///< of two sums
  highest  ///< of all periods
};
std::string_view name_of(LineKind kind);

struct FleetLine {
  std::string group;  ///< "delivered", "capacity", "use", "output", "energy", "carbon", "money"
  std::string key;    ///< stable, unique: "energy.grid_energy"
  std::string name;   ///< for people
  std::string unit;   ///< of the values: "GW", "accelerators", "GWh", "tCO2e", "USD", "FLOP"
  LineKind kind = LineKind::sum;
  std::vector<double> values;  ///< by slice
  double total = 0;            ///< of the whole study, by the same rule
  std::string from;            ///< which rows: "installed power of amd_openai"
  /// Where the line is one ledger account, or the gigawatts of one program: what futures call it.
  struct Outcome {
    std::optional<Account> account;
    int workload = -1;
    std::string program;
    double factor = 1;  ///< value over the amount in base units
  };
  std::optional<Outcome> outcome;
  bool of_site = false;  ///< one site's part of another line
};

/// In the order of the report. Lines that are zero throughout are left out.
std::vector<FleetLine> fleet_lines(const FleetModel& model, const FleetRun& run,
                                   const std::vector<FleetSlice>& slices);

/// The line of this key, or null pointer.
const FleetLine* find_line(const std::vector<FleetLine>& lines, std::string_view key);

}  // namespace polyfleet
