// The paged cache of a replica (PagedAttention, kwon2023): how many blocks are private, shared
// through the prefix cache, idle or free, and how many blocks the decoding sequences will take over
// many steps. All of them grow with one clock, so only each one's phase within its last block
// matters: a sequence takes a block when the clock reaches its residue modulo the block size.
#pragma once

#include <cstdint>
#include <vector>

#include "serving/prefix_cache.hpp"
#include "serving/replica_clock.hpp"

namespace polyfleet {

/// Sums of blocks times picoseconds outgrow 64 bits.
__extension__ typedef __int128 WideCount;

class CacheBlocks {
 public:
  CacheBlocks(std::int64_t total, std::int64_t block_tokens);

  std::int64_t blocks_for(std::int64_t tokens) const {
    return (tokens + block_tokens_ - 1) / block_tokens_;
  }
  std::int64_t block_tokens() const { return block_tokens_; }
  std::int64_t total() const { return total_; }
  std::int64_t used() const { return private_ + prefixes_.shared_blocks(); }
  std::int64_t private_blocks() const { return private_; }
  std::int64_t cached() const { return prefixes_.idle_blocks(); }
  /// Free, or idle and to be had by eviction.
  std::int64_t available() const { return total_ - used(); }

  /// Takes private blocks, evicting idle ones where none is free. Precondition: available.
  void take(std::int64_t blocks);
  void give(std::int64_t blocks) { private_ -= blocks; }
  /// Private blocks become an entry of the prefix cache, or are given back where it exists.
  void share(std::uint64_t hash, std::int64_t blocks);
  PrefixCache& prefixes() { return prefixes_; }
  const PrefixCache& prefixes() const { return prefixes_; }
  void clear();

  /// A sequence decodes from now on with offset + clock tokens in the cache.
  void join(std::int64_t offset) { ++takers_[residue(offset)]; }
  void leave(std::int64_t offset) { --takers_[residue(offset)]; }
  /// Blocks that `sequences` decoding ones take while the clock goes from `from` to `to`.
  std::int64_t demand(std::int64_t from, std::int64_t to, std::int64_t sequences) const;
  /// How far the clock may go beyond `from`, `most` at most, until they take more than `blocks`.
  std::int64_t ticks_within(std::int64_t blocks, std::int64_t from, std::int64_t most,
                            std::int64_t sequences) const;
  /// Sum over `steps` steps of (blocks taken since the first step) * (1, clock since the first).
  struct Growth {
    WideCount blocks = 0, blocks_times_ticks = 0;
  };
  Growth growth(const TokenClock& clock, std::int64_t steps) const;

 private:
  std::size_t residue(std::int64_t offset) const {
    const std::int64_t rest = (1 - offset) % block_tokens_;
    return static_cast<std::size_t>(rest < 0 ? rest + block_tokens_ : rest);
  }

  std::int64_t total_, block_tokens_;
  std::int64_t private_ = 0;
  std::vector<std::int64_t> takers_;  ///< decoding sequences by residue of the clock
  PrefixCache prefixes_;
};

}  // namespace polyfleet
