#include <doctest/doctest.h>

#include "app/question.hpp"
#include "app/report_file.hpp"

namespace polyfleet {
namespace {

Question estimate(const std::string& scenario) {
  Question question;
  question.command = "estimate train";
  if (!scenario.empty()) question.scenario = ScenarioText{"typed.toml", scenario};
  return question;
}

std::unique_ptr<Workspace> opened_workspace() {
  auto opened = Workspace::open();
  REQUIRE(opened);
  return *std::move(opened);
}

constexpr char kScenario[] =
    "model = \"llama3.1-8b\"\naccelerator = \"nv_h100_sxm\"\ndevices = 8\n"
    "[plan]\nglobal_batch = 64\nsequence_length = 8192\n[plan.layout]\ntensor = 8\n";

TEST_CASE("every kind is complete: a command, a summary without full stop, one ask function") {
  for (const QuestionKind& kind : question_kinds()) {
    CAPTURE(kind.command);
    CHECK((kind.ask != nullptr));
    CHECK((question_kind(kind.command) == &kind));
    CHECK_FALSE(kind.summary.empty());
    CHECK_FALSE(kind.summary.ends_with("."));
    for (const QuestionOption& option : kind.options) {
      CAPTURE(option.name);
      CHECK_FALSE(option.help.empty());
      Question question;
      question.command = kind.command;
      if (!option.usual.is_null()) {
        question.options.set(option.name, option.usual);
        for (const Diagnostic& each : question_problems(kind, question))
          CHECK_MESSAGE(each.where.file != "--" + option.name, each.what);
      }
    }
  }
}

TEST_CASE("a scenario in memory answers as its file would, and its problems name it") {
  const auto shared = opened_workspace();
  const Result<Reply> reply = ask(estimate(kScenario), *shared, {});
  REQUIRE(reply);
  CHECK(reply->verdict == Verdict::ok);
  CHECK((reply->json().find("step_time_s") != nullptr));
  CHECK_FALSE(reply->text({}).empty());
  const Result<Reply> again = ask(estimate(kScenario), *shared, {});
  CHECK(to_json(reply->json()) == to_json(again->json()));

  const Result<Reply> wrong = ask(estimate("model = \"llama3.1-8b\"\ndevicez = 8\n"), *shared, {});
  REQUIRE_FALSE(wrong);
  CHECK(wrong.problems().front().where.file == "typed.toml");
  CHECK(wrong.problems().front().where.line == 2);
}

TEST_CASE("options are checked against their kind") {
  const auto shared = opened_workspace();
  Question question = estimate(kScenario);
  question.options.set("strict", "yes");
  Result<Reply> reply = ask(question, *shared, {});
  REQUIRE_FALSE(reply);
  CHECK(reply.problems().front().where.file == "--strict");
  CHECK(reply.problems().front().what == "text where true or false belongs");

  question = estimate(kScenario);
  question.options.set("strikt", true);
  reply = ask(question, *shared, {});
  REQUIRE_FALSE(reply);
  CHECK(reply.problems().front().fix.find("strict") != std::string::npos);

  question.command = "estimate nothing";
  CHECK_FALSE(ask(question, *shared, {}));
}

TEST_CASE("ranges, choices, required options and scenarios") {
  const QuestionKind kind{
      .command = "test",
      .summary = "A test",
      .scenario_help = "give one",
      .scenario = ScenarioUse::required,
      .takes_settings = false,
      .options =
          {{.name = "futures", .kind = OptionKind::integer, .help = "N", .least = 0, .most = 9},
           {.name = "by", .kind = OptionKind::text, .help = "B", .choices = {"year", "quarter"}},
           {.name = "what",
            .kind = OptionKind::text,
            .help = "W",
            .positional = true,
            .required = true}},
      .files = {}};
  Question question;
  question.options.set("futures", 10);
  question.options.set("by", "yaer");
  question.settings.push_back({"a", Value(1), "--set a"});
  const Diagnostics problems = question_problems(kind, question);
  REQUIRE(problems.size() == 5);
  CHECK(problems[0].where.file == "scenario");
  CHECK(problems[1].where.file == "--set a");
  CHECK(problems[2].where.file == "--futures");
  CHECK(problems[2].fix == "give a number from 0 to 9");
  CHECK(problems[3].fix.find("year") != std::string::npos);
  CHECK(problems[4].where.file == "what");
}

TEST_CASE("a question as one types it") {
  Question question = estimate(kScenario);
  question.scenario->file = "my file.toml";
  question.options.set("strict", true);
  question.settings.push_back({"plan.layout.tensor", Value(8), "--tp"});
  question.settings.push_back({"name", Value("it's"), "--set name"});
  CHECK(command_text(question) ==
        "polyfleet estimate train 'my file.toml' --strict --set plan.layout.tensor=8 "
        "--set 'name=it'\\''s'");
  CHECK(day_of(std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + std::chrono::hours{23}) ==
        "2026-11-22");
}

}  // namespace
}  // namespace polyfleet
