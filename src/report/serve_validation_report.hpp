// Errors of the serving validation beside what every validation shows: by quantity, by kind of run,
// by both, by engine and by harness, and the goals of docs/accuracy.md with what is reached.
#pragma once

#include "report/validation_report.hpp"
#include "validation/serve_validation.hpp"

namespace polyfleet {

/// Keys beside those of validation_json: by_metric, by_kind, by_kind_metric ("plain tpot"),
/// by_engine, by_harness (each {rows, predicted, median_ape, p90_ape, median_bias, coverage80}),
/// harness_median_ape, goals: [{goal, limit, rows, reached, met}].
ValidationReport serve_validation_report(const ServeValidation& validation, std::string title);

}  // namespace polyfleet
