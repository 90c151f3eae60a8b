// Kernel times by shape, locked per shard: plans ask for the same shapes again and again, and the
// correction by measured rows behind a miss costs a hundred times a look-up. A pure cache: an
// answer does not depend on what was asked before. Starts small (one estimate asks for some hundred
// shapes), grows for a search, and never beyond 4 MB: then newer shapes take the place of older.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "cost/kernel_costs.hpp"

namespace polyfleet {

class ShapeMemo {
 public:
  using Key = std::array<double, 12>;
  template <class Compute>
  KernelTime get(const Key& key, Compute&& compute) const {
    const std::uint64_t hash = hash_of(key);
    Shard& shard = shards_[(hash >> 50) % kShards];
    {
      const std::lock_guard<std::mutex> lock(shard.mutex);
      if (!shard.entries.empty()) {
        const std::optional<Entry>& slot = shard.entries[place(hash, shard.entries.size())];
        if (slot && slot->key == key) return slot->value;
      }
    }
    const KernelTime value = compute();
    const std::lock_guard<std::mutex> lock(shard.mutex);
    if (2 * shard.filled >= shard.entries.size() && shard.entries.size() < kMostSlots) grow(shard);
    put(shard, {key, value});
    return value;
  }

 private:
  static constexpr std::size_t kShards = 16, kFirstSlots = 64, kMostSlots = 2048;
  struct Entry {
    Key key;
    KernelTime value;
  };
  struct Shard {
    std::mutex mutex;
    std::vector<std::optional<Entry>> entries;  ///< one place for each hash
    std::size_t filled = 0;
  };

  static std::uint64_t hash_of(const Key& key) {
    std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a over the words of the key
    for (const double x : key) {
      std::uint64_t word;
      static_assert(sizeof word == sizeof x);
      __builtin_memcpy(&word, &x, sizeof word);
      hash = (hash ^ (word >> 32) ^ word) * 1099511628211ULL;
    }
    return hash;
  }
  static std::size_t place(std::uint64_t hash, std::size_t slots) { return (hash >> 20) % slots; }

  static void put(Shard& shard, const Entry& entry) {
    std::optional<Entry>& slot = shard.entries[place(hash_of(entry.key), shard.entries.size())];
    shard.filled += slot ? 0 : 1;
    slot = entry;
  }
  static void grow(Shard& shard) {
    const std::size_t slots = shard.entries.empty() ? kFirstSlots : 2 * shard.entries.size();
    const auto old = std::exchange(shard.entries, std::vector<std::optional<Entry>>(slots));
    shard.filled = 0;
    for (const std::optional<Entry>& entry : old) {
      if (entry) put(shard, *entry);
    }
  }

  mutable std::array<Shard, kShards> shards_;
};

}  // namespace polyfleet
