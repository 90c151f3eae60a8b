// The question of `plan serve` as people write it: model, traffic, targets, accelerators on offer,
// what may be tried and what is wanted. A TOML file, flags and --set laid into one document.
// Reference: docs/serving_planner.md, made from these tables.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/scenario_document.hpp"
#include "app/serving_engine.hpp"
#include "planner/serving_kinds.hpp"
#include "planner/serving_question.hpp"
#include "traffic/traffic_spec.hpp"

namespace polyfleet {

/// [load]: a trace, or a rate and lengths.
struct StatedDemand {
  double rate = 0;                                   ///< requests a second; 0 = the trace's own
  double input = 0, output = 0;                      ///< mean tokens
  double input_variation = 0, output_variation = 0;  ///< coefficient of variation
  double cached_share = -1;  ///< of prompt tokens; below 0: as the trace's prefixes have it
  std::string trace;
};

/// [slo]
struct StatedTargets {
  LatencyTarget ttft, tpot, end_to_end;
};

/// [[offer]]
struct StatedOffer {
  std::string name;  ///< open: the accelerator's
  std::string accelerator, system;
  std::optional<UsdPerSecond> price;
  std::int64_t stock = -1;  ///< below 0: as many as are needed
  std::optional<Watts> power_cap;
  std::string site;                           ///< open: that of the document
  std::vector<std::string> engines, formats;  ///< open: those of the document
  Position where;
};

struct StatedServingPlan : StatedSite {
  std::string name, model;
  ServingObjective objective = ServingObjective::cost;
  ServingArrangement arrangement = ServingArrangement::either;
  bool mix = true;
  std::int64_t top = 5;
  std::optional<Watts> power_cap;
  std::vector<std::string> vendor_share;
  std::vector<std::string> engines, formats, cache;
  int draft_tokens = 0;
  double tokens_per_step = 1;
  double expert_imbalance = 1;
  std::int64_t simulate = 20;  ///< proposals that may be simulated
  /// Of each simulation. Of several sizes that a stream of 2,000 allows, the cheapest was one that
  /// other streams (seeds) missed; with 10,000 three seeds chose the same.
  std::int64_t requests = 10000;
  std::int64_t seed = 1;
  ReplicaSpace space;
  StatedDemand load;
  StatedTargets slo;
  std::vector<StatedOffer> offers;
};

const FieldTable<StatedServingPlan>& serving_plan_fields();
const FieldTable<StatedDemand>& stated_demand_fields();
const FieldTable<StatedTargets>& stated_targets_fields();
const FieldTable<StatedOffer>& stated_offer_fields();
const FieldTable<ReplicaSpace>& replica_space_fields();

/// "2 s p90", "50 ms mean", "50 ms" (the mean). Errors: no quantity, an unknown measure.
Result<LatencyTarget> latency_target_of(std::string_view text, const Position& where);

/// "mi355x:price=2.5,stock=64" of --offer as a table of [[offer]]; a bare price is in USD/h.
/// Errors: no part, an entry without "=".
Result<Value> offer_of(std::string_view text);

/// Errors: unknown keys with a suggestion, ranges and units, no offer, two offers of one name.
Result<StatedServingPlan> read_serving_plan(const Value& document);

}  // namespace polyfleet
