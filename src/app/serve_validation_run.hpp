// The serving validation from table to report: the shipped table or any other with its columns.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/validation_run.hpp"
#include "app/workspace.hpp"
#include "base/result.hpp"
#include "validation/serve_requests.hpp"

namespace polyfleet {

struct ServeValidationRequest {
  std::string data;                                 ///< CSV file; empty = the shipped one
  std::string split = "all";                        ///< train, test, all
  bool strict = false;                              ///< without host times
  unsigned threads = 0;                             ///< 0 = as many as the machine has
  std::function<void(double share)> progress = {};  ///< called from any thread
  const std::atomic<bool>* stop = nullptr;          ///< set: what was simulated so far
};

/// Errors: an unreadable or malformed table, faulty mapping files.
Result<ValidationAnswer> run_serve_validation(Workspace& workspace,
                                              const ServeValidationRequest& request);

/// The measured servers, request by request; `traces` is the folder of their files, empty = the
/// shipped one.
Result<std::vector<RequestRun>> run_request_validation(Workspace& workspace,
                                                       const std::string& traces);

}  // namespace polyfleet
