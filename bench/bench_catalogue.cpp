// What the program pays before it answers: listing the data folder, reading one part, reading all.
#include <benchmark/benchmark.h>

#include "catalogue/catalogue.hpp"

using namespace polyfleet;

namespace {

const std::string kData = std::string(POLYFLEET_SOURCE_DIR) + "/data";

void open_catalogue(benchmark::State& state) {
  for (auto turn : state) benchmark::DoNotOptimize(load_catalogue(kData).has_value());
}
BENCHMARK(open_catalogue)->Unit(benchmark::kMicrosecond);

void read_one_part(benchmark::State& state) {
  for (auto turn : state)
    benchmark::DoNotOptimize(load_catalogue(kData)->accelerator("amd_mi355x").has_value());
}
BENCHMARK(read_one_part)->Unit(benchmark::kMicrosecond);

void read_every_part(benchmark::State& state) {
  for (auto turn : state) {
    const auto catalogue = load_catalogue(kData);
    for (const std::string& id : catalogue->ids(Shelf::hardware))
      benchmark::DoNotOptimize(catalogue->accelerator(id).has_value());
  }
}
BENCHMARK(read_every_part)->Unit(benchmark::kMillisecond);

}  // namespace
