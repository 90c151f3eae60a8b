#include "fleet/job_nodes.hpp"

#include <algorithm>

namespace polyfleet {
namespace {
constexpr int kBits = 64;
}

IndexSet::IndexSet(int size) {
  int count = std::max(size, 1);
  do {
    count = (count + kBits - 1) / kBits;
    levels_.emplace_back(static_cast<std::size_t>(count), 0);
  } while (count > 1);
}

void IndexSet::insert(int index) {
  for (auto& level : levels_) {
    std::uint64_t& word = level[static_cast<std::size_t>(index / kBits)];
    const bool was_empty = word == 0;
    word |= std::uint64_t{1} << (index % kBits);
    if (!was_empty) return;
    index /= kBits;
  }
}

void IndexSet::erase(int index) {
  for (auto& level : levels_) {
    std::uint64_t& word = level[static_cast<std::size_t>(index / kBits)];
    word &= ~(std::uint64_t{1} << (index % kBits));
    if (word != 0) return;
    index /= kBits;
  }
}

bool IndexSet::contains(int index) const {
  return (levels_[0][static_cast<std::size_t>(index / kBits)] >> (index % kBits) & 1) != 0;
}

int IndexSet::first(int from) const {
  int index = from;
  for (std::size_t level = 0; level < levels_.size(); ++level) {
    const auto at = static_cast<std::size_t>(index / kBits);
    if (at >= levels_[level].size()) return -1;
    const std::uint64_t word = levels_[level][at] >> (index % kBits);
    if (word != 0) {
      index += __builtin_ctzll(word);
      while (level-- > 0)
        index = index * kBits + __builtin_ctzll(levels_[level][static_cast<std::size_t>(index)]);
      return index;
    }
    index = index / kBits + 1;
  }
  return -1;
}

JobNodes::JobNodes(const JobPool& pool)
    : per_node_(pool.per_node),
      nodes_per_domain_(pool.nodes_per_domain),
      nodes_(pool.nodes),
      domains_((pool.nodes + pool.nodes_per_domain - 1) / pool.nodes_per_domain),
      free_of_(static_cast<std::size_t>(pool.nodes), 0),
      in_service_(static_cast<std::size_t>(pool.nodes), false),
      empty_in_domain_(static_cast<std::size_t>(domains_), 0),
      nodes_by_free_(static_cast<std::size_t>(pool.per_node) + 1, IndexSet(pool.nodes)),
      domains_by_empty_(static_cast<std::size_t>(pool.nodes_per_domain) + 1, IndexSet(domains_)),
      empty_(pool.nodes) {
  for (int domain = 0; domain < domains_; ++domain) domains_by_empty_[0].insert(domain);
  for (int node = 0; node < nodes_; ++node) restore(node);
}

void JobNodes::set_free(int node, int accelerators) {
  const auto at = static_cast<std::size_t>(node);
  const int before = free_of_[at];
  if (in_service_[at]) nodes_by_free_[static_cast<std::size_t>(before)].erase(node);
  free_of_[at] = accelerators;
  free_ += accelerators - before;
  if (in_service_[at]) nodes_by_free_[static_cast<std::size_t>(accelerators)].insert(node);
  const int change = (accelerators == per_node_ ? 1 : 0) - (before == per_node_ ? 1 : 0);
  if (change == 0) return;
  if (change > 0) {
    empty_.insert(node);
  } else {
    empty_.erase(node);
  }
  empty_nodes_ += change;
  const int domain = domain_of(node);
  int& empty = empty_in_domain_[static_cast<std::size_t>(domain)];
  domains_by_empty_[static_cast<std::size_t>(empty)].erase(domain);
  empty += change;
  domains_by_empty_[static_cast<std::size_t>(empty)].insert(domain);
}

void JobNodes::restore(int node) {
  POLYFLEET_CHECK(!in_service_[static_cast<std::size_t>(node)], "a node restored twice");
  in_service_[static_cast<std::size_t>(node)] = true;
  nodes_by_free_[0].insert(node);
  set_free(node, per_node_);
}

void JobNodes::remove(int node) {
  POLYFLEET_CHECK(free_of_[static_cast<std::size_t>(node)] == per_node_, "a job is on the node");
  set_free(node, 0);
  nodes_by_free_[0].erase(node);
  in_service_[static_cast<std::size_t>(node)] = false;
}

bool JobNodes::could_hold(int accelerators, bool may_spread) const {
  if (accelerators > free_) return false;
  if (accelerators <= per_node_) {
    for (int left = accelerators; left <= per_node_; ++left) {
      if (!nodes_by_free_[static_cast<std::size_t>(left)].empty()) return true;
    }
    return false;
  }
  const int wanted = (accelerators + per_node_ - 1) / per_node_;
  if (may_spread) return empty_nodes_ >= wanted;
  for (int empty = wanted; empty <= nodes_per_domain_; ++empty) {
    if (!domains_by_empty_[static_cast<std::size_t>(empty)].empty()) return true;
  }
  return false;
}

void JobNodes::take(int node, int accelerators, Placement& into) {
  set_free(node, free_of_[static_cast<std::size_t>(node)] - accelerators);
  into.shares.push_back({node, accelerators});
}

std::optional<Placement> JobNodes::place(int accelerators, bool may_spread) {
  if (accelerators > free_) return std::nullopt;
  if (accelerators <= per_node_) return place_in_node(accelerators);
  if (auto placement = place_in_domain(accelerators)) return placement;
  return may_spread ? place_over_domains(accelerators) : std::nullopt;
}

std::optional<Placement> JobNodes::place_in_node(int accelerators) {
  for (int left = accelerators; left <= per_node_; ++left) {
    const int node = nodes_by_free_[static_cast<std::size_t>(left)].first();
    if (node < 0) continue;
    Placement placement;
    take(node, accelerators, placement);
    return placement;
  }
  return std::nullopt;
}

/// Takes up to `accelerators` on empty nodes of a domain; returns how many.
int JobNodes::take_empty(int domain, int accelerators, Placement& into) {
  int taken = 0;
  const int end = std::min(nodes_, (domain + 1) * nodes_per_domain_);
  int node = empty_.first(domain * nodes_per_domain_);
  while (taken < accelerators && node >= 0 && node < end) {
    const int part = std::min(per_node_, accelerators - taken);
    take(node, part, into);
    taken += part;
    node = empty_.first(node + 1);
  }
  return taken;
}

std::optional<Placement> JobNodes::place_in_domain(int accelerators) {
  const int wanted = (accelerators + per_node_ - 1) / per_node_;
  for (int empty = wanted; empty <= nodes_per_domain_; ++empty) {
    const int domain = domains_by_empty_[static_cast<std::size_t>(empty)].first();
    if (domain < 0) continue;
    Placement placement;
    take_empty(domain, accelerators, placement);
    return placement;
  }
  return std::nullopt;
}

std::optional<Placement> JobNodes::place_over_domains(int accelerators) {
  const int wanted = (accelerators + per_node_ - 1) / per_node_;
  if (empty_nodes_ < wanted) return std::nullopt;
  Placement placement;
  placement.spread = true;
  int left = accelerators;
  // The emptiest domains first: the gang touches as few as can be.
  for (int empty = nodes_per_domain_; empty >= 1 && left > 0; --empty) {
    int domain = domains_by_empty_[static_cast<std::size_t>(empty)].first();
    while (left > 0 && domain >= 0) {
      left -= take_empty(domain, left, placement);
      domain = domains_by_empty_[static_cast<std::size_t>(empty)].first(domain + 1);
    }
  }
  return placement;
}

void JobNodes::release(const Placement& placement) {
  for (const NodeShare& share : placement.shares)
    set_free(share.node, free_of_[static_cast<std::size_t>(share.node)] + share.accelerators);
}

}  // namespace polyfleet
