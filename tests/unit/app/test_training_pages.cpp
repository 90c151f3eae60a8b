// Pages of a training step, its what-if questions and its run: without faults for every shipped
// scenario and kind of model, and their sums and facts are those of the JSON answer.
#include <filesystem>
#include <set>

#include "page_check.hpp"
#include "units/text.hpp"

using namespace polyfleet;

namespace {

Question training(std::vector<Setting> settings) {
  Question question = question_of("estimate train");
  question.settings = std::move(settings);
  return question;
}

Question small(const std::string& model, std::int64_t devices) {
  return training({{"model", Value(model), ""},
                   {"accelerator", Value("nv_h200"), ""},
                   {"devices", Value(devices), ""},
                   {"plan.global_batch", Value(64), ""},
                   {"plan.sequence_length", Value(4096), ""}});
}

double number_at(const Value& json, std::string_view key) {
  const Value* value = json.find(key);
  REQUIRE_MESSAGE(value != nullptr, std::string(key));
  return value->number().value();
}

bool nearly(double a, double b) { return std::abs(a - b) <= 1e-9 * std::max(1.0, std::abs(b)); }

/// The step's parts and the memory's groups sum to what the JSON answer says.
void check_sums(const FigurePage& page, const Value& json) {
  const double step_ms = 1e3 * number_at(json, "step_time_s");
  CHECK(nearly(sum_of(numbers_of(figure_of(page, "step_parts"), "time")), step_ms));
  const PageFigure& step = figure_of(page, "step_time");
  double on_path = 0, hidden = 0;
  for (const DataColumn& column : step.data.columns) {
    if (column.kind != ColumnKind::number) continue;
    on_path += column.numbers[0];
    hidden += column.numbers[1];
  }
  CHECK(nearly(on_path, step_ms));
  CHECK(nearly(hidden, 1e3 * number_at(json, "hidden_communication_s")));
  const PageFigure& memory = figure_of(page, "memory_stages");
  const auto& bars = std::get<BarChart>(memory.chart);
  const std::vector<double>& totals = numbers_of(memory, "total");
  const Value* stages = json.find("memory")->find("stages");
  REQUIRE(stages->array()->size() == totals.size());
  for (std::size_t i = 0; i < totals.size(); ++i) {
    double sum = 0;
    for (const std::string& name : bars.values) sum += numbers_of(memory, name)[i];
    CHECK(nearly(sum, totals[i]));
    CHECK(nearly(1e9 * totals[i], number_at((*stages->array())[i], "total_bytes")));
  }
  CHECK(fact_of(page, "step time") == print_quantity(number_at(json, "step_time_s") * second));
}

/// Tasks of a stage do not overlap and end within the step; stages that are drawn are few.
void check_pipeline(const FigurePage& page, const Value& json) {
  const PageFigure& figure = figure_of(page, "pipeline");
  const std::vector<double>& begin = numbers_of(figure, "begin");
  const std::vector<double>& end = numbers_of(figure, "end");
  const std::vector<std::string>& lanes = figure.data.find("stage")->words;
  const double step_ms = 1e3 * number_at(json, "step_time_s");
  double last = 0;
  for (std::size_t i = 0; i < begin.size(); ++i) {
    CHECK(begin[i] < end[i]);
    last = std::max(last, end[i]);
  }
  CHECK(std::abs(last - step_ms) <= 1e-6 * step_ms);
  CHECK(std::set<std::string>(lanes.begin(), lanes.end()).size() <= 16);
  CHECK(begin.size() <= 4000);
}

void check_training(const Question& question) {
  const Reply reply = page_reply(question);
  const FigurePage page = reply.page();
  check_page(page);
  const Value json = reply.json();
  check_sums(page, json);
  check_pipeline(page, json);
  const PageFigure& step = figure_of(page, "step_time");
  CHECK(step.assumptions.size() == json.find("assumptions")->array()->size());
  CHECK(!step.sources.empty());
}

}  // namespace

TEST_CASE("the page of every shipped scenario is without fault and sums to its answer") {
  const std::filesystem::path folder = std::string(POLYFLEET_SOURCE_DIR) + "/scenarios/examples";
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    files.insert("examples/" + entry.path().filename().string());
  CHECK(files.size() >= 5);
  for (const std::string& file : files) {
    CAPTURE(file);
    check_training(scenario_question("estimate train", file));
  }
}

TEST_CASE("pages of every kind of model") {
  for (const char* model : {"mixtral-8x7b", "deepseek-v2-lite", "llama3.2-vision-11b",
                            "nemotron-h-8b", "gpt-oss-20b"}) {
    CAPTURE(model);
    check_training(small(model, 16));
  }
}

TEST_CASE("a deep pipeline is drawn in part and says so") {
  Question question = scenario_question("estimate train", "examples/llama_405b_h100.toml");
  question.settings = {{"plan.layout.pipeline", Value(32), ""},
                       {"plan.layout.virtual_stages", Value(1), ""},
                       {"plan.layout.data", Value(4), ""}};
  const Reply reply = page_reply(question);
  const PageFigure pipeline = figure_of(reply.page(), "pipeline");
  CHECK(pipeline.reading.find("8 of 32 stages are drawn") != std::string::npos);
}

TEST_CASE("a plan that does not fit says what is missing and what would fit") {
  Question question = small("llama3.1-70b", 8);
  question.settings.push_back({"plan.micro_batch", Value(4), ""});
  const Reply reply = page_reply(question);
  CHECK(reply.verdict == Verdict::infeasible);
  const FigurePage page = reply.page();
  check_page(page);
  REQUIRE(!page.notices.empty());
  CHECK(page.notices.front().find("Does not fit in memory") == 0);
  const PageFigure& changes = figure_of(page, "would_fit");
  CHECK(changes.data.rows() == reply.json().find("memory")->find("would_fit")->array()->size());
  CHECK(numbers_of(figure_of(page, "memory_stages"), "free").front() < 0);
}

TEST_CASE("names of the user's stand on the page as they are; charts escape them") {
  Question question = small("llama3.1-8b", 8);
  const std::string name = "<script>alert(1)</script> & \"quotes\"";
  question.settings.push_back({"name", Value(name), ""});
  CHECK(page_reply(question).page().title == name);
}

TEST_CASE("pages of a sweep: one axis of numbers, one of words, a grid, three axes") {
  const auto page_of = [](const std::vector<std::string>& axes) {
    Question question = small("llama3.1-8b", 16);
    Value list{Array{}};
    for (const std::string& axis : axes) list.push(axis);
    question.options.set("sweep", std::move(list));
    const FigurePage page = page_reply(question).page();
    check_page(page);
    return page;
  };
  const FigurePage line = page_of({"accelerator.memory_bandwidth=6TB/s,3TB/s,4TB/s"});
  const PageFigure& times = figure_of(line, "step_time");
  REQUIRE(std::holds_alternative<LineChart>(times.chart));
  CHECK(numbers_of(times, "accelerator.memory_bandwidth") == std::vector<double>{3, 4, 6});
  CHECK(times.data.columns.front().unit == "TB/s");
  const std::vector<double>& seconds = numbers_of(times, "step time");
  CHECK(seconds[0] > seconds[2]);  // sorted with its axis: more bandwidth is never slower
  CHECK(std::holds_alternative<BarChart>(
      figure_of(page_of({"precision=bf16,fp8"}), "step_time").chart));
  CHECK(std::holds_alternative<BarChart>(
      figure_of(page_of({"plan.layout.tensor=1,2,4"}), "step_time").chart));
  const FigurePage grid = page_of({"plan.layout.tensor=1,2", "plan.micro_batch=1,2,3"});
  CHECK(figure_of(grid, "step_time").data.columns.size() == 4);
  CHECK(figure_of(grid, "points").data.rows() == 6);
  const FigurePage three =
      page_of({"plan.layout.tensor=1,2", "plan.micro_batch=1,2", "costs.attention=1,2"});
  CHECK(find_figure(three, "step_time") == nullptr);
  CHECK(figure_of(three, "points").data.rows() == 8);
}

TEST_CASE("a stopped sweep answers with what it has; a grid beyond reason is refused") {
  Question question = small("llama3.1-8b", 16);
  Value one{Array{}};
  one.push("costs.attention=1:2:5");
  question.options.set("sweep", one);
  const std::atomic<bool> stop{true};
  const Reply reply = page_reply(question, {.progress = {}, .stop = &stop});
  CHECK(reply.verdict == Verdict::interrupted);
  check_page(reply.page());
  one.push("costs.gemm=1:2:300000");
  question.options.set("sweep", one);
  CHECK(!ask(question, page_workspace(), {}).has_value());
}

TEST_CASE("the page of a sensitivity: shares of the interval sum to all of it") {
  Question question = small("llama3.1-8b", 16);
  question.options.set("sensitivity", true);
  const Reply reply = page_reply(question);
  const FigurePage page = reply.page();
  check_page(page);
  CHECK(nearly(sum_of(numbers_of(figure_of(page, "interval"), "share")), 100));
  CHECK(numbers_of(figure_of(page, "elasticities"), "step time").size() ==
        reply.json().find("inputs")->array()->size());
}

TEST_CASE("the page of a run: its parts sum to its length, simulated runs are drawn") {
  Question question = scenario_question("estimate run", "examples/llama_405b_h100.toml");
  question.options.set("tokens", "1e12");
  question.options.set("start", "2026-12-01");
  question.options.set("simulate", std::int64_t{50});
  const Reply reply = page_reply(question);
  const FigurePage page = reply.page();
  check_page(page);
  const double length = number_at(*reply.json().find("expected"), "length_s") / 86400;
  CHECK(nearly(sum_of(numbers_of(figure_of(page, "run_parts"), "time")), length));
  const std::vector<double>& ends = numbers_of(figure_of(page, "simulated"), "length");
  CHECK(std::is_sorted(ends.begin(), ends.end()));
  // The chosen interval is the bottom of its curve, but for the rounding to whole steps.
  const PageFigure& curve = figure_of(page, "checkpoint_interval");
  const std::vector<double>& both = numbers_of(curve, "both");
  CHECK(*std::min_element(both.begin(), both.end()) >= 0.999 * both[both.size() / 2]);
}

TEST_CASE("the page of a size: the answer stands among the sizes; none that will do says so") {
  Question question = scenario_question("plan size", "examples/llama_405b_h100.toml");
  question.options.set("tokens", "1e12");
  question.options.set("days", "20");
  const Reply reply = page_reply(question);
  const FigurePage page = reply.page();
  check_page(page);
  const std::vector<std::string>& notes = figure_of(page, "sizes").data.find("note")->words;
  CHECK(std::count(notes.begin(), notes.end(), "the answer") == 1);
  question.options.set("days", "0.1");
  const Reply none = page_reply(question);
  CHECK(none.verdict == Verdict::infeasible);
  check_page(none.page());
  CHECK(!none.page().notices.empty());
}
