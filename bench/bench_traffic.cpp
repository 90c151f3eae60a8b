// Reading of request traces in bytes per second, and drawing of synthetic requests.
#include <benchmark/benchmark.h>

#include <fstream>
#include <sstream>

#include "traffic/open_traffic.hpp"
#include "traffic/request_csv.hpp"

using namespace polyfleet;

namespace {

std::string file_text(const char* name) {
  std::ifstream stream(std::string(POLYFLEET_SOURCE_DIR) + "/data/traces/" + name,
                       std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::int64_t drain(RequestSource& source) {
  std::int64_t requests = 0;
  for (;;) {
    const auto each = source.next();
    if (!each || !*each) return requests;
    benchmark::DoNotOptimize((*each)->input_tokens);
    ++requests;
  }
}

void read_trace(benchmark::State& state, const std::string& text) {
  std::int64_t requests = 0;
  for (auto unused : state) {
    auto source = open_trace(LineReader::of_text(text, "bench"), {});
    requests += source ? drain(**source) : 0;
  }
  state.SetItemsProcessed(requests);
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(text.size()));
}

void azure_csv(benchmark::State& state) {
  read_trace(state, file_text("AzureLLMInferenceTrace_conv.csv"));
}
void mooncake_jsonl(benchmark::State& state) {
  read_trace(state, file_text("mooncake_conversation_trace.jsonl"));
}
void measured_jsonl(benchmark::State& state) {
  read_trace(state, file_text("measured_vllm_RTX4090_Llama-3.1-8B.requests.jsonl"));
}
void own_csv(benchmark::State& state) {
  std::string text(request_csv_header());
  text += '\n';
  RequestResult result;
  result.end = "finished";
  result.first_token = result.last_token = 1'234'567'890'123;
  ServingRequest request;
  request.input_tokens = 1000;
  request.output_tokens = 100;
  for (int i = 0; i < 10'000; ++i) {
    request.id = i;
    request.arrival = i * 12'345'678'901;
    text += request_csv_line(request, result, {});
  }
  read_trace(state, text);
}

void poisson_log_normal(benchmark::State& state) {
  TrafficSpec spec;
  SourceSpec source;
  source.rate = 100 * hertz;
  source.requests = 100'000;
  RequestShape shape;
  shape.input = shape.output = {LengthKind::log_normal, 500, 1, 1, 1};
  source.shapes = {shape};
  spec.sources = {source};
  std::int64_t requests = 0;
  for (auto unused : state) requests += drain(**open_traffic(spec, 1));
  state.SetItemsProcessed(requests);
}

BENCHMARK(azure_csv);
BENCHMARK(mooncake_jsonl);
BENCHMARK(measured_jsonl);
BENCHMARK(own_csv);
BENCHMARK(poisson_log_normal);

}  // namespace
