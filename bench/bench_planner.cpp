// Whole searches: a 671B mixture of experts and a 1T dense model on 16,384 devices over the full
// space, with and without families and front; Calculon's own space of GPT-3 175B on 512 A100.
#include <benchmark/benchmark.h>

#include "app/scenario_resolve.hpp"
#include "app/workspace.hpp"
#include "planner/calculon_space.hpp"

using namespace polyfleet;

namespace {

Workspace& workspace() {
  static const auto opened = Workspace::open(std::string(POLYFLEET_SOURCE_DIR) + "/data");
  return **opened;
}

/// Overlaps as Megatron-Core has them; no framework overheads.
PlanSearchQuestion question(const char* model, const char* accelerator, int devices, int batch,
                            int sequence) {
  PlanSearchQuestion question;
  TrainingScenario& scenario = question.pool.scenario;
  scenario.model = **workspace().model(model);
  scenario.devices = devices;
  scenario.plan.global_batch = batch;
  scenario.plan.sequence_length = sequence;
  question.pool.machine = *workspace().machine(accelerator, "");
  question.pool.models = *workspace().training_models();
  question.plan_template = [base = scenario.plan](const ParallelLayout& layout, int micro_batch,
                                                  Recompute recompute) {
    TrainingPlan plan = base;
    plan.layout = layout;
    plan.micro_batch = micro_batch;
    plan.recompute = recompute;
    return plan;
  };
  question.with_front = question.with_families = false;
  return question;
}

void search(benchmark::State& state, const PlanSearchQuestion& asked) {
  PlanCounts counts;
  for (auto turn : state) counts = search_plans(asked, {}).counts;
  state.counters["plans"] = static_cast<double>(counts.plans);
  state.counters["evaluated"] = static_cast<double>(counts.evaluated);
}

/// Argument: 0 top ten alone, 1 with families, 2 with the front too.
void experts_671b_on_16384(benchmark::State& state) {
  PlanSearchQuestion asked = question("deepseek-v3", "nv_h100_sxm", 16384, 15360, 4096);
  asked.with_families = state.range(0) > 0;
  asked.with_front = state.range(0) > 1;
  search(state, asked);
}
BENCHMARK(experts_671b_on_16384)->Arg(0)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond);

void dense_1t_on_16384(benchmark::State& state) {
  PlanSearchQuestion asked = question("megatron-1t", "nv_h100_sxm", 16384, 4096, 2048);
  asked.with_families = state.range(0) > 0;
  asked.with_front = state.range(0) > 1;
  search(state, asked);
}
BENCHMARK(dense_1t_on_16384)->Arg(0)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond);

void calculon_gpt3_on_512(benchmark::State& state) {
  const PlanSearchQuestion asked = question("gpt3-175b", "nv_a100_80", 512, 512, 2048);
  PlanCounts counts;
  for (auto turn : state) counts = search_calculon(asked, {}, {}).counts;
  state.counters["configurations"] = static_cast<double>(counts.plans);
}
BENCHMARK(calculon_gpt3_on_512)->Unit(benchmark::kMillisecond);

}  // namespace
