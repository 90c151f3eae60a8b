#include "serving/cluster_prefix_bound.hpp"

#include <algorithm>

namespace polyfleet {
namespace {

constexpr std::size_t kFirstSize = 1024;

/// Finaliser of SplitMix64 (Steele, Lea, Flood 2014): every bit of the input moves every bit.
std::uint64_t mixed(std::uint64_t bits) {
  bits += 0x9e3779b97f4a7c15U;
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9U;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebU;
  return bits ^ (bits >> 31);
}

}  // namespace

std::int64_t InfinitePrefixCache::see(const ServingRequest& request) {
  if (request.prefix_blocks.empty()) return 0;
  std::int64_t known = 0;
  bool leading = true;
  for (const std::uint64_t block : request.prefix_blocks) {
    const std::uint64_t model = mixed(static_cast<std::uint64_t>(request.model));
    const bool seen = !insert(mixed(block ^ model));
    leading = leading && seen;
    if (leading) ++known;
  }
  return std::min(known * request.prefix_block_tokens, request.input_tokens);
}

bool InfinitePrefixCache::insert(std::uint64_t key) {
  if (2 * (held_ + 1) > table_.size()) grow();
  key = key == 0 ? 1 : key;
  const std::size_t mask = table_.size() - 1;
  std::size_t place = key & mask;
  while (table_[place] != 0 && table_[place] != key) place = (place + 1) & mask;
  if (table_[place] == key) return false;
  table_[place] = key;
  ++held_;
  return true;
}

void InfinitePrefixCache::grow() {
  const std::vector<std::uint64_t> old = std::move(table_);
  table_.assign(std::max(kFirstSize, 2 * old.size()), 0);
  const std::size_t mask = table_.size() - 1;
  for (const std::uint64_t key : old) {
    if (key == 0) continue;
    std::size_t place = key & mask;
    while (table_[place] != 0) place = (place + 1) & mask;
    table_[place] = key;
  }
}

}  // namespace polyfleet
