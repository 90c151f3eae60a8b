// Identities of prompt blocks that were never tokens: what two synthetic prompts share follows from
// where they were drawn, so a chained hash needs only (source, system prompt or conversation, block
// number). 64 bits: two of n different blocks collide with probability n^2 / 2^65.
#pragma once

#include <cstdint>
#include <vector>

namespace polyfleet {

/// Unrelated outputs for neighbouring inputs (SplitMix64's finaliser; Steele, Lea, Flood 2014).
std::uint64_t mixed_hash(std::uint64_t a, std::uint64_t b);

/// What a synthetic prompt is made of.
struct PromptParts {
  std::uint64_t source = 0;         ///< sources with different numbers share nothing
  std::uint64_t system_prompt = 0;  ///< which one
  std::int64_t system_tokens = 0;
  std::uint64_t conversation = 0;
  std::int64_t tokens = 0;  ///< in all; turns of one conversation extend each other
};

/// One hash for each block of `block_tokens`: those inside the system prompt are the same for all
/// that share it, later full ones for all turns of the conversation, a last partial one is its own.
std::vector<std::uint64_t> prefix_hashes(const PromptParts& parts, std::int32_t block_tokens);

}  // namespace polyfleet
