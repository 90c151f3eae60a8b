#include <doctest/doctest.h>

#include <filesystem>

#include "catalogue/catalogue.hpp"
#include "cost/kernel_costs.hpp"
#include "cost/kernel_library.hpp"
#include "cost/kernel_transfer.hpp"
#include "shipped_data.hpp"

using namespace polyfleet;

namespace {

Accelerator part(const char* id) {
  static const Result<Catalogue> catalogue = load_catalogue(kData);
  REQUIRE(catalogue.has_value());
  Result<Accelerator> found = catalogue->accelerator(id);
  REQUIRE(found.has_value());
  return *found;
}

KernelCosts costs_of(const Accelerator& accelerator, const KernelOptions& options = {}) {
  Result<KernelCosts> costs = KernelCosts::load(accelerator, kData, options);
  REQUIRE_MESSAGE(costs.has_value(), to_text(costs.problems()));
  return std::move(*costs);
}

double tflops(const KernelCosts& costs, double m, double n, double k, Dtype dtype) {
  return 2 * m * n * k / (costs.gemm({m, n, k, 1, dtype}).time / second) * 1e-12;
}

}  // namespace

TEST_CASE("large products run at the rates that were published") {
  // cuBLASLt, Azure AI-benchmarking-guide: A100 fp16 16384^3 256.5, H100 fp8 16384^3 1377.3
  // TFLOP/s; MAMF: H100 bf16 2048x2048x13312 794.5, MI355X 12288x8192x8192 1565, MI325X 784.9.
  CHECK(tflops(costs_of(part("nv_a100_80")), 16384, 16384, 16384, Dtype::fp16) ==
        doctest::Approx(256.5).epsilon(0.03));
  KernelOptions burst;
  burst.sustained = false;
  const KernelCosts h100 = costs_of(part("nv_h100_sxm"));
  const KernelCosts short_runs = costs_of(part("nv_h100_sxm"), burst);
  CHECK(tflops(h100, 16384, 16384, 16384, Dtype::fp8) == doctest::Approx(1377).epsilon(0.05));
  CHECK(tflops(short_runs, 2048, 2048, 13312, Dtype::bf16) == doctest::Approx(794.5).epsilon(0.05));
  // Held for long, H100 falls to 720 (SemiAnalysis, December 2024).
  CHECK(tflops(h100, 8192, 8192, 8192, Dtype::bf16) == doctest::Approx(720).epsilon(0.03));
  CHECK(tflops(costs_of(part("amd_mi355x")), 12288, 8192, 8192, Dtype::bf16) ==
        doctest::Approx(1565).epsilon(0.05));
  CHECK(tflops(costs_of(part("amd_mi325x")), 13312, 10240, 8192, Dtype::bf16) ==
        doctest::Approx(785).epsilon(0.06));
}

TEST_CASE("a measured shape is answered from the table, a strange one by the form") {
  const KernelCosts h100 = costs_of(part("nv_h100_sxm"));
  const KernelTime near = h100.gemm({4096, 8192, 8192, 1, Dtype::bf16});
  CHECK(near.fidelity == Fidelity::measured_table);
  const KernelTime far = h100.gemm({5e6, 3, 2e6, 1, Dtype::bf16});
  CHECK(far.fidelity == Fidelity::analytic_fit);
  CHECK(far.sigma > near.sigma);
}

TEST_CASE("a part without a table says who lends and is less sure") {
  const KernelCosts rubin = costs_of(part("nv_rubin"));
  const KernelTime time = rubin.gemm({8192, 8192, 8192, 1, Dtype::bf16});
  CHECK(time.fidelity == Fidelity::transferred);
  CHECK(time.sigma >= 0.3);
  CHECK(rubin.gemm_provenance(Dtype::bf16).find("nv_b300") != std::string::npos);
  const KernelCosts mi300x = costs_of(part("amd_mi300x"));
  CHECK(mi300x.gemm_provenance(Dtype::bf16).find("amd_mi355x") != std::string::npos);
  CHECK(mi300x.attention_provenance({}).find("nv_h100_sxm") != std::string::npos);
  Accelerator unknown = part("nv_h100_sxm");
  unknown.id = "mine";
  unknown.family = "somebody's";
  unknown.vendor = "Somebody";
  const KernelTime guess = costs_of(unknown).gemm({8192, 8192, 8192, 1, Dtype::bf16});
  CHECK(guess.sigma >= 0.4);
}

TEST_CASE("formats that the part lacks run as the next wider one") {
  const Accelerator a100 = part("nv_a100_80");
  CHECK(format_that_runs(a100, Dtype::nvfp4) == Dtype::bf16);
  const KernelCosts costs = costs_of(a100);
  CHECK(costs.gemm({4096, 4096, 4096, 1, Dtype::fp8}).time ==
        costs.gemm({4096, 4096, 4096, 1, Dtype::bf16}).time);
}

TEST_CASE("count repeats, order of calls and a second load change nothing") {
  const KernelCosts costs = costs_of(part("nv_b200"));
  const GemmShape shape{3000, 5000, 7000, 1, Dtype::bf16};
  GemmShape three = shape;
  three.count = 3;
  CHECK(costs.gemm(three).time / costs.gemm(shape).time == doctest::Approx(3));
  for (int i = 0; i < 5000; ++i) (void)costs.gemm({1.0 + i, 4096, 4096, 1, Dtype::bf16});
  CHECK(costs.gemm(shape).time == costs_of(part("nv_b200")).gemm(shape).time);
}

TEST_CASE("no product beats the dense peak, no grouped product the dense one") {
  for (const char* id : {"nv_a100_80", "nv_h100_sxm", "nv_gb200", "amd_mi300x", "amd_mi455x",
                         "tpu_v6e", "aws_trn2"}) {
    const Accelerator accelerator = part(id);
    const KernelCosts costs = costs_of(accelerator);
    for (const Dtype dtype : {Dtype::bf16, Dtype::fp8}) {
      const double peak = accelerator.dense_peak(dtype)->value / teraflop_per_second;
      for (double m : {64.0, 1000.0, 8192.0, 100000.0}) {
        CHECK(tflops(costs, m, 8192, 4096, dtype) <= peak * (1 + 1e-9));
        const KernelTime dense = costs.gemm({m, 8192, 4096, 1, dtype});
        CHECK(costs.grouped_gemm({m, 8, 8192, 4096, dtype}).time >= dense.time * 0.999);
      }
    }
  }
}

TEST_CASE("attention: backward costs its stated ratio, a window and a shorter cache cost less") {
  const KernelCosts costs = costs_of(part("nv_b200"));
  AttentionShape s{2, 32, 8, 128, 128, 16384, 16384};
  const KernelTime forward = costs.attention(s);
  s.backward = true;
  // 2.5 times the work at 0.685 of the rate (1000 of 1460 TFLOP/s, FlashMLA README).
  CHECK(costs.attention(s).time / forward.time == doctest::Approx(2.5 / 0.685).epsilon(0.01));
  s.backward = false;
  s.window = 1024;
  CHECK(costs.attention(s).time < 0.3 * forward.time);
  AttentionShape decode{64, 32, 8, 128, 128, 1, 8192};
  decode.decode = true;
  const Seconds longer = costs.attention(decode).time;
  decode.kv_length = 2048;
  CHECK(costs.attention(decode).time < longer);
  // 64 x 8 x 8192 x 256 x 2 bytes at the peak bandwidth is a lower bound.
  CHECK(longer > 64.0 * 8 * 8192 * 512 / 8e12 * second);
}

TEST_CASE(
    "cards whose copies were measured read borrowed products and caches no faster than copies") {
  const GemmShape skinny{1, 28672, 4096, 1, Dtype::bf16};
  const double bytes = 2.0 * 28672 * 4096;
  const auto share = [&](const char* id, double peak) {
    const KernelCosts costs = costs_of(part(id));
    const Seconds launch = costs.gemm({1, 32, 32, 1, Dtype::bf16}).time;
    return bytes / (peak * ((costs.gemm(skinny).time - launch) / second));
  };
  // RTX 4090 921 of 1008 GB/s, RTX PRO 6000 1553 of 1597; L40S, of which none is known, as A100.
  CHECK(share("nv_rtx4090", 1.008e12) == doctest::Approx(0.915).epsilon(0.02));
  CHECK(share("nv_rtxpro6000", 1.597e12) == doctest::Approx(0.97).epsilon(0.02));
  CHECK(share("nv_l40s", 0.864e12) == doctest::Approx(0.721).epsilon(0.02));
  const KernelCosts card = costs_of(part("nv_rtx4090"));
  AttentionShape decode{64, 32, 8, 128, 128, 1, 8192};
  decode.decode = true;
  CHECK(card.attention(decode).time > 64.0 * 8 * 8192 * 512 / (0.915 * 1.008e12) * second);
}

TEST_CASE("traffic takes its launches and its bytes at the streaming share") {
  const KernelCosts a100 = costs_of(part("nv_a100_80"));
  // BabelStream add 1.70 TB/s of 2.039 (AZM-0011); two launches of 3 us.
  const KernelTime time = a100.traffic({1.7 * gigabyte, 0 * byte, 2});
  CHECK(time.time / microsecond == doctest::Approx(1000 + 6).epsilon(0.002));
}

TEST_CASE("sustained never is faster than short runs; mature software only moves early stacks") {
  KernelOptions burst, mature;
  burst.sustained = false;
  mature.mature_software = true;
  const Accelerator h100 = part("nv_h100_sxm"), mi455x = part("amd_mi455x");
  const GemmShape shape{8192, 8192, 8192, 1, Dtype::bf16};
  CHECK(costs_of(h100).gemm(shape).time >= costs_of(h100, burst).gemm(shape).time);
  CHECK(costs_of(h100, mature).gemm(shape).time == costs_of(h100).gemm(shape).time);
  CHECK(costs_of(mi455x, mature).gemm(shape).time < costs_of(mi455x).gemm(shape).time);
  CHECK(costs_of(mi455x, mature).gemm(shape).fidelity == Fidelity::transferred);
}

TEST_CASE("a part without bandwidth or peak is diagnosed, and so is a broken table") {
  Accelerator bare;
  bare.id = "bare";
  const Result<KernelCosts> refused = KernelCosts::load(bare, kData);
  REQUIRE(!refused.has_value());
  CHECK(refused.problems().size() == 2);
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / "polyfleet_rows";
  std::filesystem::create_directories(folder);
  const std::filesystem::path file = folder / "broken.csv";
  {
    std::FILE* out = std::fopen(file.c_str(), "w");
    std::fputs("# c\nvariant,m,n,k,us\nbf16,1,2,3,4\nbf16,1,x,3,4\nbf16,1,2,3,-4\n", out);
    std::fclose(out);
  }
  const Result<MeasuredRows> rows = read_measured_rows(file);
  REQUIRE(!rows.has_value());
  REQUIRE(rows.problems().size() == 2);
  CHECK(rows.problems()[0].where.line == 4);
  CHECK(rows.problems()[1].where.line == 5);
  std::filesystem::remove_all(folder);
}
