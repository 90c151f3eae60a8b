#include <doctest/doctest.h>

#include <algorithm>

#include "workload/op.hpp"

using namespace polyfleet;

namespace {

Op attention(double query, double kv, double window, bool causal) {
  Op op;
  op.kind = OpKind::attention;
  op.batch = op.heads = op.kv_heads = 1;
  op.head_dim_qk = op.head_dim_v = 1;
  op.query_length = query;
  op.kv_length = kv;
  op.window = window;
  op.causal = causal;
  return op;
}

/// Pairs by counting them, query rows being the last ones.
double counted_pairs(int query, int kv, int window) {
  double pairs = 0;
  for (int row = 0; row < query; ++row) {
    const int visible = kv - query + row + 1;
    pairs += window > 0 ? std::min(window, visible) : visible;
  }
  return pairs;
}

}  // namespace

TEST_CASE("a GEMM multiplies and adds m n k times") {
  Op op;
  op.kind = OpKind::gemm;
  op.m = 3;
  op.n = 5;
  op.k = 7;
  op.count = 2;
  CHECK(op.flops() / flop == 2 * 2 * 3 * 5 * 7);
  // two-byte operands and result: A 3x7, B 7x5, C 3x5
  CHECK(op.traffic() / byte == 2 * 2 * (21 + 35 + 15));
  op.dtype = Dtype::fp8;  // operands of one byte, result of two
  CHECK(op.traffic() / byte == 2 * (21 + 35 + 2 * 15));
}

TEST_CASE("a grouped GEMM reads every local expert once") {
  Op op;
  op.kind = OpKind::grouped_gemm;
  op.m = 10;
  op.n = 4;
  op.k = 6;
  op.groups = 3;
  CHECK(op.flops() / flop == 2 * 10 * 4 * 6);
  CHECK(op.traffic() / byte == 2 * (10 * 6 + 3 * 6 * 4 + 10 * 4));
}

TEST_CASE("causal attention counts the triangle with its diagonal, cut at the window") {
  for (const int kv : {1, 2, 7, 16}) {
    for (const int query : {1, 2, 7, 16}) {
      if (query > kv) continue;
      for (const int window : {0, 1, 3, 7, 16, 99}) {
        const Op op = attention(query, kv, window, true);
        CHECK(op.flops() / flop == 2 * 2 * counted_pairs(query, kv, window));
      }
    }
  }
}

TEST_CASE("an even sample of rows holds its share of the triangle") {
  Op op = attention(4, 16, 0, true);
  op.balanced = true;
  CHECK(op.flops() / flop == 4 * counted_pairs(16, 16, 0) / 4);
  op.window = 5;
  CHECK(op.flops() / flop == 4 * counted_pairs(16, 16, 5) / 4);
}

TEST_CASE("attention without a mask, unfused and in decode") {
  CHECK(attention(6, 9, 0, false).flops() / flop == 4 * 6 * 9);
  Op unfused = attention(8, 8, 0, true);
  unfused.fused = false;
  CHECK(unfused.flops() / flop == 4 * 8 * 8);  // the square is multiplied, then masked
  Op decode = attention(1, 100, 10, true);
  decode.decode = true;
  CHECK(decode.flops() / flop == 4 * 10);
}

TEST_CASE("attention backward: four products, five when the scores are computed again") {
  Op op = attention(8, 8, 0, false);
  op.head_dim_qk = 3;
  op.head_dim_v = 2;
  CHECK(op.flops() / flop == 2 * 64 * (3 + 2));
  op.backward = true;
  CHECK(op.flops() / flop == 2 * 64 * (3 * 3 + 2 * 2));
  op.fused = false;
  CHECK(op.flops() / flop == 2 * 64 * (2 * 3 + 2 * 2));
}

TEST_CASE("attention moves queries, keys, values and output once") {
  Op op = attention(8, 16, 0, false);
  op.heads = 4;
  op.kv_heads = 2;
  op.head_dim_qk = 3;
  op.head_dim_v = 5;
  const double query = 4 * 8, keys = 2 * 16;
  CHECK(op.traffic() / byte == 2 * (query * (3 + 5) + keys * (3 + 5)));
  op.fused = false;  // and the scores out and the probabilities in
  CHECK(op.traffic() / byte == 2 * (query * 8 + keys * 8 + 2 * 4 * 8 * 16));
}

TEST_CASE("every operator class has a name") {
  for (std::size_t i = 0; i < kOpClassCount; ++i)
    CHECK_FALSE(name_of(static_cast<OpClass>(i)).empty());
}
