#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>
#include <filesystem>

#include "catalogue/catalogue.hpp"
#include "cost/kernel_validation.hpp"
#include "shipped_data.hpp"

using namespace polyfleet;

namespace {

/// A file that is gone when the test is over.
class TemporaryCsv {
 public:
  explicit TemporaryCsv(const std::string& text)
      : path_(std::filesystem::temp_directory_path() / "polyfleet_kernel_rows.csv") {
    std::FILE* out = std::fopen(path_.c_str(), "w");
    std::fputs(text.c_str(), out);
    std::fclose(out);
  }
  ~TemporaryCsv() { std::filesystem::remove(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

const std::string kHeader =
    "id,source_title,source_url,vendor,accelerator,num_accelerators,op,dtype,shape_or_bytes,"
    "measured_value,unit,notes\n";

Result<KernelFileValidation> validated(const std::string& text) {
  static const Result<Catalogue> catalogue = load_catalogue(kData);
  REQUIRE(catalogue.has_value());
  const TemporaryCsv file(text);
  return validate_kernel_file(
      file.path(), [](const std::string& name) { return catalogue->accelerator(name); }, kData);
}

KernelPrediction measured_row(double measured, double predicted, double sigma) {
  KernelPrediction p;
  p.measured_us = measured;
  p.predicted_us = predicted;
  p.sigma = sigma;
  return p;
}

}  // namespace

TEST_CASE("summary: medians, bias and coverage of a hand-made list") {
  const KernelErrorSummary s =
      summary_of({measured_row(100, 110, 0.1), measured_row(100, 95, 0.1),
                  measured_row(100, 150, 0.1), measured_row(100, 100, 0.1)});
  CHECK(s.rows == 4);
  CHECK(s.median_ape == doctest::Approx(0.10));   // of 0, 0.05, 0.10, 0.50 the upper middle
  CHECK(s.median_bias == doctest::Approx(0.10));  // of -0.05, 0, 0.10, 0.50
  CHECK(s.p90_ape == doctest::Approx(0.50));
  CHECK(s.coverage80 == doctest::Approx(0.75));  // log 1.5 = 0.405 > 1.28 x 0.1
  CHECK(summary_of({}).rows == 0);
}

TEST_CASE("a file of products, attention and streams is predicted in whatever unit it has") {
  const auto result = validated(
      kHeader +
      "a,somewhere,u,NVIDIA,H100,1,gemm,bf16,8192x8192x8192 (mxnxk),780,TFLOP/s,\n"
      "b,somewhere,u,NVIDIA,H100,1,gemm,bf16,8192x8192x8192,1409.6,us,\n"
      "c,somewhere,u,NVIDIA,H100,1,gemm,bf16,8192x8192x8192,1.4096,ms,\n"
      "d,somewhere,u,AMD,\"MI350X/MI355X (gfx950,256CU)\",1,gemm,bf16,8192x8192x8192,700,us,\n"
      "e,aiconfigurator,u,NVIDIA,H100,1,attention,bfloat16/kv bfloat16,"
      "context b=16 isl=8192 step=0 heads=32 kv=8 hd=128,18.03,ms,\n"
      "f,BabelStream,u,NVIDIA,A100,1,memcpy,fp64,BabelStream Add,1.7,TB/s,\n");
  REQUIRE_MESSAGE(result.has_value(), to_text(result.problems()));
  REQUIRE(result->rows.size() == 6);
  CHECK(result->skipped.empty());
  CHECK(result->rows[0].measured_us == doctest::Approx(1409.6).epsilon(1e-4));
  CHECK(result->rows[1].measured_us == doctest::Approx(result->rows[2].measured_us));
  CHECK(result->rows[0].predicted_us == result->rows[2].predicted_us);
  CHECK(result->rows[3].accelerator == "amd_mi355x");
  for (const KernelPrediction& p : result->rows) {
    INFO(p.id, " ", p.predicted_us, " for ", p.measured_us);
    CHECK(std::abs(p.predicted_us / p.measured_us - 1) < 0.1);
  }
}

TEST_CASE("rows without a workload are counted by reason, never dropped") {
  const auto result = validated(kHeader +
                                "a,s,u,X,Nobody 9000,1,gemm,bf16,64x64x64,1,us,\n"
                                "b,s,u,NVIDIA,H100,1,gemm,bf16,big,1,us,\n"
                                "c,s,u,NVIDIA,H100,1,gemm,bf16,64x64x64,0,us,\n"
                                "d,s,u,NVIDIA,H100,1,gemm,bf16,64x64x64,1,parsec,\n"
                                "e,s,u,NVIDIA,H100,8,allreduce,bf16,1024,1,us,\n"
                                "f,s,u,NVIDIA,H100,1,attention,bf16,up to,1,TFLOP/s,\n"
                                "g,s,u,NVIDIA,H100,1,gemm,trinary,64x64x64,1,us,\n"
                                "h,s,u,NVIDIA,H100,1,memcpy,,Host to Device,52,GB/s,\n");
  REQUIRE(result.has_value());
  CHECK(result->rows.empty());
  std::size_t counted = 0;
  for (const auto& [reason, count] : result->skipped) counted += count;
  CHECK(counted == 8);
  CHECK(result->skipped.size() == 8);
}

TEST_CASE("a file without the columns is diagnosed, with each that is missing") {
  const auto result = validated("id,op,dtype\na,gemm,bf16\n");
  REQUIRE(!result.has_value());
  CHECK(result.problems().size() >= 5);
}

TEST_CASE("cross-validation leaves shapes out: a doubled row does not help itself") {
  static const Result<Catalogue> catalogue = load_catalogue(kData);
  REQUIRE(catalogue.has_value());
  const Result<Accelerator> part = catalogue->accelerator("amd_mi300x");
  REQUIRE(part.has_value());
  const auto validation = validate_kernels({*part}, kData);
  REQUIRE_MESSAGE(validation.has_value(), to_text(validation.problems()));
  REQUIRE(validation->vendors.size() == 2);  // products and expert layers
  for (const KernelErrors& e : validation->variants) {
    CHECK(e.by_shape.rows == e.by_family.rows);
    CHECK(e.by_shape.median_ape > 0.005);  // zero would mean that the row saw itself
  }
}
