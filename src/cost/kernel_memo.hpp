// Recent kernel times by shape, locked per shard: plans ask for the same few shapes again and
// again. A pure cache: an answer does not depend on what was asked before.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>

#include "cost/kernel_costs.hpp"

namespace polyfleet {

class KernelMemo {
 public:
  using Key = std::array<double, 12>;
  template <class Compute>
  KernelTime get(const Key& key, Compute&& compute) const {
    std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a over the words of the key
    for (const double x : key) {
      std::uint64_t word;
      static_assert(sizeof word == sizeof x);
      __builtin_memcpy(&word, &x, sizeof word);
      hash = (hash ^ (word >> 32) ^ word) * 1099511628211ULL;
    }
    Shard& shard = shards_[(hash >> 50) % kShards];
    const std::size_t slot = (hash >> 20) % kSlots;
    {
      const std::lock_guard<std::mutex> lock(shard.mutex);
      if (shard.filled[slot] && shard.keys[slot] == key) return shard.values[slot];
    }
    const KernelTime value = compute();
    const std::lock_guard<std::mutex> lock(shard.mutex);
    shard.keys[slot] = key;
    shard.values[slot] = value;
    shard.filled[slot] = true;
    return value;
  }

 private:
  static constexpr std::size_t kShards = 16, kSlots = 64;
  struct Shard {
    std::mutex mutex;
    std::array<Key, kSlots> keys{};
    std::array<KernelTime, kSlots> values{};
    std::array<bool, kSlots> filled{};
  };
  mutable std::array<Shard, kShards> shards_;
};

}  // namespace polyfleet
