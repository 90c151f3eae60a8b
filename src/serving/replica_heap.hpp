// A binary heap of sequences by (key, order), smallest first, from which any sequence can be taken
// by its slot: queues of requests and the decoding sequences by the clock at which they end.
#pragma once

#include <cstdint>
#include <vector>

namespace polyfleet {

class SlotHeap {
 public:
  struct Entry {
    std::int64_t key = 0;
    std::int64_t order = 0;  ///< breaks ties; unique
    std::int32_t slot = 0;
    bool before(const Entry& other) const {
      return key != other.key ? key < other.key : order < other.order;
    }
  };

  bool empty() const { return entries_.empty(); }
  std::int64_t size() const { return static_cast<std::int64_t>(entries_.size()); }
  const Entry& top() const { return entries_.front(); }
  const std::vector<Entry>& entries() const { return entries_; }
  void push(const Entry& entry);
  void pop() { take(0); }
  /// Precondition: it is here.
  void remove(std::int32_t slot) { take(static_cast<std::size_t>(positions_[index(slot)])); }
  void clear() { entries_.clear(); }

 private:
  static std::size_t index(std::int32_t slot) { return static_cast<std::size_t>(slot); }
  void put(std::size_t position, const Entry& entry);
  void rise(std::size_t position, const Entry& entry);
  void sink(std::size_t position, const Entry& entry);
  void take(std::size_t position);

  std::vector<Entry> entries_;
  std::vector<std::int32_t> positions_;  ///< by slot
};

inline void SlotHeap::put(std::size_t position, const Entry& entry) {
  entries_[position] = entry;
  positions_[index(entry.slot)] = static_cast<std::int32_t>(position);
}

inline void SlotHeap::rise(std::size_t position, const Entry& entry) {
  while (position > 0) {
    const std::size_t parent = (position - 1) / 2;
    if (!entry.before(entries_[parent])) break;
    put(position, entries_[parent]);
    position = parent;
  }
  put(position, entry);
}

inline void SlotHeap::sink(std::size_t position, const Entry& entry) {
  for (;;) {
    std::size_t child = 2 * position + 1;
    if (child >= entries_.size()) break;
    if (child + 1 < entries_.size() && entries_[child + 1].before(entries_[child])) ++child;
    if (!entries_[child].before(entry)) break;
    put(position, entries_[child]);
    position = child;
  }
  put(position, entry);
}

inline void SlotHeap::push(const Entry& entry) {
  if (positions_.size() <= index(entry.slot)) positions_.resize(index(entry.slot) + 1);
  entries_.push_back(entry);
  rise(entries_.size() - 1, entry);
}

inline void SlotHeap::take(std::size_t position) {
  const Entry last = entries_.back();
  entries_.pop_back();
  if (position == entries_.size()) return;
  if (position > 0 && last.before(entries_[(position - 1) / 2])) {
    rise(position, last);
  } else {
    sink(position, last);
  }
}

}  // namespace polyfleet
