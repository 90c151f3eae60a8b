#include <doctest/doctest.h>

#include <map>

#include "base/files.hpp"
#include "catalogue/catalogue.hpp"
#include "unit/validation/serve_fixture.hpp"
#include "validation/row_machines.hpp"
#include "validation/serve_layout.hpp"
#include "validation/serve_reading.hpp"
#include "validation/serve_rows.hpp"
#include "validation/serve_rules.hpp"

using namespace polyfleet;

namespace {

const ServeTables& tables() {
  static const ServeTables loaded = *ServeTables::load(folder("validation"));
  return loaded;
}

/// Rows of the shipped table by id.
const std::vector<TruthRow>& shipped() {
  static const std::vector<TruthRow> rows =
      *read_truth(*read_file(folder("validation/inference.csv")), "inference.csv");
  return rows;
}

const std::vector<ServeCase>& cases() {
  static RowShelves shelves(catalogue());
  static const std::vector<ServeCase> read =
      read_serve_cases(shipped(), tables(), shelves.lookup());
  return read;
}

const ServeCase& case_named(const std::string& id) {
  for (const ServeCase& read : cases()) {
    if (read.id == id) return read;
  }
  FAIL("no configuration " << id);
  return cases().front();
}

TruthRow row_of(std::map<std::string, std::string, std::less<>> cells) {
  return {.line = 2, .cells = std::move(cells)};
}

}  // namespace

TEST_CASE("rows of a configuration share the id up to the first dot") {
  CHECK(configuration_of("IX0001.median_tpot") == "IX0001");
  CHECK(configuration_of("ML41-0002.p99tpot") == "ML41-0002");
  CHECK(source_of_serving_id("IX0001.median_tpot") == "IX");
  CHECK(source_of_serving_id("IXG001.x") == "IXG");
  CHECK(source_of_serving_id("ML51-0012") == "ML51");
  CHECK(source_of_serving_id("TRT10-0001") == "TRT10");
  CHECK(source_of_serving_id("AZI-0001") == "AZI");
  CHECK(shipped().size() == 6279);
  CHECK(cases().size() == 2651);
}

TEST_CASE("a row says its quantity, what it is divided by and its value in base units") {
  const ServeRow tpot = read_serve_row(row_of({{"id", "a.b"},
                                               {"measured_metric", "mean_tpot"},
                                               {"measured_value", "12.5"},
                                               {"measured_unit", "ms"}}));
  CHECK(tpot.metric == ServeMetric::tpot);
  CHECK(tpot.statistic == ServeStatistic::mean);
  CHECK(tpot.measured == doctest::Approx(0.0125));
  const ServeRow output =
      read_serve_row(row_of({{"measured_metric", "output_throughput_per_gpu"},
                             {"measured_value", "593"},
                             {"measured_unit", "output tok/s per DECODE GPU"}}));
  CHECK(output.per == ServePer::decode_accelerator);
  const ServeRow whole = read_serve_row(row_of({{"measured_metric", "output_throughput_total"},
                                                {"measured_value", "593"},
                                                {"measured_unit", "output tok/s (all GPUs)"}}));
  CHECK(whole.per == ServePer::deployment);
  CHECK_FALSE(read_serve_row(row_of({{"measured_metric", "happiness"}, {"measured_value", "1"}}))
                  .skip.empty());
  CHECK_FALSE(read_serve_row(row_of({{"measured_metric", "mean_tpot"}, {"measured_value", "-1"}}))
                  .skip.empty());
}

TEST_CASE("TP x EP written twice is read once") {
  const auto twice = read_layout(row_of({{"tp", "64"},
                                         {"ep", "8"},
                                         {"dp", "1"},
                                         {"pp", "1"},
                                         {"num_accelerators", "64"},
                                         {"notes", "moe_tp=8"}}));
  REQUIRE(twice);
  CHECK(twice->layout.tensor == 8);
  CHECK(twice->layout.expert == 8);
  CHECK(twice->accelerators == 8);
  CHECK_FALSE(twice->assumption.empty());
  const auto plain = read_layout(row_of({{"tp", "8"},
                                         {"ep", "8"},
                                         {"dp", "8"},
                                         {"pp", "1"},
                                         {"num_accelerators", "8"},
                                         {"notes", "x"}}));
  CHECK(plain->layout.attention_data == 8);
  CHECK(plain->layout.attention_tensor() == 1);
  CHECK(plain->assumption.empty());
  CHECK_FALSE(read_layout(row_of({{"notes", "x"}})));
}

TEST_CASE("disaggregated rows of both sources") {
  const auto counted = read_pools(
      row_of({{"disaggregated",
               "y: prefill 1x(tp4,ep1,dpattn=false) 4 GPUs; decode 2x(tp8,ep8,dpattn=true) 16 "
               "GPUs"}}));
  REQUIRE(counted);
  CHECK(counted->prefill.layout.tensor == 4);
  CHECK(counted->decode.workers == 2);
  CHECK(counted->decode.layout.attention_data == 8);
  CHECK(counted->decode.accelerators == 16);
  // workers x tp contradicts the accelerators: those are trusted
  const auto contradiction = read_pools(
      row_of({{"disaggregated",
               "y: prefill 6x(tp1,ep1,dpattn=true) 48 GPUs; decode 1x(tp1,ep1,dpattn=true) 32 "
               "GPUs"}}));
  REQUIRE(contradiction);
  CHECK(contradiction->prefill.layout.tensor == 8);
  CHECK(contradiction->decode.layout.tensor == 32);
  CHECK(contradiction->decode.layout.expert == 32);
  const auto ranked = read_pools(row_of(
      {{"disaggregated", "y: prefill 2x(tp1,pp1,dp4,bs1); decode 5x(tp8,pp1,dp1,ep8,bs2)"}}));
  REQUIRE(ranked);
  CHECK(ranked->prefill.layout.tensor == 4);
  CHECK(ranked->prefill.layout.attention_data == 4);
  CHECK(ranked->prefill.layout.expert == 4);
  CHECK(ranked->prefill.accelerators == 8);
  CHECK(ranked->decode.accelerators == 40);
  CHECK_FALSE(read_pools(row_of(
      {{"disaggregated", "y: prefill Nonex(tp1,pp1,dp1,bs); decode Nonex(tp4,pp1,dp1,ep1,bs)"}})));
  CHECK_FALSE(read_pools(row_of({{"disaggregated", "wide-EP; see post"}})));
}

TEST_CASE("kinds of run") {
  CHECK(case_named("IX0001").kind == ServeKind::disaggregated_speculative);
  CHECK(case_named("SIL0205").kind == ServeKind::plain);
  CHECK(case_named("ML51-0001").kind == ServeKind::server);
  CHECK(case_named("ML51-0002").kind == ServeKind::offline);
  CHECK(case_named("AGX001").kind == ServeKind::agentic);
  CHECK(case_named("TRT10-0001").load == ServeLoad::all_at_once);
  CHECK(case_named("TRT06-001").load == ServeLoad::static_batch);
}

TEST_CASE("MLPerf's limits and data sets") {
  const ServeCase& interactive = case_named("ML51-0001");
  CHECK(interactive.limits.ttft / second == doctest::Approx(0.45));
  CHECK(interactive.limits.tpot / second == doctest::Approx(0.04));
  CHECK(interactive.output_tokens == doctest::Approx(294.45));
  CHECK(interactive.layout_is_open);
  CHECK(case_named("ML51-0003").limits.tpot / second == doctest::Approx(0.2));
}

TEST_CASE("formats follow checkpoint, vendor and remarks") {
  CHECK(case_named("SIL0205").formats == "nvfp4_experts");
  CHECK(case_named("SIL1500").formats == "bf16");
  CHECK(case_named("SIL1710").formats == "fp8");
  CHECK(case_named("IXD001").formats == "fp8_block");
  CHECK(case_named("IXG001").formats == "gpt_oss");
  CHECK(case_named("ML61-016").formats == "mxfp4");
}

TEST_CASE("launch scripts: later entries win, per setting") {
  ServeFacts facts{.id = "IX",
                   .source = "IX",
                   .engine = "sglang",
                   .vendor = "NVIDIA",
                   .accelerator = "B200",
                   .family = "blackwell",
                   .model = "deepseek-r1",
                   .precision = "fp8",
                   .gemm = "",
                   .moe = true,
                   .tensor = 8,
                   .concurrency = 8,
                   .input_tokens = 1024};
  CHECK(tables().recipe(facts).receive_interval == 10);
  CHECK(tables().recipe(facts).token_budget == 32768);
  facts.concurrency = 16;
  CHECK(tables().recipe(facts).receive_interval == 30);
  facts.tensor = 4;
  CHECK(tables().recipe(facts).token_budget == 8192);
  facts.attention_data = true;
  CHECK(tables().recipe(facts).receive_interval == 0);
  CHECK(tables().recipe(facts).shortest_length == doctest::Approx(0.8));
  CHECK(tables().tokens_per_step(1) == doctest::Approx(1.8));
}

TEST_CASE("engines by any of their names") {
  CHECK(engine_profile_of("dynamo-trt") == "trtllm");
  CHECK(engine_profile_of("TensorRT 10.11, CUDA 12.9") == "trtllm");
  CHECK(engine_profile_of("mori-sglang") == "sglang");
  CHECK(engine_profile_of("vLLM 0.4.3+rocm614, PyTorch 2.3.0") == "vllm");
  CHECK(engine_profile_of("DeepSeek in-house").empty());
}

TEST_CASE("rules: every row of a faulty configuration says why, others stay") {
  std::size_t left_out = 0, apart = 0;
  for (const ServeCase& read : cases()) {
    for (const ServeRow& row : read.rows) {
      left_out += !read.skip.empty() || !row.skip.empty() ? 1 : 0;
      apart += row.label.empty() ? 0 : 1;
    }
  }
  CHECK(left_out < 6279 * 15 / 100);  // at least 85 % of the rows are to be predicted
  CHECK(apart > 0);
  CHECK(case_named("IX0511").rows.front().skip.find("stale software") == 0);
  CHECK_FALSE(case_named("AGX001").rows.front().skip.empty());
  CHECK(case_named("SIL0205").rows.front().skip.empty());
  ServeRule range;
  range.ids = {"SIL0333..SIL0344"};
  CHECK(range.speaks_of("SIL0333", ""));
  CHECK(range.speaks_of("SIL0344", ""));
  CHECK_FALSE(range.speaks_of("SIL0345", ""));
  CHECK_FALSE(range.speaks_of("SIL03330", ""));
}

TEST_CASE("latencies that no engine reaches betray a prefix cache") {
  static RowShelves shelves(catalogue());
  CHECK(implied_share_of_peak(case_named("SIL1711"), shelves.lookup()) > 0.45);
  CHECK(implied_share_of_peak(case_named("SIL0205"), shelves.lookup()) < 0.45);
}

TEST_CASE("the half for fitting holds no DeepSeek-R1 row of SIL") {
  CHECK(tables().in_fit_half("SIL", "llama3.1-70b"));
  CHECK_FALSE(tables().in_fit_half("SIL", "deepseek-r1"));
  CHECK_FALSE(tables().in_fit_half("IX", "deepseek-r1"));
  CHECK(tables().harness_of("SIL") == tables().harness_of("IX"));
}
