#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "cost/collective_parameters.hpp"
#include "cost/collective_row.hpp"
#include "cost/collective_tables.hpp"

using namespace polyfleet;

namespace {

std::filesystem::path scratch(const char* name) {
  const auto folder = std::filesystem::temp_directory_path() / "polyfleet_collectives" / name;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

void write(const std::filesystem::path& path, const char* text) { std::ofstream(path) << text; }

}  // namespace

TEST_CASE("a curve is linear between points, constant beyond") {
  CorrectionCurve curve(8);
  curve.add(20, 0.4);
  curve.add(10, 0.2);
  curve.add(10, 0.0);  // a second source at the same size: the mean
  curve.finish();
  CHECK(curve.size() == 2);
  CHECK(curve.at(15) == doctest::Approx(0.25));
  CHECK(curve.at(5) == doctest::Approx(0.1));
  CHECK(curve.at(40) == doctest::Approx(0.4));
  CHECK(curve.reaches(3));
  CHECK(!curve.reaches(22));
}

TEST_CASE("a curve of large messages says nothing of small ones") {
  CorrectionCurve curve(8);
  curve.add(30, 0.3);
  curve.finish();
  CHECK(curve.at(30) == doctest::Approx(0.3));
  CHECK(curve.at(28.5) == doctest::Approx(0.15));
  CHECK(curve.at(12) == 0);
  CHECK(!curve.reaches(12));
  CHECK(curve.reaches(35));
}

TEST_CASE("between numbers of ranks the curves are mixed by log2") {
  CorrectionCurves curves;
  curves.for_ranks(8).add(20, 0.3);
  curves.for_ranks(2).add(20, 0.1);
  curves.finish();
  CHECK(curves.at(4, 20) == doctest::Approx(0.2));
  CHECK(curves.at(2, 20) == doctest::Approx(0.1));
  CHECK(curves.at(72, 20) == doctest::Approx(0.3));
  CHECK(curves.covers(8, 20));
  CHECK(!curves.covers(4, 20));
}

TEST_CASE("faulty tables are reported by line, every one") {
  const auto folder = scratch("tables");
  write(folder / "a.csv",
        "accelerator,library,op,ranks,bytes,time_us,source\n"
        "x,nccl,all_reduce,8,1024,10,s\n"
        "x,nccl,all_produce,8,1024,10,s\n"
        "x,nccl,all_reduce,1,1024,10,s\n"
        "x,nccl,all_reduce,8,1024,-1,s\n");
  const auto read = load_collective_tables(folder);
  REQUIRE(!read.has_value());
  REQUIRE(read.problems().size() == 3);
  CHECK(read.problems()[0].where.line == 3);
  CHECK(read.problems()[2].where.line == 5);
  CHECK(!load_collective_tables(folder / "missing").has_value());
}

TEST_CASE("faulty parameters are reported with position and suggestion") {
  const auto folder = scratch("families");
  write(folder / "f.toml",
        "id = \"f\"\nkind = \"nvlink_switch\"\nvendor = \"\"\nlibrary = \"nccl\"\nrate = \"450 "
        "GB/s\"\n"
        "sauce = \"s\"\nstatus = \"measured\"\n"
        "[[row]]\nop = \"all_reduce\"\nalgorithm = \"rang\"\nprotocol = \"LL\"\nbase = \"5 us\"\n"
        "hop = \"1 us\"\nefficiency = 1.5\n");
  const auto read = load_collective_families(folder);
  REQUIRE(!read.has_value());
  // sauce unknown, source missing, rang unknown, efficiency above one
  CHECK(read.problems().size() == 4);
}

TEST_CASE("the family of a part: by name, else its vendor's nearest rate") {
  std::vector<CollectiveFamily> families(3);
  families[0].id = "slow";
  families[1].id = "fast";
  families[2].id = "foreign";
  for (auto& family : families) {
    family.kind = ScaleUpKind::nvlink_switch;
    family.vendor = "NVIDIA";
  }
  families[2].vendor = "Other";
  families[0].rate = 300 * gigabyte_per_second;
  families[1].rate = 900 * gigabyte_per_second;
  families[2].rate = 1800 * gigabyte_per_second;
  families[0].accelerators = {"named"};
  const auto pick = [&](const char* id, double rate) {
    return family_for(families, ScaleUpKind::nvlink_switch, id, "NVIDIA",
                      rate * gigabyte_per_second)
        ->id;
  };
  CHECK(pick("named", 1800) == "slow");
  CHECK(pick("other", 1800) == "fast");
  CHECK(pick("other", 350) == "slow");
  CHECK(family_for(families, ScaleUpKind::torus, "x", "NVIDIA", gigabyte_per_second) == nullptr);
}

TEST_CASE("rows of published tables are understood") {
  const auto busbw =
      read_collective({"Azure AI-benchmarking-guide", "NVIDIA", "H100", "8", "allreduce", "float",
                       "1048576", "GB/s busbw (in-place)", ""});
  REQUIRE(busbw.query);
  CHECK(busbw.query->library == "nccl-tests");
  CHECK(busbw.query->metric == CollectiveMetric::bus_rate);
  CHECK(busbw.query->bytes == 1048576);
  const auto elements =
      read_collective({"aiconfigurator custom all-reduce table (TRT-LLM)", "NVIDIA", "B200", "8",
                       "allreduce", "bfloat16", "1024 elements", "ms", ""});
  REQUIRE(elements.query);
  CHECK(elements.query->bytes == 2048);
  CHECK(elements.query->scale == 1e-3);
  CHECK(elements.query->library == "trtllm");
  const auto dispatch =
      read_collective({"DeepEP README", "NVIDIA", "H800", "256", "alltoall", "fp8 dispatch",
                       "low-latency dispatch, 128 tok, 7168 hidden, top-8, EP256", "us", ""});
  REQUIRE(dispatch.query);
  CHECK(dispatch.query->bytes == doctest::Approx(128 * 8 * 7168 * 1.03125));
  CHECK(dispatch.query->scale_out_rate == 50e9);
  const auto copy = read_collective({"ROCm/mori", "AMD", "gfx1250 (MI450-series)", "2", "p2p", "",
                                     "8192", "GB/s one-way CU copy", "64 blocks; 4-card node"});
  REQUIRE(copy.query);
  CHECK(copy.query->blocks == 64);
  CHECK(copy.query->engine == "CU");
  CHECK(copy.query->accelerator == "amd_mi455x");
}

TEST_CASE("rows that say nothing of a collective are named, not guessed") {
  const auto reason = [](const char* ranks, const char* op, const char* shape, const char* unit) {
    const auto read = read_collective({"s", "AMD", "MI300X", ranks, op, "bf16", shape, unit, ""});
    CHECK(!read.query);
    return read.reason;
  };
  CHECK(reason("8", "gemm", "1x1x1", "TFLOP/s") == "not between accelerators: gemm");
  CHECK(reason("1", "p2p", "64 MiB", "GB/s") == "between one accelerator and its host");
  CHECK(reason("8", "allreduce", "1024", "furlongs") == "unknown unit: furlongs");
  CHECK(reason("8", "allreduce", "a lot", "us") == "message size not stated");
}

TEST_CASE("expert exchange: expected distinct ranks") {
  // 8 choices among 8 ranks reach 8 * (1 - (7/8)^8) = 5.25 of them.
  CHECK(expert_payload(1, 1, 8, 8) == doctest::Approx(5.2508).epsilon(1e-4));
  CHECK(expert_payload(10, 2, 1, 64) == doctest::Approx(20));
}
