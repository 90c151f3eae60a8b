// Small translations between the workload's words and those of the cost models, for reports.
#pragma once

#include <string_view>

#include "cost/collective_costs.hpp"
#include "cost/kernel_costs.hpp"
#include "workload/op.hpp"

namespace polyfleet {

CollectiveKind kind_of_collective(CommKind kind);
std::string_view text_of(CommKind kind);
std::string_view text_of(CommGroup group);
/// The shape that the kernel model is asked for.
AttentionShape attention_shape(const Op& op);

}  // namespace polyfleet
