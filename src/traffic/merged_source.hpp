// Several sources as one, in order of arrival (those of one moment in the order of the sources),
// with ids and sessions made distinct and prefixes kept apart: sources share no prompts.
#pragma once

#include <memory>
#include <vector>

#include "traffic/request.hpp"

namespace polyfleet {

std::unique_ptr<RequestSource> merged_source(std::vector<std::unique_ptr<RequestSource>> sources);

}  // namespace polyfleet
