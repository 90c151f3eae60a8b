// `polyfleet estimate serve`: from a document (a TOML file, flags, --set) to the steady state of
// one replica over a range of loads.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/serving_engine.hpp"

namespace polyfleet {

/// [load]
struct StatedLoad {
  double input = 0, output = 0;
  double input_variation = 0, output_variation = 0, cached_share = 0;
  std::vector<double> concurrency, rate;
};

/// [slo]
struct StatedBounds {
  std::optional<Seconds> ttft, tpot;
};

struct StatedServingEstimate : StatedEngine, StatedSite {
  std::string name;
  StatedLoad load;
  StatedBounds slo;
};

const FieldTable<StatedServingEstimate>& serving_estimate_fields();
const FieldTable<StatedLoad>& stated_load_fields();
const FieldTable<StatedBounds>& stated_bounds_fields();

/// Points without `concurrency` or `rate`: a closed loop of 1, 2, 4, ... users until neither seats
/// nor half a thousand are left. Errors: every problem of the document.
Result<ServingEstimate> run_serving_estimate(Workspace& workspace, const Value& document);

}  // namespace polyfleet
