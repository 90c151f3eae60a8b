#include <doctest/doctest.h>

#include "serving/prefix_cache.hpp"
#include "serving/replica.hpp"

using namespace polyfleet;

TEST_CASE("entries are found, kept while referred to, and evicted oldest first") {
  PrefixCache cache;
  for (std::uint64_t hash = 0; hash < 200; ++hash) cache.insert(hash, 2);
  CHECK(cache.shared_blocks() == 400);
  for (std::uint64_t hash = 0; hash < 200; hash += 2) cache.release(cache.find(hash));
  CHECK(cache.idle_blocks() == 200);
  cache.refer(cache.find(0));  // in use again
  cache.refer(cache.find(2));
  cache.release(cache.find(2));  // the newest now
  for (int i = 0; i < 98; ++i) cache.evict_oldest();
  CHECK(cache.idle_blocks() == 2);
  CHECK(cache.find(2) != PrefixCache::kAbsent);
  CHECK(cache.find(0) != PrefixCache::kAbsent);
  for (std::uint64_t hash = 4; hash < 200; ++hash)
    CHECK((cache.find(hash) == PrefixCache::kAbsent) == (hash % 2 == 0));
  cache.evict_oldest();
  CHECK(cache.entries() == 101);
  cache.insert(1000, 1);
  CHECK(cache.entry(cache.find(1000)).references == 1);
}

namespace {

class FlatTimes final : public EngineTimes {
 public:
  Picos tokens(const IterationTokens& iteration) const override {
    return 10 + 10 * iteration.prefill_tokens;
  }
  DecodeSegment decode_attention(std::int64_t, std::int64_t) const override {
    return {.fixed = 0, .per_token = 0, .until = 1'000'000'000};
  }
  Picos prefill_attention(std::int64_t, std::int64_t) const override { return 0; }
};

struct Silent final : ReplicaListener {
  void first_token(RequestState&, Picos) override {}
  void finished(RequestState&, Picos) override {}
  void refused(RequestState&, Picos) override {}
};

RequestState shared_prompt(std::int64_t input, std::vector<std::uint64_t> blocks) {
  RequestState state;
  state.request.input_tokens = input;
  state.request.output_tokens = 2;
  state.request.prefix_blocks = std::move(blocks);
  state.request.prefix_block_tokens = 100;
  return state;
}

EngineSettings caching() {
  EngineSettings settings;
  settings.block_tokens = 10;
  settings.cache_blocks = 100;
  settings.watermark = 0;
  settings.prefix_cache = true;
  return settings;
}

}  // namespace

TEST_CASE("a finished prompt's blocks serve the next one that starts alike") {
  const FlatTimes times;
  Silent silent;
  Replica replica(times, caching(), silent, {.audit = true});
  RequestState first = shared_prompt(250, {1, 2, 3});
  replica.submit(first, 0);
  replica.advance(1'000'000);
  CHECK(first.cached_tokens == 0);
  CHECK(replica.load().cached_blocks == 25);
  CHECK(replica.load().used_blocks == 0);
  RequestState second = shared_prompt(280, {1, 2, 4});
  CHECK(replica.prefix_match(second.request) == 200);
  replica.submit(second, 1'000'000);
  replica.advance(2'000'000);
  CHECK(second.cached_tokens == 200);
  CHECK(second.first_token == 1'000'000 + 10 + 10 * 80);
  CHECK(replica.totals().prefix_hit_tokens == 200);
  CHECK(replica.load().cached_blocks == 20 + 5 + 8);
  RequestState same = shared_prompt(280, {1, 2, 4});
  replica.submit(same, 2'000'000);
  replica.advance(3'000'000);
  CHECK(same.cached_tokens == 279);  // one token at least is computed
}

TEST_CASE("idle blocks are evicted deepest and oldest first when room is needed") {
  const FlatTimes times;
  Silent silent;
  Replica replica(times, caching(), silent, {.audit = true});
  RequestState first = shared_prompt(500, {1, 2, 3, 4, 5});
  replica.submit(first, 0);
  replica.advance(1'000'000);
  RequestState other = shared_prompt(600, {});
  replica.submit(other, 1'000'000);  // 61 blocks in the end: 39 of 50 may stay
  replica.advance(2'000'000);
  CHECK(replica.load().cached_blocks == 30);
  CHECK(replica.prefix_match(first.request) == 300);
}

TEST_CASE("requests in flight share, and both hold what they share") {
  const FlatTimes times;
  Silent silent;
  Replica replica(times, caching(), silent, {.audit = true});
  RequestState first = shared_prompt(200, {1, 2}), second = shared_prompt(200, {1, 2});
  first.request.output_tokens = second.request.output_tokens = 500;
  replica.submit(first, 0);
  replica.advance(2015);  // its prompt ended at 2010
  CHECK(replica.load().used_blocks == 21);
  replica.submit(second, 2015);
  replica.advance(2045);  // one token of the second's prompt, 2020 to 2040
  CHECK(second.cached_tokens == 199);
  CHECK(replica.load().used_blocks == 20 + 2);
  replica.withdraw(first, 2045);
  CHECK(replica.load().used_blocks == 21);
  CHECK(replica.load().cached_blocks == 0);
  replica.withdraw(second, 2045);
  CHECK(replica.load().used_blocks == 0);
  CHECK(replica.load().cached_blocks == 20);
}

TEST_CASE("a last block of another length is not taken for the same") {
  const FlatTimes times;
  Silent silent;
  Replica replica(times, caching(), silent, {.audit = true});
  RequestState first = shared_prompt(250, {1, 2, 3}), longer = shared_prompt(300, {1, 2, 3});
  replica.submit(first, 0);
  replica.advance(1'000'000);
  CHECK(replica.prefix_match(longer.request) == 200);
  CHECK(replica.prefix_match(first.request) == 249);
}
