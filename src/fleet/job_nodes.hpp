// Which accelerators of one pool are free: nodes by free accelerators and domains by empty nodes,
// so that placing a gang costs what it takes, not a scan. Best fit: a gang within a node goes where
// it leaves the least; a larger one takes empty nodes of the fullest domain that holds it, and is
// spread over domains only where that is allowed. Deterministic: the lowest number wins ties.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "fleet/job_model.hpp"

namespace polyfleet {

/// Set of small integers with its least element in three steps (a tree of 64-bit words).
class IndexSet {
 public:
  explicit IndexSet(int size);
  void insert(int index);
  void erase(int index);
  bool contains(int index) const;
  bool empty() const { return levels_.back()[0] == 0; }
  /// The least element not below `from`, or -1.
  int first(int from = 0) const;

 private:
  std::vector<std::vector<std::uint64_t>> levels_;  ///< [0]: one bit an element
};

/// Part of a gang on one node.
struct NodeShare {
  int node = 0;
  int accelerators = 0;
};

struct Placement {
  std::vector<NodeShare> shares;
  bool spread = false;  ///< over more than one domain
};

class JobNodes {
 public:
  explicit JobNodes(const JobPool& pool);

  /// Free accelerators on nodes in service.
  std::int64_t free() const { return free_; }
  /// The most that one gang could get now.
  bool could_hold(int accelerators, bool may_spread) const;
  /// Takes the accelerators, or nothing where the gang does not fit now.
  std::optional<Placement> place(int accelerators, bool may_spread);
  void release(const Placement& placement);

  /// Takes an idle or emptied node out of service, or puts it back. Precondition: no job on it.
  void remove(int node);
  void restore(int node);
  bool in_service(int node) const { return in_service_[node]; }
  int free_of(int node) const { return free_of_[node]; }
  int domain_of(int node) const { return node / nodes_per_domain_; }

 private:
  void set_free(int node, int accelerators);
  void take(int node, int accelerators, Placement& into);
  std::optional<Placement> place_in_node(int accelerators);
  std::optional<Placement> place_in_domain(int accelerators);
  std::optional<Placement> place_over_domains(int accelerators);
  int take_empty(int domain, int accelerators, Placement& into);

  int per_node_, nodes_per_domain_, nodes_, domains_;
  std::int64_t free_ = 0;
  int empty_nodes_ = 0;
  std::vector<int> free_of_;
  std::vector<bool> in_service_;
  std::vector<int> empty_in_domain_;
  std::vector<IndexSet> nodes_by_free_;     ///< [free accelerators]
  std::vector<IndexSet> domains_by_empty_;  ///< [empty nodes]
  IndexSet empty_;                          ///< all empty nodes
};

}  // namespace polyfleet
