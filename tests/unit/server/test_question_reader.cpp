#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "server/question_reader.hpp"
#include "shipped_data.hpp"

using namespace polyfleet;

namespace {

const QuestionKind& train() { return *question_kind("estimate train"); }

Result<AskRequest> question(const std::string& body, const QuestionKind& kind = train()) {
  static const ScenarioFiles scenarios(kRoot / "scenarios");
  static const ReadablePaths readable({kRoot / "data", kRoot / "scenarios", kRoot / "validation"});
  const Result<Value> read = read_body(body);
  REQUIRE(read);
  return read_question(kind, *read, {scenarios, readable});
}

Diagnostic first_problem(const std::string& body) {
  const auto read = question(body);
  REQUIRE_FALSE(read);
  return read.problems().front();
}

std::string body_problem(const std::string& body) {
  const Result<Value> read = read_body(body);
  REQUIRE_FALSE(read);
  return read.problems().front().what + " | " + read.problems().front().fix;
}

}  // namespace

TEST_CASE("a body becomes the question that the command line would make") {
  const auto read = question(
      R"({"scenario": {"file": "mine.toml", "text": "model = \"llama3.1-8b\""},
          "set": {"plan.layout.tensor": 8, "precision": "fp8"}, "options": {"strict": true}})");
  REQUIRE(read);
  CHECK(read->question.command == "estimate train");
  CHECK(read->question.scenario->file == "mine.toml");
  REQUIRE(read->question.settings.size() == 2);
  CHECK(read->question.settings[0].key == "plan.layout.tensor");
  CHECK(*read->question.settings[0].value.integer() == 8);
  CHECK(read->question.settings[1].flag == "--set precision");
  CHECK(flag_option(read->question, "strict"));
  CHECK(question("{}"));
}

TEST_CASE("a shipped scenario is named by its path, with or without a text") {
  const auto named = question(R"({"scenario": {"file": "examples/llama_70b_mi355x.toml"}})");
  REQUIRE(named);
  CHECK(named->question.scenario->text.find("llama3.1-70b") != std::string::npos);
  const auto changed = question(
      R"({"scenario": {"file": "scenarios/fleet/small.toml", "text": "name = \"my own\""}})");
  REQUIRE(changed);
  CHECK(changed->question.scenario->text == "name = \"my own\"");
  CHECK(changed->question.scenario->file.ends_with("scenarios/fleet/small.toml"));
}

TEST_CASE("no other file is a scenario") {
  for (const char* file : {"/etc/passwd", "../secret.toml", "examples/../../x.toml", "nothing.toml",
                           "examples/llama_70b_mi355.toml"}) {
    CAPTURE(file);
    const Diagnostic problem =
        first_problem(std::string(R"({"scenario": {"file": ")") + file + "\"}}");
    CHECK(problem.where.file == "scenario");
    CHECK(problem.what.find("no shipped scenario") != std::string::npos);
  }
  CHECK(first_problem(R"({"scenario": {"file": "examples/llama_70b_mi355.toml"}})")
            .fix.find("llama_70b_mi355x") != std::string::npos);
  CHECK(first_problem(R"({"scenario": {"file": "../x.toml", "text": ""}})").where.file ==
        "scenario");
}

TEST_CASE("texts that lead to files elsewhere are refused where they stand") {
  const Diagnostic in_text =
      first_problem(R"({"scenario": {"text": "name = \"my own\"\nmodel = \"/etc/passwd\""}})");
  CHECK(in_text.where.file == "scenario.toml");
  CHECK(in_text.where.line == 2);
  const Diagnostic setting = first_problem(R"({"set": {"model": "../../../etc/passwd"}})");
  CHECK(setting.where.file == "--set model");
  const Diagnostic sweep = first_problem(R"({"options": {"sweep": ["model=/etc/passwd"]}})");
  CHECK(sweep.where.file == "--sweep");
  CHECK(question(R"({"set": {"prices.device": "2.5 USD/h"}})"));
}

TEST_CASE("models come as texts and are read, faults named in them") {
  const std::string config =
      R"({\"model_type\": \"llama\", \"hidden_size\": 4096, \"num_hidden_layers\": 32, )"
      R"(\"num_attention_heads\": 32, \"intermediate_size\": 14336, \"vocab_size\": 128256})";
  const auto read = question("{\"models\": {\"my_config.json\": \"" + config + "\"}}");
  REQUIRE(read);
  REQUIRE(read->models.contains("my_config.json"));
  CHECK(read->models.at("my_config.json").id == "my_config");
  const Diagnostic faulty = first_problem(R"({"models": {"a.json": "{\"model_type\": }"}})");
  CHECK(faulty.where.file == "a.json");
  CHECK(faulty.where.line == 1);
  CHECK(first_problem(R"({"models": {"../a.json": "{}"}})").what.find("cannot be called") !=
        std::string::npos);
}

TEST_CASE("options are checked against the kind") {
  const Diagnostic unknown = first_problem(R"({"options": {"strikt": true}})");
  CHECK(unknown.where.file == "--strikt");
  CHECK(unknown.fix.find("strict") != std::string::npos);
  CHECK(first_problem(R"({"options": {"strict": "yes"}})").where.file == "--strict");
}

TEST_CASE("what is no body is refused with its place") {
  CHECK(body_problem("").find("is empty") != std::string::npos);
  CHECK(body_problem("[1]").find("an array, not an object") != std::string::npos);
  CHECK(body_problem(R"({"senario": {}})").find("did you mean 'scenario'?") != std::string::npos);
  CHECK(body_problem(R"({"scenario": "x"})").find("not an object") != std::string::npos);
  CHECK(body_problem(R"({"scenario": {"txt": "x"}})").find("'text'") != std::string::npos);
  CHECK(body_problem(R"({"scenario": {"text": 1}})").find("not text") != std::string::npos);
  CHECK(body_problem(R"({"set": []})").find("not an object") != std::string::npos);
  CHECK(body_problem(R"({"models": {"a": {}}})").find("not text") != std::string::npos);
  CHECK(body_problem(R"({"set": {}, "set": {}})").find("twice") != std::string::npos);
  CHECK(body_problem(std::string(5000, '[')).find("levels deep") != std::string::npos);
  CHECK(body_problem("{\"set\": {\"a\": \"\xFF\"}}").find("|") != std::string::npos);
}
