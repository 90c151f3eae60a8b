#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "unit/serving/engine_fixture.hpp"

using namespace polyfleet;

namespace {

/// Measured tables are not smooth: where nothing but launches costs time, twice the tokens may take
/// a trifle less.
constexpr double kWobble = 0.998;

IterationTokens decode(std::int64_t sequences) { return {sequences, 0, sequences}; }

Picos attention_at(const EngineModel& engine, std::int64_t sequences, std::int64_t context) {
  const DecodeSegment segment = engine.decode_attention(sequences, context);
  CHECK(segment.until >= context);
  return segment.fixed + segment.per_token * context;
}

}  // namespace

TEST_CASE("a decode step is never faster than reading weights and cache") {
  EngineCase one;
  one.profile.host_per_iteration = 0 * second;
  one.profile.host_shortest_iteration = 0 * second;
  const auto engine = one.made();
  const Bytes cache = engine->memory().cache_per_token * (64 * 2000.0);
  const Bytes weights = engine->memory().weights - 128256.0 * 4096 * 2 * byte;  // lookup: few rows
  const Seconds least = (weights + cache) / one.machine.accelerator.memory_bandwidth->value;
  const Seconds step =
      seconds_of_picos(engine->tokens(decode(64)) + attention_at(*engine, 64, 64 * 2000));
  CHECK(step > least);
  CHECK(step < least * 1.8);
}

TEST_CASE("decode attention: continuous, rising, a segment for every context") {
  EngineCase one;
  const auto engine = one.made();
  for (const std::int64_t sequences : {1, 7, 64, 333}) {
    std::int64_t context = sequences;
    Picos before = 0;
    for (int knots = 0; knots < 30; ++knots) {
      const DecodeSegment segment = engine->decode_attention(sequences, context);
      if (segment.until == std::numeric_limits<std::int64_t>::max()) break;
      const DecodeSegment next = engine->decode_attention(sequences, segment.until + 1);
      CHECK(segment.fixed + segment.per_token * segment.until ==
            next.fixed + next.per_token * segment.until);
      CHECK(segment.fixed + segment.per_token * context >= before);
      CHECK(segment.per_token >= 0);
      before = segment.fixed + segment.per_token * segment.until;
      context = segment.until + 1;
    }
    CHECK(context > sequences * 1'000'000);
  }
  CHECK(attention_at(*engine, 0, 0) == 0);
}

TEST_CASE("explain adds up to the simulator's times") {
  EngineCase one;
  one.model = engine_test_model("deepseek-r1");
  one.question.formats = engine_formats("fp8_block");
  one.question.layout = {.tensor = 8, .expert = 8};
  const auto engine = one.made();
  const IterationTokens mixed{40, 512, 41};
  const IterationBreakdown where = engine->explain(mixed, 1024, 512, 256);
  const Seconds parts = where.products + where.experts + where.attention + where.small_kernels +
                        where.communication + where.host;
  CHECK(parts / second == doctest::Approx(where.total / second));
  const Picos simulated = engine->tokens(mixed) + attention_at(*engine, 40, 40 * 1024) +
                          engine->prefill_attention(512, 256);
  CHECK(static_cast<double>(simulated) ==
        doctest::Approx(where.total / second * 1e12).epsilon(1e-6));
  CHECK(where.experts > 0 * second);
  CHECK(where.log_sigma > 0.01);
  CHECK(where.log_sigma < 0.5);
}

TEST_CASE("more tokens, sequences, context and chunks take longer") {
  EngineCase one;
  one.profile.eager_launch = 0 * second;
  const auto engine = one.made();
  Picos before = 0;
  for (std::int64_t batch = 1; batch <= 1024; batch *= 2) {
    const Picos step = engine->tokens(decode(batch)) + attention_at(*engine, batch, batch * 1000);
    CHECK(static_cast<double>(step) >= kWobble * static_cast<double>(before));
    before = step;
  }
  Picos shorter = 0;
  for (std::int64_t query = 16; query <= 16384; query *= 2) {
    const Picos chunk = engine->tokens({0, query, 1}) + engine->prefill_attention(query, 0);
    CHECK(static_cast<double>(chunk) >= kWobble * static_cast<double>(shorter));
    CHECK(engine->prefill_attention(query, 4096) >= engine->prefill_attention(query, 0));
    shorter = chunk;
  }
  CHECK(engine->tokens({8, 512, 9}) > engine->tokens(decode(8)));
  // 64 tokens more through a head of 128,256 x 4,096 are bound by reading it: hardly more than one
  const Picos none = engine->tokens({0, 512, 0}), one_ends = engine->tokens({0, 512, 1});
  const Seconds reading =
      128256.0 * 4096 * 2 * byte / one.machine.accelerator.memory_bandwidth->value;
  CHECK(seconds_of_picos(one_ends - none) > reading);
  CHECK(seconds_of_picos(one_ends - none) < reading * 2);
  CHECK(engine->prefill_attention(0, 100) == 0);
}

TEST_CASE("more bandwidth never slows a step") {
  EngineCase plain, fast;
  const auto catalogue = load_catalogue(engine_data());
  Accelerator part = plain.machine.accelerator;
  const System system = plain.machine.system;
  part.memory_bandwidth->value *= 1.5;
  auto machine = load_engine_machine(part, system, engine_data());
  REQUIRE(machine);
  fast.machine = std::move(*machine);
  const auto slow_engine = plain.made(), fast_engine = fast.made();
  for (const std::int64_t batch : {1, 16, 256}) {
    CHECK(fast_engine->tokens(decode(batch)) <= slow_engine->tokens(decode(batch)));
    CHECK(attention_at(*fast_engine, batch, batch * 4000) <=
          attention_at(*slow_engine, batch, batch * 4000));
  }
}

TEST_CASE("capacity: by the engine's rule, tight to a byte") {
  EngineCase one;
  const auto whole = one.made();
  REQUIRE(whole->fits_in_memory());
  const InferenceMemory& memory = whole->memory();
  const Bytes room = one.machine.visible_memory * 0.9 - memory.weights - memory.activations -
                     one.profile.memory_reserve;
  const double block = memory.cache_per_token / byte * 16;
  CHECK(whole->settings().cache_blocks ==
        static_cast<std::int64_t>(std::floor(room / byte / block)));
  CHECK(whole->cache_tokens() == whole->settings().cache_blocks * 16);
  // memory for exactly one block, and for one byte less
  const Bytes beside = memory.weights + memory.activations + one.profile.memory_reserve;
  one.question.memory_fraction = 1;
  one.machine.visible_memory = beside + (block + 0.5) * byte;
  CHECK(one.made()->settings().cache_blocks == 1);
  one.machine.visible_memory = beside + (block - 0.5) * byte;
  const auto misfit = one.made();
  CHECK(!misfit->fits_in_memory());
  CHECK(misfit->misfit().find("weights take") != std::string::npos);
}

TEST_CASE("capacity: the three rules differ as the engines say") {
  EngineCase one;
  one.profile.memory_rule = MemoryRule::static_pool;
  one.profile.memory_fraction = 0.9;
  const Bytes pool = one.machine.visible_memory * 0.9;
  const auto engine = one.made();
  const double tokens = (pool - engine->memory().weights) / engine->memory().cache_per_token;
  CHECK(static_cast<double>(engine->cache_tokens()) == doctest::Approx(tokens).epsilon(1e-3));
  one.profile.memory_rule = MemoryRule::of_free;
  const auto free = one.made();
  const Bytes left = one.machine.visible_memory - free->memory().weights -
                     free->memory().activations - one.profile.memory_reserve;
  CHECK(static_cast<double>(free->cache_tokens()) ==
        doctest::Approx(left * 0.9 / free->memory().cache_per_token).epsilon(1e-3));
}

TEST_CASE("state of every sequence takes at most half of the cache") {
  EngineCase one;
  one.model = engine_test_model("nemotron-h-8b");  // recurrent layers
  const auto engine = one.made();
  const InferenceMemory& memory = engine->memory();
  REQUIRE(memory.cache_per_sequence > 0 * byte);
  const Bytes room = one.machine.visible_memory * 0.9 - memory.weights - memory.activations -
                     one.profile.memory_reserve;
  const double most = std::floor(room * 0.5 / memory.cache_per_sequence);
  const double asked = static_cast<double>(one.question.settings.max_sequences);
  CHECK(static_cast<double>(engine->settings().max_sequences) == std::min(asked, most));
  one.question.settings.max_sequences = 1 << 20;
  const auto many = one.made();
  CHECK(static_cast<double>(many->settings().max_sequences) == most);
  CHECK(static_cast<double>(many->cache_tokens()) >=
        std::floor(room * 0.5 / memory.cache_per_token) - 16);
}

TEST_CASE("DP attention multiplies the cache and waits for the busiest rank") {
  EngineCase one;
  one.machine = engine_machine("nv_h200");
  one.model = engine_test_model("deepseek-r1");
  one.question.formats = engine_formats("fp8_block");
  one.question.layout = {.tensor = 8};
  const auto plain = one.made();
  one.question.layout = {.tensor = 8, .attention_data = 8};
  const auto data = one.made();
  CHECK(data->cache_tokens() > plain->cache_tokens() * 5);
  // 8 and 1 sequences: one on the busiest rank either way
  const auto at = [&](std::int64_t n) {
    return static_cast<double>(attention_at(*data, n, n * 4096));
  };
  CHECK(at(8) == doctest::Approx(at(1)).epsilon(1e-4));  // whole picoseconds a token
  CHECK(at(9) > at(8) * 1.001);
  // eight ranks work on eight chunks at once; one rank has all heads
  CHECK(data->prefill_attention(4096, 0) < plain->prefill_attention(4096, 0) * 2);
  CHECK(data->prefill_attention(4096, 0) > plain->prefill_attention(4096, 0) / 4);
}

TEST_CASE("speculation verifies more tokens and drafts before") {
  EngineCase one;
  one.machine = engine_machine("nv_h200");
  one.model = engine_test_model("deepseek-r1");
  one.question.formats = engine_formats("fp8_block");
  one.question.layout = {.tensor = 8};
  const auto plain = one.made();
  one.question.speculation = {.draft_tokens = 2, .tokens_per_step = 2.2};
  const auto drafting = one.made();
  CHECK(drafting->tokens(decode(16)) > plain->tokens(decode(48)));
  CHECK(drafting->tokens(decode(16)) < plain->tokens(decode(48)) * 2);
  CHECK(drafting->settings().tokens_per_step_numerator == 2200);
  CHECK(drafting->settings().tokens_per_step_denominator == 1000);
  CHECK(drafting->memory().weights > plain->memory().weights);
  one.question.speculation.tokens_per_step = 3.5;
  CHECK(!one.make());
}

TEST_CASE("pipeline stages work on batches of their own") {
  EngineCase one;
  one.model = engine_test_model("llama3.1-70b");
  one.question.formats = engine_formats("fp8");
  one.question.layout = {.tensor = 2, .pipeline = 4};
  const auto staged = one.made();
  one.question.layout = {.tensor = 2, .pipeline = 1};
  const auto whole = one.made();
  // an iteration of 256 sequences passes all stages in four batches of 64: about a pass of 64
  const double ratio = static_cast<double>(staged->tokens(decode(256))) /
                       static_cast<double>(whole->tokens(decode(64)));
  CHECK(ratio > 0.98);
  CHECK(ratio < 1.1);
  CHECK(staged->cache_tokens() > whole->cache_tokens() * 3);
}

TEST_CASE("the host is a gap, a share of every sequence and a shortest iteration") {
  EngineCase one;
  one.profile.host_per_iteration = 0 * second;
  one.profile.host_shortest_iteration = 0 * second;
  const Picos bare = one.made()->tokens(decode(4));
  one.profile.host_per_iteration = 1 * millisecond;
  one.profile.host_per_sequence = 10 * microsecond;
  CHECK(one.made()->tokens(decode(4)) == bare + picos_of(1.04 * millisecond));
  one.profile.host_shortest_iteration = 1 * second;
  {
    const auto engine = one.made();  // with the attention of short contexts, 128 tokens each
    CHECK(static_cast<double>(engine->tokens(decode(4)) + attention_at(*engine, 4, 4 * 128)) ==
          doctest::Approx(1e12));
  }
  one.profile.host_shortest_iteration = 0 * second;
  // 32 layers: two norms, four products, rotary embedding, cache write, activation; and the
  // embedding before them, the last norm behind.
  one.profile.eager_launch = 1 * millisecond;
  CHECK(one.made()->tokens({0, 16, 1}) == picos_of((32 * 9 + 2 + 1.01) * millisecond));
}

TEST_CASE("layouts and engines that cannot be are diagnosed, all at once") {
  EngineCase one;
  one.question.layout = {.tensor = 3};
  const auto odd = one.make();
  REQUIRE(!odd);
  CHECK(odd.problems().size() == 2);  // heads and MLP
  one.question.layout = {.tensor = 8, .expert = 2};
  CHECK(!one.make());  // no experts
  one.question.layout = {.tensor = 0, .context = -1};
  CHECK(one.make().problems().size() == 2);
  one.question.layout = {.tensor = 4, .attention_data = 3};
  CHECK(!one.make());
  one.question.layout = {};
  one.profile.vendors = {"AMD"};
  const auto foreign = one.make();
  REQUIRE(!foreign);
  CHECK(foreign.problems()[0].what.find("NVIDIA") != std::string::npos);
}

TEST_CASE("power: idle below decode below prefill, hosts included") {
  EngineCase one;
  one.question.layout = {.tensor = 2};
  const ReplicaPower power = one.made()->power();
  REQUIRE(power.known);
  CHECK(power.idle < power.decoding);
  CHECK(power.decoding < power.prefilling);
  CHECK(power.prefilling > 2 * one.machine.accelerator.tdp->value * 0.95);
  CHECK(power.pue >= 1);
  Accelerator unknown;
  CHECK(!replica_power(unknown, System{}, 8, *load_power_activity(engine_data())).known);
}

TEST_CASE("memory that drivers show") {
  constexpr double kGibibyte = 1073741824.0;
  CHECK(engine_machine("nv_b200").visible_memory / byte / kGibibyte == doctest::Approx(178.35));
  CHECK(engine_machine("amd_mi355x").visible_memory / byte / kGibibyte ==
        doctest::Approx(288).epsilon(1e-3));
  CHECK(engine_machine("nv_b300").visible_memory / byte / kGibibyte == doctest::Approx(268.6));
  // an engine's all-reduce beats the vendor's library at decode sizes; a library unknown here is
  // the vendor's
  const EngineMachine machine = engine_machine("amd_mi355x");
  const RankGroup group{.size = 8, .per_domain = 8};
  const Bytes message = 98304.0 * byte;
  const auto time = [&](const char* library) {
    return machine.collectives_of(library).time(CollectiveKind::all_reduce, message, group).time;
  };
  CHECK(time("aiter_graph") / microsecond == doctest::Approx(6.8));
  CHECK(time("aiter_graph") < time(""));
  CHECK(time("nobody's") == time(""));
}
