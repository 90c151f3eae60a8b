#include <doctest/doctest.h>

#include "unit/workload/fixtures.hpp"

using namespace polyfleet;
using namespace polyfleet::fixture;

// s = 32, b = 2: 64 tokens; h = 64.
TEST_CASE("the matrices of a GPT layer multiply 24 b s h^2") {
  const LayerWork work = LayerSetting(gpt()).layer(LayerKind::dense);
  const double expected = 24.0 * 64 * 64 * 64;
  CHECK(gemm_flops(work, Pass::forward) == expected);
  CHECK(gemm_flops(work, Pass::backward_input) == expected);
  CHECK(gemm_flops(work, Pass::backward_weight) == expected);
  CHECK(work.parameters == 12 * 64 * 64 + 2 * 64);  // matrices and two norms
}

TEST_CASE("grouped-query attention narrows keys and values") {
  const LayerWork work = LayerSetting(llama()).layer(LayerKind::dense);
  const double weights = 64 * (64 + 2 * 16) + 64 * 64 + 3 * 64 * 192;
  CHECK(gemm_flops(work, Pass::forward) == 2 * 64 * weights);
  CHECK(work.parameters == weights + 2 * 64);
}

// Korthikanti et al. 2022, arXiv:2205.05198, table 2.
TEST_CASE("saved activations are Korthikanti's") {
  LayerSetting setting(gpt());
  setting.batch.fused_attention = false;
  setting.batch.dropout = true;
  const double sbh = 32 * 2 * 64, as_over_h = 4.0 * 32 / 64;
  SUBCASE("one device") {
    const LayerWork work = setting.layer(LayerKind::dense);
    CHECK(work.saved_activations / byte == doctest::Approx(sbh * (34 + 5 * as_over_h)));
    CHECK(work.saved_selective / byte == doctest::Approx(sbh * 34));
    CHECK(work.saved_full / byte == 2 * sbh);
  }
  SUBCASE("tensor parallel") {
    setting.layout.tensor = 2;
    const LayerWork work = setting.layer(LayerKind::dense);
    CHECK(work.saved_activations / byte ==
          doctest::Approx(sbh * (10 + 24.0 / 2 + 5 * as_over_h / 2)));
    CHECK(work.saved_full / byte == 2 * sbh);
  }
  SUBCASE("tensor and sequence parallel") {
    setting.layout.tensor = 4;
    setting.layout.sequence_parallel = true;
    const LayerWork work = setting.layer(LayerKind::dense);
    CHECK(work.saved_activations / byte == doctest::Approx(sbh / 4 * (34 + 5 * as_over_h)));
    CHECK(work.saved_selective / byte == doctest::Approx(sbh / 4 * 34));
    CHECK(work.saved_full / byte == 2 * sbh / 4);
  }
}

TEST_CASE("flash attention keeps one FP32 number per query and head instead of the scores") {
  LayerSetting setting(gpt());
  const LayerWork work = setting.layer(LayerKind::dense);
  // no dropout masks: 34 - 2
  CHECK(work.saved_activations / byte == 32.0 * 64 * 64 + 64 * 4 * 4);
  CHECK(work.saved_selective / byte == 32.0 * 64 * 64);
  REQUIRE(work.recomputed_selective.size() == 1);
  CHECK(work.recomputed_selective[0].kind == OpKind::attention);
  CHECK_FALSE(work.recomputed_selective[0].backward);
}

TEST_CASE("tensor parallel: one all-reduce a block, forward and backward") {
  LayerSetting setting(gpt());
  setting.layout.tensor = 2;
  const LayerWork work = setting.layer(LayerKind::dense);
  const double bytes = 64 * 64 * 2;
  CHECK(payload(work, Pass::forward, CommGroup::tensor, CollectiveKind::all_reduce) == 2 * bytes);
  CHECK(payload(work, Pass::backward_input, CommGroup::tensor, CollectiveKind::all_reduce) ==
        2 * bytes);
  CHECK(work.comms[2].empty());
}

TEST_CASE("sequence parallel: gather and scatter, and a second gather for the weight gradient") {
  LayerSetting setting(gpt());
  setting.layout.tensor = 2;
  setting.layout.sequence_parallel = true;
  const LayerWork work = setting.layer(LayerKind::dense);
  const double bytes = 64 * 64 * 2;
  for (const Pass pass : {Pass::forward, Pass::backward_input}) {
    CHECK(payload(work, pass, CommGroup::tensor, CollectiveKind::all_gather) == 2 * bytes);
    CHECK(payload(work, pass, CommGroup::tensor, CollectiveKind::reduce_scatter) == 2 * bytes);
    CHECK(payload(work, pass, CommGroup::tensor, CollectiveKind::all_reduce) == 0);
  }
  CHECK(payload(work, Pass::backward_weight, CommGroup::tensor, CollectiveKind::all_gather) ==
        2 * bytes);
}

TEST_CASE("context parallel exchanges keys and values and balances the triangle") {
  LayerSetting whole(llama());
  LayerSetting split(llama());
  split.layout.context = 4;
  const LayerWork one = whole.layer(LayerKind::dense);
  const LayerWork part = split.layer(LayerKind::dense);
  CHECK(flops_of(part, Pass::forward, OpClass::attention) ==
        doctest::Approx(flops_of(one, Pass::forward, OpClass::attention) / 4));
  const double gathered = 64 * 2 * 16 * 2;  // all tokens, K and V of two heads of 8, BF16
  CHECK(payload(part, Pass::forward, CommGroup::context, CollectiveKind::all_gather) == gathered);
  CHECK(payload(part, Pass::backward_input, CommGroup::context, CollectiveKind::reduce_scatter) ==
        gathered);
}

TEST_CASE("elementwise traffic of a Llama layer") {
  LayerSetting setting(llama());
  const LayerWork work = setting.layer(LayerKind::dense);
  const double stream = 64 * 64 * 2;  // bytes of one pass over the residual stream
  CHECK(traffic_of(work, Pass::forward, OpClass::norm) == 2 * 2 * stream);
  CHECK(traffic_of(work, Pass::backward_input, OpClass::norm) == 2 * 3 * stream);
  const double inner = 64 * 192 * 2;
  CHECK(traffic_of(work, Pass::forward, OpClass::activation) == 3 * inner);
  CHECK(traffic_of(work, Pass::backward_input, OpClass::activation) == 5 * inner);
  // rotary turn reads and writes query and key (64 + 16 wide); two residual sums of three passes
  CHECK(traffic_of(work, Pass::forward, OpClass::elementwise) == 2 * 64 * 80 * 2 + 2 * 3 * stream);
  setting.batch.elementwise_factor = 2;
  CHECK(traffic_of(setting.layer(LayerKind::dense), Pass::forward, OpClass::norm) == 8 * stream);
}

TEST_CASE("weight gradients are added to the main gradient") {
  LayerSetting setting(llama());
  const double weights = 64 * (64 + 2 * 16) + 64 * 64 + 3 * 64 * 192;
  CHECK(traffic_of(setting.layer(LayerKind::dense), Pass::backward_weight,
                   OpClass::gradient_accumulation) == 8 * weights);
  setting.batch.main_grad_fp32 = false;
  CHECK(traffic_of(setting.layer(LayerKind::dense), Pass::backward_weight,
                   OpClass::gradient_accumulation) == 4 * weights);
}

TEST_CASE("a narrow recipe runs the layer's matrices narrow and pays for the casts") {
  LayerSetting setting(llama());
  setting.precision.linear = Dtype::fp8;
  setting.precision.cast_bytes_per_element = 4;
  const LayerWork work = setting.layer(LayerKind::dense);
  for (const auto& ops : work.ops) {
    for (const Op& op : ops) {
      if (op.kind == OpKind::gemm) CHECK(op.dtype == Dtype::fp8);
      if (op.kind == OpKind::attention) CHECK(op.dtype == Dtype::bf16);
    }
  }
  // inputs: norm out, core out, norm out, activation; gradients: qkv, output, both halves, output
  CHECK(traffic_of(work, Pass::forward, OpClass::cast) == 4 * 64 * (64 + 64 + 64 + 192));
  CHECK(traffic_of(work, Pass::backward_input, OpClass::cast) == 4 * 64 * (96 + 64 + 384 + 64));
  setting.precision.linear_backward_narrow = false;
  const LayerWork forward_only = setting.layer(LayerKind::dense);
  CHECK(traffic_of(forward_only, Pass::backward_input, OpClass::cast) == 0);
  for (const Op& op : forward_only.ops[2])
    if (op.kind == OpKind::gemm) CHECK(op.dtype == Dtype::bf16);
}

TEST_CASE("packed documents shorten attention") {
  LayerSetting setting(llama());
  const double full = flops_of(setting.layer(LayerKind::dense), Pass::forward, OpClass::attention);
  setting.batch.mean_document = 8;
  const double packed =
      flops_of(setting.layer(LayerKind::dense), Pass::forward, OpClass::attention);
  CHECK(packed / full == doctest::Approx(4 * 8.0 * 9 / (32.0 * 33)));
}

TEST_CASE("a sliding window cuts the triangle") {
  LayerSetting setting(llama());
  setting.model.sliding_window = 8;
  const double windowed =
      flops_of(setting.layer(LayerKind::dense_windowed), Pass::forward, OpClass::attention);
  // 2 sequences, 8 heads, sizes 8 + 8, two FLOPs each
  CHECK(windowed == 2 * 2 * 8 * (8 * 9 / 2 + 24 * 8) * 16);
}

TEST_CASE("unfused attention moves the scores through memory") {
  LayerSetting setting(gpt());
  const double fused =
      traffic_of(setting.layer(LayerKind::dense), Pass::forward, OpClass::attention);
  setting.batch.fused_attention = false;
  const double scores = 2.0 * 4 * 32 * 32 * 2;  // bytes of b a s^2
  const LayerWork work = setting.layer(LayerKind::dense);
  // scores out, softmax in and out, probabilities in
  CHECK(traffic_of(work, Pass::forward, OpClass::attention) == fused + 4 * scores);
  setting.batch.dropout = true;  // scores in and out again, with a mask of half their size
  CHECK(traffic_of(setting.layer(LayerKind::dense), Pass::forward, OpClass::attention) ==
        fused + 6.5 * scores);
}

TEST_CASE("attention and MLP in parallel share norm, collectives and residual") {
  LayerSetting setting(gpt());
  setting.layout.tensor = 2;
  setting.model.parallel_attention = true;
  const LayerWork work = setting.layer(LayerKind::dense);
  CHECK(payload(work, Pass::forward, CommGroup::tensor, CollectiveKind::all_reduce) == 64 * 64 * 2);
  CHECK(work.parameters == 12 * 64 * 64 / 2 + 64);
}

TEST_CASE("a Llama layer keeps stream, heads, both halves of the gate and their product") {
  // per token: two norm inputs and outputs of 64; q, k, v of 96; output of 64; 2 x 192 and 192
  LayerSetting setting(llama());
  const double per_token = 4 * 64 + 96 + 64 + 3 * 192;
  CHECK(setting.layer(LayerKind::dense).saved_activations / byte ==
        64 * (2 * per_token + 8 * 4));  // and the log-sum of 8 heads
  // narrow matrices keep narrow inputs, and a narrow copy of the core's output
  setting.precision.linear = Dtype::fp8;
  CHECK(setting.layer(LayerKind::dense).saved_activations / byte ==
        64 * (2 * (2 * 64 + 96 + 64 + 2 * 192) + (2 * 64 + 64 + 192) + 8 * 4));
}

TEST_CASE("a gated attention projects and keeps one more query") {
  LayerSetting setting(llama());
  const LayerWork plain = setting.layer(LayerKind::dense);
  setting.model.gated_attention = true;
  const LayerWork gated = setting.layer(LayerKind::dense);
  CHECK(gated.parameters - plain.parameters == 64 * 64);
  CHECK((gated.saved_activations - plain.saved_activations) / byte == 64 * 2 * 64 * 2);
}

TEST_CASE("a low-rank query and output") {
  LayerSetting setting(llama());
  setting.model.latent = {.q_lora_rank = 16, .o_lora_rank = 8, .o_groups = 4};
  const LayerWork work = setting.layer(LayerKind::dense);
  CHECK(flops_of(work, Pass::forward, OpClass::projection) ==
        2.0 * 64 * (64 * 16 + 16 * 64 + 64 * 32 + 64 * 8 + 4 * 8 * 64));
}
