#include <doctest/doctest.h>

#include "report/runs_comparison.hpp"
#include "report/runs_lines.hpp"
#include "report/runs_report.hpp"
#include "view/runs_page.hpp"

namespace polyfleet {
namespace {

std::string lines(const std::string& before, const std::string& after) {
  std::string text;
  for (const LineChange& line : line_changes(before, after))
    text +=
        (line.after == 0 ? "-" + std::to_string(line.before) : "+" + std::to_string(line.after)) +
        line.text + ' ';
  return text;
}

Value document(const std::string& text) {
  const auto read = parse_json(text, "document");
  REQUIRE(read.has_value());
  return *read;
}

RunRecord run(std::int64_t id, const std::string& question, const std::string& result,
              const std::string& facts) {
  RunRecord record;
  record.summary = {.id = id,
                    .begun = "2026-11-22T18:0" + std::to_string(id) + ":00Z",
                    .seconds = 0.5,
                    .command = "estimate train",
                    .title = "a model",
                    .verdict = "ok",
                    .program = "0.1.0",
                    .data = "0123456789abcdef"};
  record.question = document(question);
  record.result = document(result);
  record.page = document("{\"facts\": " + facts + "}");
  return record;
}

constexpr char kQuestion[] =
    R"({"command": "estimate train", "scenario": {"file": "x.toml", "text": "a = 1\nb = 2\n"},
        "settings": [{"key": "plan.tensor", "value": 8, "flag": "--tp"}], "options": {}})";
constexpr char kResult[] =
    R"({"scenario": {"data": 8}, "time": 2.0, "small": 1e-9, "sign": -1, "was": 0, "word": "x",
        "deep": {"er": {"n": 3}}})";
constexpr char kFacts[] =
    R"json([{"label": "step time", "value": "2 s (1.9 to 2.1)", "note": ""},
        {"label": "tokens", "value": "1,000 per day", "note": ""},
        {"label": "cost", "value": "unknown", "note": ""}])json";

}  // namespace

TEST_CASE("lines that were removed and added") {
  CHECK(lines("a\nb\nc\n", "a\nb\nc\n").empty());
  CHECK(lines("a\nb\nc\n", "a\nx\nc\n") == "-2b +2x ");
  CHECK(lines("a\nb\nc", "b\nc\nd") == "-1a +3d ");
  CHECK(lines("", "a\n\n") == "+1a +2 ");
  CHECK(lines("a\r\nb\r\n", "a\nb\n").empty());
  CHECK(lines("b\na\nc\na", "a\nc\nb\na") == "-1b +3b ");
}

TEST_CASE("texts of many lines that have nothing in common count as replaced") {
  std::string before, after;
  for (int i = 0; i < 5000; ++i) {
    before += "a" + std::to_string(i) + "\n";
    after += "b" + std::to_string(i) + "\n";
  }
  CHECK(line_changes("same\n" + before, "same\n" + after).size() == 10000);
  CHECK(line_changes(before, before + "more\n").size() == 1);
}

TEST_CASE("two runs alike are the same question and the same result") {
  const RunsComparison c =
      compare_runs(run(1, kQuestion, kResult, kFacts), run(2, kQuestion, kResult, kFacts));
  CHECK(c.same_question());
  CHECK(c.same_result());
  CHECK(c.facts.size() == 3);
  const std::string text = runs_comparison_text(c, false, {});
  CHECK(text.find("the same question of the same program and data") != std::string::npos);
  CHECK(text.find("the same, number for number") != std::string::npos);
  CHECK(page_faults(runs_comparison_page(c)).empty());
}

TEST_CASE("what was asked differently and what came out differently") {
  const char* question =
      R"({"command": "estimate train", "scenario": {"file": "y.toml", "text": "a = 1\nb = 3\n"},
          "settings": [{"key": "plan.tensor", "value": 1, "flag": "--tp"},
                       {"key": "plan.tensor", "value": 4, "flag": "--set plan.tensor"},
                       {"key": "list", "value": [1], "flag": "--set list"}],
          "options": {"strict": true}})";
  const char* result =
      R"({"scenario": {"data": 16}, "time": 1.0, "small": 4e-9, "sign": 1, "was": 5, "word": "y",
          "deep": {"er": {"n": 6}}})";
  const char* facts =
      R"json([{"label": "step time", "value": "1 s (0.9 to 1.1)", "note": ""},
          {"label": "tokens", "value": "1,500 per day", "note": ""},
          {"label": "energy", "value": "7 J", "note": ""}])json";
  RunRecord after = run(2, question, result, facts);
  after.summary.data = "fedcba9876543210";
  const RunsComparison c = compare_runs(run(1, kQuestion, kResult, kFacts), after);
  CHECK(!c.same_question());
  CHECK(!c.same_result());
  REQUIRE(c.circumstances.size() == 2);
  CHECK(c.circumstances[0].path == "data");
  CHECK(c.circumstances[1].path == "scenario file");
  REQUIRE(c.scenario.size() == 2);
  REQUIRE(c.settings.size() == 2);
  CHECK(c.settings[0].path == "plan.tensor");
  CHECK(*c.settings[0].after.integer() == 4);  // of a setting given twice the last counts
  CHECK(c.settings[1].path == "list[0]");
  REQUIRE(c.options.size() == 1);
  CHECK(c.options[0].path == "strict");
  REQUIRE(c.resolved.size() == 1);
  CHECK(c.resolved[0].path == "scenario.data");

  REQUIRE(c.facts.size() == 4);
  CHECK(*c.facts[0].ratio == doctest::Approx(0.5));
  CHECK(*c.facts[1].ratio == doctest::Approx(1.5));
  CHECK(!c.facts[2].ratio);
  CHECK(c.facts[3].before.empty());

  // By ratio: x 4, then the halves and doubles (nearer to the top first), then those without.
  std::vector<std::string> paths;
  for (const DocumentChange& change : c.numbers) paths.push_back(change.path);
  CHECK(paths == std::vector<std::string>{"small", "time", "deep.er.n", "sign", "was"});
  REQUIRE(c.others.size() == 1);
  CHECK(c.others[0].path == "word");

  const std::string text = runs_comparison_text(c, false, {});
  CHECK(text.find("  -    2  b = 2\n  +    2  b = 3\n") != std::string::npos);
  CHECK(text.find("x 0.5") != std::string::npos);
  const Value json = runs_comparison_json(c);
  CHECK(*json.find("same_result")->boolean() == false);
  CHECK(json.find("outputs")->find("numbers")->array()->size() == 5);
  CHECK(page_faults(runs_comparison_page(c)).empty());
}

TEST_CASE("that text alone was asked for is said where the results have other members") {
  const std::string text_only = std::string(kQuestion).insert(1, "\"text_only\": true, ");
  const RunRecord before = run(1, text_only, kResult, kFacts);
  CHECK(compare_runs(before, run(2, kQuestion, kResult, kFacts)).same_question());
  const std::string more = std::string(kResult).insert(1, "\"front\": [], ");
  const RunsComparison c = compare_runs(before, run(2, kQuestion, more, kFacts));
  REQUIRE(c.circumstances.size() == 1);
  CHECK(c.circumstances[0].path == "asked for");
}

TEST_CASE("a number in a fact counts only beside the same unit") {
  const auto ratio = [](const std::string& before, const std::string& after) {
    const auto with = [](std::int64_t id, const std::string& value) {
      return run(id, kQuestion, kResult, R"([{"label": "l", "value": ")" + value + "\"}]");
    };
    return compare_runs(with(1, before), with(2, after)).facts[0].ratio;
  };
  CHECK(*ratio("2 s", "3 s") == doctest::Approx(1.5));
  CHECK(!ratio("2 s", "3 ms"));
  CHECK(!ratio("0 s", "3 s"));
  CHECK(!ratio("none", "3 s"));
  CHECK(*ratio("12,345", "24,690") == doctest::Approx(2));
}

TEST_CASE("cells hold one short line of whole characters") {
  CHECK(cell_text(Value()) == "-");
  CHECK(cell_text(Value("a\nb")) == "a b");
  CHECK(cell_text(Value(0.1234567)) == "0.123457");
  const std::string cut = cell_text(Value(std::string(59, 'x') + "\xC3\xA9\xC3\xA9"));
  CHECK(cut == std::string(59, 'x') + " ...");
}

}  // namespace polyfleet
