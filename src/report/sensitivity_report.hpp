// A sensitivity as tables and JSON: inputs by what they are to blame for, the scale-up domain, and
// the measurements that would narrow the interval, with the reasoning.
#pragma once

#include <string>

#include "config/value.hpp"
#include "planner/plan_sensitivity.hpp"
#include "planner/sensitivity.hpp"
#include "report/table.hpp"
#include "training/scenario.hpp"

namespace polyfleet {

std::string sensitivity_text(const TrainingScenario& scenario, const Sensitivity& sensitivity,
                             PageStyle style);
/// {step_time_s, interval, inputs: [{key, value, elasticity, sigma, share_of_variance, ...}],
/// unexplained_share, scale_up_domain, measurements, sum_of_rates}
Value sensitivity_json(const TrainingScenario& scenario, const Sensitivity& sensitivity);

/// Whether the best plan stays the best: one line per moved input.
std::string plan_sensitivity_text(const std::vector<MovedInput>& moves, PageStyle style);
/// [{input, moved, is_share, changes, loss, best_time_s, kept_time_s, best: plan}]
Value plan_sensitivity_json(const std::vector<MovedInput>& moves);

}  // namespace polyfleet
