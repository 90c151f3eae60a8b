// One training run on several systems at equal power, side by side: plan, speed, duration, energy,
// cost and memory, each with its 80 % interval.
#pragma once

#include <string>
#include <vector>

#include "config/value.hpp"
#include "report/table.hpp"
#include "report/training_answer.hpp"

namespace polyfleet {

/// One system's answer and how many of its accelerators the power feeds.
struct ComparedSystem {
  std::string name;
  TrainingAnswer answer;
  std::int64_t fed = 0;         ///< accelerators that the megawatts feed
  Watts all_in_power;           ///< per accelerator at the meter
  std::string power_basis;      ///< status, source and note of that figure
  std::size_t plans_tried = 0;  ///< in the space that was searched
};

struct Comparison {
  std::string name;
  Watts power;        ///< at the meter, the same for every system
  double tokens = 0;  ///< of the whole run
  std::vector<ComparedSystem> systems;
};

std::string comparison_text(const Comparison& comparison, PageStyle style);
Value comparison_json(const Comparison& comparison);

}  // namespace polyfleet
