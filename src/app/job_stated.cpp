#include "app/job_stated.hpp"

#include "app/fleet_document_fields.hpp"
#include "app/serving_fields.hpp"

namespace polyfleet {
namespace {

constexpr double kCentury = 3.15576e9;  // s
constexpr Range kSpanOrNone{0, kCentury};
constexpr Range kNodeCount{0, 1e7};

const FieldTable<StatedJobPool>& job_pool_fields() {
  using P = StatedJobPool;
  static const FieldTable<P> fields{
      text_field("name", &P::name, "how kinds of jobs and outages call it"),
      text_field("system", &P::system,
                 "of the catalogue: accelerators a node, scale-up domain, failure rates"),
      integer_field("nodes", &P::nodes, kNodeCount, "nodes, spares included"),
      integer_field("accelerators_per_node", &P::accelerators_per_node, {0, 4096},
                    "open: of the system"),
      integer_field("nodes_per_domain", &P::nodes_per_domain, kNodeCount,
                    "nodes that a gang can span without being spread; open: of the system, else "
                    "all nodes"),
      integer_field("spare_nodes", &P::spare_nodes, kNodeCount, "of the nodes, held back"),
      bool_field("published_failures", &P::published_failures,
                 "failure rate and repair of data/reliability for the system"),
      bool_field("published_maintenance", &P::published_maintenance,
                 "windows of data/reliability/outages.toml"),
      quantity_field("mean_time_between_failures", &P::mean_time_between_failures, kSpanOrNone,
                     "of one node; 0 = it does not fail"),
      quantity_field("repair", &P::repair, kSpanOrNone, "mean, exponential"),
      number_field("lemon_share", &P::lemon_share, {0, 1}, "of the nodes"),
      number_field("lemon_factor", &P::lemon_factor, {1, 1e6}, "on their failure rate"),
      integer_field("exchanged_after", &P::exchanged_after, {0, 1000000},
                    "failures until a lemon is exchanged; 0 = never"),
      quantity_field("maintenance_every", &P::maintenance_every, kSpanOrNone,
                     "from one window of a node to its next; 0 = none"),
      quantity_field("maintenance_length", &P::maintenance_length, kSpanOrNone, "the node is out")};
  return fields;
}

FieldTable<StatedCheckpoints> checkpoint_fields() {
  using C = StatedCheckpoints;
  return {quantity_field("interval", &C::interval, kSpanOrNone,
                         "working time between two; 0 = none: a failure loses everything"),
          quantity_field("write", &C::write, kSpanOrNone, "the job stands"),
          quantity_field("restart", &C::restart, kSpanOrNone,
                         "from accelerators until it works again")};
}

FieldTable<StatedOutage> outage_fields() {
  using O = StatedOutage;
  return {text_field("pool", &O::pool, "open: all"),
          required(quantity_field("begin", &O::begin, kSpanOrNone, "after the first arrival")),
          required(quantity_field("duration", &O::duration, {1, kCentury}, "how long")),
          number_field("share", &O::share, {0, 1}, "of the nodes")};
}

FieldTable<StatedArrivals> arrival_fields() {
  using A = StatedArrivals;
  return {integer_field("jobs", &A::jobs, {0, 1e7}, "how many"),
          number_field("per_hour", &A::per_hour, {0, 1e9}, "mean, Poisson"),
          quantity_field("shortest", &A::shortest, kSpanOrNone, "working time, log-uniform"),
          quantity_field("longest", &A::longest, kSpanOrNone, "working time"),
          integer_list_field("gangs", &A::gangs, {1, 1e8}, "accelerators a job"),
          number_list_field("weights", &A::weights, {0, 1e9}, "of the gangs")};
}

}  // namespace

const FieldTable<StatedJobStudy>& job_study_fields() {
  using S = StatedJobStudy;
  static const FieldTable<S> fields{
      text_field("name", &S::name, "shown at the top"),
      text_field("trace", &S::trace, "CSV of jobs: beside the scenario or in data/"),
      text_field("kinds", &S::kinds, "CSV of rates by kind and pool"),
      text_field("policy", &S::policy, "who goes next (docs/fleet_jobs.md)"),
      integer_field("seed", &S::seed, {0, 4294967295.0}, "of every draw"),
      bool_field("fastest_pool", &S::fastest_pool,
                 "the fastest pool that has room, else the one with the most room"),
      bool_field("may_spread", &S::may_spread, "gangs may span several domains"),
      number_field("spread_speed", &S::spread_speed, {0.01, 1},
                   "factor on the speed of a spread gang where kinds do not say"),
      integer_field("backfill_depth", &S::backfill_depth, {1, 1000000},
                    "jobs looked at per gang size"),
      quantity_field("round", &S::round, {1, 8.64e4}, "length of a round"),
      quantity_field("between_divisions", &S::between_divisions, kSpanOrNone,
                     "least time between two divisions of the pools"),
      quantity_field("horizon", &S::horizon, kSpanOrNone,
                     "play exactly so long; 0 = until every job has ended"),
      table_field("cluster", &S::cluster, job_pool_fields(), "the only pool"),
      table_list_field("pool", &S::pools, job_pool_fields(), "or several"),
      table_field("checkpoints", &S::checkpoints, checkpoint_fields(), "how jobs save their work"),
      table_list_field("outage", &S::outages, outage_fields(), "many nodes out at once"),
      bool_field("draw_outages", &S::draw_outages,
                 "draw outages of one site from data/reliability/outages.toml"),
      table_field("arrivals", &S::arrivals, arrival_fields(), "made-up jobs instead of a trace")};
  return fields;
}

const std::vector<std::string>& job_policy_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const JobPolicy each :
         {JobPolicy::fifo, JobPolicy::shortest_first, JobPolicy::backfill, JobPolicy::priority})
      all.emplace_back(name_of(each));
    for (const RoundPolicy each :
         {RoundPolicy::fifo, RoundPolicy::fifo_random, RoundPolicy::fifo_fastest,
          RoundPolicy::least_attained, RoundPolicy::max_min_fairness, RoundPolicy::max_min_aware})
      all.emplace_back(name_of(each));
    return all;
  }();
  return names;
}

JobPolicyChoice job_policy_named(const std::string& name) {
  for (const JobPolicy each :
       {JobPolicy::fifo, JobPolicy::shortest_first, JobPolicy::backfill, JobPolicy::priority}) {
    if (name_of(each) == name) return {each, std::nullopt};
  }
  for (const RoundPolicy each :
       {RoundPolicy::fifo, RoundPolicy::fifo_random, RoundPolicy::fifo_fastest,
        RoundPolicy::least_attained, RoundPolicy::max_min_fairness, RoundPolicy::max_min_aware}) {
    if (name_of(each) == name) return {std::nullopt, each};
  }
  return {};
}

}  // namespace polyfleet
