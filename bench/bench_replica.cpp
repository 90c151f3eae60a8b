// One replica on requests of chat length (log-normal, means of the Azure conversation trace: 1,155
// prompt and 211 output tokens; microsoft/AzurePublicDataset 2023), arriving as a Poisson stream.
// Items are requests; `tokens` is simulated output tokens a second of processor time.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <deque>

#include "serving/replica.hpp"
#include "sim/random_stream.hpp"

using namespace polyfleet;

namespace {

/// About an eight-accelerator replica of a 70B model: 6 ms and 20 us a sequence, 30 us a prompt
/// token; knots as a table of the engine's has.
class SomeTimes final : public EngineTimes {
 public:
  Picos tokens(const IterationTokens& iteration) const override {
    return 6'000'000'000 + 20'000'000 * iteration.decode_sequences +
           30'000'000 * iteration.prefill_tokens;
  }
  DecodeSegment decode_attention(std::int64_t, std::int64_t context) const override {
    std::int64_t until = 1024;
    while (until < context) until *= 2;
    return {.fixed = 200'000'000, .per_token = 10'000, .until = until};
  }
  Picos prefill_attention(std::int64_t query, std::int64_t prior) const override {
    return query * (query / 2 + prior) * 2'000;
  }
};

struct Counting final : ReplicaListener {
  std::int64_t ended = 0, tokens = 0;
  void first_token(RequestState&, Picos) override {}
  void finished(RequestState& state, Picos) override {
    ++ended;
    tokens += state.generated;
  }
  void refused(RequestState&, Picos) override { ++ended; }
};

std::deque<RequestState> stream(std::int64_t count, double requests_per_second,
                                std::int64_t prefix_tokens) {
  RandomStream random(7, 0);
  std::deque<RequestState> states;
  double at = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    at += random.exponential(1 / requests_per_second);
    ServingRequest& request = states.emplace_back().request;
    request.arrival = static_cast<Picos>(at * kPicosPerSecond);
    request.input_tokens = std::clamp<std::int64_t>(
        static_cast<std::int64_t>(random.log_normal(6.55, 1.0)), 1, 16'000);
    request.output_tokens =
        std::clamp<std::int64_t>(static_cast<std::int64_t>(random.log_normal(5.1, 0.7)), 1, 2'000);
    if (prefix_tokens == 0) continue;
    request.prefix_block_tokens = static_cast<std::int32_t>(prefix_tokens);
    const std::uint64_t conversation = random.below(2'000);
    for (std::int64_t k = 0; k * prefix_tokens < request.input_tokens; ++k)
      request.prefix_blocks.push_back(conversation * 1'000 + static_cast<std::uint64_t>(k));
  }
  return states;
}

void run(benchmark::State& state, const EngineSettings& settings, double rate,
         std::int64_t prefix_tokens = 0) {
  const SomeTimes times;
  std::int64_t tokens = 0, events = 0, preemptions = 0;
  for (auto turn : state) {
    state.PauseTiming();
    std::deque<RequestState> states = stream(state.range(0), rate, prefix_tokens);
    state.ResumeTiming();
    Counting counting;
    Replica replica(times, settings, counting);
    for (RequestState& request : states) {
      replica.advance(request.request.arrival);
      replica.submit(request, request.request.arrival);
    }
    while (replica.next_event() != kNever) replica.advance(replica.next_event());
    tokens += counting.tokens;
    events += replica.totals().events;
    preemptions += replica.totals().preemptions;
  }
  const auto requests = static_cast<double>(state.iterations() * state.range(0));
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["tokens"] =
      benchmark::Counter(static_cast<double>(tokens), benchmark::Counter::kIsRate);
  state.counters["events"] = static_cast<double>(events) / requests;
  state.counters["preemptions"] = static_cast<double>(preemptions) / requests;
}

EngineSettings engine() {
  EngineSettings settings;
  settings.cache_blocks = 60'000;
  return settings;
}

void mixed(benchmark::State& state) { run(state, engine(), 12); }
BENCHMARK(mixed)->Arg(10'000)->Arg(100'000);

void overloaded(benchmark::State& state) { run(state, engine(), 40); }
BENCHMARK(overloaded)->Arg(10'000)->Arg(100'000);

void prefill_first(benchmark::State& state) {
  EngineSettings settings = engine();
  settings.batching = BatchingPolicy::prefill_first;
  run(state, settings, 12);
}
BENCHMARK(prefill_first)->Arg(100'000);

void small_cache(benchmark::State& state) {
  EngineSettings settings = engine();
  settings.cache_blocks = 6'000;
  settings.watermark = 0;
  run(state, settings, 12);
}
BENCHMARK(small_cache)->Arg(100'000);

void prefixes(benchmark::State& state) {
  EngineSettings settings = engine();
  settings.prefix_cache = true;
  run(state, settings, 12, 512);
}
BENCHMARK(prefixes)->Arg(100'000);

void speculative(benchmark::State& state) {
  EngineSettings settings = engine();
  settings.tokens_per_step_numerator = 183;
  settings.tokens_per_step_denominator = 100;
  run(state, settings, 15);
}
BENCHMARK(speculative)->Arg(100'000);

}  // namespace
