// A job study as written, field by field; resolved in job_document.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/fields.hpp"
#include "fleet/job_rounds.hpp"
#include "fleet/job_simulation.hpp"

namespace polyfleet {

/// [[pool]] or [cluster]. Zero times: not stated.
struct StatedJobPool {
  Position where;
  std::string name, system;
  int nodes = 0, accelerators_per_node = 0, nodes_per_domain = 0, spare_nodes = 0;
  bool published_failures = false, published_maintenance = false;
  Seconds mean_time_between_failures, repair;
  double lemon_share = 0, lemon_factor = 1;
  int exchanged_after = 0;
  Seconds maintenance_every, maintenance_length;
};

/// [checkpoints]
struct StatedCheckpoints {
  Seconds interval, write, restart;
};

/// [[outage]]
struct StatedOutage {
  Position where;
  std::string pool;  ///< empty = all
  Seconds begin, duration;
  double share = 1;
};

/// [arrivals]: made-up jobs.
struct StatedArrivals {
  std::int64_t jobs = 0;
  double per_hour = 0;
  Seconds shortest, longest;
  std::vector<int> gangs;
  std::vector<double> weights;
};

/// Which simulation plays the policy.
struct JobPolicyChoice {
  std::optional<JobPolicy> events;
  std::optional<RoundPolicy> rounds;
};

struct StatedJobStudy {
  std::string name, trace, kinds, policy;
  std::uint32_t seed = 1;
  bool fastest_pool = false, may_spread = true, draw_outages = false;
  double spread_speed = 1;
  int backfill_depth = 100;
  Seconds round = 6 * minute, between_divisions = 32 * minute, horizon;
  StatedJobPool cluster;
  std::vector<StatedJobPool> pools;
  StatedCheckpoints checkpoints;
  std::vector<StatedOutage> outages;
  StatedArrivals arrivals;
};

const FieldTable<StatedJobStudy>& job_study_fields();
/// Every policy by name, for messages and help.
const std::vector<std::string>& job_policy_names();
JobPolicyChoice job_policy_named(const std::string& name);

}  // namespace polyfleet
