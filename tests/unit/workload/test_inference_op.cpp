// What inference adds to an operator: formats in memory that are not multiplied, latent caches.
#include <doctest/doctest.h>

#include "workload/op.hpp"

namespace polyfleet {

TEST_CASE("Weights stored narrower than multiplied move fewer bytes and multiply as before") {
  Op op;
  op.kind = OpKind::gemm;
  op.m = 2;
  op.n = 3;
  op.k = 8;
  CHECK(op.traffic() / byte == doctest::Approx((2 * 8 + 8 * 3 + 2 * 3) * 2));
  const double flops = op.flops() / flop;
  op.stored = Dtype::int4;
  CHECK(op.traffic() / byte == doctest::Approx((2 * 8 + 2 * 3) * 2 + 8 * 3 * 0.5));
  CHECK(op.flops() / flop == flops);
  op.kind = OpKind::grouped_gemm;
  op.groups = 5;
  CHECK(op.traffic() / byte == doctest::Approx((2 * 8 + 2 * 3) * 2 + 5 * 8 * 3 * 0.5));
}

TEST_CASE("A cache in its own format, and one whose values are part of the keys") {
  Op op;
  op.kind = OpKind::attention;
  op.batch = 3;
  op.heads = 4;
  op.kv_heads = 1;
  op.head_dim_qk = 12;
  op.head_dim_v = 8;
  op.query_length = 1;
  op.kv_length = 10;
  op.decode = true;
  const double query = 3 * 4 * (12 + 8) * 2;
  CHECK(op.traffic() / byte == doctest::Approx(query + 3 * 10 * (12 + 8) * 2));
  op.stored = Dtype::fp8;
  CHECK(op.traffic() / byte == doctest::Approx(query + 3 * 10 * (12 + 8)));
  op.keys_are_values = true;
  CHECK(op.traffic() / byte == doctest::Approx(query + 3 * 10 * 12));
}

}  // namespace polyfleet
