#include "training/plan_check.hpp"
#include "training/step.hpp"
#include "unit/training/machine_fixture.hpp"

using namespace polyfleet;

namespace {

Seconds parts_sum(const StepBreakdown& where) {
  Seconds sum;
  for (const Seconds part : where.compute) sum += part;
  return sum + where.recompute + where.tensor + where.context + where.expert + where.pipeline +
         where.bubble + where.gradient_reduce + where.parameter_gather + where.optimizer +
         where.offload + where.host + where.software;
}

StepTime timed(const TrainingPlan& plan) { return step_time(dense_model(), plan, h100_machine()); }

}  // namespace

TEST_CASE("the parts of a step sum to its total") {
  TrainingPlan plan = dense_plan();
  CHECK(parts_sum(timed(plan).where) / second == doctest::Approx(timed(plan).where.total / second));
  plan.layout = {
      .tensor = 2, .pipeline = 4, .virtual_stages = 2, .data = 1, .sequence_parallel = true};
  plan.schedule = Schedule::interleaved;
  plan.recompute = Recompute::full;
  plan.host_seconds_per_layer = 1e-3;
  const StepTime step = timed(plan);
  CHECK(parts_sum(step.where) / second == doctest::Approx(step.where.total / second));
  CHECK(step.where.bubble > 0 * second);
}

TEST_CASE("a step is never faster than its arithmetic at the dense peak") {
  const StepTime step = timed(dense_plan());
  const auto peak = h100_machine().accelerator.dense_peak(Dtype::bf16);
  REQUIRE(peak);
  CHECK(step.where.total > step.hardware_flops / (peak->value * 8));
}

TEST_CASE("twice the micro-batches take twice the compute, the optimiser stays") {
  TrainingPlan plan = dense_plan();
  const StepTime once = timed(plan);
  plan.global_batch *= 2;
  const StepTime twice = timed(plan);
  const auto mlp = static_cast<std::size_t>(OpClass::mlp);
  CHECK(twice.where.compute[mlp] / once.where.compute[mlp] == doctest::Approx(2));
  CHECK(twice.where.optimizer == once.where.optimizer);
  CHECK(twice.hardware_flops / once.hardware_flops == doctest::Approx(2));
}

TEST_CASE("full recompute repeats the forward pass of every layer and nothing else") {
  TrainingPlan plan = dense_plan();
  const StepTime plain = timed(plan);
  plan.recompute = Recompute::full;
  const StepTime again = timed(plan);
  CHECK(plain.where.recompute == 0 * second);
  const double share = again.where.recompute / plain.where.total;
  CHECK(share > 0.2);  // a forward pass is about a third of forward plus backward
  CHECK(share < 0.4);
  CHECK(again.where.compute == plain.where.compute);
  plan.recompute_layers = 16;
  CHECK(timed(plan).where.recompute / again.where.recompute == doctest::Approx(0.5));
}

TEST_CASE("a host that launches slower than the device sets the pace, a graph does not") {
  TrainingPlan plan = dense_plan();
  plan.host_seconds_per_layer = 0.5;
  const StepTime eager = timed(plan);
  CHECK(eager.where.host > 0 * second);
  // 32 layers x 4 micro-batches x 0.5 s is the floor of the layers' own time.
  CHECK(eager.where.total > 64 * second);
  plan.host_launch = HostLaunch::graph;
  CHECK(timed(plan).where.host == 0 * second);
}

TEST_CASE("offloaded activations cost what the host link cannot hide") {
  TrainingPlan plan = dense_plan();
  CHECK(timed(plan).where.offload == 0 * second);
  Machine slow_host{h100_machine().accelerator,
                    h100_machine().system,
                    h100_machine().network,
                    *KernelCosts::load(h100_machine().accelerator, shipped_catalogue().directory()),
                    h100_machine().collectives,
                    h100_machine().memory_overheads};
  slow_host.accelerator.host_rate.emplace().value = 1 * gigabyte_per_second;
  plan.activation_offload = 1;
  const StepTime step = step_time(dense_model(), plan, slow_host);
  CHECK(step.where.offload > 0 * second);
  plan.activation_offload = 0.5;
  const StepTime half = step_time(dense_model(), plan, slow_host);
  CHECK(half.where.offload < step.where.offload);
}

TEST_CASE("overlap hides gradient reduction, never makes a step slower") {
  TrainingPlan plan = dense_plan();
  const StepTime overlapped = timed(plan);
  plan.overlap.gradient_reduce = plan.overlap.parameter_gather = false;
  const StepTime serial = timed(plan);
  CHECK(serial.where.gradient_reduce > overlapped.where.gradient_reduce);
  CHECK(serial.where.total > overlapped.where.total);
}

TEST_CASE("a merging dispatcher sends each token once to each place") {
  ModelSpec model = dense_model();
  model.moe = {.experts = 64, .top_k = 8, .expert_ffn = 2048};
  TrainingPlan plan = dense_plan();
  plan.layout = {.expert = 8, .data = 8};
  REQUIRE(plan_problems(model, plan, 8).empty());
  const StepTime copies = step_time(model, plan, h100_machine());
  plan.merged_dispatch = true;
  const StepTime merged = step_time(model, plan, h100_machine());
  // 8 uniform choices among 8 ranks meet 8 (1 - (7/8)^8) = 5.25 of them.
  CHECK(merged.where.expert < copies.where.expert);
  CHECK(merged.where.expert > copies.where.expert * 0.6);
}

TEST_CASE("cost follows distinct work, not devices or micro-batches") {
  TrainingPlan plan = dense_plan();
  plan.layout.data = 1 << 17;
  plan.global_batch = std::int64_t{1} << 40;
  const StepTime step = timed(plan);
  CHECK(step.micro_batches == std::int64_t{1} << 23);
  CHECK(step.where.total > 0 * second);
}
