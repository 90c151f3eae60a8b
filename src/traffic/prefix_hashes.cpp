#include "traffic/prefix_hashes.hpp"

namespace polyfleet {

std::uint64_t mixed_hash(std::uint64_t a, std::uint64_t b) {
  std::uint64_t x = a * 0x9e3779b97f4a7c15ULL + b + 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

std::vector<std::uint64_t> prefix_hashes(const PromptParts& parts, std::int32_t block_tokens) {
  const auto blocks = static_cast<std::size_t>((parts.tokens + block_tokens - 1) / block_tokens);
  const auto shared = static_cast<std::size_t>(parts.system_tokens / block_tokens);
  const std::uint64_t system = mixed_hash(mixed_hash(parts.source, 1), parts.system_prompt);
  const std::uint64_t own = mixed_hash(mixed_hash(parts.source, 2), parts.conversation);
  std::vector<std::uint64_t> hashes(blocks);
  for (std::size_t i = 0; i < blocks; ++i) hashes[i] = mixed_hash(i < shared ? system : own, i);
  const std::int64_t rest = parts.tokens % block_tokens;
  if (blocks > shared && rest != 0) {  // ends differently in every turn
    hashes.back() = mixed_hash(mixed_hash(own, blocks), static_cast<std::uint64_t>(parts.tokens));
  }
  return hashes;
}

}  // namespace polyfleet
