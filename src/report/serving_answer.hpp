// Serving questions with their answers, as every form of report takes them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "serving/cluster.hpp"
#include "serving/engine_model.hpp"
#include "serving/media_model.hpp"
#include "serving/serving_interval.hpp"
#include "serving/steady_state.hpp"
#include "training/estimate.hpp"

namespace polyfleet {

/// An engine ready to be asked, with what it rests on: of a language model (machine, profile,
/// engine), or of images and video (media). The model and the machines belong to the workspace.
struct ResolvedEngine {
  const ModelSpec* model = nullptr;
  const Accelerator* accelerator = nullptr;
  const System* system = nullptr;
  const EngineMachine* machine = nullptr;
  std::unique_ptr<EngineProfile> profile;  ///< as it is on this part
  std::unique_ptr<EngineModel> engine;
  std::unique_ptr<MediaModel> media;
  ReplicaPower power;
  int accelerators = 1;
  TrainingPrices prices;  ///< of one accelerator, of electricity, of carbon
  std::vector<Assumption> assumptions;

  /// What the replica costs in a second without electricity; nothing where no price is known.
  std::optional<UsdPerSecond> replica_price() const {
    if (!prices.device) return std::nullopt;
    return static_cast<double>(accelerators) * *prices.device;
  }
};

/// One row of a throughput-latency curve.
struct ServedPoint {
  double concurrency = 0;  ///< 0 = an open stream
  SteadyState state;
  IterationBreakdown iteration;            ///< a decode step at this batch
  ServingInterval ttft, tpot, throughput;  ///< 80 % factors on the means
  std::optional<Usd> per_million_output;   ///< tokens
  std::optional<Usd> per_million_total;    ///< input and output tokens
  std::optional<GramsCo2e> carbon_per_million_output;
};

struct ServingEstimate {
  std::string name;
  ResolvedEngine served;
  SteadyLoad load;  ///< lengths; concurrency and rate are those of the points
  std::vector<ServedPoint> points;
  std::optional<ServedPoint> within;  ///< highest rate within the bounds, where these were stated
  std::optional<Seconds> ttft_bound, tpot_bound;
};

}  // namespace polyfleet
