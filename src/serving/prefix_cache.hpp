// Which blocks of prompts a replica still has: entries by chained hash with reference counts, the
// idle ones in order of last use (vLLM's automatic prefix caching; SGLang's radix cache is the same
// where prompts share from their start). Knows no tokens: an entry is worth the cache blocks that
// it is entered with. Wrong where engines also reuse the cache of generated text, which traces do
// not identify.
#pragma once

#include <cstdint>
#include <vector>

namespace polyfleet {

class PrefixCache {
 public:
  struct Entry {
    std::uint64_t hash = 0;
    std::int64_t blocks = 0;
    std::int64_t references = 0;
    std::int32_t older = -1, newer = -1;  ///< idle ones; `newer` chains free places
  };
  static constexpr std::int32_t kAbsent = -1;

  PrefixCache();

  std::int32_t find(std::uint64_t hash) const;
  const Entry& entry(std::int32_t at) const { return entries_[index(at)]; }
  /// Precondition: absent. It has one reference.
  void insert(std::uint64_t hash, std::int64_t blocks);
  void refer(std::int32_t at);
  /// Precondition: it has a reference. The last one makes it idle, and the newest of the idle.
  void release(std::int32_t at);
  /// Drops the idle entry that was used longest ago. Precondition: there is one.
  void evict_oldest();
  void clear();

  std::int64_t idle_blocks() const { return idle_blocks_; }      ///< of entries without reference
  std::int64_t shared_blocks() const { return shared_blocks_; }  ///< of entries with references
  std::int64_t entries() const { return count_; }

 private:
  static std::size_t index(std::int32_t at) { return static_cast<std::size_t>(at); }
  std::size_t home(std::uint64_t hash) const;
  void unlink(Entry& entry);
  void grow();
  void place(std::int32_t at);
  void erase_from_table(std::uint64_t hash);

  std::vector<Entry> entries_;
  std::vector<std::int32_t> table_;  ///< open addressing, linear probing, a power of two long
  std::int32_t free_ = kAbsent, oldest_ = kAbsent, newest_ = kAbsent;
  std::int64_t count_ = 0, idle_blocks_ = 0, shared_blocks_ = 0;
};

}  // namespace polyfleet
