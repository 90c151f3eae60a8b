#include <doctest/doctest.h>

#include "view/validation_figures.hpp"
#include "view/validation_page.hpp"

using namespace polyfleet;

namespace {

PredictedRow row(const std::string& id, const std::string& vendor, double measured,
                 double predicted) {
  return {.id = id,
          .source = id.substr(0, 2),
          .vendor = vendor,
          .accelerator = vendor + " part",
          .model = "llama",
          .measured = measured,
          .predicted = predicted,
          .low = predicted * 0.9,
          .high = predicted * 1.1};
}

ValidationReport sample_report() {
  ValidationReport report;
  report.title = "training steps";
  report.unit = "s";
  report.predictions = {row("s1.a", "AMD", 10, 11), row("s1.b", "NVIDIA", 1, 1),
                        row("s2.c", "NVIDIA", 4, 6)};
  report.skipped = {{"s2.d", "s2", "AMD", "AMD part", "llama", "no batch stated"},
                    {"s2.e", "s2", "AMD", "AMD part", "llama", "no batch stated"}};
  report.other_rows = {{"operator fft", 3}};
  return report;
}

const PageFigure* figure_named(const FigurePage& page, const std::string& id) {
  for (const FigureSection& section : page.sections)
    for (const PageFigure& figure : section.figures)
      if (figure.id == id) return &figure;
  return nullptr;
}

}  // namespace

TEST_CASE("the page of a validation has no faults and every row with its source") {
  const RowSources sources{{"s1.a", {"A paper", "https://example.org/a"}},
                           {"s2.c", {"A blog", "https://example.org/c"}}};
  const FigurePage page = validation_page(sample_report(), sources);
  CHECK(page_faults(page).empty());
  CHECK(page.facts[0].value == "3 of 5");
  CHECK(page.facts[1].value == "10.0 %");
  const PageFigure* nvidia = figure_named(page, "predicted_nvidia");
  REQUIRE(nvidia != nullptr);
  CHECK(nvidia->data.rows() == 2);
  CHECK(nvidia->data.find("row")->words[0] == "s2.c");  // the largest error first
  CHECK(nvidia->data.find("error")->numbers[0] == doctest::Approx(50));
  const PageFigure* worst = figure_named(page, "worst_rows");
  REQUIRE(worst != nullptr);
  CHECK(worst->data.find("published in")->words[0] == "A blog");
  CHECK(worst->data.find("published in")->words[1] == "A paper");
  CHECK(worst->data.find("published in")->words[2] == "s1");
  CHECK(worst->sources.size() == 3);
}

TEST_CASE("rows left out are counted with their reasons, most frequent first") {
  const FigurePage page = validation_page(sample_report(), {});
  const PageFigure* out = figure_named(page, "left_out");
  REQUIRE(out != nullptr);
  CHECK(out->data.find("reason")->words ==
        std::vector<std::string>{"operator fft", "no batch stated"});
  CHECK(out->data.find("rows")->numbers == std::vector<double>{3, 2});
  CHECK(page.notices[0].find("2 of 5 rows") != std::string::npos);
}

TEST_CASE("the curve of errors counts the rows within each error") {
  const ValidationReport report = sample_report();
  PredictedRows rows;
  for (const PredictedRow& each : report.predictions) rows.push_back(&each);
  const PageFigure curve = error_curve(rows);
  const DataColumn* nvidia = curve.data.find("NVIDIA (2 rows)");
  REQUIRE(nvidia != nullptr);
  CHECK(nvidia->numbers[0] == 50);
  CHECK(nvidia->numbers[49] == 50);
  CHECK(nvidia->numbers[50] == 100);
  CHECK(curve.data.find("AMD (1 row)")->numbers[9] == 0);
  CHECK(curve.data.find("AMD (1 row)")->numbers[11] == 100);
}

TEST_CASE("tables of several quantities have a figure for each") {
  ValidationReport report = sample_report();
  report.predictions[0].quantity = "tpot";
  report.predictions[0].unit = "s";
  report.predictions[1].quantity = report.predictions[2].quantity = "total throughput";
  report.predictions[1].unit = report.predictions[2].unit = "tokens/s";
  const FigurePage page = validation_page(report, {});
  CHECK(page_faults(page).empty());
  const PageFigure* throughput = figure_named(page, "predicted_total_throughput_tokens_s_");
  REQUIRE(throughput != nullptr);
  CHECK(throughput->data.find("measured")->unit == "tokens/s");
  CHECK(std::get<ScatterChart>(throughput->chart).group == "vendor");
}

TEST_CASE("nothing predicted, nothing at all, and no intervals are pages too") {
  ValidationReport report = sample_report();
  report.predictions.clear();
  CHECK(page_faults(validation_page(report, {})).empty());
  CHECK(page_faults(validation_page({}, {})) == std::vector<std::string>{});
  report = sample_report();
  report.has_intervals = false;
  const FigurePage page = validation_page(report, {});
  CHECK(page_faults(page).empty());
  CHECK(figure_named(page, "coverage") == nullptr);
}

TEST_CASE("further tables become figures: shares as per cent, truths as words") {
  const Value json = *parse_json(
      R"([{"goal": "TPOT", "rows": 3, "median_ape": 0.05, "met": true},
          {"goal": "TTFT", "rows": 0, "median_ape": null, "met": null}])",
      "x");
  const PageFigure figure = table_figure("goals", "Goals", json);
  CHECK(figure.data.find("median error")->numbers[0] == doctest::Approx(5));
  CHECK(figure.data.find("median error")->unit == "%");
  CHECK(figure.data.find("met")->words == std::vector<std::string>{"yes", ""});
  CHECK(figure.data.find("rows")->numbers == std::vector<double>{3, 0});
}

TEST_CASE("the other validations have pages without faults") {
  CHECK(page_faults(fleet_cases_page({{{.id = "F1",
                                        .name = "interruptions",
                                        .rule = FleetCaseRule::equal,
                                        .expected = 419,
                                        .unit = "interruptions",
                                        .tolerance = 1e-9,
                                        .source = "arXiv:2407.21783 table 5",
                                        .note = "",
                                        .computed = 419}}}))
            .empty());
  MixedValidation mixed;
  mixed.rows = {{.source = "paper",
                 .workload = "8 + 8",
                 .url = "https://example.org",
                 .compared = "8 alone",
                 .missing = {},
                 .published = 0.98,
                 .predicted = 0.95,
                 .low = 0.9,
                 .high = 1,
                 .bound = 0.97,
                 .points = -3,
                 .limit = "",
                 .assumptions = {}},
                {.source = "blog",
                 .workload = "4 + 4",
                 .url = "",
                 .compared = "",
                 .missing = {"the batch"},
                 .limit = "",
                 .assumptions = {}}};
  mixed.set_up = 1;
  CHECK(page_faults(mixed_validation_page(mixed)).empty());
  RequestRun run;
  run.name = "RTX 4090, Llama";
  run.requests.resize(1);
  run.requests[0].measured_ttft = run.requests[0].simulated_ttft = 1 * second;
  run.requests[0].measured_tpot = run.requests[0].simulated_tpot = 0.02 * second;
  CHECK(page_faults(requests_validation_page({run})).empty());
  CHECK(page_faults(plans_validation_page({}, {})).empty());
}

TEST_CASE("a paper of arXiv is linked by its number") {
  FleetCases cases;
  cases.figures = {
      {.id = "F1", .name = "n", .unit = "", .source = "arXiv:2407.21783v3, table 5", .note = ""}};
  const FigurePage page = fleet_cases_page(cases);
  CHECK(page.sections[0].figures[0].sources[0].address == "https://arxiv.org/abs/2407.21783v3");
}
