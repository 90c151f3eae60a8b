// What follows the number of new tokens: products, experts, small kernels and collectives.
#include <doctest/doctest.h>

#include "unit/workload/fixtures.hpp"
#include "unit/workload/inference_fixture.hpp"

namespace polyfleet {

using fixture::InferenceSetting;

namespace {

std::vector<Op> of_class(const InferenceWork& work, OpClass op_class, OpKind kind) {
  std::vector<Op> found;
  for (const Op& op : work.ops) {
    if (op.op_class == op_class && op.kind == kind) found.push_back(op);
  }
  return found;
}

double small_kernels(const InferenceWork& work) {
  double sum = 0;
  for (const OpClass op_class : {OpClass::norm, OpClass::elementwise, OpClass::activation,
                                 OpClass::router, OpClass::permutation, OpClass::linear_mixer})
    sum += fixture::launches(work, op_class);
  return sum;
}

}  // namespace

TEST_CASE("Products of a dense layer: fused query-key-value, output, fused gate and up, down") {
  InferenceSetting llama{fixture::catalogue_model("llama3.1-8b")};
  llama.layout.tensor = 4;
  const InferenceWork work = llama.tokens(16);
  const std::vector<Op> projections = of_class(work, OpClass::projection, OpKind::gemm);
  REQUIRE(projections.size() == 2);
  CHECK(projections[0].m == 16);
  CHECK(projections[0].n == (32 + 2 * 8) * 128 / 4);
  CHECK(projections[0].k == 4096);
  CHECK(projections[0].count == 32);
  CHECK(projections[1].k == 1024);
  const std::vector<Op> mlp = of_class(work, OpClass::mlp, OpKind::gemm);
  REQUIRE(mlp.size() == 2);
  CHECK(mlp[0].n == 2 * 14336 / 4);
  CHECK(mlp[1].k == 14336 / 4);
}

TEST_CASE("Two all-reduces a layer, one for the lookup, and a gather of the logits") {
  InferenceSetting llama{fixture::catalogue_model("llama3.1-8b")};
  CHECK(llama.tokens(16).comms.empty());
  llama.layout.tensor = 4;
  const InferenceWork work = token_work(llama.context(), 16, 3);
  const double stream = 16 * 4096 * 2.0;
  CHECK(fixture::payload(work, CommGroup::tensor, CollectiveKind::all_reduce, 4) ==
        (2 * 32 + 1) * stream);
  CHECK(fixture::payload(work, CommGroup::tensor, CollectiveKind::all_gather, 4) ==
        3 * 128256 * 2.0);
  CHECK(of_class(work, OpClass::logits, OpKind::gemm).front().m == 3);
}

TEST_CASE("Parallel attention sums both blocks in one all-reduce") {
  InferenceSetting falcon{fixture::catalogue_model("falcon-180b")};
  REQUIRE(falcon.model.parallel_attention);
  falcon.layout.tensor = 8;
  const double layers = static_cast<double>(falcon.model.layers);
  const double stream = 4 * static_cast<double>(falcon.model.hidden) * 2.0;
  CHECK(fixture::payload(falcon.tokens(4), CommGroup::tensor, CollectiveKind::all_reduce, 8) ==
        (layers + 1) * stream);
}

TEST_CASE("Stages hand hidden states and residual over; receivers gather the tensor shares") {
  InferenceSetting llama{fixture::catalogue_model("llama3.1-8b")};
  llama.layout = {.tensor = 2, .pipeline = 4};
  const InferenceWork work = token_work(llama.context(), 16, 0);
  const double stream = 16 * 4096 * 2.0;
  CHECK(fixture::payload(work, CommGroup::pipeline, CollectiveKind::send_recv, 2) == 3 * stream);
  CHECK(fixture::payload(work, CommGroup::tensor, CollectiveKind::all_gather, 2) == 3 * 2 * stream);
  // operators of all stages together
  const InferenceWork one = token_work(InferenceSetting{llama.model}.context(), 16, 0);
  CHECK(2 * fixture::product_flops(work) == doctest::Approx(fixture::product_flops(one)));
}

TEST_CASE("Routed copies spread over expert ranks; the busiest rank carries the imbalance") {
  InferenceSetting deepseek{fixture::catalogue_model("deepseek-v3")};
  deepseek.layout = {.tensor = 8, .expert = 4};
  deepseek.imbalance = 1.5;
  const std::vector<Op> experts =
      of_class(deepseek.tokens(100), OpClass::expert, OpKind::grouped_gemm);
  REQUIRE(experts.size() == 2);
  CHECK(experts[0].m == 100 * 8 / 4);
  CHECK(experts[0].groups == 64);
  CHECK(experts[0].n == 2 * 2048 / 2);
  CHECK(experts[0].k == 7168);
  CHECK(experts[0].imbalance == 1.5);
  CHECK(experts[0].count == 58);
  CHECK(experts[1].n == 7168);
  deepseek.layout = {.tensor = 8};
  CHECK(of_class(deepseek.tokens(100), OpClass::expert, OpKind::grouped_gemm)[0].imbalance == 1);
}

TEST_CASE("Ranks' experts together do the whole model's work, with and without DP attention") {
  InferenceSetting one{fixture::catalogue_model("deepseek-v3")};
  const double whole = fixture::class_flops(one.tokens(64), OpClass::expert);
  const double shared = fixture::class_flops(one.tokens(64), OpClass::shared_expert);
  const double projected = fixture::class_flops(one.tokens(64), OpClass::projection);
  for (const ServingLayout layout :
       {ServingLayout{.tensor = 8}, ServingLayout{.tensor = 8, .expert = 8},
        ServingLayout{.tensor = 8, .expert = 2, .attention_data = 4},
        ServingLayout{.tensor = 8, .expert = 8, .attention_data = 8},
        ServingLayout{.tensor = 8, .attention_data = 8}}) {
    InferenceSetting cut{one.model};
    cut.layout = layout;
    const InferenceWork work = cut.tokens(64);
    CHECK(8 * fixture::class_flops(work, OpClass::expert) == doctest::Approx(whole));
    CHECK(8 * fixture::class_flops(work, OpClass::shared_expert) == doctest::Approx(shared));
    if (layout.attention_data == 8)  // every rank its own tokens: nothing is repeated
      CHECK(8 * fixture::class_flops(work, OpClass::projection) == doctest::Approx(projected));
  }
}

TEST_CASE("Tokens travel to their experts and back under DP attention") {
  InferenceSetting deepseek{fixture::catalogue_model("deepseek-v3")};
  deepseek.layout = {.tensor = 8, .expert = 8, .attention_data = 8};
  const double sent = 64.0 / 8 * 8 * 7168 * 2;  // a rank's tokens x 8 copies
  const double stream = 64 * 7168 * 2.0;
  InferenceWork work = token_work(deepseek.context(), 64, 0);
  CHECK(fixture::payload(work, CommGroup::expert, CollectiveKind::all_to_all, 8) == 58 * 2 * sent);
  // three dense layers gather and scatter; attention of one rank reduces nothing
  CHECK(fixture::payload(work, CommGroup::tensor, CollectiveKind::all_gather, 8) == 3 * stream);
  CHECK(fixture::payload(work, CommGroup::tensor, CollectiveKind::reduce_scatter, 8) == 3 * stream);
  CHECK(fixture::payload(work, CommGroup::tensor, CollectiveKind::all_reduce, 8) == 0);
  deepseek.formats = fixture::narrow_formats(Dtype::fp8, Dtype::fp8);
  deepseek.formats.dispatch_narrow = true;
  work = token_work(deepseek.context(), 64, 0);
  CHECK(fixture::payload(work, CommGroup::expert, CollectiveKind::all_to_all, 8) ==
        58 * 1.5 * sent);
  deepseek.layout = {.tensor = 8, .attention_data = 4};
  work = token_work(deepseek.context(), 64, 0);
  CHECK(fixture::payload(work, CommGroup::tensor, CollectiveKind::all_gather, 8) == 61 * stream);
  CHECK(fixture::payload(work, CommGroup::tensor, CollectiveKind::reduce_scatter, 8) ==
        61 * stream);
  // and attention groups of two ranks reduce their own tokens, after the lookup too
  CHECK(fixture::payload(work, CommGroup::tensor, CollectiveKind::all_reduce, 2) ==
        62 * stream / 4);
}

TEST_CASE("Small kernels of a layer, and those of quantisation") {
  InferenceSetting llama{fixture::catalogue_model("llama3.1-8b")};
  // two norms, rotary, cache write, activation; the final norm
  CHECK(small_kernels(llama.tokens(1)) == 32 * 5 + 1);
  CHECK(fixture::launches(llama.tokens(1), OpClass::cast) == 0);
  llama.formats = fixture::narrow_formats(Dtype::fp8, Dtype::fp8);
  CHECK(small_kernels(llama.tokens(1)) == 32 * 5 + 1);
  CHECK(fixture::launches(llama.tokens(1), OpClass::cast) == 32 * 2);
  llama.formats = fixture::narrow_formats(Dtype::int4, Dtype::bf16);  // nothing to quantise
  CHECK(fixture::launches(llama.tokens(1), OpClass::cast) == 0);
  // four norms, rotary, cache write; top-k, sort, gather, activation, sum, and the shared expert's
  InferenceSetting deepseek{fixture::catalogue_model("deepseek-v3")};
  CHECK(small_kernels(deepseek.tokens(1)) == 58 * (6 + 5 + 1) + 3 * (6 + 1) + 1);
  CHECK(fixture::launches(deepseek.decode(1, 10), OpClass::elementwise) == 61);
}

TEST_CASE("Weight-only formats are read narrow and multiplied wide") {
  InferenceSetting oss{fixture::catalogue_model("gpt-oss-120b")};
  oss.formats.experts = {Dtype::mxfp4, Dtype::bf16};
  for (const Op& op : oss.tokens(1).ops) {
    if (op.op_class == OpClass::expert) {
      CHECK(op.dtype == Dtype::bf16);
      CHECK(op.stored == Dtype::mxfp4);
    } else {
      CHECK_FALSE(op.stored.has_value());
    }
  }
  oss.formats.experts = {Dtype::mxfp4, Dtype::mxfp4};
  for (const Op& op : oss.tokens(1).ops) {
    if (op.op_class == OpClass::expert) CHECK_FALSE(op.stored.has_value());
  }
}

TEST_CASE("Nothing to do is no operator, and a chunk without an end samples nothing") {
  InferenceSetting llama{fixture::catalogue_model("llama3.1-8b")};
  llama.layout.tensor = 4;
  CHECK(token_work(llama.context(), 0, 0).ops.empty());
  CHECK(token_work(llama.context(), 0, 0).comms.empty());
  CHECK(llama.decode(0, 1000).ops.empty());
  CHECK(llama.prefill(0, 1000).ops.empty());
  const InferenceWork chunk = token_work(llama.context(), 512, 0);
  CHECK(of_class(chunk, OpClass::logits, OpKind::gemm).empty());
  CHECK(fixture::launches(chunk, OpClass::logits) == 0);
  CHECK(fixture::payload(chunk, CommGroup::tensor, CollectiveKind::all_gather, 4) == 0);
}

TEST_CASE("A draft step is a projection, one layer and the head") {
  const InferenceSetting deepseek{fixture::catalogue_model("deepseek-v3")};
  const InferenceWork work = draft_work(deepseek.context(), 6);
  const double experts = 2.0 * 6 * 8 * 3 * 2048 * 7168;
  CHECK(fixture::class_flops(work, OpClass::expert) == experts);
  CHECK(fixture::class_flops(work, OpClass::logits) == 2.0 * 6 * 7168 * 129280);
  CHECK(of_class(work, OpClass::projection, OpKind::gemm).front().k == 2 * 7168);
}

}  // namespace polyfleet
