#include <doctest/doctest.h>

#include <cmath>

#include "catalogue/catalogue.hpp"
#include "planner/plan_sensitivity.hpp"
#include "shipped_data.hpp"
#include "training/plan_check.hpp"
#include "workload/model_reader.hpp"

using namespace polyfleet;

namespace {

struct Question {
  TrainingScenario scenario;
  Machine machine;
  TrainingModels models;
  UncertaintyTable uncertainties;

  Sensitivity answer() const {
    const auto found = sensitivity_of({&scenario, &machine, &models, &uncertainties, true, kData});
    REQUIRE(found.has_value());
    return *found;
  }
};

/// Llama 3.1 8B on 16 accelerators of a part, tensor degree as given.
Question question(const std::string& part, int tensor) {
  const auto catalogue = load_catalogue(kData);
  REQUIRE(catalogue.has_value());
  const auto accelerator = catalogue->accelerator(part);
  const auto system = catalogue->system(part);
  REQUIRE(accelerator.has_value());
  REQUIRE(system.has_value());
  auto machine = load_machine(*accelerator, *system, kData);
  auto models = load_training_models(kData);
  auto uncertainties = UncertaintyTable::load(kData);
  const auto file = catalogue->model_file("llama3.1-8b");
  REQUIRE(file.has_value());
  const auto model = load_model(*file);
  REQUIRE(machine.has_value());
  REQUIRE(models.has_value());
  REQUIRE_MESSAGE(uncertainties.has_value(),
                  (uncertainties ? std::string() : to_text(uncertainties.problems())));
  REQUIRE(model.has_value());
  TrainingScenario scenario;
  scenario.model = *model;
  scenario.accelerator = part;
  scenario.devices = 16;
  scenario.plan.layout.tensor = tensor;
  scenario.plan.layout.data = 16 / tensor;
  scenario.plan.global_batch = 64;
  scenario.plan.sequence_length = 4096;
  scenario.plan.host_seconds_per_layer = 1e-3;
  scenario.plan.host_seconds_per_step = 5e-3;
  REQUIRE(plan_problems(scenario.model, scenario.plan, 16).empty());
  return {scenario, *std::move(machine), *std::move(models), *std::move(uncertainties)};
}

const SensitivityInput* input(const Sensitivity& s, const std::string& key) {
  for (const SensitivityInput& each : s.inputs) {
    if (each.key == key) return &each;
  }
  return nullptr;
}

double elasticity(const Sensitivity& s, const std::string& key) {
  const SensitivityInput* found = input(s, key);
  return found == nullptr ? 0 : found->elasticity;
}

}  // namespace

TEST_CASE("time is rates and latencies alone: their elasticities sum to -1") {
  for (const char* part : {"nv_h100_sxm", "amd_mi355x", "tpu_v5p"}) {
    for (const int tensor : {1, 8, 16}) {
      CAPTURE(part);
      CAPTURE(tensor);
      CHECK(question(part, tensor).answer().sum_of_rates == doctest::Approx(-1).epsilon(2e-3));
    }
  }
}

TEST_CASE("k times every rate and 1/k of every latency is 1/k of the time, exactly") {
  for (const char* part : {"nv_h100_sxm", "amd_mi355x"}) {
    const Question asked = question(part, 8);
    constexpr double k = 4;  // a power of two: no rounding
    CostScaling scaling;
    for (double& each : scaling.kernels.peak) each = k;
    scaling.kernels.bandwidth = k;
    scaling.kernels.launch = 1 / k;
    for (LinkScaling* link : {&scaling.scale_up, &scaling.scale_out}) link->time.fill(1 / k);
    const PartInSystem same{asked.machine.accelerator, asked.machine.system};
    const auto fast = load_hypothetical_machine(same, same, scaling, kData);
    REQUIRE(fast.has_value());
    TrainingPlan plan = asked.scenario.plan;
    const Seconds before = step_time(asked.scenario.model, plan, asked.machine).where.total;
    plan.host_seconds_per_layer /= k;
    plan.host_seconds_per_step /= k;
    const Seconds after = step_time(asked.scenario.model, plan, *fast).where.total;
    CHECK(after / before == doctest::Approx(1 / k).epsilon(1e-9));
  }
}

TEST_CASE("what binds comes first: links at TP 16, products at TP 1") {
  Question across = question("nv_h100_sxm", 16);
  across.scenario.plan.host_seconds_per_layer = 0;
  const Sensitivity bound_by_links = across.answer();
  // Eight NICs a node together are hardly slower than its NVLink, which every byte crosses too.
  CHECK(elasticity(bound_by_links, "costs.scale_up") > elasticity(bound_by_links, "costs.gemm"));
  CHECK(elasticity(bound_by_links, "system.scale_up_rate") < -0.2);
  across.machine.network.oversubscription = across.machine.system.oversubscription = 16;
  const Sensitivity bound_by_nics = across.answer();
  CHECK(elasticity(bound_by_nics, "costs.scale_out") > 0.5);
  CHECK(elasticity(bound_by_nics, "system.scale_out_rate") < -0.5);
  const Sensitivity bound_by_products = question("nv_h100_sxm", 1).answer();
  CHECK(elasticity(bound_by_products, "costs.gemm") > 0.4);
  CHECK(elasticity(bound_by_products, "costs.gemm") >
        elasticity(bound_by_products, "costs.scale_out"));
  CHECK(elasticity(bound_by_products, "accelerator.peak.bf16") < -0.4);
  CHECK(input(bound_by_products, "plan.overlap.tensor") == nullptr);
}

TEST_CASE("variances sum to the interval's, and no measurement widens it") {
  for (const char* part : {"nv_h100_sxm", "amd_mi355x", "amd_mi455x"}) {
    CAPTURE(part);
    const Sensitivity s = question(part, 8).answer();
    double sum = 0;
    for (const SensitivityInput& each : s.inputs) sum += each.variance;
    CHECK(sum == doctest::Approx(s.variance).epsilon(1e-9));
    CHECK(std::log(s.high / s.low) ==
          doctest::Approx(2 * 1.2816 * std::sqrt(s.variance)).epsilon(1e-9));
    for (const Narrowing& each : s.measurements) CHECK(each.high / each.low < s.high / s.low);
    for (std::size_t i = 1; i < s.inputs.size(); ++i)
      CHECK(s.inputs[i].variance <= s.inputs[i - 1].variance);
  }
}

TEST_CASE("a part that was never measured leans on its figures") {
  const Sensitivity lent = question("amd_mi455x", 8).answer();
  const SensitivityInput* peak = input(lent, "accelerator.peak.bf16");
  REQUIRE(peak != nullptr);
  CHECK(peak->sigma > 0);
  const Sensitivity measured = question("nv_h100_sxm", 8).answer();
  REQUIRE(input(measured, "accelerator.peak.bf16") != nullptr);
  CHECK(input(measured, "accelerator.peak.bf16")->sigma == 0);
}

TEST_CASE("the best plan under a moved input is no slower than keeping the old one") {
  const Question asked = question("nv_h100_sxm", 1);
  PlanSearchQuestion search;
  search.pool = {.scenario = asked.scenario,
                 .machine = &asked.machine,
                 .models = &asked.models,
                 .prices = {},
                 .strict = true};
  search.plan_template = [plan = asked.scenario.plan](const ParallelLayout& layout, int micro_batch,
                                                      Recompute recompute) {
    TrainingPlan made = plan;
    made.layout = layout;
    made.micro_batch = micro_batch;
    made.recompute = recompute;
    return made;
  };
  search.space.pipeline = {1, 2, 4};
  search.space.context = {1};
  search.space.virtual_stages = {1};
  search.space.schedule = {Schedule::one_forward_one_backward};
  search.space.sequence_parallel = {1};
  search.space.micro_batch = {1, 2};
  search.space.recompute_layers = {0};
  search.space.activation_offload = {0};
  search.space.optimizer_offload = {0};
  search.space.sharding = {Sharding::zero1};
  search.space.gradient_overlap = search.space.parameter_overlap = {0};
  search.space.pipeline_overlap = {0};
  search.constraints.use_all_devices = true;
  const PlanSearchResult found = search_plans(search, {.threads = 1});
  REQUIRE(!found.best.empty());
  const auto moves = plan_sensitivity(
      {&search, &found.best.front(), &asked.uncertainties, kData, 3}, {.threads = 1});
  REQUIRE(moves.has_value());
  CHECK(moves->size() == 6);
  for (const MovedInput& moved : *moves) {
    CAPTURE(moved.key);
    CHECK(moved.loss() >= -1e-9);
    CHECK(moved.changes == (moved.loss() > 1e-9));
  }
}
