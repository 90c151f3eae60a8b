// One validation from table to report: training runs, collectives, kernels or memory footprints,
// the shipped table or any other with the same columns.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "app/workspace.hpp"
#include "base/result.hpp"
#include "report/validation_report.hpp"

namespace polyfleet {

struct ValidationRequest {
  std::string what;                                 ///< train, collectives, kernels, memory
  std::string data;                                 ///< CSV file; empty = the shipped one
  std::string split = "all";                        ///< train, test, all; of training runs
  bool strict = false;                              ///< without software maturity; of training runs
  const std::atomic<bool>* stop = nullptr;          ///< set: end, with what there is of training
  std::function<void(double share)> progress = {};  ///< of training runs
};

struct ValidationAnswer {
  ValidationReport report;
  std::string rows_csv;  ///< every row with its prediction
};

/// What a validation answers that was stopped before anything could be said.
Diagnostic stopped_validation();
/// Marks the report of a validation that was stopped after some rows. Errors: after none.
Diagnostics mark_interrupted(ValidationReport& report);

/// Errors: an unreadable or malformed table, an unknown kind, a stop before a row was predicted.
Result<ValidationAnswer> run_validation(Workspace& workspace, const ValidationRequest& request);

}  // namespace polyfleet
