#include <doctest/doctest.h>

#include <cmath>

#include "base/files.hpp"
#include "catalogue/catalogue.hpp"
#include "unit/validation/serve_fixture.hpp"
#include "validation/serve_engines.hpp"
#include "validation/serve_prediction.hpp"
#include "validation/serve_requests.hpp"
#include "validation/serve_validation.hpp"

using namespace polyfleet;

namespace {

/// The header and the lines of the shipped table that begin with one of these.
std::string subset(const std::vector<std::string>& starts) {
  const std::string table = *read_file(folder("validation/inference.csv"));
  std::string chosen = table.substr(0, table.find('\n') + 1);
  for (std::size_t at = chosen.size(); at < table.size();) {
    const std::size_t end = table.find('\n', at);
    for (const std::string& start : starts) {
      if (table.compare(at, start.size(), start) == 0) chosen += table.substr(at, end - at + 1);
    }
    at = end + 1;
  }
  return chosen;
}

Result<ServeValidation> validated(const std::string& table, unsigned threads = 1) {
  ServeValidationOptions options;
  options.threads = threads;
  return validate_serve(table, "table.csv", catalogue(), folder("validation"), options);
}

}  // namespace

TEST_CASE("a configuration is simulated once and gives all that its rows measured") {
  const auto result =
      validated(subset({"IXG001.", "SIL1500.", "TRT10-0001,", "AGX001.", "DSK-001"}));
  REQUIRE(result);
  CHECK(result->configurations == 5);
  CHECK(result->simulated == 3);
  CHECK(result->rows.size() == 7);  // 4 + 2 + 1
  CHECK(result->skipped.size() == 4);
  for (const ServeRowResult& row : result->rows) {
    CHECK(row.prediction.predicted > 0);
    CHECK(row.prediction.low < row.prediction.predicted);
    CHECK(row.prediction.high > row.prediction.predicted);
    // Nothing here is off by a unit: a factor of 3 is far outside any model error.
    CHECK(std::abs(std::log(row.prediction.predicted / row.prediction.measured)) < std::log(3.0));
  }
}

TEST_CASE("total and output throughput of equal lengths are twofold") {
  const auto result = validated(subset({"IXG001."}));
  REQUIRE(result);
  double total = 0, output = 0;
  for (const ServeRowResult& row : result->rows) {
    if (row.metric == "total throughput") total = row.prediction.predicted;
    if (row.metric == "output throughput") output = row.prediction.predicted;
  }
  CHECK(total == doctest::Approx(2 * output).epsilon(0.05));
}

TEST_CASE("threads change nothing") {
  const std::string table = subset({"IXG00", "IXD00"});
  const auto one = validated(table, 1), two = validated(table, 2);
  REQUIRE(one);
  REQUIRE(two);
  CHECK(serve_rows_csv(*one) == serve_rows_csv(*two));
}

TEST_CASE("faulty tables are diagnosed, faulty rows are named") {
  CHECK_FALSE(validated("id,model\nx,y\n"));
  CHECK_FALSE(validated(""));
  std::string table = subset({"IXG001.median_tpot"});
  const std::size_t model = table.rfind("gpt-oss-120b");
  table.replace(model, 12, "no-such-model");
  const auto result = validated(table);
  REQUIRE(result);
  REQUIRE(result->skipped.size() == 1);
  CHECK(result->skipped.front().row.reason.find("no such model") == 0);
}

TEST_CASE("releases of engines, not of what orchestrates them") {
  CHECK(release_of("sglang", "lmsysorg/sglang:v0.5.12-cu130") == "0.5.12");
  CHECK(release_of("sglang", "0.5.10.post1") == "0.5.10");
  CHECK(release_of("trtllm", "nvcr.io/nvidia/tensorrt-llm/release:1.3.0rc14") == "1.3.0");
  CHECK(release_of("trtllm", "nvcr.io/nvidia/ai-dynamo/tensorrtllm-runtime:0.8.1").empty());
  CHECK(release_of("trtllm", "0.8.1.post1").empty());
  CHECK(release_of("vllm", "").empty());
}

TEST_CASE("per decode accelerator divides by the decode pool alone") {
  ServeCase read;
  read.accelerators = 12;
  read.pools.emplace();
  read.pools->prefill.accelerators = 4;
  read.pools->decode.accelerators = 8;
  ServeFigures figures;
  figures.output_rate = 240 * token / second;
  ServeRow row;
  row.metric = ServeMetric::output_throughput;
  row.per = ServePer::decode_accelerator;
  CHECK(value_of_row(row, read, figures) == doctest::Approx(30));
  row.per = ServePer::accelerator;
  CHECK(value_of_row(row, read, figures) == doctest::Approx(20));
  row.per = ServePer::deployment;
  CHECK(value_of_row(row, read, figures) == doctest::Approx(240));
}

TEST_CASE("measured servers are replayed request by request") {
  const auto runs = validate_requests(catalogue(), folder("validation"), folder("data/traces"));
  REQUIRE(runs);
  REQUIRE(runs->size() == 2);
  for (const RequestRun& run : *runs) {
    CHECK(run.requests.size() == 300);
    CHECK(std::abs(run.tpot.mean) < 0.3);  // goal 0.04, see docs/accuracy.md
    CHECK(std::abs(run.ttft.mean) < 0.4);  // goal 0.08
  }
  // The 24 GB card preempts for want of cache, the 96 GB card does not.
  CHECK(runs->front().preemptions > 0);
  CHECK(runs->back().preemptions == 0);
  CHECK_FALSE(validate_requests(catalogue(), folder("validation"), folder("no_such_folder")));
}
