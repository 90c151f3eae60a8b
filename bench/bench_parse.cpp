// Parsing speed in bytes per second: the readers behind every catalogue file, scenario and table.
#include <benchmark/benchmark.h>

#include <string>

#include "base/csv.hpp"
#include "config/value.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

constexpr int kRecords = 1000;

std::string toml_text() {
  std::string text;
  for (int i = 0; i < kRecords; ++i) {
    text +=
        "[[part]]\nname = \"part " + std::to_string(i) +
        "\"\nmemory = { value = \"288 GB\", source = \"vendor-page\", status = \"measured\" }\n" +
        "peaks = [2516.6, 5033.2, 10066.3]\n";
  }
  return text;
}

std::string json_text() {
  std::string text = "{\"layers\": [";
  for (int i = 0; i < kRecords; ++i) {
    text += std::string(i > 0 ? ",\n" : "\n") +
            "{\"hidden_size\": 4096, \"rope_theta\": 500000.0, \"name\": \"layer " +
            std::to_string(i) + "\", \"tied\": false}";
  }
  return text + "]}\n";
}

std::string csv_text() {
  std::string text = "id,accelerator,m,n,k,seconds,notes\n";
  for (int i = 0; i < kRecords; ++i)
    text += std::to_string(i) + ",mi355x,8192,4096,16384,0.000123,\"a note, quoted\"\n";
  return text;
}

template <class Parse>
void run_parser(benchmark::State& state, const std::string& text, Parse parse) {
  for (auto unused : state) benchmark::DoNotOptimize(parse(text));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(text.size()));
}

void toml(benchmark::State& state) {
  run_parser(state, toml_text(), [](const std::string& text) { return parse_toml(text, "b"); });
}
void json(benchmark::State& state) {
  run_parser(state, json_text(), [](const std::string& text) { return parse_json(text, "b"); });
}
void csv(benchmark::State& state) {
  run_parser(state, csv_text(), [](const std::string& text) { return CsvTable::parse(text, "b"); });
}
void quantity(benchmark::State& state) {
  for (auto unused : state) benchmark::DoNotOptimize(parse_quantity<BytesPerSecond>("450 GB/s"));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

BENCHMARK(toml);
BENCHMARK(json);
BENCHMARK(csv);
BENCHMARK(quantity);

}  // namespace
}  // namespace polyfleet
