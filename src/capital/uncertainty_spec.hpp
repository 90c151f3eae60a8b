// What is uncertain about a fleet and how much: spreads of demand, prices, failures, predictions
// and software, chances that a vendor is lost, outages, and the branches of a scenario tree. The
// defaults are data/uncertainty/fleet.toml; a scenario's [uncertainty] changes single entries.
// Factors are log-normal with median 1, correlated inside groups by one common normal factor (a
// Gaussian copula): wrong where extremes come together more than the middle does.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/fields.hpp"
#include "fleet/fleet_model.hpp"

namespace polyfleet {

/// A factor with median 1 on some quantity of every member of a group.
struct FactorSpread {
  double sigma = 0;        ///< standard deviation of its natural logarithm; 0 = certain
  double correlation = 0;  ///< of the logarithms of two members of one group, in [0, 1]
  std::string status, source, note;
};

/// An event that hits each member of a group, or not.
struct EventChance {
  double probability = 0;
  double correlation = 0;  ///< of the normals behind two members of one group
  std::string status, source, note;
};

/// Something without size of its own: correlation of delays, whose sizes the phases state.
struct GroupCorrelation {
  double correlation = 0;
  std::string status, source, note;
};

/// Width of the prediction intervals: as they stand (1), wider, or exact (0).
struct PredictionSpread {
  double factor = 0;       ///< on the logarithms of WorkloadRate::low and high
  double correlation = 0;  ///< of the errors of two classes
  std::string status, source, note;
};

/// Correlated outages (fleet/availability.hpp), drawn from a seed of their own for each future.
struct OutageSpread {
  bool drawn = false;     ///< false: no outages beyond those of the sites
  double rate_sigma = 0;  ///< of the logarithm of the factor on all rates
  std::string status, source, note;
};

/// A vendor that delivers nothing more from a day on, drawn evenly between two days. A phase whose
/// delivery (with its delay) has begun by then is completed; others are cancelled.
struct VendorLoss {
  std::string vendor;
  std::string program;  ///< empty = all phases of the vendor
  double probability = 0;
  std::optional<CalendarDate> from, until;  ///< none = the study's begin; `from`
  std::string status, source, note;
  Position where;
};

/// Demand of one workload where it is less or better known than the rest; negative = as the rest.
struct WorkloadSpread {
  std::string workload;
  double level_sigma = -1, growth_sigma = -1;
  std::string status, source, note;
  Position where;
};

/// Sites whose electricity and carbon have causes in common; others are grouped by their region.
struct PowerMarket {
  std::string name;
  std::vector<std::string> sites;
  std::string status, source, note;
  Position where;
};

/// One node of a scenario tree: what happens, given its parent. Fields left out change nothing.
struct ScenarioBranch {
  std::string name;
  std::string after;            ///< name of the parent; empty = the root
  double probability = 0;       ///< given the parent; what siblings leave over is "nothing more"
  std::string vendor, program;  ///< whose phases the next four mean; both empty = all
  double delay_months = 0;
  std::optional<CalendarDate> lost_from;     ///< phases not begun by this day never come
  std::optional<double> lost_after;          ///< gigawatts: phases that end above this never come
  double hardware_price = 1;                 ///< factor
  double demand = 1, price = 1, carbon = 1;  ///< factors, all workloads and sites
  double speed = 1;  ///< factor on the predicted rates of the vendor's classes
  std::vector<std::string>
      stopped_deals;  ///< ids: no further release of money after `stopped_from`
  std::optional<CalendarDate> stopped_from;  ///< none = the study's begin
  std::string status, source, note;
  Position where;
};

struct UncertaintySpec {
  GroupCorrelation delay;       ///< members: phases; groups: vendors
  EventChance cancellation;     ///< of a phase that has not begun; groups: vendors
  FactorSpread demand;          ///< level; one group of workloads
  FactorSpread demand_growth;   ///< sigma a year; one group of workloads
  FactorSpread value_growth;    ///< of what is sold, sigma a year; one group of workloads
  FactorSpread price;           ///< of grid electricity; sites; groups: markets, else regions
  FactorSpread price_growth;    ///< sigma a year
  FactorSpread carbon;          ///< of grid electricity
  FactorSpread failures;        ///< on the share out of service; classes by vendor
  PredictionSpread prediction;  ///< on rates; one group of classes
  FactorSpread maturity;        ///< on the time until software is mature; classes by vendor
  FactorSpread hardware_price;  ///< classes by vendor
  OutageSpread outages;
  std::vector<VendorLoss> losses;
  std::vector<WorkloadSpread> workloads;
  std::vector<PowerMarket> markets;
  std::vector<ScenarioBranch> branches;
};

/// Keys of [uncertainty], for readers and the reference page.
const FieldTable<UncertaintySpec>& uncertainty_fields();

/// The shipped defaults. Errors: a faulty file, an entry without status or source.
Result<UncertaintySpec> default_uncertainty(const std::filesystem::path& data_directory);

/// The defaults with a scenario's [uncertainty] on top; null = the defaults alone.
Result<UncertaintySpec> read_uncertainty(const Value& table, const UncertaintySpec& defaults);

/// Names that the model does not know, probabilities of siblings above 1, parents that are missing
/// or in a circle. Empty = usable.
Diagnostics uncertainty_problems(const UncertaintySpec& spec, const FleetModel& model);

}  // namespace polyfleet
