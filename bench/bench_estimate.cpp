// Complete plan evaluations: dense on 512 accelerators, a mixture of experts on 9,216, and the cost
// of more gradient accumulation (there must be none).
#include <benchmark/benchmark.h>

#include "app/scenario_resolve.hpp"
#include "app/workspace.hpp"

using namespace polyfleet;

namespace {

Workspace& workspace() {
  static const auto opened = Workspace::open(std::string(POLYFLEET_SOURCE_DIR) + "/data");
  return **opened;
}

ResolvedTraining question(const char* model, const char* accelerator, int devices, int tensor,
                          int pipeline, int expert, int global_batch) {
  const std::vector<Setting> settings{{"model", Value(model), ""},
                                      {"accelerator", Value(accelerator), ""},
                                      {"devices", Value(devices), ""},
                                      {"precision", Value("bf16"), ""},
                                      {"plan.layout.tensor", Value(tensor), ""},
                                      {"plan.layout.pipeline", Value(pipeline), ""},
                                      {"plan.layout.expert", Value(expert), ""},
                                      {"plan.global_batch", Value(global_batch), ""},
                                      {"plan.sequence_length", Value(4096), ""}};
  return *read_scenario(workspace(), "", settings);
}

void evaluate(benchmark::State& state, const ResolvedTraining& plan,
              const EstimateOptions& options) {
  const TrainingModels& models = **workspace().training_models();
  for (auto turn : state) {
    benchmark::DoNotOptimize(
        estimate_training(plan.scenario, *plan.machine, models, plan.prices, options).time);
  }
  state.SetItemsProcessed(state.iterations());
}

void dense_70b(benchmark::State& state) {
  evaluate(state,
           question("llama3.1-70b", "nv_h100_sxm", 512, 8, 4, 1, static_cast<int>(state.range(0))),
           {});
}
BENCHMARK(dense_70b)->Arg(512)->Arg(8192)->Unit(benchmark::kMicrosecond);

void dense_70b_time_only(benchmark::State& state) {
  evaluate(state, question("llama3.1-70b", "nv_h100_sxm", 512, 8, 4, 1, 512),
           {.with_memory = false, .with_energy = false, .with_flops = false});
}
BENCHMARK(dense_70b_time_only)->Unit(benchmark::kMicrosecond);

void experts_671b_on_9216(benchmark::State& state) {
  evaluate(state, question("deepseek-v3", "nv_gb200", 9216, 1, 4, 64, 18432), {});
}
BENCHMARK(experts_671b_on_9216)->Unit(benchmark::kMicrosecond);

void resolve_flags(benchmark::State& state) {
  for (auto turn : state)
    benchmark::DoNotOptimize(question("llama3.1-70b", "nv_h100_sxm", 512, 8, 4, 1, 512).machine);
}
BENCHMARK(resolve_flags)->Unit(benchmark::kMicrosecond);

}  // namespace
