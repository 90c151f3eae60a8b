// A sensitivity as tables and JSON: inputs by what they are to blame for, the scale-up domain, and
// the measurements that would narrow the interval, with the reasoning.
#pragma once

#include <string>

#include "config/value.hpp"
#include "planner/sensitivity.hpp"
#include "report/table.hpp"
#include "training/scenario.hpp"

namespace polyfleet {

std::string sensitivity_text(const TrainingScenario& scenario, const Sensitivity& sensitivity,
                             PageStyle style);
/// {step_time_s, interval, inputs: [{key, value, elasticity, sigma, share_of_variance, ...}],
/// unexplained_share, scale_up_domain, measurements, sum_of_rates}
Value sensitivity_json(const TrainingScenario& scenario, const Sensitivity& sensitivity);

}  // namespace polyfleet
