// A fleet study in a dozen figures, for holding two studies side by side or one against its own
// plan.
#pragma once

#include <string>
#include <vector>

#include "fleet/fleet_run.hpp"

namespace polyfleet {

struct HeadlineFigure {
  std::string key;    ///< stable: "training_flop"
  std::string name;   ///< for people
  std::string unit;   ///< as report/fleet_table scales it
  double amount = 0;  ///< of the whole study
};

/// Power and accelerators that stand at the end, training FLOP, tokens, videos, energy, carbon,
/// cost, revenue, net present value, periods in which a must was not met; the same figures in the
/// same order for every study.
std::vector<HeadlineFigure> fleet_headline(const FleetModel& model, const FleetRun& run);

/// By key; 0 where there is none.
double headline_amount(const std::vector<HeadlineFigure>& figures, const std::string& key);

}  // namespace polyfleet
