#include <doctest/doctest.h>

#include "report/serve_requests_report.hpp"
#include "report/serve_validation_report.hpp"

using namespace polyfleet;

namespace {

ServeRowResult row(const std::string& id, ServeKind kind, const std::string& metric,
                   double measured, double predicted) {
  ServeRowResult result;
  result.prediction = {id,       "IX",      "AMD",           "MI355X",       "deepseek-r1",
                       measured, predicted, 0.9 * predicted, 1.1 * predicted};
  result.configuration = id;
  result.engine = "sglang";
  result.harness = "InferenceX";
  result.metric = metric;
  result.kind = kind;
  return result;
}

ServeValidation small() {
  ServeValidation validation;
  validation.rows = {row("a", ServeKind::plain, "tpot", 1.0, 1.05),
                     row("b", ServeKind::plain, "ttft", 1.0, 1.5),
                     row("c", ServeKind::plain, "ttft (saturated)", 1.0, 9.0),
                     row("d", ServeKind::offline, "output throughput", 100, 80)};
  ServeSkippedRow skipped;
  skipped.row = {"e", "AGX", "AMD", "MI355X", "m", "no lengths"};
  skipped.engine = "vllm";
  skipped.harness = "agentic traces";
  skipped.metric = "tpot";
  skipped.kind = ServeKind::agentic;
  validation.skipped.push_back(skipped);
  validation.configurations = 5;
  validation.simulated = 4;
  return validation;
}

}  // namespace

TEST_CASE("serving errors have the agreed keys, and groups of their own") {
  const Value json = validation_json(serve_validation_report(small(), "serving"));
  for (const char* key :
       {"rows", "predicted", "median_ape", "p90_ape", "median_bias", "coverage80",
        "source_median_ape", "by_vendor", "by_accelerator", "by_source", "by_model", "skipped",
        "by_metric", "by_kind", "by_kind_metric", "by_engine", "by_harness", "goals"}) {
    CAPTURE(key);
    CHECK(json.find(key) != nullptr);
  }
  CHECK(*json.find("rows")->integer() == 5);
  CHECK(*json.find("predicted")->integer() == 4);
  const Value* agentic = json.find("by_kind")->find("agentic");
  REQUIRE(agentic != nullptr);
  CHECK(*agentic->find("rows")->integer() == 1);
  CHECK(agentic->find("median_ape")->is_null());
  CHECK(*json.find("by_kind_metric")->find("plain tpot")->find("median_ape")->number() ==
        doctest::Approx(0.05));
}

TEST_CASE("saturated rows count apart from the goal they would hide") {
  const Value json = validation_json(serve_validation_report(small(), "serving"));
  for (const Value& goal : *json.find("goals")->array()) {
    if (*goal.find("goal")->text() != "plain TTFT, unsaturated") continue;
    CHECK(*goal.find("rows")->integer() == 1);
    CHECK(*goal.find("reached")->number() == doctest::Approx(0.5));
    CHECK_FALSE(*goal.find("met")->boolean());
  }
}

TEST_CASE("a replayed server reaches its goals at 4 and 8 %, not beyond") {
  RequestRun run;
  run.tpot.mean = -0.04;
  run.ttft.mean = 0.08;
  CHECK(reaches_goals(run));
  run.tpot.mean = 0.041;
  CHECK_FALSE(reaches_goals(run));
  run.tpot.mean = 0;
  run.ttft.mean = -0.081;
  CHECK_FALSE(reaches_goals(run));
  const Value json = serve_requests_json({run});
  CHECK(json.find("runs")->array()->front().find("mean_ttft_error") != nullptr);
}
