#include <set>

#include "traffic/prefix_hashes.hpp"
#include "traffic_testing.hpp"

namespace polyfleet {

TEST_CASE("prompts share what they are made of, block by block") {
  const PromptParts first{1, 0, 40, 7, 70};
  PromptParts longer = first, other = first, other_system = first, other_source = first;
  longer.tokens = 100;
  other.conversation = 8;
  other_system.system_prompt = 1;
  other_source.source = 2;
  const auto common = [&](const PromptParts& a) {
    const auto x = prefix_hashes(first, 16), y = prefix_hashes(a, 16);
    std::size_t n = 0;
    while (n < x.size() && n < y.size() && x[n] == y[n]) ++n;
    return n;
  };
  CHECK(prefix_hashes(first, 16).size() == 5);  // 70 tokens: four full blocks and one of 6
  CHECK(common(first) == 5);
  CHECK(common(longer) == 4);  // the block of 6 is full in the longer prompt: another block
  CHECK(common(other) == 2);   // 40 tokens of system prompt: two full blocks
  CHECK(common(other_system) == 0);
  CHECK(common(other_source) == 0);
  PromptParts full = first;
  full.tokens = 64;
  CHECK(common(full) == 4);
  const auto hashes = prefix_hashes({3, 0, 0, 0, 1'000'000}, 1);
  CHECK(std::set<std::uint64_t>(hashes.begin(), hashes.end()).size() == 1'000'000);
}

}  // namespace polyfleet
