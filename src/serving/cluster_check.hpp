// Whether a cluster can be simulated at all: every mistake of the user's description, named by
// pool. What a request itself may get wrong is found when it arrives.
#pragma once

#include "serving/cluster.hpp"

namespace polyfleet {

/// Empty when the cluster can run.
Diagnostics problems_of(const ServingCluster& cluster);

}  // namespace polyfleet
