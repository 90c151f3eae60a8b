// Validations as figures: predictions beside measurements, how large the errors are and where, how
// often measurements lie inside their interval, the worst rows, and what was left out and why.
// Errors are |predicted / measured - 1| as in validation/statistics.hpp.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "chart/figure.hpp"
#include "report/validation_report.hpp"
#include "validation/fleet_cases.hpp"
#include "validation/mixed_validation.hpp"
#include "validation/plan_validation.hpp"
#include "validation/serve_requests.hpp"

namespace polyfleet {

/// Where rows of a table come from, by the row's id; ids that are missing have no address.
using RowSources = std::map<std::string, FigureSource>;

/// Training, serving, kernels, collectives, memory.
FigurePage validation_page(const ValidationReport& report, const RowSources& sources);

/// Several vendors in one run: published and predicted ratios.
FigurePage mixed_validation_page(const MixedValidation& validation);

/// Published tuned plans against the planner's own.
FigurePage plans_validation_page(const PlanValidation& validation, const RowSources& sources);

/// Measured servers, request by request.
FigurePage requests_validation_page(const std::vector<RequestRun>& runs);

/// Jobs, failures, power and cost against published figures.
FigurePage fleet_cases_page(const FleetCases& cases);

}  // namespace polyfleet
