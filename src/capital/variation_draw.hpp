// From the specification of what is uncertain to one future: the list of uncertain inputs of a
// model, a standard normal for each of their members (by a one-factor Gaussian copula inside a
// group), and the FleetVariation that these give. Every normal has a random stream of its own,
// named after input and member: other inputs, their order and the number of threads change nothing,
// and two scenarios with the same names meet the same luck.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "capital/uncertainty_spec.hpp"
#include "fleet/availability.hpp"
#include "fleet/fleet_variation.hpp"

namespace polyfleet {

enum class DrawnInputKind {
  delay,
  cancellation,
  vendor_loss,
  demand,
  demand_growth,
  value_growth,
  price,
  price_growth,
  carbon,
  failures,
  prediction,
  maturity,
  hardware_price,
  outages
};

/// An 80 % interval ends at the 10th and 90th percentile.
inline constexpr double kUpperTenth = 0.9;

/// One bar of the tornado: a group of quantities that have a reason in common.
struct UncertainInput {
  DrawnInputKind kind = DrawnInputKind::delay;
  std::string id = {};    ///< "delay:AMD"
  std::string name = {};  ///< "delays of AMD"
  /// Phases, workloads, sites or classes; of losses the index into spec.losses.
  std::vector<int> members = {};
  std::vector<std::string> member_ids = {};
  double correlation = 0;
  std::vector<double> below = {},
                      above = {};  ///< by member: sigma for negative and positive normals
  bool event = false;              ///< happens or not; bars show without and with
  double probability = 0;          ///< of an event, for one member
  std::string basis = {};          ///< status and source, one line

  /// Standard deviation of the mean of the members' normals.
  double spread_of_mean() const;
};

/// Inputs that can move anything in this model, in a fixed order. Entries with sigma or probability
/// zero, phases that cannot be late and outages of an empty table are left out.
std::vector<UncertainInput> uncertain_inputs(const FleetModel& model, const UncertaintySpec& spec,
                                             const OutageData& outages);

/// Normals by input and member; all zero = every input at its median, events do not happen.
using InputDraw = std::vector<std::vector<double>>;
InputDraw median_draw(const std::vector<UncertainInput>& inputs);
InputDraw random_draw(const std::vector<UncertainInput>& inputs, std::uint64_t seed,
                      std::uint64_t future);

/// Whether a member of an event with this normal is hit.
bool event_happens(const UncertainInput& input, double normal);

/// Of the outages of one future.
std::uint64_t outage_seed(std::uint64_t seed, std::uint64_t future);

/// What a draw is applied to.
struct VariationContext {
  const FleetModel* model = nullptr;
  const UncertaintySpec* spec = nullptr;
  const OutageData* outages = nullptr;
  std::uint64_t outage_seed = 0;
  bool with_outages = true;                    ///< false: none, whatever the specification says
  const std::vector<Outage>* given = nullptr;  ///< instead of drawn ones
};

/// Outages as variation_of draws them; `rate` is the factor on all rates.
std::vector<Outage> future_outages(const VariationContext& context, double rate);

/// The future that a draw means.
FleetVariation variation_of(const VariationContext& context,
                            const std::vector<UncertainInput>& inputs, const InputDraw& draw);

/// How late in hours: the quantile of the distribution at `share`, in quarters of 365.25 / 4 days
/// rounded to whole days. Precondition: 0 <= share <= 1.
int delay_quantile(const DelayDistribution& delay, double share);

/// Outages as events of the sites (beside the sites' own) and as a lower share in service of
/// classes (outages of one class at all sites, averaged over the study).
void apply_outages(const FleetModel& model, const std::vector<Outage>& outages,
                   FleetVariation& variation);

}  // namespace polyfleet
