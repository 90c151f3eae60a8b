// `polyfleet simulate serve`: from a scenario to a simulated service and its report.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "app/serving_document.hpp"
#include "report/serving_simulation.hpp"

namespace polyfleet {

/// A scenario ready to run: the cluster points into the engines.
struct PreparedServing {
  ServingSimulation run;  ///< all but the report
  std::unique_ptr<RequestSource> source;
  SimulationOptions options;
  /// About when the last request comes, to tell how far a run is; 0 = unknown.
  Picos last_arrival = 0;
};

/// Resolves a document. Errors: everything that is unknown, missing or contradicts itself. Pools
/// whose model does not fit are no error: run.misfits names them, and simulate() must not be
/// called.
Result<PreparedServing> prepare_serving(Workspace& workspace, const Value& document);

/// Plays the scenario; prepared.run gets its report. Errors: a faulty line of a trace.
Result<std::monostate> simulate(PreparedServing& prepared);

}  // namespace polyfleet
