#include <doctest/doctest.h>

#include "cost/attention_form.hpp"

using namespace polyfleet;

TEST_CASE("pairs: triangle with its diagonal, rectangle, prefix, window") {
  AttentionGeometry g;
  g.query_length = g.kv_length = 4;
  CHECK(attention_pairs(g) == 10);  // 1+2+3+4
  g.causal = false;
  CHECK(attention_pairs(g) == 16);
  g.causal = true;
  g.kv_length = 10;  // queries see 7, 8, 9, 10 keys
  CHECK(attention_pairs(g) == 34);
  g.window = 8;  // 7, 8, 8, 8
  CHECK(attention_pairs(g) == 31);
  g.window = 2;
  CHECK(attention_pairs(g) == 8);
  g.query_length = g.kv_length = 4;  // 1, 2, 2, 2
  CHECK(attention_pairs(g) == 7);
}

TEST_CASE("long prefill runs at the reached share of the peak, and a window cuts it") {
  PrefillParameters p;
  p.efficiency = 0.5;
  p.block_keys = 0;
  p.launch_us = 0;
  p.wave_fraction = 0;
  const PrefillForm form({100, 10, 10}, p);
  AttentionGeometry g;
  g.batch = 4;
  g.heads = g.kv_heads = 16;
  g.query_length = g.kv_length = 16384;
  g.causal = false;
  // 2 * 256 * 64 heads * 16384^2 / 50e6 FLOP/us
  CHECK(form.microseconds(g) == doctest::Approx(175921.9).epsilon(1e-4));
  g.causal = true;  // half, plus half a tile of 128 on the diagonal: (8192.5 + 63.5) / 16384
  CHECK(form.microseconds(g) == doctest::Approx(175921.9 * 8256 / 16384).epsilon(1e-4));
  const double whole = form.microseconds(g);
  g.window = 1024;
  CHECK(form.microseconds(g) < 0.14 * whole);
}

TEST_CASE("preprocess is measured with prefill but is not part of the kernel") {
  PrefillParameters p;
  p.preprocess = 2;
  p.memory_fraction = 1;
  const PrefillForm form({100, 1, 10}, p);
  AttentionGeometry g;
  g.heads = 8;
  g.kv_heads = 2;
  g.query_length = g.kv_length = 1000;
  // 2 passes over 1000 x (8 + 4) x 128 elements of 2 bytes at 1e6 bytes/us
  CHECK(form.measured_microseconds(g) - form.microseconds(g) ==
        doctest::Approx(2 * 2 * 1000 * 12 * 128 / 1e6));
}

TEST_CASE("decode reads the cache once; a latent cache is read once for keys and values") {
  DecodeParameters p;
  p.memory_fraction = 0.5;
  p.launch_us = p.block_us = p.length_us = 0;
  p.efficiency = 1;
  p.group_rows = 1;
  p.knee = 64;
  p.chunk = 64;
  const DecodeForm form({1000, 1, 10}, p);
  AttentionGeometry g;
  g.batch = 32;
  g.heads = 32;
  g.kv_heads = 8;
  g.kv_length = 4096;
  const double cache = 32.0 * 8 * 4096 * 256 * 2, queries = 2.0 * 32 * 32 * 256;
  CHECK(form.microseconds(g) == doctest::Approx((cache + queries) / 0.5e6).epsilon(1e-3));
  AttentionGeometry latent = g;
  latent.kv_heads = 1;
  latent.heads = 1;
  latent.head_dim_qk = 576;
  latent.head_dim_v = 512;
  const double vectors = 32.0 * 4096 * 576 * 2, query = 2.0 * 32 * 1088;
  CHECK(form.microseconds(latent) == doctest::Approx((vectors + query) / 0.5e6).epsilon(1e-3));
  g.window = 1024;
  CHECK(form.microseconds(g) == doctest::Approx((cache / 4 + queries) / 0.5e6).epsilon(1e-3));
}
