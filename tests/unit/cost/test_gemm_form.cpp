#include <doctest/doctest.h>

#include "cost/gemm_form.hpp"

using namespace polyfleet;

namespace {

/// 100 TFLOP/s over 10 units, 1 TB/s; no fill, no launch, no knee to speak of.
GemmParameters plain() {
  GemmParameters p;
  p.efficiency = 0.5;
  p.fill_depth = 0;
  p.memory_fraction = 1;
  p.launch_us = 0;
  p.knee = 64;
  p.wave_fraction = 1;
  p.tile_exponent = 0;
  return p;
}
const KernelDevice kDevice{100, 1, 10};

}  // namespace

TEST_CASE("a product of whole waves takes its FLOPs over the reached rate") {
  // 10 tiles of 256x256 on 10 units: one wave. 2*2560*256*4096 / 50e6 FLOP/us = 107.37 us.
  const GemmForm form(kDevice, plain());
  CHECK(form.microseconds(2560, 256, 4096) == doctest::Approx(107.374).epsilon(1e-4));
}

TEST_CASE("one tile more than a wave costs a second wave, one row more a tile") {
  GemmParameters p = plain();
  p.split_traffic = 1e9;  // never split k
  p.tile_exponent = 0.5;  // small tiles are slow
  const KernelDevice wide{100, 1000, 10};
  const GemmForm form(wide, p);
  // 10 tiles of 256x256 fill the wave; an eleventh opens a second one.
  const double full = form.microseconds(2560, 256, 4096);
  CHECK(form.microseconds(2561, 256, 4096) > 1.2 * full);
  p.wave_fraction = 0;
  const GemmForm smooth(wide, p);
  CHECK(smooth.microseconds(2561, 256, 4096) < 1.15 * full);
}

TEST_CASE("a thin product is bound by reading its weights") {
  const GemmForm form(kDevice, plain());
  // 4096*4096 weights of 2 bytes at 1e6 bytes/us = 33.55 us, A and C 16 KiB beside it.
  CHECK(form.microseconds(1, 4096, 4096) == doctest::Approx(33.57).epsilon(0.01));
  CHECK(form.arithmetic_share(1, 4096, 4096) < 0.01);
  CHECK(form.arithmetic_share(8192, 8192, 8192) > 0.99);
}

TEST_CASE("launch, fill and quantise are added where they belong") {
  GemmParameters p = plain();
  const double bare = GemmForm(kDevice, p).microseconds(2560, 256, 4096);
  p.launch_us = 7;
  CHECK(GemmForm(kDevice, p).microseconds(2560, 256, 4096) == doctest::Approx(bare + 7));
  p.fill_depth = 4096;  // doubles the time of every tile
  CHECK(GemmForm(kDevice, p).microseconds(2560, 256, 4096) == doctest::Approx(2 * bare + 7));
  p.quantise_bytes = 3;
  p.quantise_us = 2;
  const GemmForm quantised(kDevice, p);
  CHECK(quantised.measured_microseconds(2560, 256, 4096) -
            quantised.microseconds(2560, 256, 4096) ==
        doctest::Approx(2 + 3 * 2560 * 4096 / 1e6));
}

TEST_CASE("a faster device is never slower, and doubling m at most doubles the time") {
  const GemmForm base(kDevice, plain());
  const GemmForm faster({200, 1, 10}, plain());
  const GemmForm wider({100, 2, 10}, plain());
  for (double m : {1.0, 17.0, 300.0, 4096.0, 30000.0}) {
    for (double k : {64.0, 1000.0, 16384.0}) {
      CHECK(faster.microseconds(m, 3000, k) <= base.microseconds(m, 3000, k) * (1 + 1e-12));
      CHECK(wider.microseconds(m, 3000, k) <= base.microseconds(m, 3000, k) * (1 + 1e-12));
      CHECK(base.microseconds(2 * m, 3000, k) <= 2 * base.microseconds(m, 3000, k) * (1 + 1e-12));
      CHECK(base.microseconds(m, 3000, k) >= 2 * m * 3000 * k / (0.5 * 100e6) * (1 - 1e-12));
    }
  }
}
