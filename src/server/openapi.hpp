// The API described in OpenAPI 3.1, made from the routes and from question_kinds(): bodies with
// every option's kind, choices, range, usual value and help; answers; refusals.
#pragma once

#include <vector>

#include "config/value.hpp"
#include "server/routes.hpp"

namespace polyfleet {

Value describe_api(const std::vector<Route>& routes);

}  // namespace polyfleet
