// Decode cores of every kind of mixer, by hand.
#include <doctest/doctest.h>

#include "unit/workload/fixtures.hpp"
#include "unit/workload/inference_fixture.hpp"

namespace polyfleet {

using fixture::InferenceSetting;

namespace {

const Op& only_attention(const InferenceWork& work) {
  const Op* found = nullptr;
  for (const Op& op : work.ops) {
    if (op.kind != OpKind::attention) continue;
    REQUIRE(found == nullptr);
    found = &op;
  }
  REQUIRE(found != nullptr);
  return *found;
}

double traffic_of(const InferenceWork& work, OpClass op_class) {
  double sum = 0;
  for (const Op& op : work.ops) {
    if (op.op_class == op_class) sum += op.traffic() / byte;
  }
  return sum;
}

}  // namespace

TEST_CASE("Grouped-query decode reads the cache of every sequence once a layer") {
  InferenceSetting llama{fixture::catalogue_model("llama3.1-8b")};
  const InferenceWork work = llama.decode(4, 1000);
  const Op& core = only_attention(work);
  CHECK(core.decode);
  CHECK(core.count == 32);
  // per layer and sequence: 2 products x 32 heads x 1000 keys x 128
  CHECK(core.flops() / flop == 32 * 4 * 2.0 * 2 * 32 * 1000 * 128);
  const double query = 4 * 32 * 2 * 128 * 2.0;
  CHECK(core.traffic() / byte == 32 * (query + 4 * 1000 * 4096.0));
  llama.formats.cache = Dtype::fp8;
  const InferenceWork narrow = llama.decode(4, 1000);
  CHECK(only_attention(narrow).dtype == Dtype::bf16);
  CHECK(only_attention(narrow).stored == Dtype::fp8);
  CHECK(only_attention(narrow).traffic() / byte == 32 * (query + 4 * 1000 * 2048.0));
  // three tokens a sequence under speculation: three times the products, the cache once
  const InferenceWork drafts = llama.decode(4, 1000, 3);
  CHECK(fixture::attention_flops(drafts) == 3 * fixture::attention_flops(narrow));
  CHECK(only_attention(drafts).traffic() / byte == 32 * (3 * query + 4 * 1000 * 2048.0));
}

TEST_CASE("Windowed layers attend to their window and no further") {
  const InferenceSetting oss{fixture::catalogue_model("gpt-oss-120b")};
  const double pair = 2.0 * 2 * 64 * 64;  // both products of 64 heads of 64
  CHECK(fixture::attention_flops(oss.decode(1, 100)) == 36 * 100 * pair);
  CHECK(fixture::attention_flops(oss.decode(1, 10000)) == 18 * (10000 + 128) * pair);
}

TEST_CASE("Latent decode is absorbed: two products a head around a core on the compressed cache") {
  InferenceSetting deepseek{fixture::catalogue_model("deepseek-v3")};
  deepseek.layout.tensor = 8;
  const InferenceWork work = deepseek.decode(5, 2000);
  const Op& core = only_attention(work);
  CHECK(core.heads == 16);
  CHECK(core.kv_heads == 1);
  CHECK(core.head_dim_qk == 576);
  CHECK(core.head_dim_v == 512);
  CHECK(core.keys_are_values);
  CHECK(core.flops() / flop == 61 * 2.0 * 5 * 16 * 2000 * (576 + 512));
  // q_nope W_UK and out W_UV: 5 rows x 16 heads x 128 x 512 each
  CHECK(fixture::class_flops(work, OpClass::projection) == 61 * 2 * 2.0 * 5 * 16 * 128 * 512);
  int batched = 0;
  for (const Op& op : work.ops) {
    if (op.kind != OpKind::grouped_gemm) continue;
    ++batched;
    CHECK(op.op_class == OpClass::projection);
    CHECK(op.groups == 16);
    CHECK(op.m == 5 * 16);
  }
  CHECK(batched == 2);
}

TEST_CASE("Latent prefill expands the new tokens and the cached prefix") {
  const InferenceSetting deepseek{fixture::catalogue_model("deepseek-v3")};
  const InferenceWork work = deepseek.prefill(100, 300);
  CHECK(fixture::class_flops(work, OpClass::projection) == 61 * 2.0 * 400 * 512 * 128 * 256);
  const Op& core = only_attention(work);
  CHECK(core.head_dim_qk == 192);
  CHECK(core.head_dim_v == 128);
  // rows see 301 .. 400 keys
  CHECK(core.flops() / flop == 61 * 2.0 * 128 * (100 * 300 + 5050) * (192 + 128));
}

TEST_CASE("A sparse index scores every key and attends to its best") {
  const InferenceSetting sparse{fixture::catalogue_model("deepseek-v3.2")};
  const auto flops = [&sparse](double length) {
    return fixture::attention_flops(sparse.decode(1, length));
  };
  const double scores = 61 * 2.0 * 64 * 128;             // a key
  const double attended = 61 * 2.0 * 128 * (576 + 512);  // a key
  CHECK(flops(1000) == 1000 * (scores + attended));
  CHECK(flops(50000) == 50000 * scores + 2048 * attended);
}

TEST_CASE("Linear mixers read and write their state at every step, whatever the length") {
  const InferenceSetting hybrid{fixture::catalogue_model("nemotron-h-8b")};
  const double state = 128.0 * 64 * 128 * 4;
  const double moved = traffic_of(hybrid.decode(2, 1000), OpClass::linear_mixer);
  CHECK(moved > 24 * 2 * 2 * state);
  CHECK(moved < 24 * 2 * 2 * state * 1.1);
  CHECK(traffic_of(hybrid.decode(2, 9000), OpClass::linear_mixer) == moved);
  // 4 attention layers of 32 heads
  CHECK(fixture::attention_flops(hybrid.decode(2, 1000)) == 4 * 2 * 2.0 * 2 * 32 * 1000 * 128);
}

TEST_CASE("Cores of all tensor ranks together are those of one") {
  for (const char* id : {"llama3.1-70b", "deepseek-v3", "nemotron-h-56b", "qwen3.5-397b-a17b"}) {
    CAPTURE(id);
    InferenceSetting setting{fixture::catalogue_model(id)};
    const double decode = fixture::attention_flops(setting.decode(3, 4000));
    const double prefill = fixture::attention_flops(setting.prefill(512, 512));
    const double scan = fixture::product_flops(setting.prefill(512, 512));
    setting.layout.tensor = 8;
    CHECK(8 * fixture::attention_flops(setting.decode(3, 4000)) == doctest::Approx(decode));
    CHECK(8 * fixture::attention_flops(setting.prefill(512, 512)) == doctest::Approx(prefill));
    CHECK(8 * fixture::product_flops(setting.prefill(512, 512)) == doctest::Approx(scan));
  }
}

TEST_CASE("Prefill context ranks share a chunk and gather the keys") {
  InferenceSetting llama{fixture::catalogue_model("llama3.1-8b")};
  const InferenceWork alone = llama.prefill(1000, 200);
  const double tokens = fixture::product_flops(token_work(llama.context(), 1000, 0));
  llama.layout.context = 4;
  const InferenceWork shared = llama.prefill(1000, 200);
  CHECK(4 * fixture::attention_flops(shared) == fixture::attention_flops(alone));
  CHECK(4 * fixture::product_flops(token_work(llama.context(), 1000, 0)) == tokens);
  CHECK(fixture::payload(shared, CommGroup::context, CollectiveKind::all_gather, 4) ==
        32 * 1200 * 2 * 1024 * 2.0);
  CHECK(alone.comms.empty());
  CHECK(4 * fixture::attention_flops(llama.decode(4, 100)) ==
        doctest::Approx(32 * 4 * 2.0 * 2 * 32 * 100 * 128));
}

}  // namespace polyfleet
