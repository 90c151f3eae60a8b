// One kernel time and one collective time, from tables and from relatives.
#include <benchmark/benchmark.h>

#include "app/workspace.hpp"
#include "cost/collective_costs.hpp"
#include "cost/kernel_costs.hpp"

using namespace polyfleet;

namespace {

const Machine& machine(const char* accelerator) {
  static const auto workspace = Workspace::open(std::string(POLYFLEET_SOURCE_DIR) + "/data");
  return **(*workspace)->machine(accelerator, "");
}

constexpr const char* kParts[] = {"nv_h100_sxm", "amd_mi355x", "nv_rubin"};

void gemm(benchmark::State& state) {
  const Machine& part = machine(kParts[state.range(0)]);
  double m = 1024;
  for (auto turn : state) {
    m = m > 16384 ? 1024 : m + 1;  // a new shape each time: nothing to remember
    benchmark::DoNotOptimize(part.kernels.gemm({.m = m, .n = 8192, .k = 4096}).time);
  }
  state.SetLabel(kParts[state.range(0)]);
}
BENCHMARK(gemm)->DenseRange(0, 2);

void attention(benchmark::State& state) {
  const Machine& part = machine(kParts[state.range(0)]);
  double length = 1024;
  for (auto turn : state) {
    length = length > 16384 ? 1024 : length + 1;
    benchmark::DoNotOptimize(
        part.kernels
            .attention({.heads = 8, .kv_heads = 1, .query_length = length, .kv_length = length})
            .time);
  }
  state.SetLabel(kParts[state.range(0)]);
}
BENCHMARK(attention)->DenseRange(0, 2);

void all_reduce(benchmark::State& state) {
  const Machine& part = machine("nv_h100_sxm");
  const int ranks = static_cast<int>(state.range(0));
  double payload = 1 << 20;
  for (auto turn : state) {
    payload = payload > 1e9 ? 1 << 20 : payload * 1.01;
    benchmark::DoNotOptimize(
        part.collectives.time(CollectiveKind::all_reduce, payload * byte, {ranks, 8, 1}).time);
  }
}
BENCHMARK(all_reduce)->Arg(8)->Arg(1024)->Arg(1 << 20);

}  // namespace
