// `python3 -m sglang.launch_server` for one pool. Its tensor degree counts all ranks; DP attention
// cuts attention into groups of them.
#pragma once

#include "launch/serving_arguments.hpp"

namespace polyfleet {

/// `other_vendor`: of the pool at the other end of a cache transfer (empty: none).
ServingArguments sglang_arguments(const ServingLaunchPool& pool, const ToolTable& table,
                                  const NodeWords& nodes, const std::string& other_vendor);

}  // namespace polyfleet
