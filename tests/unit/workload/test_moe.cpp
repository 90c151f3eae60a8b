#include <doctest/doctest.h>

#include "unit/workload/fixtures.hpp"

using namespace polyfleet;
using namespace polyfleet::fixture;

TEST_CASE("routed experts: top-k copies over grouped GEMMs, shared expert beside them") {
  const LayerWork work = LayerSetting(mixture()).layer(LayerKind::moe);
  CHECK(flops_of(work, Pass::forward, OpClass::expert) == 2.0 * 64 * 2 * 3 * 64 * 48);
  CHECK(flops_of(work, Pass::forward, OpClass::shared_expert) == 2.0 * 64 * 3 * 64 * 48);
  CHECK(flops_of(work, Pass::forward, OpClass::router) == 2.0 * 64 * 64 * 8);
  CHECK(work.expert_parameters == 8 * 3 * 64 * 48);
  CHECK(work.parameters == 64 * 96 + 64 * 64 + 2 * 64 + 64 * 8 + 3 * 64 * 48);
  CHECK(flops_of(work, Pass::backward_weight, OpClass::expert) ==
        flops_of(work, Pass::forward, OpClass::expert));
}

TEST_CASE("expert parallel spreads experts, keeps the copies and exchanges them") {
  LayerSetting setting(mixture());
  setting.layout.expert = 4;
  const LayerWork work = setting.layer(LayerKind::moe);
  CHECK(work.expert_parameters == 2 * 3 * 64 * 48);
  CHECK(flops_of(work, Pass::forward, OpClass::expert) == 2.0 * 64 * 2 * 3 * 64 * 48);
  const double bytes = 64 * 2 * 64 * 2;  // copies x hidden x BF16
  CHECK(payload(work, Pass::forward, CommGroup::expert, CollectiveKind::all_to_all) == 2 * bytes);
  CHECK(payload(work, Pass::backward_input, CommGroup::expert, CollectiveKind::all_to_all) ==
        2 * bytes);
  for (const Op& op : work.ops[0])
    if (op.kind == OpKind::grouped_gemm) CHECK(op.groups == 2);
}

TEST_CASE("a narrow dispatch halves one of the two exchanges") {
  LayerSetting setting(mixture());
  setting.layout.expert = 4;
  setting.precision.linear = Dtype::fp8;
  setting.precision.dispatch_narrow = true;
  const double bytes = 64 * 2 * 64 * 2;
  const LayerWork work = setting.layer(LayerKind::moe);
  CHECK(payload(work, Pass::forward, CommGroup::expert, CollectiveKind::all_to_all) == 1.5 * bytes);
  CHECK(payload(work, Pass::backward_input, CommGroup::expert, CollectiveKind::all_to_all) ==
        2 * bytes);
}

TEST_CASE("tensor parallel routes each token once, expert-tensor parallel splits experts") {
  LayerSetting one(mixture());
  LayerSetting tensor(mixture());
  tensor.layout.tensor = 2;
  tensor.layout.sequence_parallel = true;
  const double whole = flops_of(one.layer(LayerKind::moe), Pass::forward, OpClass::expert);
  CHECK(flops_of(tensor.layer(LayerKind::moe), Pass::forward, OpClass::expert) == whole / 2);
  tensor.layout.expert_tensor = 2;
  const LayerWork split = tensor.layer(LayerKind::moe);
  CHECK(flops_of(split, Pass::forward, OpClass::expert) == whole / 2);
  CHECK(split.expert_parameters == 8 * 3 * 64 * 48 / 2);
}

TEST_CASE("imbalance is carried by the expert operators alone") {
  LayerSetting setting(mixture());
  setting.batch.expert_imbalance = 1.3;
  const LayerWork work = setting.layer(LayerKind::moe);
  for (const Op& op : work.ops[0])
    CHECK(op.imbalance == (op.kind == OpKind::grouped_gemm ? 1.3 : 1.0));
}

TEST_CASE("the busiest rank's activations move more bytes, memory is the mean's") {
  LayerSetting setting(mixture());
  setting.model.moe.shared_experts = 0;
  const LayerWork even = setting.layer(LayerKind::moe);
  setting.batch.expert_imbalance = 1.5;
  const LayerWork uneven = setting.layer(LayerKind::moe);
  CHECK(traffic_of(uneven, Pass::forward, OpClass::activation) ==
        1.5 * traffic_of(even, Pass::forward, OpClass::activation));
  CHECK(uneven.saved_activations == even.saved_activations);
}

TEST_CASE("permutation: gather and scatter, sorted again where experts share a rank") {
  LayerSetting setting(mixture());
  const double routed = 64 * 64 * 2, sent = 2 * routed;  // 64 tokens, two copies
  CHECK(traffic_of(setting.layer(LayerKind::moe), Pass::forward, OpClass::permutation) ==
        2 * (routed + sent));
  setting.layout.expert = 4;  // two experts a rank: copies read and written once more, twice
  CHECK(traffic_of(setting.layer(LayerKind::moe), Pass::forward, OpClass::permutation) ==
        2 * (routed + sent) + 4 * sent);
  setting.layout.expert = 8;  // one expert a rank
  CHECK(traffic_of(setting.layer(LayerKind::moe), Pass::backward_input, OpClass::permutation) ==
        2 * (routed + sent));
}

TEST_CASE("router scores are FP32 and kept") {
  const LayerWork work = LayerSetting(mixture()).layer(LayerKind::moe);
  const double gemm = 2.0 * (64 * 64 + 64 * 8 + 64 * 8);
  CHECK(traffic_of(work, Pass::forward, OpClass::router) == gemm + 3 * 64 * 8 * 4);
}

TEST_CASE("latent experts are reached by a projection each way") {
  LayerSetting setting(mixture());
  setting.model.moe.latent_dim = 32;
  const LayerWork work = setting.layer(LayerKind::moe);
  CHECK(work.expert_parameters == 8 * 3 * 32 * 48);
  CHECK(flops_of(work, Pass::forward, OpClass::mlp) == 2.0 * 64 * 2 * 64 * 32);
}

TEST_CASE("latent attention: compressed query, keys and values") {
  const LayerWork work = LayerSetting(latent()).layer(LayerKind::dense);
  const double projections = 64 * (16 + 4) + 64 * 24 + 24 * 8 * 12 + 16 * 8 * (8 + 8) + 8 * 8 * 64;
  CHECK(flops_of(work, Pass::forward, OpClass::projection) == 2 * 64 * projections);
  // 2 sequences, 8 heads, triangle of 32, sizes 12 + 8
  CHECK(flops_of(work, Pass::forward, OpClass::attention) == 2 * 2 * 8 * (32 * 33 / 2) * 20);
  LayerSetting direct(latent());
  direct.model.latent.q_lora_rank = 0;
  CHECK(flops_of(direct.layer(LayerKind::dense), Pass::forward, OpClass::projection) ==
        2 * 64 * (projections - 64 * 24 - 24 * 8 * 12 + 64 * 8 * 12));
}

TEST_CASE("selective recompute of the up-projections frees queries, keys and values") {
  LayerSetting setting(latent());
  const LayerWork core = setting.layer(LayerKind::moe);
  setting.batch.selective = {.core_attention = false, .latent_up = true};
  const LayerWork up = setting.layer(LayerKind::moe);
  const double freed = 64.0 * 8 * (12 + 12 + 8) * 2;
  CHECK((up.saved_activations - up.saved_selective) / byte == freed);
  CHECK(up.saved_activations == core.saved_activations);
  double again = 0;
  for (const Op& op : up.recomputed_selective) again += op.flops() / flop;
  CHECK(again == 2.0 * 64 * (24 * 8 * 12 + 16 * 8 * 16));
}

TEST_CASE("latent attention gathers the compressed vectors, not the stream") {
  LayerSetting setting(latent());
  setting.layout.tensor = 2;
  setting.layout.sequence_parallel = true;
  const LayerWork work = setting.layer(LayerKind::dense);
  // attention: query rank 24, keys and values 16 + 4; MLP: the stream of 64
  CHECK(payload(work, Pass::forward, CommGroup::tensor, CollectiveKind::all_gather) ==
        64.0 * (24 + 20 + 64) * 2);
  CHECK(payload(work, Pass::forward, CommGroup::tensor, CollectiveKind::reduce_scatter) ==
        2 * 64.0 * 64 * 2);
}

TEST_CASE("selective recompute of the expert activation") {
  LayerSetting setting(mixture());
  setting.batch.selective = {.core_attention = false, .activation = true};
  const LayerWork work = setting.layer(LayerKind::moe);
  CHECK((work.saved_activations - work.saved_selective) / byte == (128 + 64) * 48 * 2);
  CHECK(work.recomputed_selective.size() == 2);  // routed and shared
}
