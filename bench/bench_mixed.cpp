// The search over mixed pools: 4,096 devices of four kinds and two vendors, 100,000 of three kinds,
// and two small ones. The labels say how far from optimal the answer can be.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "app/scenario_resolve.hpp"
#include "app/workspace.hpp"
#include "planner/mixed_search.hpp"

using namespace polyfleet;

namespace {

const std::string kData = std::string(POLYFLEET_SOURCE_DIR) + "/data";

Workspace& workspace() {
  static const auto opened = Workspace::open(kData);
  return **opened;
}

struct Part {
  const char* accelerator;
  int devices;
};

SearchedPool pool_of(const char* model, const Part& part, int batch) {
  const std::vector<Setting> settings{{"model", Value(model), ""},
                                      {"accelerator", Value(part.accelerator), ""},
                                      {"devices", Value(8), ""},
                                      {"precision", Value("bf16"), ""},
                                      {"plan.layout.tensor", Value(8), ""},
                                      {"plan.layout.sequence_parallel", Value(true), ""},
                                      {"plan.global_batch", Value(batch), ""},
                                      {"plan.sequence_length", Value(8192), ""}};
  const ResolvedTraining resolved = *read_scenario(workspace(), "", settings);
  SearchedPool pool;
  pool.name = part.accelerator;
  pool.question.scenario = resolved.scenario;
  pool.question.scenario.devices = part.devices;
  pool.question.machine = resolved.machine;
  pool.question.models = *workspace().training_models();
  pool.question.prices = resolved.prices;
  pool.plan_template = [plan = resolved.scenario.plan](const ParallelLayout& layout,
                                                       int micro_batch, Recompute recompute) {
    TrainingPlan own = plan;
    own.layout = layout;
    own.micro_batch = micro_batch;
    own.recompute = recompute;
    return own;
  };
  return pool;
}

void search(benchmark::State& state, const char* model, const std::vector<Part>& parts, int batch) {
  MixedSearchQuestion question;
  for (const Part& part : parts) question.pools.push_back(pool_of(model, part, batch));
  const CrossNetwork network = *CrossNetwork::make(pools_of(question.pools), {}, kData);
  question.network = &network;
  MixedSearchResult result;
  for (auto turn : state) result = search_mixed_plans(question, {});
  if (result.best.empty()) return state.SkipWithError("nothing fits");
  const PlannedMix& best = result.best.front();
  state.SetLabel(fmt::format(
      "{}: {:.3f} s, gap {:.2f} % ({:.2f} % without pipelines over pools), {:.1f} % of the sum, {} "
      "timed, work {}",
      best.composition, best.objective, result.gap * 100,
      result.gap_without_pipelines.value_or(-0.01) * 100, best.of_sum * 100, result.counts.timed,
      result.counts.work));
}

const std::vector<Part> kFourKinds{
    {"amd_mi300x", 1024}, {"amd_mi355x", 1024}, {"nv_h100_sxm", 1024}, {"nv_b200", 1024}};
const std::vector<Part> kThreeKinds{
    {"amd_mi355x", 40000}, {"nv_h100_sxm", 30000}, {"nv_b200", 30000}};
const std::vector<Part> kTwoKinds{{"amd_mi300x", 256}, {"nv_h100_sxm", 128}};

BENCHMARK_CAPTURE(search, llama_405b_on_4096, "llama3.1-405b", kFourKinds, 2048)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, llama_70b_on_4096, "llama3-70b", kFourKinds, 4096)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, llama_405b_on_100000, "llama3.1-405b", kThreeKinds, 16384)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, llama_405b_on_384, "llama3.1-405b", kTwoKinds, 512)
    ->Unit(benchmark::kMillisecond);

}  // namespace
