#include <doctest/doctest.h>

#include <limits>

#include "base/csv.hpp"
#include "report/futures_text.hpp"
#include "unit/capital/futures_fixture.hpp"

using namespace polyfleet_test;

namespace {

FuturesAnswer small_futures() {
  SmallStudy study;
  ScenarioBranch late;
  late.name = "AMD six months late";
  late.probability = 0.3;
  late.vendor = "AMD";
  late.delay_months = 6;
  study.spec.branches = {late};
  study.spec.cancellation.probability = 0.1;
  FuturesOptions options;
  options.futures = 20;
  options.threads = 1;
  FuturesAnswer answer;
  answer.futures = *run_futures(study.question(), options);
  answer.spreads = outcome_spreads(answer.futures);
  answer.tornado = tornado(study.question(), 1);
  answer.tree = scenario_tree(study.question(), 1);
  answer.begin = study.model.time.begin();
  answer.workloads = {"chat", "pretraining"};
  answer.units = {"output tokens", "training tokens"};
  return answer;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the page has percentiles, days, what matters and the tree") {
  const std::string text = futures_text(small_futures(), {});
  CHECK(has(text, "20 futures, seed 7"));
  CHECK(has(text, "net present value"));
  CHECK(has(text, "1 GW, amd_openai"));
  CHECK(has(text, "amd_openai, 2027"));
  CHECK(has(text, "what moves net present value"));
  CHECK(has(text, "a cancelled phase of AMD (10 %)"));
  CHECK(has(text, "AMD six months late"));
  CHECK(has(text, "30 %"));
  CHECK(has(text, "expected"));
  CHECK_FALSE(has(text, "INTERRUPTED"));
  CHECK(has(futures_text(small_futures(), {}, "tokens"), "what moves tokens"));
  CHECK(has(futures_text(small_futures(), {}, "music"), "no outcome 'music'"));
}

TEST_CASE("values are shown in units for people, days as dates") {
  const FuturesAnswer answer = small_futures();
  const auto text = [&](const char* id, double value) {
    const int index = outcome_index(answer.futures.outcomes, id);
    REQUIRE(index >= 0);
    return outcome_text(answer, answer.futures.outcomes[static_cast<std::size_t>(index)], value);
  };
  CHECK(text("npv", -3.1e10) == "-31 billion USD");
  CHECK(text("grid_energy", 3.6e18) == "1000 TWh");
  CHECK(text("carbon_location_based", 2.5e12) == "2.5 MtCO2e");
  CHECK(text("gigawatt_years", 1e9 * 365 * 86400.0 * 3) == "3 GW-years");
  CHECK(text("day.amd_openai.1gw", 24 * 31) == "2027-02-01");
  CHECK(text("day.amd_openai.1gw", std::numeric_limits<double>::infinity()) == "later");
}

TEST_CASE("a stopped study says so and how to go on") {
  FuturesAnswer answer = small_futures();
  answer.futures.interrupted = true;
  answer.store = "amd.futures";
  CHECK(has(futures_text(answer, {}), "INTERRUPTED after 20 of 20: run again with the same store"));
  const std::atomic<bool> stop{true};
  const SmallStudy study;
  answer.tornado = tornado(study.question(), 1, &stop);
  answer.tree = scenario_tree(study.question(), 1, &stop);
  CHECK(has(futures_text(answer, {}), "scenario tree is not finished"));
  CHECK(futures_document(answer).find("tornado") != nullptr);
}

TEST_CASE("the document holds every outcome with its spread, days as dates or null") {
  const Value document = futures_document(small_futures());
  const Array& outcomes = *document.find("outcomes")->array();
  CHECK(outcomes.size() > 100);
  for (const Value& outcome : outcomes) {
    CHECK(outcome.find("p50") != nullptr);
    if (*outcome.find("unit")->text() != "date") continue;
    CHECK((outcome.find("p50")->is_null() || outcome.find("p50")->text() != nullptr));
    CHECK(outcome.find("never") != nullptr);
  }
  CHECK(document.find("tornado")->array()->size() >= 5);
  CHECK(document.find("scenario_tree")->find("leaves")->array()->size() == 2);
  CHECK(parse_json(to_json(document), "futures.json").has_value());
}

TEST_CASE("the tables for spreadsheets are whole") {
  const auto files = futures_csv(small_futures());
  REQUIRE(files.size() == 4);
  for (const auto& [name, content] : files) {
    const Result<CsvTable> table = CsvTable::parse(content, name);
    REQUIRE_MESSAGE(table.has_value(), name);
    CHECK(table->rows().size() > 3);
  }
  const Result<CsvTable> futures = CsvTable::parse(files[1].second, files[1].first);
  CHECK(futures->rows().size() == 20);
  CHECK(futures->column("npv [USD]").has_value());
  CHECK(futures->column("input:delay:AMD").has_value());
}
