// The effect that H2 (arXiv:2505.17548) reports: mixed, two pools do more than the sum of what each
// does alone, because the memory-poor one no longer has to recompute.
#include "unit/training/mixed_fixture.hpp"

using namespace polyfleet;

namespace {

constexpr std::int64_t kMicroBatches = 64;

/// 26 billion parameters with sequences of 32768: eight H100 hold the states, but not the
/// activations beside them.
ModelSpec long_model() {
  ModelSpec model = dense_model();
  model.layers = 28;
  model.hidden = 8192;
  model.ffn = 28672;
  model.heads = 64;
  return model;
}

TrainingPlan long_plan() {
  TrainingPlan plan = dense_plan();
  plan.layout = {.tensor = 8, .sequence_parallel = true};
  plan.sequence_length = 32768;
  return plan;
}

std::vector<MixedPool> both() { return {pool_of("mi300x_8oam", 8), pool_of("hgx_h100", 8)}; }

struct Best {
  double tokens_per_second = 0;
  TrainingPlan plan;
};

/// The fastest way to run on one pool alone: with no recomputation, or that of n layers.
/// Offload is taken to be unavailable: it would hide behind sequences this long. `fits`
/// false: as if memory did not matter.
Best alone(const MixedCase& c, std::size_t pool, bool fits) {
  Best best;
  const auto consider = [&](const TrainingPlan& plan) {
    const MixedStep step =
        c.step({{replicas_on(pool, plan, 1, kMicroBatches)}, plan.sequence_length});
    if ((fits && !step.fits_in_memory) || step.tokens_per_second <= best.tokens_per_second) return;
    best = {step.tokens_per_second, plan};
  };
  TrainingPlan plan = long_plan();
  consider(plan);
  plan.recompute = Recompute::full;
  for (int layers = 1; layers <= 28; ++layers) {
    plan.recompute_layers = layers;
    consider(plan);
  }
  return best;
}

/// The fastest pipeline through both, the memory-rich pool first, without recomputation.
double mixed(const MixedCase& c) {
  double best = 0;
  for (int first = 10; first <= 20; ++first) {
    const MixedStep step =
        c.step({{pipeline_of(long_plan(), first, 1, kMicroBatches, c.question.model)}, 32768});
    if (step.fits_in_memory) best = std::max(best, step.tokens_per_second);
  }
  return best;
}

}  // namespace

TEST_CASE("a mixed pipeline frees the memory-poor pool from recomputation and beats the sum") {
  MixedCase c(both(), {}, long_model());
  c.question.strict = true;
  const Best rich = alone(c, 0, true), poor = alone(c, 1, true);
  REQUIRE(rich.tokens_per_second > 0);
  REQUIRE(poor.tokens_per_second > 0);
  // the reason: only the memory-poor pool recomputes when alone
  CHECK(rich.plan.recompute == Recompute::none);
  CHECK(poor.plan.recompute == Recompute::full);
  const double sum = rich.tokens_per_second + poor.tokens_per_second;
  const double together = mixed(c);
  CHECK(together > 1.03 * sum);  // 1.058 when written; H2 reports 1.09 to 1.16 on other chips
  // with memory that does not bind, the parts alone do more: nothing else is superlinear
  const double unbound =
      alone(c, 0, false).tokens_per_second + alone(c, 1, false).tokens_per_second;
  CHECK(together < unbound);
}
