#include "fleet/job_health.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace polyfleet {
namespace {

constexpr unsigned bit(NodeTrouble trouble) { return static_cast<unsigned>(trouble); }

/// A drawn time, at least one tick and at most a century.
JobTick bounded(double ticks) {
  const double longest = static_cast<double>(kLongestJobSpan);
  return static_cast<JobTick>(std::clamp(std::round(ticks), 1.0, longest));
}

}  // namespace

PoolHealth::PoolHealth(const JobPool& pool, const PoolFailures& failures, JobTick begin,
                       RandomStream random)
    : failures_(failures),
      per_node_(pool.per_node),
      wanted_(pool.nodes - pool.spare_nodes),
      random_(std::move(random)),
      nodes_(static_cast<std::size_t>(pool.nodes)),
      waiting_(pool.nodes) {
  for (int node = 0; node < pool.nodes; ++node) {
    Node& each = nodes_[at(node)];
    each.since = begin;
    // Lemons lie evenly among the nodes: every 1/share-th.
    each.lemon =
        std::floor((node + 1) * failures.lemon_share) > std::floor(node * failures.lemon_share);
    waiting_.insert(node);
  }
}

JobTick PoolHealth::draw_failure(int node) {
  const double factor = nodes_[at(node)].lemon ? failures_.lemon_factor : 1;
  return bounded(random_.exponential(static_cast<double>(failures_.between) / factor));
}

JobTick PoolHealth::draw_repair() {
  return bounded(random_.exponential(static_cast<double>(failures_.repair)));
}

void PoolHealth::book(Node& node, JobTick now) {
  const JobTick time = (now - node.since) * per_node_;
  node.since = now;
  if (node.active) return;  // its jobs and its idle time are counted where they are
  if ((node.troubles & bit(NodeTrouble::repair)) != 0) {
    account_.repair += time;
  } else if ((node.troubles & bit(NodeTrouble::outage)) != 0) {
    account_.outage += time;
  } else if ((node.troubles & bit(NodeTrouble::maintenance)) != 0) {
    account_.maintenance += time;
  } else {
    account_.spare += time;
  }
}

bool PoolHealth::leave(int node, NodeTrouble trouble, JobTick now) {
  Node& each = nodes_[at(node)];
  book(each, now);
  if (each.troubles == 0 && !each.active) waiting_.erase(node);
  if (trouble == NodeTrouble::repair && (each.troubles & bit(trouble)) == 0) ++in_repair_;
  each.troubles |= bit(trouble);
  ++each.generation;
  if (each.active) --active_;
  return std::exchange(each.active, false);
}

bool PoolHealth::recover(int node, NodeTrouble trouble, JobTick now) {
  Node& each = nodes_[at(node)];
  book(each, now);
  if (trouble == NodeTrouble::repair && (each.troubles & bit(trouble)) != 0) --in_repair_;
  each.troubles &= ~bit(trouble);
  if (each.troubles != 0 || each.active) return false;
  waiting_.insert(node);
  return true;
}

bool PoolHealth::count_failure(int node) {
  Node& each = nodes_[at(node)];
  ++each.failures;
  if (!each.lemon || failures_.exchanged_after == 0 || each.failures < failures_.exchanged_after)
    return false;
  each.lemon = false;
  return true;
}

int PoolHealth::wanted_node() const { return active_ < wanted_ ? waiting_.first() : -1; }

void PoolHealth::enter_service(int node, JobTick now) {
  Node& each = nodes_[at(node)];
  POLYFLEET_CHECK(each.troubles == 0 && !each.active, "a node that does not wait");
  book(each, now);
  waiting_.erase(node);
  each.active = true;
  ++each.generation;
  ++active_;
}

void PoolHealth::close(JobTick now) {
  for (Node& each : nodes_) book(each, now);
}

}  // namespace polyfleet
