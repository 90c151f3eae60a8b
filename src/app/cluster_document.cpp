#include "app/cluster_document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/spelling.hpp"
#include "config/optional_fields.hpp"

namespace polyfleet {
namespace {

constexpr Range kPoolCount{1, 1 << 24};
constexpr Range kPositive{1e-12, 1e18};

/// A list of tables, each read by a field table of its own; the element keeps its position.
template <class T>
Field<StatedCluster> list_field(std::string key, std::vector<T> StatedCluster::*member,
                                const FieldTable<T>& fields, std::string help) {
  return {key,
          "list of tables",
          std::move(help),
          false,
          [=, &fields](StatedCluster& into, const Value& value, Diagnostics& out) {
            if (value.array() == nullptr) return detail::not_an_array(value, key, out);
            for (const Value& each : *value.array()) {
              T element;
              element.where = each.where();
              read_fields(each, fields, element, key, out);
              (into.*member).push_back(std::move(element));
            }
          },
          [=, &fields](const StatedCluster& from) {
            Value list{Array{}};
            for (const T& each : from.*member) list.push(print_fields(fields, each));
            return list;
          }};
}

void check_pools(const StatedCluster& cluster, const Value& document, Diagnostics& out) {
  if (cluster.pools.empty())
    out.push_back(problem_at(document.where(), "the cluster has no pools",
                             "add [[pool]] with name, system and devices"));
  std::set<std::string> names;
  for (const StatedPool& pool : cluster.pools) {
    if (!names.insert(pool.name).second)
      out.push_back(problem_at(pool.where, fmt::format("two pools are named '{}'", pool.name)));
    if (pool.accelerator.empty() && pool.system.empty())
      out.push_back(problem_at(pool.where, fmt::format("pool '{}' names no part", pool.name),
                               "give system = \"mi300x_8oam\" or accelerator = \"amd_mi300x\""));
    if ((pool.devices == 0) == (pool.nodes == 0))
      out.push_back(problem_at(pool.where,
                               fmt::format("pool '{}' needs a number of accelerators", pool.name),
                               "give devices = 64 or nodes = 8, not both"));
  }
}

void check_links(const StatedCluster& cluster, Diagnostics& out) {
  std::vector<std::string> names;
  for (const StatedPool& pool : cluster.pools) names.push_back(pool.name);
  std::set<std::set<std::string>> seen;
  for (const StatedPoolLink& link : cluster.links) {
    const std::set<std::string> ends(link.between.begin(), link.between.end());
    if (link.between.size() != 2 || ends.size() != 2) {
      out.push_back(
          problem_at(link.where, "a link joins two pools", "write between = [\"one\", \"other\"]"));
      continue;
    }
    for (const std::string& end : ends) {
      if (std::find(names.begin(), names.end(), end) == names.end())
        out.push_back(problem_at(link.where, fmt::format("no pool is named '{}'", end),
                                 name_suggestion(end, names)));
    }
    if (!seen.insert(ends).second)
      out.push_back(
          problem_at(link.where, fmt::format("the link between '{}' and '{}' stands twice",
                                             link.between[0], link.between[1])));
  }
}

}  // namespace

const FieldTable<StatedPool>& pool_fields() {
  using P = StatedPool;
  static const FieldTable<P> fields{
      required(text_field("name", &P::name, "what reports and exports call the pool")),
      text_field("system", &P::system, "catalogue id or path, @edition allowed"),
      text_field("accelerator", &P::accelerator, "catalogue id or path; open: that of the system"),
      integer_field("devices", &P::devices, kPoolCount, "number of accelerators"),
      integer_field("nodes", &P::nodes, kPoolCount, "number of nodes instead"),
      text_field("framework", &P::framework,
                 "profile that runs on this pool; open: that of the scenario, else the vendor's "
                 "usual one"),
      text_field("release", &P::release, "software of this month, YYYY-MM"),
      optional_quantity_field("price", &P::price, {0, 1e6}, "price of one accelerator"),
      integer_field("max_tensor", &P::max_tensor, kPoolCount,
                    "largest tensor-parallel degree; open: the scale-up domain where pools mix"),
  };
  return fields;
}

const FieldTable<StatedPoolLink>& pool_link_fields() {
  using L = StatedPoolLink;
  static const FieldTable<L> fields{
      required(text_list_field("between", &L::between, "names of two pools")),
      optional_quantity_field("rate", &L::rate, kPositive,
                              "per accelerator, one direction; open: the slower NIC of the two"),
      optional_quantity_field("aggregate", &L::aggregate, kPositive,
                              "of the whole link, one direction; open: no cap"),
      optional_quantity_field("latency", &L::latency, {0, 10},
                              "added to every message, as of distance; open: none"),
      choice_field("path", &L::path,
                   {{"direct", CrossRoute::direct}, {"host-staged", CrossRoute::staged}},
                   "from NIC to NIC, or by copies in host memory"),
      text_field("source", &L::source, "where the figures come from"),
  };
  return fields;
}

const FieldTable<StatedCluster>& cluster_fields() {
  using C = StatedCluster;
  static const FieldTable<C> fields{
      text_field("name", &C::name, "name of the cluster, for reports"),
      list_field("pool", &C::pools, pool_fields(), "pools of like accelerators"),
      list_field("link", &C::links, pool_link_fields(), "links between pools"),
  };
  return fields;
}

Result<StatedCluster> read_cluster(const Value& document) {
  StatedCluster cluster;
  Diagnostics problems;
  read_fields(document, cluster_fields(), cluster, "cluster", problems);
  if (problems.empty()) {
    check_pools(cluster, document, problems);
    check_links(cluster, problems);
  }
  if (!problems.empty()) return problems;
  return cluster;
}

}  // namespace polyfleet
