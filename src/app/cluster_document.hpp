// A cluster as people write it: pools of like accelerators and the links between them, in a TOML
// file of its own (--cluster) or under [cluster] of a scenario. Names are resolved by
// app/plan_question.hpp; what a link leaves open follows from the catalogue (training/mixed_plan).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/fields.hpp"
#include "cost/cross_exchange.hpp"

namespace polyfleet {

/// [[pool]]
struct StatedPool {
  std::string name;
  std::string accelerator, system;      ///< catalogue ids or paths; one of them is needed
  std::int64_t devices = 0, nodes = 0;  ///< one of them is needed
  std::string framework, release;       ///< empty: those of the scenario
  std::optional<UsdPerSecond> price;    ///< of one accelerator
  int max_tensor = 0;                   ///< largest tensor degree; 0 = the scale-up domain
  Position where;
};

/// [[link]]
struct StatedPoolLink {
  std::vector<std::string> between;         ///< two pool names
  std::optional<BytesPerSecond> rate;       ///< per accelerator, one direction
  std::optional<BytesPerSecond> aggregate;  ///< of the whole link, one direction
  std::optional<Seconds> latency;
  CrossRoute path = CrossRoute::direct;
  std::string source;
  Position where;
};

struct StatedCluster {
  std::string name;
  std::vector<StatedPool> pools;
  std::vector<StatedPoolLink> links;
};

const FieldTable<StatedCluster>& cluster_fields();
const FieldTable<StatedPool>& pool_fields();
const FieldTable<StatedPoolLink>& pool_link_fields();

/// Reads a cluster and checks what needs no catalogue. Errors: unknown keys, pools without a part
/// or a count, two pools of one name, links to pools that are not there or stated twice.
Result<StatedCluster> read_cluster(const Value& document);

}  // namespace polyfleet
