// The scenario of `simulate serve` as people write it: pools of replicas, router, cache transfers,
// traffic, classes of service, planned events, site. What it leaves open is filled in by
// app/serving_simulation.hpp. Reference: docs/serving.md, made from these tables.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/serving_engine.hpp"
#include "cost/cross_exchange.hpp"
#include "serving/cluster.hpp"
#include "traffic/traffic_spec.hpp"

namespace polyfleet {

/// [[pool]]
struct StatedServingPool : StatedEngine {
  std::string name;
  PoolRole role = PoolRole::aggregated;
  int replicas = 1;
  Autoscaling autoscaling;  ///< on where the table stands
  Seconds mean_time_between_failures, time_to_recover;
};

/// [[transfer]]: what is open follows from the catalogue.
struct StatedTransfer {
  std::string from, to;
  std::optional<BytesPerSecond> rate;  ///< per accelerator, one direction
  std::optional<Seconds> latency;
  CrossRoute path = CrossRoute::direct;
  std::string source;
  Position where;
};

/// [[class]]
struct StatedClass : SloClass {
  Position where;
};

/// [[event]]
struct StatedEvent {
  Picos at = 0;
  std::string pool;
  int replica = 0;
  ReplicaChange change = ReplicaChange::fail;
  Position where;
};

struct StatedServing : StatedSite {
  std::string name;
  std::string model;  ///< of pools that name none
  std::int64_t seed = 1;
  RouterKind router = RouterKind::least_loaded;
  Picos warm_up = 0, stop_after = kNever, sample_interval = 0;
  std::vector<StatedServingPool> pools;
  std::vector<StatedTransfer> transfers;
  std::vector<StatedClass> classes;
  std::vector<StatedEvent> events;
  TrafficSpec traffic;
};

const FieldTable<StatedServing>& serving_fields();
const FieldTable<StatedServingPool>& serving_pool_fields();
const FieldTable<StatedTransfer>& transfer_fields();
const FieldTable<StatedClass>& class_fields();
const FieldTable<StatedEvent>& event_fields();
const FieldTable<Autoscaling>& autoscaling_fields();

/// Errors: unknown keys with a suggestion, wrong kinds, ranges and units, no pool, two pools or
/// classes of one name, transfers and events of pools that are not there.
Result<StatedServing> read_serving(const Value& document);

}  // namespace polyfleet
