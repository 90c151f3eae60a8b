// Waiting jobs in the order in which a policy takes them, as a whole and by gang size. Order is by
// the policy's key, then by arrival.
#pragma once

#include <map>
#include <set>

#include "fleet/job_model.hpp"

namespace polyfleet {

/// Place in a queue: smaller goes first.
struct QueueKey {
  double key = 0;  ///< of the policy
  int job = 0;     ///< index in the trace, which is in order of arrival
  friend bool operator<(const QueueKey& a, const QueueKey& b) {
    return a.key != b.key ? a.key < b.key : a.job < b.job;
  }
};

class JobQueue {
 public:
  /// `by_size`: also keep one queue per gang size (backfill needs it).
  explicit JobQueue(bool by_size) : by_size_(by_size) {}
  bool empty() const { return all_.empty(); }
  std::size_t size() const { return all_.size(); }
  const QueueKey& head() const { return *all_.begin(); }
  void push(QueueKey key, int accelerators) {
    all_.insert(key);
    if (by_size_) sizes_[accelerators].insert(key);
  }
  void erase(QueueKey key, int accelerators) {
    all_.erase(key);
    if (!by_size_) return;
    const auto found = sizes_.find(accelerators);
    found->second.erase(key);
    if (found->second.empty()) sizes_.erase(found);
  }
  /// By gang size.
  const std::map<int, std::set<QueueKey>>& sizes() const { return sizes_; }

 private:
  bool by_size_;
  std::set<QueueKey> all_;
  std::map<int, std::set<QueueKey>> sizes_;
};

}  // namespace polyfleet
