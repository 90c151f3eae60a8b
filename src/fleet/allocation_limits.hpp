// The limits that bind in an answer of the allocation, with their prices in units that a person
// understands, read off the rows of the linear program. Prices hold for small changes only.
#pragma once

#include <vector>

#include "fleet/allocation_program.hpp"

namespace polyfleet {

/// `goal` is what `answer` minimised; with `missed` the limits are those that forbid. Ordered by
/// worth, the greatest first.
std::vector<BindingLimit> binding_limits(const AllocationProblem& problem,
                                         const AllocationNames& names,
                                         const AllocationProgram& program,
                                         const LinearAnswer& answer, AllocationGoal goal);

}  // namespace polyfleet
