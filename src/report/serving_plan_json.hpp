// A serving plan as JSON: the question's limits, the chosen fleet, the simulation, the ranking, the
// front, counts and refusals. Times in seconds, powers in watts, money in USD.
#pragma once

#include "config/value.hpp"
#include "report/serving_plan_answer.hpp"

namespace polyfleet {

Value serving_plan_json(const ServingPlanAnswer& answer);

}  // namespace polyfleet
