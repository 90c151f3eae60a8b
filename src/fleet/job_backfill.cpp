#include "fleet/job_backfill.hpp"

#include <unordered_map>

namespace polyfleet {
namespace {

/// Free accelerators as jobs end one after another, on the nodes that they touch.
class FreeLater {
 public:
  FreeLater(const JobPool& pool, const JobNodes& nodes, int accelerators, bool may_spread)
      : pool_(pool), nodes_(nodes), accelerators_(accelerators), may_spread_(may_spread) {}

  /// Gives a gang's accelerators back; true once the waiting one fits.
  bool release(const Placement& placement) {
    bool fits = false;
    for (const NodeShare& share : placement.shares) {
      const auto [entry, added] = later_.try_emplace(share.node, nodes_.free_of(share.node));
      entry->second += share.accelerators;
      if (accelerators_ <= pool_.per_node) {
        fits = fits || entry->second >= accelerators_;
      } else if (entry->second == pool_.per_node) {
        fits = count_empty(share.node) || fits;
      }
    }
    return fits;
  }

 private:
  /// One more empty node; true where that makes room.
  bool count_empty(int node) {
    const int wanted = (accelerators_ + pool_.per_node - 1) / pool_.per_node;
    const int domain = may_spread_ ? 0 : nodes_.domain_of(node);
    const auto [entry, added] = empty_.try_emplace(domain, 0);
    if (added) {
      const int first = may_spread_ ? 0 : domain * pool_.nodes_per_domain;
      const int end =
          may_spread_ ? pool_.nodes : std::min(pool_.nodes, first + pool_.nodes_per_domain);
      for (int each = first; each < end; ++each)
        entry->second += nodes_.in_service(each) && nodes_.free_of(each) == pool_.per_node ? 1 : 0;
    }
    return ++entry->second >= wanted;
  }

  const JobPool& pool_;
  const JobNodes& nodes_;
  int accelerators_;
  bool may_spread_;
  // Looked up only, never walked: order cannot reach the result.
  std::unordered_map<int, int> later_, empty_;
};

}  // namespace

std::optional<Reservation> reserve(const JobPool& pool, const JobNodes& nodes,
                                   const std::set<PlannedEnd>& running, int accelerators,
                                   bool may_spread) {
  FreeLater later(pool, nodes, accelerators, may_spread);
  std::int64_t free = nodes.free();
  for (const PlannedEnd& each : running) {
    for (const NodeShare& share : each.placement->shares) free += share.accelerators;
    if (later.release(*each.placement)) return Reservation{0, each.end, free - accelerators};
  }
  return std::nullopt;
}

}  // namespace polyfleet
