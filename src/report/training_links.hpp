// Small translations between the workload's words and those of the cost models, for reports.
#pragma once

#include <string_view>

#include "cost/collective_costs.hpp"
#include "cost/kernel_costs.hpp"
#include "workload/op.hpp"

namespace polyfleet {

std::string_view text_of(CollectiveKind kind);
std::string_view text_of(CommGroup group);

}  // namespace polyfleet
