// What the simulator says of a published serving configuration: closed loops and batches replayed
// whole, offline runs at their steady rate, MLPerf's Server scenario at the highest rate within its
// latency limits, disaggregated pools with their transfer. Open layouts take the best that fits.
#pragma once

#include <map>
#include <string>

#include "base/result.hpp"
#include "validation/serve_case.hpp"
#include "validation/serve_engines.hpp"
#include "validation/serve_simulation.hpp"

namespace polyfleet {

/// Predicts cases one after the other and remembers answers that several configurations share (the
/// same part, model and scenario of many submitters). Not for concurrent use.
class ServePredictor {
 public:
  explicit ServePredictor(const ServeWorld& world) : engines_(world) {}

  /// Errors: one sentence why it cannot be predicted.
  Result<ServeFigures> predict(const ServeCase& read);

 private:
  Result<ServeFigures> fresh(const ServeCase& read);
  Result<ServeFigures> disaggregated(const ServeCase& read);
  Result<ServeFigures> best_layout(const ServeCase& read);
  Result<ServeFigures> best_experts(const ServeCase& read, const ServingLayout& layout);
  Result<ServeFigures> one_layout(const ServeCase& read, const ServingLayout& layout);
  Result<ServeFigures> offline(const ServeCase& read, const ServeEngine& engine);
  Result<ServeFigures> within_limits(const ServeCase& read, const ServeEngine& engine);

  ServeEngines engines_;
  std::map<std::string, Result<ServeFigures>> known_;
};

/// The value that a row prints, in base units, from a simulated run.
double value_of_row(const ServeRow& row, const ServeCase& read, const ServeFigures& figures);

}  // namespace polyfleet
