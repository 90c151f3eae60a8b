#include "app/serving_document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "app/serving_fields.hpp"
#include "base/spelling.hpp"
#include "traffic/traffic_fields.hpp"

namespace polyfleet {
namespace {

constexpr Range kReplicas{1, 1e6};

/// The table that turns autoscaling on.
Field<StatedServingPool> autoscaling_field() {
  using P = StatedServingPool;
  Field<P> field = table_field("autoscaling", &P::autoscaling, autoscaling_fields(),
                               "replicas follow the load; open: their number is fixed");
  field.read = [](P& into, const Value& value, Diagnostics& out) {
    read_fields(value, autoscaling_fields(), into.autoscaling, "autoscaling", out);
    into.autoscaling.on = true;
    if (into.autoscaling.least > into.autoscaling.most)
      out.push_back(problem_at(value.where(), "autoscaling: the least exceeds the most",
                               "give least <= most"));
  };
  return field;
}

/// [traffic], or [[traffic]] for several sources merged.
Field<StatedServing> traffic_field() {
  using S = StatedServing;
  return {"traffic",
          "table or list of tables",
          "requests: traces, arrivals and lengths",
          true,
          [](S& into, const Value& value, Diagnostics& out) {
            into.traffic.sources = read_traffic(value, out);
          },
          [](const S& from) {
            Value list{Array{}};
            for (const SourceSpec& each : from.traffic.sources)
              list.push(print_fields(source_fields(), each));
            return list;
          }};
}

template <class T>
std::vector<std::string> names_of(const std::vector<T>& things) {
  std::vector<std::string> names;
  for (const T& each : things) names.push_back(each.name);
  return names;
}

template <class T>
void check_names(const std::vector<T>& things, std::string_view what, Diagnostics& out) {
  std::set<std::string> seen;
  for (const T& each : things) {
    if (!seen.insert(each.name).second)
      out.push_back(problem_at(each.where, fmt::format("two {} are named '{}'", what, each.name)));
  }
}

void check_pool_name(const std::string& name, const std::vector<std::string>& pools,
                     const Position& where, Diagnostics& out) {
  if (std::find(pools.begin(), pools.end(), name) == pools.end())
    out.push_back(problem_at(where, fmt::format("no pool is named '{}'", name),
                             name_suggestion(name, pools)));
}

void check_links(const StatedServing& stated, const std::vector<std::string>& pools,
                 Diagnostics& out) {
  std::set<std::pair<std::string, std::string>> seen;
  for (const StatedTransfer& each : stated.transfers) {
    check_pool_name(each.from, pools, each.where, out);
    check_pool_name(each.to, pools, each.where, out);
    if (!seen.insert({each.from, each.to}).second)
      out.push_back(problem_at(
          each.where,
          fmt::format("the transfer from '{}' to '{}' stands twice", each.from, each.to)));
  }
  for (const StatedEvent& each : stated.events) check_pool_name(each.pool, pools, each.where, out);
}

Diagnostics problems_of(const StatedServing& stated, const Value& document) {
  Diagnostics problems;
  if (stated.pools.empty())
    problems.push_back(problem_at(document.where(), "the scenario has no pools",
                                  "add [[pool]] with name, accelerator and replicas"));
  check_names(stated.pools, "pools", problems);
  check_names(stated.classes, "classes", problems);
  check_links(stated, names_of(stated.pools), problems);
  return problems;
}

}  // namespace

const FieldTable<Autoscaling>& autoscaling_fields() {
  using A = Autoscaling;
  static const FieldTable<A> fields{
      integer_field("least", &A::least, {0, 1e6}, "replicas, at least"),
      integer_field("most", &A::most, kReplicas, "replicas, at most"),
      number_field("target_load", &A::target_load, {0.01, 100},
                   "running and waiting requests over max_sequences that is aimed at"),
      picos_field("interval", &A::interval, kSpan, "between decisions"),
      picos_field("start_up", &A::start_up, kSpan, "from the decision to the first request"),
      picos_field("cool_down", &A::cool_down, kSpan, "before a replica is drained"),
  };
  return fields;
}

const FieldTable<StatedServingPool>& serving_pool_fields() {
  using P = StatedServingPool;
  static const FieldTable<P> fields = [] {
    FieldTable<P> table{
        required(text_field("name", &P::name, "what reports and events call the pool")),
        choice_field("role", &P::role,
                     {{"aggregated", PoolRole::aggregated},
                      {"prefill", PoolRole::prefill},
                      {"decode", PoolRole::decode}},
                     "which phase of a request it takes"),
        integer_field("replicas", &P::replicas, kReplicas, "replicas at the start")};
    for (Field<P>& field : inherited_fields<P>(stated_engine_fields()))
      table.push_back(std::move(field));
    table.push_back(autoscaling_field());
    table.push_back(quantity_field("mean_time_between_failures", &P::mean_time_between_failures,
                                   {0, 1e12}, "of one replica, exponential; open: never"));
    table.push_back(quantity_field("time_to_recover", &P::time_to_recover, kSpan,
                                   "from a failure until the replica takes requests again"));
    return table;
  }();
  return fields;
}

const FieldTable<StatedTransfer>& transfer_fields() {
  using T = StatedTransfer;
  static const FieldTable<T> fields{
      required(text_field("from", &T::from, "prefill pool")),
      required(text_field("to", &T::to, "decode pool")),
      optional_quantity_field("rate", &T::rate, {1, 1e18},
                              "per accelerator, one direction; open: the slower NIC of the two"),
      optional_quantity_field("latency", &T::latency, {0, 10},
                              "added to every transfer, as of distance; open: none"),
      choice_field("path", &T::path,
                   {{"direct", CrossRoute::direct}, {"host-staged", CrossRoute::staged}},
                   "from NIC to NIC, or by copies in host memory"),
      text_field("source", &T::source, "where the figures come from"),
  };
  return fields;
}

const FieldTable<StatedClass>& class_fields() {
  using C = StatedClass;
  static const FieldTable<C> fields = [] {
    const FieldTable<SloClass> own{
        required(text_field("name", &SloClass::name, "what traffic and reports call the class")),
        picos_field("ttft", &SloClass::first_token, kSpan, "time to first token, at most"),
        picos_field("tpot", &SloClass::per_output_token, kSpan,
                    "mean time per output token after the first, at most"),
        picos_field("end_to_end", &SloClass::end_to_end, kSpan, "whole request, at most")};
    return inherited_fields<C>(own);
  }();
  return fields;
}

const FieldTable<StatedEvent>& event_fields() {
  using E = StatedEvent;
  static const FieldTable<E> fields{
      required(picos_field("at", &E::at, kSpan, "when")),
      required(text_field("pool", &E::pool, "in which pool")),
      integer_field("replica", &E::replica, {0, 1e6}, "which replica, from 0"),
      required(choice_field("change", &E::change,
                            {{"join", ReplicaChange::join},
                             {"drain", ReplicaChange::drain},
                             {"fail", ReplicaChange::fail},
                             {"recover", ReplicaChange::recover}},
                            "what happens to it")),
  };
  return fields;
}

const FieldTable<StatedServing>& serving_fields() {
  using S = StatedServing;
  static const FieldTable<S> fields = [] {
    FieldTable<S> table{
        text_field("name", &S::name, "name of the scenario, for reports"),
        text_field("model", &S::model, "of pools that name none"),
        integer_field("seed", &S::seed, {0, 9e15}, "of every random draw"),
        choice_field("router", &S::router,
                     {{"round_robin", RouterKind::round_robin},
                      {"least_loaded", RouterKind::least_loaded},
                      {"prefix_aware", RouterKind::prefix_aware},
                      {"predicted_latency", RouterKind::predicted_latency},
                      {"least_cost", RouterKind::least_cost},
                      {"least_energy", RouterKind::least_energy}},
                     "how a replica is chosen for a request"),
        picos_field("warm_up", &S::warm_up, kSpan,
                    "requests that arrive earlier are served but not counted"),
        picos_field("stop_after", &S::stop_after, kSpan, "no arrivals after this; open: all"),
        picos_field("sample_interval", &S::sample_interval, kSpan,
                    "of --timeline; 0 = every 10 s")};
    for (Field<S>& field : inherited_fields<S>(stated_site_fields()))
      table.push_back(std::move(field));
    table.push_back(table_list_field("pool", &S::pools, serving_pool_fields(), "replicas alike"));
    table.push_back(table_list_field("transfer", &S::transfers, transfer_fields(),
                                     "cache from prefill to decode pools"));
    table.push_back(table_list_field("class", &S::classes, class_fields(), "classes of service"));
    table.push_back(table_list_field("event", &S::events, event_fields(), "planned changes"));
    table.push_back(traffic_field());
    return table;
  }();
  return fields;
}

Result<StatedServing> read_serving(const Value& document) {
  StatedServing stated;
  Diagnostics problems;
  read_fields(document, serving_fields(), stated, "scenario", problems);
  if (problems.empty()) problems = problems_of(stated, document);
  if (!problems.empty()) return problems;
  return stated;
}

}  // namespace polyfleet
