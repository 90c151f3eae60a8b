// `vllm serve` for one pool. DP attention is vLLM's data parallelism inside one server, whose
// experts spread over all ranks (--enable-expert-parallel).
#pragma once

#include "launch/serving_arguments.hpp"

namespace polyfleet {

ServingArguments vllm_arguments(const ServingLaunchPool& pool, const ToolTable& table,
                                const NodeWords& nodes);

}  // namespace polyfleet
