#include <doctest/doctest.h>

#include "unit/workload/fixtures.hpp"

using namespace polyfleet;
using namespace polyfleet::fixture;

TEST_CASE("the head multiplies 2 b s h V and splits the vocabulary") {
  LayerSetting setting(llama());
  CHECK(gemm_flops(head_work(setting.context()), Pass::forward) == 2.0 * 64 * 64 * 512);
  setting.layout.tensor = 4;
  const LayerWork work = head_work(setting.context());
  CHECK(gemm_flops(work, Pass::forward) == 2.0 * 64 * 64 * 128);
  CHECK(work.parameters == 128 * 64 + 64);
  // three numbers a token for the vocabulary-parallel cross-entropy
  CHECK(payload(work, Pass::forward, CommGroup::tensor, CollectiveKind::all_reduce) == 3 * 64 * 4);
}

TEST_CASE("tied weights are held once, or again on a last stage of their own") {
  LayerSetting setting(gpt());
  CHECK(head_work(setting.context()).parameters == 64);  // the final norm
  CHECK(embedding_work(setting.context()).parameters == 1024 * 64 + 128 * 64);
  setting.layout.pipeline = 2;
  CHECK(head_work(setting.context()).parameters == 64 + 1024 * 64);
}

TEST_CASE("a fused cross-entropy moves a sixth of the eager one") {
  LayerSetting setting(llama());
  const double logits = 64 * 512;
  CHECK(traffic_of(head_work(setting.context()), Pass::forward, OpClass::loss) ==
        doctest::Approx(38 * logits));
  setting.batch.fused_loss = true;
  CHECK(traffic_of(head_work(setting.context()), Pass::forward, OpClass::loss) ==
        doctest::Approx(6 * logits));
}

TEST_CASE("logits are kept in FP32, or as the fused kernel's gradient") {
  LayerSetting setting(llama());
  const double logits = 64 * 512, stream = 64 * 64 * 2;
  CHECK(head_work(setting.context()).saved_activations / byte == 2 * stream + 4 * logits);
  setting.batch.fused_loss = true;
  CHECK(head_work(setting.context()).saved_activations / byte == 2 * stream + 2 * logits);
}

TEST_CASE("a lookup writes a dense gradient and adds it") {
  LayerSetting setting(llama());
  const LayerWork work = embedding_work(setting.context());
  CHECK(traffic_of(work, Pass::backward_weight, OpClass::gradient_accumulation) ==
        512 * 64 * (4 + 8));
  CHECK(traffic_of(work, Pass::forward, OpClass::embedding) == 2 * 64 * 64 * 2);
}

TEST_CASE("the head stays in its own format under a narrow recipe") {
  LayerSetting setting(llama());
  setting.precision.linear = Dtype::nvfp4;
  setting.precision.cast_bytes_per_element = 4;
  const LayerWork work = head_work(setting.context());
  for (const Op& op : work.ops[0]) {
    CHECK(op.dtype != Dtype::nvfp4);
    CHECK(op.op_class != OpClass::cast);
  }
}

TEST_CASE("a prediction module is a projection, a layer and the shared head") {
  LayerSetting setting(mixture());
  const LayerWork module = mtp_work(setting.context());
  const LayerWork layer = setting.layer(LayerKind::moe);
  const LayerWork head = head_work(setting.context());
  CHECK(gemm_flops(module, Pass::forward) ==
        gemm_flops(layer, Pass::forward) + gemm_flops(head, Pass::forward) + 2.0 * 64 * 128 * 64);
  CHECK(module.parameters == layer.parameters + 128 * 64 + 3 * 64);
  CHECK(module.expert_parameters == layer.expert_parameters);
  setting.layout.tensor = 2;
  CHECK(payload(mtp_work(setting.context()), Pass::forward, CommGroup::tensor,
                CollectiveKind::all_gather) >= 64.0 * 64 * 2);
}

TEST_CASE("an Adam step reads gradient and states, writes states and weights") {
  const std::vector<Op> ops = optimizer_ops({.parameters = 100});
  REQUIRE(ops.size() == 2);
  CHECK(ops[0].traffic() / byte == 400);                      // gradient norm
  CHECK(ops[1].traffic() / byte == 100 * (4 + 12 + 12 + 2));  // Adam
  CHECK(optimizer_ops({.parameters = 0}).empty());
}

TEST_CASE("weights are cast once a step under a narrow recipe") {
  PrecisionRecipe recipe;
  CHECK(weight_cast_ops(10, recipe).empty());
  recipe.linear = Dtype::fp8;
  recipe.cast_bytes_per_element = 4;
  REQUIRE(weight_cast_ops(10, recipe).size() == 1);
  CHECK(weight_cast_ops(10, recipe)[0].traffic() / byte == 40);
}
