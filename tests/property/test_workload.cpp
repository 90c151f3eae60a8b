// Conservation over random models and layouts: ranks together do what one device does, backward
// doubles the matrices, recompute adds exactly its forward.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>

#include "unit/workload/fixtures.hpp"
#include "workload/flops.hpp"

using namespace polyfleet;
using namespace polyfleet::fixture;

namespace {

std::int64_t power(int low, int high) {
  return std::int64_t{1} << *rc::gen::inRange(low, high + 1);
}

/// Shapes whose widths every degree up to 8 divides.
ModelSpec random_model() {
  ModelSpec model;
  model.id = "random";
  model.heads = power(3, 6);
  model.kv_heads = std::min(model.heads, power(3, 5));
  model.head_dim = 8 * *rc::gen::inRange(1, 17);
  model.hidden = 64 * *rc::gen::inRange(1, 40);
  model.ffn = 64 * *rc::gen::inRange(1, 100);
  model.ffn_matrices = *rc::gen::inRange(2, 4);
  model.vocab = 64 * *rc::gen::inRange(1, 1000);
  model.layers = *rc::gen::inRange(1, 12);
  model.tied_embeddings = *rc::gen::arbitrary<bool>();
  if (*rc::gen::arbitrary<bool>()) {
    model.moe = {.experts = 8 * *rc::gen::inRange(1, 9),
                 .top_k = *rc::gen::inRange(1, 9),
                 .expert_ffn = 64 * *rc::gen::inRange(1, 20)};
    if (*rc::gen::arbitrary<bool>()) {
      model.moe.shared_experts = 1;
      model.moe.shared_expert_ffn = 64 * *rc::gen::inRange(1, 20);
    }
  }
  return model;
}

LayerSetting random_setting() {
  LayerSetting setting(random_model());
  setting.batch.sequences = *rc::gen::inRange(1, 5);
  setting.batch.sequence_length = 64.0 * *rc::gen::inRange(1, 65);
  return setting;
}

LayerKind last_kind(const LayerSetting& setting) {
  return layer_kind(setting.model, setting.model.layers - 1);
}

bool near(double a, double b) {
  return std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b));
}

double all_flops(const LayerWork& work, bool with_router) {
  double sum = 0;
  for (const auto& ops : work.ops) {
    for (const Op& op : ops)
      if (with_router || op.op_class != OpClass::router) sum += op.flops() / flop;
  }
  return sum;
}

void ranks_do_the_whole_work() {
  const LayerSetting one = random_setting();
  LayerSetting split = one;
  split.layout.tensor = static_cast<int>(power(0, 3));
  split.layout.context = static_cast<int>(power(0, 2));
  split.layout.sequence_parallel = true;
  split.layout.expert = static_cast<int>(power(0, 3));
  const LayerKind kind = last_kind(one);
  const double ranks = split.layout.tensor * split.layout.context;
  RC_ASSERT(near(all_flops(split.layer(kind), true) * ranks, all_flops(one.layer(kind), true)));
  RC_ASSERT(near(all_flops(head_work(split.context()), true) * ranks,
                 all_flops(head_work(one.context()), true)));
}

void matrices_double_in_backward() {
  const LayerSetting setting = random_setting();
  const LayerWork work = setting.layer(last_kind(setting));
  const double forward = gemm_flops(work, Pass::forward);
  RC_ASSERT(near(gemm_flops(work, Pass::backward_input), forward));
  RC_ASSERT(near(gemm_flops(work, Pass::backward_weight), forward));
}

void parameters_add_up_over_ranks() {
  const LayerSetting one = random_setting();
  LayerSetting split = one;
  split.layout.tensor = static_cast<int>(power(0, 3));
  split.layout.expert = static_cast<int>(power(0, 3));
  const LayerKind kind = last_kind(one);
  const LayerWork whole = one.layer(kind);
  const LayerWork part = split.layer(kind);
  RC_ASSERT(near(part.expert_parameters * split.layout.expert, whole.expert_parameters));
  // norms and the router are held by every rank
  const double router = static_cast<double>(one.model.is_moe() ? one.model.moe.experts : 0);
  const double held = static_cast<double>(one.model.hidden) * (2 + router);
  RC_ASSERT(near((part.parameters - held) * split.layout.tensor, whole.parameters - held));
}

void recompute_adds_its_forward() {
  const LayerSetting setting = random_setting();
  StepWorkload step;
  step.batch = setting.batch;
  const auto hardware = [&](RecomputedPart part) {
    step.recomputed = part;
    return flop_counts(setting.model, step)[FlopDefinition::hardware] / flop;
  };
  double layers = 0;
  for (const LayerRun& run : layer_runs(setting.model)) {
    const LayerWork work = setting.layer(run.kind);
    for (const Op& op : work.ops[0]) layers += static_cast<double>(run.count) * (op.flops() / flop);
  }
  RC_ASSERT(near(hardware(RecomputedPart::everything), hardware(RecomputedPart::nothing) + layers));
}

void activations_never_grow_when_more_is_recomputed_or_split() {
  LayerSetting setting = random_setting();
  const LayerKind kind = last_kind(setting);
  const LayerWork whole = setting.layer(kind);
  RC_ASSERT(whole.saved_full <= whole.saved_selective);
  RC_ASSERT(whole.saved_selective <= whole.saved_activations);
  setting.layout.tensor = 2;
  const LayerWork tensor = setting.layer(kind);
  setting.layout.sequence_parallel = true;
  const LayerWork sequence = setting.layer(kind);
  RC_ASSERT(tensor.saved_activations <= whole.saved_activations);
  RC_ASSERT(sequence.saved_activations <= tensor.saved_activations);
}

void work_grows_with_tokens() {
  LayerSetting setting = random_setting();
  const LayerKind kind = last_kind(setting);
  const LayerWork before = setting.layer(kind);
  setting.batch.sequences *= 2;
  const LayerWork after = setting.layer(kind);
  RC_ASSERT(near(all_flops(after, true), 2 * all_flops(before, true)));
  RC_ASSERT(near(after.saved_activations / byte, 2 * (before.saved_activations / byte)));
  RC_ASSERT(after.parameters == before.parameters);
}

void attention_masks_only_remove() {
  LayerSetting setting = random_setting();
  const double full = flops_of(setting.layer(LayerKind::dense), Pass::forward, OpClass::attention);
  setting.model.sliding_window = *rc::gen::inRange(1, 8192);
  RC_ASSERT(flops_of(setting.layer(LayerKind::dense_windowed), Pass::forward, OpClass::attention) <=
            full);
  setting.batch.mean_document = *rc::gen::inRange(1, 8192);
  RC_ASSERT(flops_of(setting.layer(LayerKind::dense), Pass::forward, OpClass::attention) <= full);
}

}  // namespace

TEST_CASE("workload conserves work") {
  CHECK(rc::check("ranks together do what one device does", ranks_do_the_whole_work));
  CHECK(rc::check("backward doubles the matrices", matrices_double_in_backward));
  CHECK(rc::check("parameters add up over ranks", parameters_add_up_over_ranks));
  CHECK(rc::check("full recompute adds one forward of the layers", recompute_adds_its_forward));
  CHECK(rc::check("activations shrink", activations_never_grow_when_more_is_recomputed_or_split));
  CHECK(rc::check("twice the tokens, twice the work", work_grows_with_tokens));
  CHECK(rc::check("masks only remove work", attention_masks_only_remove));
}
