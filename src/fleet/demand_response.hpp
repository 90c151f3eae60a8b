// How much less accelerators can draw when the grid asks, and what it costs in output: tiers of
// work, each with the most throughput that it may lose, slowed by their clocks. The draw above idle
// goes with a power of the throughput (three: clock and voltage fall together); data/power/
// demand_response.toml has the evidence. Of all ways to reach a cut the one that loses least is
// taken. Wrong for work bound by memory, which loses less, and below the lowest voltage, where
// draw falls only with the clock.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "units/quantity.hpp"

namespace polyfleet {

/// Work that may be slowed down alike.
struct FlexTier {
  std::string name;
  double share = 0;      ///< of the power (and output) of all tiers
  double most_loss = 0;  ///< of its throughput; 0 = untouched
};

/// draw = fixed + following x throughput^exponent; the two sum to 1 at full throughput.
struct ThrottleLaw {
  double following = 1;  ///< share of the draw, where it is measured, that follows the clock
  double exponent = 3;
  double draw(double throughput) const;
};

struct DemandResponse {
  double reachable = 0;      ///< largest cut of the draw that the tiers allow
  bool reached = false;      ///< the cut asked for is within it
  double cut = 0;            ///< what is done: the cut asked for, or `reachable`
  std::vector<double> loss;  ///< of throughput, by tier
  double lost = 0;           ///< of the output of all
};

/// The cut with the least loss. Precondition: shares sum to 1, losses within [0, 1), 0 <= cut < 1.
DemandResponse demand_response(const std::vector<FlexTier>& tiers, const ThrottleLaw& law,
                               double cut);

/// Largest share of untouched work with which the tiers still reach the cut; 0 where they never do.
double most_untouched(const std::vector<FlexTier>& tiers, const ThrottleLaw& law, double cut);

/// Case F9 of the public oracles: the field tests of Phoenix (25 % for 3 h on 256 A100) and London
/// (30 to 35 % on 96 B300).
struct DemandResponseCase {
  std::vector<FlexTier> tiers;
  Seconds duration;
  DemandResponse phoenix;     ///< at the accelerators, as the test measured
  double measured_loss = 0;   ///< of throughput, in the test
  double most_untouched = 0;  ///< share of work without flexibility that would still allow the cut
  double london_low = 0, london_high = 0;  ///< cuts reported
  DemandResponse london;                   ///< of whole nodes, the higher one asked for
};
Result<DemandResponseCase> demand_response_case(const std::filesystem::path& data_directory);

/// The law where the draw of whole nodes is looked at: only the accelerators' draw above idle
/// follows the clock.
ThrottleLaw node_throttle_law(Watts accelerator_busy, Watts accelerator_idle, Watts node_share,
                              double exponent);

}  // namespace polyfleet
