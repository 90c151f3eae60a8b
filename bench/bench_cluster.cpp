// The cluster simulation at one core: the Azure conversation trace scaled up (copies at once, each
// later by up to a minute), and Poisson arrivals from ten thousand to a million requests for the
// slope. An engine of plain affine times, so that this measures the simulator; counters: requests,
// output tokens and events per CPU second, events per request.
#include <benchmark/benchmark.h>

#include <memory>

#include "serving/cluster.hpp"
#include "traffic/open_traffic.hpp"

using namespace polyfleet;

namespace {

/// About a dense model of 70 billion weights on eight accelerators: 15 ms a decode step, 25 us a
/// prompt token, 0.6 ns a context token.
struct AffineTimes final : EngineTimes {
  Picos tokens(const IterationTokens& work) const override {
    return 15'000'000'000 + work.prefill_tokens * 25'000'000 + work.decode_sequences * 20'000'000;
  }
  DecodeSegment decode_attention(std::int64_t, std::int64_t) const override {
    return {0, 600, std::int64_t{1} << 60};
  }
  Picos prefill_attention(std::int64_t query, std::int64_t prior) const override {
    return query * (prior + query / 2) * 2'000;
  }
};

ServingCluster cluster_of(const EngineTimes& times, int replicas, RouterKind router) {
  ServingPool pool;
  pool.name = "pool";
  pool.times = &times;
  pool.replicas = replicas;
  pool.settings.max_sequences = 256;
  pool.settings.cache_blocks = 60'000;
  ServingCluster cluster;
  cluster.pools = {pool};
  cluster.router = router;
  return cluster;
}

void simulate(benchmark::State& state, const ServingCluster& cluster, const TrafficSpec& traffic) {
  double requests = 0, tokens = 0, events = 0;
  for (auto each : state) {
    const auto source = open_traffic(traffic, 1);
    const auto report = simulate_serving(cluster, **source, {});
    if (!report || report->lost != 0 || report->finished == 0) state.SkipWithError("no run");
    requests += static_cast<double>(report->finished);
    tokens += static_cast<double>(report->output_tokens);
    events += static_cast<double>(report->events);
  }
  using benchmark::Counter;
  state.counters["requests"] = Counter(requests, Counter::kIsRate);
  state.counters["tokens"] = Counter(tokens, Counter::kIsRate);
  state.counters["events"] = Counter(events, Counter::kIsRate);
  state.counters["events_per_request"] = events / requests;
}

TrafficSpec azure(std::int64_t copies) {
  TrafficSpec traffic;
  traffic.names.models = {"model"};
  SourceSpec source;
  source.arrivals = ArrivalKind::trace;
  source.trace.file =
      std::string(POLYFLEET_SOURCE_DIR) + "/data/traces/AzureLLMInferenceTrace_conv.csv";
  source.trace.copies = copies;
  source.trace.copy_jitter = 1 * minute;
  traffic.sources = {source};
  return traffic;
}

/// `copies` times the trace on as many replicas as carry it.
void azure_conversation(benchmark::State& state, RouterKind router) {
  const AffineTimes times;
  simulate(state, cluster_of(times, static_cast<int>(state.range(1)), router),
           azure(state.range(0)));
}
BENCHMARK_CAPTURE(azure_conversation, least_loaded, RouterKind::least_loaded)
    ->Args({1, 1})
    ->Args({10, 4})
    ->Args({52, 20})
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(azure_conversation, predicted_latency, RouterKind::predicted_latency)
    ->Args({10, 4})
    ->Unit(benchmark::kMillisecond);

void poisson_arrivals(benchmark::State& state) {
  const AffineTimes times;
  TrafficSpec traffic;
  traffic.names.models = {"model"};
  SourceSpec source;
  source.rate = 40 * hertz;
  source.requests = state.range(0);
  RequestShape shape;
  shape.input = {LengthKind::log_normal, 1000, 1, 1, 1, 1, 16'000};
  shape.output = {LengthKind::log_normal, 200, 1, 1, 0.8, 1, 2'000};
  source.shapes = {shape};
  traffic.sources = {source};
  simulate(state, cluster_of(times, 4, RouterKind::least_loaded), traffic);
  state.SetComplexityN(state.range(0));
}
BENCHMARK(poisson_arrivals)
    ->RangeMultiplier(10)
    ->Range(10'000, 1'000'000)
    ->Complexity()
    ->Unit(benchmark::kMillisecond);

}  // namespace
