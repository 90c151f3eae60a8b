#include <doctest/doctest.h>

#include "cost/moe_kernel_form.hpp"

using namespace polyfleet;

TEST_CASE("distinct experts touched by random routing") {
  CHECK(touched_experts(1, 8) == doctest::Approx(1));
  CHECK(touched_experts(2, 2) == doctest::Approx(1.5));  // 2 (1 - (1/2)^2)
  CHECK(touched_experts(1e6, 64) == doctest::Approx(64));
  CHECK(touched_experts(5, 1) == 1);
}

TEST_CASE("few tokens read the touched experts' weights, many tokens run at the reached rate") {
  MoeParameters p;
  p.efficiency = 0.5;
  p.fill_depth = 0;
  p.memory_fraction = 1;
  p.knee = 64;
  p.tile_exponent = 0;
  p.wave_fraction = 0;
  const MoeForm form({1000, 1, 10}, p);
  // 8 experts, 4 copies: 8 (1 - (7/8)^4) = 3.311 touched; 3.311 * 4096 * 1024 * 2 bytes.
  CHECK(form.product_microseconds(4, 8, 4096, 1024) ==
        doctest::Approx(3.311 * 4096 * 1024 * 2 / 1e6).epsilon(0.01));
  const double many = form.product_microseconds(1 << 20, 8, 4096, 4096);
  const double ideal = 2.0 * (1 << 20) * 4096 * 4096 / 500e6;
  CHECK(many > ideal);
  CHECK(many < 1.01 * ideal);
}

TEST_CASE("expert parallelism divides tokens and experts; skew loads the busiest device") {
  MoeParameters p;
  p.skew_growth = 0.5;
  const MoeForm form({1000, 1, 10}, p);
  MoeLayerShape s{1024, 4096, 1024, 8, 64};
  CHECK(form.local_tokens(s) == 8192);
  s.expert_parallel = 7;
  s.experts = 63;
  CHECK(MoeForm::local_experts(s) == 9);
  s.skew = 1;  // 1 + 0.5 log2(8) = 2.5
  CHECK(form.local_tokens(s) == doctest::Approx(2.5 * 8192 / 7));
  s.expert_parallel = 63;  // one expert holds at most every token once
  CHECK(form.local_tokens(s) <= 1024);
}
