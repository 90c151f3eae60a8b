// The kinds of question about serving: every shipped scenario has a page without faults whose
// figures are those of its report, whether the scenario comes as a file or as text.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "app/question.hpp"
#include "app/serving_simulation.hpp"
#include "base/files.hpp"
#include "unit/app/page_check.hpp"
#include "unit/app/shared_workspace.hpp"

using namespace polyfleet;

namespace {

std::vector<std::string> scenarios_in(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(kRoot + "/scenarios/" + folder)) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  REQUIRE(files.size() >= 3);
  return files;
}

Question question_about(const std::string& command, const std::string& file) {
  Question question;
  question.command = command;
  if (!file.empty()) question.scenario = ScenarioText{file, read_file(file).value()};
  return question;
}

Question with(Question question, const std::vector<std::pair<std::string, Value>>& settings) {
  for (const auto& [key, value] : settings) question.settings.push_back({key, value, "--set"});
  return question;
}

Question small_replica(double most_tpot_ms = 0) {
  Question question = with(question_about("estimate serve", ""), {{"model", "llama3.1-8b"},
                                                                  {"accelerator", "nv_h100_sxm"},
                                                                  {"tensor", 1},
                                                                  {"load.input", 1000},
                                                                  {"load.output", 200}});
  if (most_tpot_ms > 0)
    question = with(question, {{"slo.tpot", std::to_string(most_tpot_ms) + " ms"}});
  return question;
}

Reply answer_to(const Question& question) {
  Result<Reply> reply = ask(question, shared_workspace(), {});
  REQUIRE_MESSAGE(reply.has_value(), (reply ? "" : to_text(reply.problems())));
  return *std::move(reply);
}

/// The value of the percentile's row, in seconds.
double percentile_in(const PageFigure& figure, double percent) {
  const std::vector<double>& shares = figure.data.find("share of requests")->numbers;
  const auto row = std::find(shares.begin(), shares.end(), percent) - shares.begin();
  REQUIRE(static_cast<std::size_t>(row) < shares.size());
  const DataColumn& all = *figure.data.find("all requests");
  const double scale = all.unit == "ms"    ? 1e-3
                       : all.unit == "us"  ? 1e-6
                       : all.unit == "min" ? 60
                                           : 1;
  return all.numbers[static_cast<std::size_t>(row)] * scale;
}

double number_in(const Value& json, std::string_view table, std::string_view key) {
  return json.find(table)->find(key)->number().value();
}

bool mentions(const std::vector<std::string>& texts, const std::string& part) {
  return std::any_of(texts.begin(), texts.end(),
                     [&](const std::string& text) { return text.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("every shipped service has a page without faults, with the report's own figures") {
  for (const std::string& file : scenarios_in("serving")) {
    CAPTURE(file);
    const Reply reply = answer_to(question_about("simulate serve", file));
    CHECK(reply.verdict == Verdict::ok);
    const FigurePage page = reply.page();
    CHECK(page_faults(page) == std::vector<std::string>{});
    const Value json = reply.json();
    for (const auto& [id, key] : {std::pair{"ttft", "ttft_s"}, std::pair{"tpot", "tpot_s"},
                                  std::pair{"end_to_end", "end_to_end_s"}}) {
      CAPTURE(id);
      const PageFigure* figure = find_figure(page, id);
      REQUIRE(figure != nullptr);
      CHECK(percentile_in(*figure, 50) == doctest::Approx(number_in(json, key, "p50")));
      CHECK(percentile_in(*figure, 90) == doctest::Approx(number_in(json, key, "p90")));
      CHECK(percentile_in(*figure, 99) == doctest::Approx(number_in(json, key, "p99")));
      CHECK(percentile_in(*figure, 100) == doctest::Approx(number_in(json, key, "max")));
      for (const DataColumn& column : figure->data.columns)
        CHECK(std::is_sorted(column.numbers.begin(), column.numbers.end()));
    }
    CHECK(find_figure(page, "requests_over_time") != nullptr);
    CHECK(find_figure(page, "running_over_time") != nullptr);
    CHECK(find_figure(page, "pools") != nullptr);
  }
}

TEST_CASE("what a page needs to know changes nothing of the result") {
  for (const std::string& file : scenarios_in("serving")) {
    CAPTURE(file);
    const Question question = question_about("simulate serve", file);
    auto plain = prepare_serving(shared_workspace(), *question_document(question));
    REQUIRE(plain.has_value());
    REQUIRE(simulate(*plain).has_value());
    CHECK(to_json(answer_to(question).json()) == to_json(serving_simulation_json(plain->run)));
  }
}

TEST_CASE("requests that come and go add up to those of the report") {
  const Reply reply = answer_to(
      question_about("simulate serve", kRoot + "/scenarios/serving/failures_and_drain.toml"));
  const FigurePage page = reply.page();
  const DataTable& table = find_figure(page, "requests_over_time")->data;
  const std::vector<double>& begin = table.find("time")->numbers;
  const double span = begin[1] - begin[0];  // seconds: the run is shorter than ten minutes
  CHECK(table.find("time")->unit == "s");
  const auto sum = [&](const char* name) {
    double total = 0;
    for (const double rate : table.find(name)->numbers) total += rate * span;
    return total;
  };
  const Value json = reply.json();
  CHECK(sum("arrived") == doctest::Approx(number_in(json, "requests", "arrived")));
  CHECK(sum("finished") == doctest::Approx(number_in(json, "requests", "finished")));
  CHECK(sum("cancelled") == doctest::Approx(number_in(json, "requests", "cancelled")));
  CHECK(find_figure(page, "replicas") != nullptr);
}

TEST_CASE("a trace is found beside a scenario that comes as text, and in the program's data") {
  const std::string file = kRoot + "/scenarios/serving/azure_conversation_mixed.toml";
  Question question = question_about("simulate serve", file);
  const std::string plain = to_json(answer_to(question).json());
  question.scenario->file = "/no/such/folder/mine.toml";  // its trace is one of the program's
  CHECK(to_json(answer_to(question).json()) == plain);
  const auto folder = std::filesystem::temp_directory_path() / "polyfleet_ask_serving";
  std::filesystem::create_directories(folder);
  REQUIRE(write_file(folder / "beside.csv",
                     "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.0,10,10\n")
              .has_value());
  std::string& text = question.scenario->text;
  text.replace(text.find("AzureLLMInferenceTrace_conv.csv"), 31, "beside.csv");
  question.scenario->file = (folder / "never_saved.toml").string();
  CHECK(number_in(answer_to(question).json(), "requests", "arrived") == 1);
  std::filesystem::remove_all(folder);
}

TEST_CASE("a pool that does not fit gives a page that says why") {
  const Question question =
      with(question_about("simulate serve", kRoot + "/scenarios/serving/diurnal_autoscaling.toml"),
           {{"model", "llama3.1-405b"}});
  const Reply reply = answer_to(question);
  CHECK(reply.verdict == Verdict::infeasible);
  const FigurePage page = reply.page();
  CHECK(page_faults(page) == std::vector<std::string>{});
  CHECK(mentions(page.notices, "leaves no room for the cache"));
}

TEST_CASE("a simulation that is stopped says so") {
  const std::atomic<bool> stop{true};
  RunControl control;
  control.stop = &stop;
  Question question =
      question_about("simulate serve", kRoot + "/scenarios/serving/azure_conversation_mixed.toml");
  const Result<Reply> reply = ask(question, shared_workspace(), control);
  REQUIRE(reply.has_value());
  CHECK(reply->verdict == Verdict::interrupted);
  CHECK(mentions(reply->page().notices, "Stopped early"));
  CHECK(page_faults(reply->page()) == std::vector<std::string>{});
}

TEST_CASE("a warm-up that outlasts the run leaves nothing to count, and a page without faults") {
  const Reply reply = answer_to(
      with(question_about("simulate serve", kRoot + "/scenarios/serving/failures_and_drain.toml"),
           {{"warm_up", "1 h"}}));
  CHECK(page_faults(reply.page()) == std::vector<std::string>{});
  CHECK(find_figure(reply.page(), "ttft") == nullptr);
  CHECK(find_figure(reply.page(), "requests_over_time") != nullptr);
}

TEST_CASE("how far a simulation is grows to its end") {
  std::vector<double> shares;
  RunControl control;
  control.progress = [&](const std::string&, double share) { shares.push_back(share); };
  const auto reply =
      ask(question_about("simulate serve", kRoot + "/scenarios/serving/diurnal_autoscaling.toml"),
          shared_workspace(), control);
  REQUIRE(reply.has_value());
  REQUIRE_FALSE(shares.empty());
  CHECK(std::is_sorted(shares.begin(), shares.end()));
  CHECK(shares.front() >= 0);
  CHECK(shares.back() <= 1);
  CHECK(shares.back() > 0.5);
}

TEST_CASE("a replica has a page without faults; the chosen rate stands on it") {
  const FigurePage page = answer_to(small_replica()).page();
  CHECK(page_faults(page) == std::vector<std::string>{});
  for (const char* id : {"throughput_tpot", "throughput_ttft", "decode_step", "prefill_share",
                         "memory", "requests_in_cache", "cost", "energy", "assumptions"}) {
    CAPTURE(id);
    CHECK(find_figure(page, id) != nullptr);
  }
  const FigurePage bounded = answer_to(small_replica(20)).page();
  CHECK(page_faults(bounded) == std::vector<std::string>{});
  CHECK(bounded.facts.front().label == "highest rate within the bounds");
  const PageFigure& curve = *find_figure(bounded, "throughput_tpot");
  CHECK(curve.data.find("kind")->words.back() == "highest rate within the bounds");
  CHECK(curve.data.find("TPOT")->numbers.back() <= 20.001);
}

TEST_CASE(
    "the memory of an accelerator is accounted for, and a decode step is the sum of its parts") {
  const FigurePage page = answer_to(small_replica()).page();
  const PageFigure& memory = *find_figure(page, "memory");
  const std::string& limit = std::get<BarChart>(memory.chart).limit;
  double sum = 0;
  for (const DataColumn& column : memory.data.columns)
    if (column.kind == ColumnKind::number && column.name != limit) sum += column.numbers.front();
  CHECK(sum == doctest::Approx(85.52).epsilon(0.01));  // 80 GB as labelled, 79.6 GiB as shown
  CHECK(sum == doctest::Approx(memory.data.find(limit)->numbers.front()).epsilon(1e-9));
  const DataTable& step = find_figure(page, "decode_step")->data;
  for (std::size_t row = 0; row < step.rows(); ++row) {
    double parts = 0;
    for (const char* name :
         {"products", "experts", "attention", "small kernels", "communication", "host"})
      parts += step.find(name)->numbers[row];
    CHECK(parts == doctest::Approx(step.find("total")->numbers[row]).epsilon(1e-6));
  }
}

TEST_CASE("a replica that does not fit, or that no rate suits, says so on its page") {
  const Question large = with(small_replica(), {{"model", "llama3.1-405b"}});
  const FigurePage page = answer_to(large).page();
  CHECK(page_faults(page) == std::vector<std::string>{});
  CHECK(mentions(page.notices, "Does not fit"));
  const Reply never = answer_to(small_replica(0.01));
  CHECK(never.verdict == Verdict::infeasible);
  CHECK(mentions(never.page().notices, "No rate keeps within"));
  CHECK(page_faults(never.page()) == std::vector<std::string>{});
}

TEST_CASE("every shipped plan of a service has a page without faults") {
  for (const std::string& file : scenarios_in("serving_plans")) {
    CAPTURE(file);
    const Reply reply = answer_to(question_about("plan serve", file));
    const FigurePage page = reply.page();
    CHECK(page_faults(page) == std::vector<std::string>{});
    const PageFigure& mix = *find_figure(page, "vendors");
    for (std::size_t row = 0; row < mix.data.rows(); ++row) {
      double sum = 0;
      for (const DataColumn& column : mix.data.columns)
        if (column.kind == ColumnKind::number) sum += column.numbers[row];
      CHECK(sum == doctest::Approx(100));
    }
    const Value json = reply.json();
    const PageFigure& considered = *find_figure(page, "considered");
    double all = 0;
    for (const double count : considered.data.find("configurations")->numbers) all += count;
    CHECK(all == number_in(json, "counts", "configurations"));
    CHECK(find_figure(page, "simulated") != nullptr);
  }
}

TEST_CASE("a plan that nothing meets shows what is within reach and what was refused") {
  const Question question =
      with(question_about("plan serve", kRoot + "/scenarios/serving_plans/two_vendors.toml"),
           {{"slo.tpot", "1 ms"}});
  const Reply reply = answer_to(question);
  CHECK(reply.verdict == Verdict::infeasible);
  const FigurePage page = reply.page();
  CHECK(page_faults(page) == std::vector<std::string>{});
  CHECK(mentions(page.notices, "No plan meets this"));
  CHECK(mentions(page.notices, "least mean TPOT"));
  CHECK(find_figure(page, "refused") != nullptr);
}

TEST_CASE("parts side by side: every published peak is drawn, each figure has a source") {
  Question question;
  question.command = "catalogue compare";
  question.options.set("names", Array{"mi355x", "b200", "amd_mi455x@announced"});
  const FigurePage page = answer_to(question).page();
  CHECK(page_faults(page) == std::vector<std::string>{});
  const PageFigure& compute = *find_figure(page, "compute");
  const auto& formats = compute.data.find("format")->words;
  const auto bf16 = std::find(formats.begin(), formats.end(), "bf16") - formats.begin();
  CHECK(compute.data.find("amd_mi355x")->numbers.at(static_cast<std::size_t>(bf16)) ==
        doctest::Approx(2.5).epsilon(0.02));
  for (const FigureSection& section : page.sections) {
    for (const PageFigure& figure : section.figures) {
      CAPTURE(figure.id);
      CHECK_FALSE(figure.sources.empty());
      CHECK_FALSE(figure.assumptions.empty());
    }
  }
  question.options.set("names", Array{"mi356x", "b201"});
  const auto unknown = ask(question, shared_workspace(), {});
  REQUIRE_FALSE(unknown.has_value());
  CHECK(unknown.problems().size() == 2);
}
