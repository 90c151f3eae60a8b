// The state of the nodes of one pool over time: in service, waiting as a spare, in repair, hit by
// an outage or in maintenance, with the accelerator-time of each. A node in several of these counts
// as the first of repair, outage, maintenance. Spares do not fail while they wait.
#pragma once

#include <vector>

#include "fleet/job_nodes.hpp"
#include "fleet/job_simulation.hpp"
#include "sim/random_stream.hpp"

namespace polyfleet {

enum class NodeTrouble : unsigned { repair = 1, outage = 2, maintenance = 4 };

class PoolHealth {
 public:
  PoolHealth(const JobPool& pool, const PoolFailures& failures, JobTick begin, RandomStream random);

  bool in_service(int node) const { return nodes_[at(node)].active; }
  /// Counts the failures or repairs that are still to come for this node: events of an older count
  /// are void.
  unsigned generation(int node) const { return nodes_[at(node)].generation; }
  bool fails() const { return failures_.between > 0; }
  /// Until this node's next failure, and how long a repair takes.
  JobTick draw_failure(int node);
  JobTick draw_repair();

  /// The node leaves. Returns whether it was in service.
  bool leave(int node, NodeTrouble trouble, JobTick now);
  /// One trouble ends; the node works again when it was the last. Returns whether it works.
  bool recover(int node, NodeTrouble trouble, JobTick now);
  /// Counts a failure of the node; true when it is exchanged for a good one now.
  bool count_failure(int node);
  /// A working node out of service that is to be put into service, or -1: as many are in service
  /// as there should be, or none is left.
  int wanted_node() const;
  void enter_service(int node, JobTick now);
  /// Closes the books.
  void close(JobTick now);
  const JobAccount& account() const { return account_; }
  int in_repair() const { return in_repair_; }

 private:
  struct Node {
    unsigned troubles = 0;  ///< bits of NodeTrouble
    bool active = false, lemon = false;
    int failures = 0;
    unsigned generation = 0;
    JobTick since = 0;
  };
  static std::size_t at(int node) { return static_cast<std::size_t>(node); }
  void book(Node& node, JobTick now);

  PoolFailures failures_;
  int per_node_, wanted_, active_ = 0, in_repair_ = 0;
  RandomStream random_;
  std::vector<Node> nodes_;
  IndexSet waiting_;
  JobAccount account_;
};

}  // namespace polyfleet
