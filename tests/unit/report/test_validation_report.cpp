#include <doctest/doctest.h>

#include "report/validation_report.hpp"

using namespace polyfleet;

namespace {

ValidationReport small_report() {
  ValidationReport report;
  report.title = "test";
  report.unit = "s";
  report.predictions = {
      {"a-1", "a", "AMD", "MI300X", "m", 1.0, 1.1, 0.9, 1.2},
      {"a-2", "a", "AMD", "MI300X", "m", 1.0, 0.8, 0.7, 0.9},
      {"b-1", "b", "NVIDIA", "H100", "n", 2.0, 2.0, 1.9, 2.1},
  };
  report.skipped = {{"b-2", "b", "NVIDIA", "H100", "n", "no batch"},
                    {"b-3", "b", "NVIDIA", "H100", "n", "no batch"}};
  return report;
}

}  // namespace

TEST_CASE("the JSON has the agreed keys, overall and by group") {
  const Value json = validation_json(small_report());
  for (const char* key :
       {"rows", "predicted", "median_ape", "p90_ape", "median_bias", "coverage80",
        "source_median_ape", "by_vendor", "by_accelerator", "by_source", "by_model", "skipped"}) {
    CAPTURE(key);
    CHECK(json.find(key) != nullptr);
  }
  CHECK(*json.find("rows")->integer() == 5);
  CHECK(*json.find("predicted")->integer() == 3);
  CHECK(*json.find("median_ape")->number() == doctest::Approx(0.1));
  CHECK(*json.find("coverage80")->number() == doctest::Approx(2.0 / 3));
  const Value* nvidia = json.find("by_vendor")->find("NVIDIA");
  REQUIRE(nvidia != nullptr);
  CHECK(*nvidia->find("rows")->integer() == 3);
  CHECK(*nvidia->find("predicted")->integer() == 1);
  const Value& skipped = json.find("skipped")->array()->front();
  CHECK(*skipped.find("reason")->text() == "no batch");
  CHECK(*skipped.find("count")->integer() == 2);
}

TEST_CASE("a group without predictions has null errors") {
  ValidationReport report = small_report();
  report.predictions.pop_back();
  const Value json = validation_json(report);
  CHECK(json.find("by_vendor")->find("NVIDIA")->find("median_ape")->is_null());
}

TEST_CASE("the text lists worst rows first") {
  const std::string text = validation_text(small_report(), {}, 1);
  CHECK(text.find("a-2") != std::string::npos);
  CHECK(text.find("a-1") == std::string::npos);
  CHECK(text.find("no batch") != std::string::npos);
}

TEST_CASE("a source that dominates is also left out") {
  ValidationReport report = small_report();
  CHECK(validation_json(report).find("without_dominant_source") == nullptr);
  report.predictions.push_back({"c-1", "c", "AMD", "MI300X", "m", 1.0, 1.3, 0.9, 1.4});
  for (int i = 0; i < 10; ++i)
    report.predictions.push_back({"a-9", "a", "AMD", "MI300X", "m", 1.0, 3.0, 2.9, 3.1});
  const Value json = validation_json(report);
  const Value* rest = json.find("without_dominant_source");
  REQUIRE(rest != nullptr);
  CHECK(*rest->find("left_out")->text() == "a");
  CHECK(*rest->find("predicted")->integer() == 2);
  CHECK(*rest->find("rows")->integer() == 4);
  CHECK(*rest->find("median_ape")->number() == doctest::Approx(0.15));
}

TEST_CASE("no predicted row is said in words") {
  ValidationReport report = small_report();
  report.predictions.clear();
  CHECK(validation_summary(report) == "test: none of 2 rows could be predicted\n");
}
