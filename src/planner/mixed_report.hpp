// What a plan over several pools amounts to: shares of the vendors, what limits it, whether it
// obeys the constraints, and why one way of dividing the pools loses to another. Internal to the
// search over mixed pools.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planner/mixed_search.hpp"

namespace polyfleet {

std::vector<VendorPart> vendor_parts(const MixedSearchQuestion& question, const MixedPlan& plan);
/// Least share of the usable memory that stays free on any pool in use.
double head_room_of(const MixedStep& step);
/// Parts of the step in which devices do not compute, largest first.
std::vector<MixLimit> limits_of(const MixedStep& step);
/// The first constraint that the plan breaks, in words; nothing where it obeys all.
std::optional<std::string> refusal_of(const MixedSearchQuestion& question, const MixedPlan& plan,
                                      const MixedStep& step);
/// Pools in the order of the plan's pipelines: "h100 | mi300x > mi355x".
std::string composition_of(const MixedPlan& plan, const std::vector<SearchedPool>& pools);
MixKind kind_of(const MixedPlan& plan);

}  // namespace polyfleet
