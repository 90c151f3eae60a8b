// The closed form against cases that can be solved by hand: one user, M/D/1, a machine that only
// decodes; and the laws that every answer keeps.
#include <doctest/doctest.h>

#include <cmath>
#include <ctime>
#include <limits>

#include "serving/steady_state.hpp"

using namespace polyfleet;

namespace {

/// Iterations of `base` and so much per new token, context token and prompt token squared.
class LinearTimes final : public EngineTimes {
 public:
  Picos base = picos_of(8 * millisecond);
  Picos per_decode = picos_of(20 * microsecond);
  Picos per_prefill = picos_of(50 * microsecond);
  Picos per_context = picos_of(1 * nanosecond);
  Picos tokens(const IterationTokens& iteration) const override {
    return base + iteration.decode_sequences * per_decode + iteration.prefill_tokens * per_prefill;
  }
  DecodeSegment decode_attention(std::int64_t, std::int64_t) const override {
    return {0, per_context, std::numeric_limits<std::int64_t>::max()};
  }
  Picos prefill_attention(std::int64_t, std::int64_t) const override { return 0; }
};

struct SteadyBench {
  LinearTimes times;
  EngineSettings settings;
  ReplicaPower power{true, 100 * watt, 500 * watt, 900 * watt, 1.2, "test"};
  SteadyBench() {
    settings.cache_blocks = 100000;
    settings.token_budget = 4096;
  }
  SteadyEngine engine() const { return {times, settings, power, 0.1}; }
};

SteadyLoad closed(double users, double input = 1000, double output = 201) {
  SteadyLoad load;
  load.input_tokens = input;
  load.output_tokens = output;
  load.concurrency = users;
  return load;
}
SteadyLoad open(double rate, double input = 1000, double output = 201) {
  SteadyLoad load = closed(0, input, output);
  load.requests_per_second = rate;
  return load;
}
double ms(Seconds time) { return time / millisecond; }

}  // namespace

TEST_CASE("one user: the prompt's iteration, then decode steps of one") {
  SteadyBench bench;
  bench.settings.front_end = picos_of(15 * millisecond);
  const SteadyState state = steady_state(bench.engine(), closed(1));
  // 8 + 1000 x 0.05 = 58 ms; 8 + 0.02 + (1000 + 100.5) x 1 ns = 8.0211005 ms.
  CHECK(ms(state.ttft) == doctest::Approx(15 + 58).epsilon(1e-6));
  CHECK(ms(state.tpot) == doctest::Approx(8.0211005).epsilon(1e-6));
  const double cycle = 0.073 + 200 * 0.0080211005;
  CHECK(ms(state.end_to_end) == doctest::Approx(1000 * cycle).epsilon(1e-6));
  CHECK(state.requests_per_second == doctest::Approx(1 / cycle).epsilon(1e-6));
  CHECK(state.output_rate / token_per_second == doctest::Approx(201 / cycle).epsilon(1e-6));
  CHECK(state.total_rate / token_per_second == doctest::Approx(1201 / cycle).epsilon(1e-6));
  // Idle only while the front end works.
  const double busy = 1 - 0.015 / cycle;
  const double prefill = 0.058 / (cycle - 0.015);
  const double watts = 1.2 * (100 * (1 - busy) + busy * (900 * prefill + 500 * (1 - prefill)));
  CHECK(state.power / watt == doctest::Approx(watts).epsilon(0.01));
  CHECK(state.log_sigma == 0.1);
}

TEST_CASE("a prompt above the budget takes several iterations") {
  SteadyBench bench;
  const SteadyState state = steady_state(bench.engine(), closed(1, 10000, 2));
  // 4096 + 4096 + 1808 tokens in three iterations.
  CHECK(ms(state.ttft) == doctest::Approx(3 * 8 + 500).epsilon(2e-4));
  bench.settings.chunked_prefill = false;
  CHECK(ms(steady_state(bench.engine(), closed(1, 10000, 2)).ttft) ==
        doctest::Approx(8 + 500).epsilon(1e-6));
}

TEST_CASE("prompts of one iteration each are an M/D/1 queue") {
  SteadyBench bench;
  const double service = 0.008 + 4096 * 0.00005;  // the prompt fills the budget
  for (const double load : {0.2, 0.5, 0.8, 0.95}) {
    const SteadyState state = prefill_steady_state(bench.engine(), open(load / service, 4096, 50));
    const double wait = load * service / (2 * (1 - load));
    CHECK(state.ttft / second == doctest::Approx(service + wait).epsilon(1e-6));
    CHECK(state.stable);
  }
  const SteadyState beyond = prefill_steady_state(bench.engine(), open(1.01 / service, 4096, 50));
  CHECK_FALSE(beyond.stable);
  CHECK(beyond.limit == "compute of prefill");
  CHECK(beyond.requests_per_second == doctest::Approx(1 / service).epsilon(1e-4));
}

TEST_CASE("a replica that only decodes: Little's law with steps that grow with the batch") {
  SteadyBench bench;
  const double steps = 200, rate = 5;
  const SteadyState state = decode_steady_state(bench.engine(), open(rate));
  // b = rate x steps x (base + (1 + b) x each), so b = rate x steps x (base + each) / (1 - ...).
  const double each = 20e-6 + (1000 + 100.5) * 1e-9;
  const double batch = rate * steps * (0.008 + each) / (1 - rate * steps * each);
  CHECK(state.running == doctest::Approx(batch).epsilon(1e-4));
  CHECK(state.tpot / second == doctest::Approx(batch / (rate * steps)).epsilon(1e-4));
  CHECK(state.ttft == 0 * second);
  CHECK(state.prefill_share == 0);
}

TEST_CASE("Little's law over the whole stay; more users, more throughput and longer steps") {
  const SteadyBench bench;
  SteadyState before;
  for (const double users : {1, 2, 4, 8, 16, 32, 64, 128, 256}) {
    CAPTURE(users);
    const SteadyState state = steady_state(bench.engine(), closed(users));
    CHECK(state.requests_per_second * (state.end_to_end / second) ==
          doctest::Approx(users).epsilon(1e-6));
    CHECK(state.requests_per_second > before.requests_per_second);
    CHECK(state.tpot > before.tpot);
    CHECK(state.ttft > before.ttft);
    before = state;
    // The open stream of the same rate sees nearly the same batch where there are many users.
    if (users < 64 || users > 200) continue;
    const SteadyState stream = steady_state(bench.engine(), open(state.requests_per_second));
    CHECK(stream.running == doctest::Approx(state.running).epsilon(0.08));
  }
}

TEST_CASE("cache and seats limit the batch, and the answer says which") {
  SteadyBench bench;
  bench.settings.max_sequences = 16;
  SteadyState state = steady_state(bench.engine(), closed(64));
  CHECK(state.running == doctest::Approx(16).epsilon(1e-3));
  CHECK(state.limit == "max sequences");
  CHECK(state.requests_per_second * (state.end_to_end / second) ==
        doctest::Approx(64).epsilon(1e-3));
  const double rate = state.requests_per_second;
  CHECK_FALSE(steady_state(bench.engine(), open(1.05 * rate)).stable);
  CHECK(steady_state(bench.engine(), open(0.9 * rate)).stable);

  bench.settings.max_sequences = 256;
  bench.settings.cache_blocks = 700;  // 11,200 tokens: ten sequences of about 1,100
  state = steady_state(bench.engine(), closed(64));
  CHECK(state.limit == "cache");
  CHECK(state.running == doctest::Approx(11200 * 0.99 / 1108.5).epsilon(0.01));
  CHECK(state.cache_share == doctest::Approx(0.99).epsilon(0.01));
  bench.settings.reserve_output = true;  // 1,201 tokens each from the start
  CHECK(steady_state(bench.engine(), closed(64)).running ==
        doctest::Approx(11200 * 0.99 / 1209).epsilon(0.01));
  bench.settings.reserve_output = false;
  bench.settings.cache_blocks = 70;
  state = steady_state(bench.engine(), closed(64));
  CHECK_FALSE(state.stable);
  CHECK(state.limit == "a request is longer than the cache or the model allows");
}

TEST_CASE("the highest rate within bounds meets them, and a higher one does not") {
  const SteadyBench bench;
  for (const double bound : {9.0, 12.0, 20.0}) {
    CAPTURE(bound);
    const SteadyState state =
        most_within(bench.engine(), closed(0), 500 * millisecond, bound * millisecond);
    REQUIRE(state.stable);
    CHECK(ms(state.tpot) <= bound * 1.0001);
    const double rate = state.requests_per_second;
    const SteadyState there = steady_state(bench.engine(), open(rate));
    CHECK(ms(there.tpot) == doctest::Approx(ms(state.tpot)).epsilon(5e-3));
    const SteadyState more = steady_state(bench.engine(), open(1.02 * rate));
    CHECK((!more.stable || ms(more.tpot) > bound || ms(more.ttft) > 500));
  }
  const SteadyState soon = most_within(bench.engine(), closed(0), 75 * millisecond, 1 * second);
  REQUIRE(soon.stable);
  CHECK(ms(soon.ttft) <= 75.01);
  CHECK(ms(steady_state(bench.engine(), open(1.05 * soon.requests_per_second)).ttft) > 75);
  const SteadyState never =
      most_within(bench.engine(), closed(0), 500 * millisecond, 5 * millisecond);
  CHECK_FALSE(never.stable);
  CHECK(never.limit == "TPOT of an idle replica");
}

TEST_CASE("found prompt tokens cost nothing, speculation shortens the gap between tokens") {
  SteadyBench bench;
  SteadyLoad load = closed(8);
  const SteadyState plain = steady_state(bench.engine(), load);
  load.cached_share = 0.8;
  const SteadyState cached = steady_state(bench.engine(), load);
  CHECK(cached.ttft < 0.5 * plain.ttft);
  CHECK(cached.tpot < plain.tpot);
  bench.settings.tokens_per_step_numerator = 2;
  const SteadyState drafted = steady_state(bench.engine(), closed(1));
  CHECK(ms(drafted.tpot) == doctest::Approx(8.0211005 / 2).epsilon(1e-6));
}

TEST_CASE("prompts first: decode waits for them") {
  SteadyBench bench;
  const SteadyState mixed = steady_state(bench.engine(), closed(32));
  bench.settings.batching = BatchingPolicy::prefill_first;
  const SteadyState first = steady_state(bench.engine(), closed(32));
  // The prompts' iterations read the weights apart: 8 ms more for each.
  CHECK(first.tpot > mixed.tpot);
  CHECK(first.requests_per_second < mixed.requests_per_second);
}

TEST_CASE("an answer takes tens of microseconds") {
  const SteadyBench bench;
  const std::clock_t start = std::clock();  // of this process: tests share their machine
  double sum = 0;
  constexpr int kCalls = 1000;
  for (int i = 0; i < kCalls; ++i)
    sum += steady_state(bench.engine(), closed(1 + i % 200)).requests_per_second;
  const double took = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  CHECK(sum > 0);
  const double microseconds = took / kCalls * 1e6;
  MESSAGE("us a call: ", microseconds);
  CHECK(took / kCalls < 1e-3);
}
