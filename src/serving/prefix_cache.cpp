#include "serving/prefix_cache.hpp"

#include "base/check.hpp"

namespace polyfleet {

namespace {

constexpr std::size_t kSmallestTable = 64;

}  // namespace

PrefixCache::PrefixCache() : table_(kSmallestTable, kAbsent) {}

std::size_t PrefixCache::home(std::uint64_t hash) const {
  // Traces number their blocks 0, 1, 2...: Fibonacci hashing spreads them (Knuth, volume 3, 6.4).
  constexpr std::uint64_t kGoldenRatio = 0x9E3779B97F4A7C15u;
  return static_cast<std::size_t>((hash * kGoldenRatio) >> 20) & (table_.size() - 1);
}

std::int32_t PrefixCache::find(std::uint64_t hash) const {
  for (std::size_t at = home(hash);; at = (at + 1) & (table_.size() - 1)) {
    if (table_[at] == kAbsent || entry(table_[at]).hash == hash) return table_[at];
  }
}

void PrefixCache::place(std::int32_t at) {
  std::size_t place = home(entry(at).hash);
  while (table_[place] != kAbsent) place = (place + 1) & (table_.size() - 1);
  table_[place] = at;
}

void PrefixCache::grow() {
  std::vector<std::int32_t> old(2 * table_.size(), kAbsent);
  old.swap(table_);
  for (const std::int32_t at : old)
    if (at != kAbsent) place(at);
}

void PrefixCache::insert(std::uint64_t hash, std::int64_t blocks) {
  if (2 * static_cast<std::size_t>(++count_) > table_.size()) grow();
  std::int32_t at = free_;
  if (at == kAbsent) {
    at = static_cast<std::int32_t>(entries_.size());
    entries_.emplace_back();
  } else {
    free_ = entry(at).newer;
  }
  entries_[index(at)] = {.hash = hash, .blocks = blocks, .references = 1};
  shared_blocks_ += blocks;
  place(at);
}

void PrefixCache::unlink(Entry& entry) {
  (entry.older == kAbsent ? oldest_ : entries_[index(entry.older)].newer) = entry.newer;
  (entry.newer == kAbsent ? newest_ : entries_[index(entry.newer)].older) = entry.older;
  entry.older = entry.newer = kAbsent;
}

void PrefixCache::refer(std::int32_t at) {
  Entry& entry = entries_[index(at)];
  if (entry.references++ > 0) return;
  unlink(entry);
  idle_blocks_ -= entry.blocks;
  shared_blocks_ += entry.blocks;
}

void PrefixCache::release(std::int32_t at) {
  Entry& entry = entries_[index(at)];
  POLYFLEET_CHECK(entry.references > 0,
                  "a prefix entry is released as often as it was referred to");
  if (--entry.references > 0) return;
  entry.older = newest_;
  (newest_ == kAbsent ? oldest_ : entries_[index(newest_)].newer) = at;
  newest_ = at;
  idle_blocks_ += entry.blocks;
  shared_blocks_ -= entry.blocks;
}

void PrefixCache::erase_from_table(std::uint64_t hash) {
  const std::size_t mask = table_.size() - 1;
  std::size_t hole = home(hash);
  while (entry(table_[hole]).hash != hash) hole = (hole + 1) & mask;
  // What was pushed behind the hole by it moves up (Knuth, volume 3, 6.4, algorithm R).
  for (std::size_t at = (hole + 1) & mask; table_[at] != kAbsent; at = (at + 1) & mask) {
    const std::size_t wanted = home(entry(table_[at]).hash);
    if (((at - wanted) & mask) < ((at - hole) & mask)) continue;
    table_[hole] = table_[at];
    hole = at;
  }
  table_[hole] = kAbsent;
}

void PrefixCache::evict_oldest() {
  POLYFLEET_CHECK(oldest_ != kAbsent, "an idle prefix entry to evict");
  const std::int32_t at = oldest_;
  Entry& entry = entries_[index(at)];
  unlink(entry);
  erase_from_table(entry.hash);
  idle_blocks_ -= entry.blocks;
  --count_;
  entry.newer = free_;
  free_ = at;
}

void PrefixCache::clear() { *this = PrefixCache(); }

}  // namespace polyfleet
