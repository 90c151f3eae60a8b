// What is asked of a plan of an inference service: the stream of requests, the latencies that users
// must see, the accelerators on offer (several vendors and generations, each with price, stock and
// limits) and the ways in which a replica may run on them. Prices and limits are those of whoever
// asks; what a replica can do comes from planner/serving_replica.hpp.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "planner/mixed_search.hpp"
#include "serving/cluster.hpp"
#include "serving/steady_state.hpp"
#include "units/quantity.hpp"
#include "workload/serving_layout.hpp"

namespace polyfleet {

/// Carbon of a site's electricity over time.
using GramsCo2ePerSecond = decltype(GramsCo2ePerJoule() * Watts());

/// Which figure of a latency's distribution over requests is held to a target.
enum class LatencyMeasure { mean, p50, p90, p95, p99 };
inline constexpr std::array<std::string_view, 5> kLatencyMeasureNames{"mean", "p50", "p90", "p95",
                                                                      "p99"};
constexpr std::string_view name_of(LatencyMeasure measure) {
  return kLatencyMeasureNames[static_cast<std::size_t>(measure)];
}

struct LatencyTarget {
  std::optional<Seconds> most;  ///< nothing: not held to any
  LatencyMeasure measure = LatencyMeasure::mean;
};

struct ServingTargets {
  LatencyTarget ttft, tpot, end_to_end;
};

/// The stream: requests per second of the whole service, and what one is like on average
/// (`shape.requests_per_second` and `shape.concurrency` are not read).
struct ServingDemand {
  double requests_per_second = 0;
  SteadyLoad shape;
};

/// One kind of accelerator that may be bought or rented.
struct ServingOffer {
  std::string name;                         ///< as the user writes it; unique
  std::string vendor, accelerator, system;  ///< as in the catalogue
  std::optional<UsdPerSecond> price;        ///< of one accelerator
  std::optional<UsdPerJoule> electricity;   ///< nothing: part of the price
  std::optional<std::int64_t> stock;        ///< nothing: as many as are needed
  std::optional<Watts> power_cap;           ///< facility, peak of all its replicas together
  std::optional<GramsCo2ePerJoule> carbon;  ///< of the electricity where it stands
};

/// One way to run a replica: accelerators, engine, cut and number formats.
struct ReplicaKind {
  std::size_t offer = 0;  ///< index into the offers
  std::string engine;     ///< profile id
  ServingLayout layout;
  InferenceFormats formats;
  std::int64_t max_sequences = 0;  ///< 0 = the engine's own
};
/// "mi355x vllm TP 8 fp8": unique among the kinds of a question.
std::string name_of(const ReplicaKind& kind, const std::vector<ServingOffer>& offers);

enum class ServingObjective { cost, energy, accelerators, latency, carbon };
inline constexpr std::array<std::string_view, 5> kServingObjectiveNames{
    "cost", "energy", "accelerators", "latency", "carbon"};
constexpr std::string_view name_of(ServingObjective objective) {
  return kServingObjectiveNames[static_cast<std::size_t>(objective)];
}

/// Which arrangements may be tried.
enum class ServingArrangement { either, aggregated, disaggregated };

struct ServingPlanQuestion {
  ServingDemand demand;
  ServingTargets targets;
  std::vector<ServingOffer> offers;
  std::vector<ReplicaKind> kinds;    ///< the space of one replica
  std::vector<VendorShare> vendors;  ///< of the accelerators in use
  std::optional<Watts> power_cap;    ///< facility, peak of the whole service
  ServingObjective objective = ServingObjective::cost;
  ServingArrangement arrangement = ServingArrangement::either;
  bool mix = true;       ///< pools of different kinds may share the load
  std::size_t top = 5;   ///< best plans wanted
  std::size_t keep = 0;  ///< more of them, for checks and exports; 0 = `top`
};

}  // namespace polyfleet
