// One validation from table to report: training runs, collectives, kernels or memory footprints,
// the shipped table or any other with the same columns.
#pragma once

#include <string>

#include "app/workspace.hpp"
#include "base/result.hpp"
#include "report/validation_report.hpp"

namespace polyfleet {

struct ValidationRequest {
  std::string what;           ///< train, collectives, kernels, memory
  std::string data;           ///< CSV file; empty = the shipped one
  std::string split = "all";  ///< train, test, all; of training runs
  bool strict = false;        ///< without software maturity; of training runs
};

struct ValidationAnswer {
  ValidationReport report;
  std::string rows_csv;  ///< every row with its prediction
};

/// Errors: an unreadable or malformed table, an unknown kind.
Result<ValidationAnswer> run_validation(Workspace& workspace, const ValidationRequest& request);

}  // namespace polyfleet
