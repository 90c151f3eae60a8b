#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "app/content_fingerprint.hpp"
#include "app/run_record.hpp"

namespace polyfleet {
namespace {

namespace fs = std::filesystem;

Question small_question() {
  Question question;
  question.command = "estimate train";
  question.scenario = ScenarioText{"x.toml", "model = \"m\"\n# a remark\n"};
  question.settings = {{"plan.layout.tensor", 8, "--tp"}, {"prices.device", "2 USD/h", "--price"}};
  question.options.set("strict", true);
  return question;
}

Reply small_reply() {
  return {.verdict = Verdict::infeasible,
          .json =
              [] {
                return Value(Table{{"time", 1.5}});
              },
          .text = [](const PageStyle&) { return std::string(); },
          .page =
              [] {
                FigurePage page;
                page.title = "The title";
                page.facts = {{"step time", "1.5 s", ""}};
                return page;
              }};
}

/// A folder of two files, removed at the end.
struct Folder {
  fs::path path = fs::temp_directory_path() / ("polyfleet_record_" + std::to_string(::getpid()));
  Folder() {
    fs::create_directories(path / "data" / "deep");
    write("a.toml", "one");
    write("deep/b.toml", "two");
  }
  ~Folder() { fs::remove_all(path); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path / "data" / name, std::ios::binary) << text;
  }
  std::string fingerprint() const { return data_fingerprint(path / "data", path / "cache"); }
};

std::string refusal(const std::string& text) {
  const auto document = parse_json(text, "q.json");
  REQUIRE(document.has_value());
  const auto question = question_from_value(*document);
  return question ? "accepted" : to_text(question.problems());
}

}  // namespace

TEST_CASE("a question survives its document") {
  const Value document = question_value(small_question());
  const auto back = question_from_value(document);
  REQUIRE(back.has_value());
  CHECK(to_json(question_value(*back)) == to_json(document));
  CHECK(back->command == "estimate train");
  CHECK(back->scenario->text == "model = \"m\"\n# a remark\n");
  CHECK(back->settings[1].flag == "--price");
  CHECK(*back->options.find("strict")->boolean());
  CHECK(!back->text_only);
  Question brief;
  brief.command = "plan train";
  brief.text_only = true;
  const auto again = question_from_value(question_value(brief));
  REQUIRE(again.has_value());
  CHECK(again->text_only);
  CHECK(!again->scenario);
}

TEST_CASE("what is no question is refused with every fault") {
  CHECK(refusal("[]").find("a question is an array") != std::string::npos);
  CHECK(refusal("{}").find("a question has no command") != std::string::npos);
  const std::string many = refusal(
      R"({"command": 7, "scenario": {"file": "x"}, "settings": [{"key": ""}, 5], "options": []})");
  for (const char* part :
       {"a question has no command", "a question's scenario has no text", "a setting has no flag",
        "a setting has no value", "a setting is an integer", "options is an array"}) {
    CAPTURE(part);
    CHECK(many.find(part) != std::string::npos);
  }
}

TEST_CASE("a record holds the question, the answer and the headlines of its page") {
  const auto begun = std::chrono::sys_days{std::chrono::year{2026} / 2 / 3} +
                     std::chrono::hours(4) + std::chrono::milliseconds(5678);
  const RunRecord run = run_record(small_question(), small_reply(),
                                   {.begun = begun, .seconds = 0.25, .data = "0123"});
  CHECK(run.summary.begun == "2026-02-03T04:00:05Z");
  CHECK(run.summary.title == "The title");
  CHECK(run.summary.verdict == "infeasible");
  CHECK(run.summary.data == "0123");
  CHECK(to_json(run.result, -1) == "{\"time\": 1.5}");
  CHECK(run.page.find("facts")->array()->size() == 1);
}

TEST_CASE("an answer without a page is titled by its question") {
  Reply reply = small_reply();
  reply.page = nullptr;
  const RunRecord run = run_record(small_question(), reply, {});
  CHECK(run.page.is_null());
  CHECK(run.summary.title == "x.toml");
}

TEST_CASE("the fingerprint follows names and bytes of the data, and nothing else") {
  const Folder folder;
  const std::string first = folder.fingerprint();
  CHECK(first.size() == 16);
  CHECK(folder.fingerprint() == first);                        // from the note
  CHECK(data_fingerprint(folder.path / "data", "") == first);  // anew
  folder.write("a.toml", "ONE");                               // of the same size
  CHECK(folder.fingerprint() != first);
  folder.write("a.toml", "one");
  CHECK(folder.fingerprint() == first);
  fs::rename(folder.path / "data" / "a.toml", folder.path / "data" / "c.toml");
  CHECK(folder.fingerprint() != first);
  fs::rename(folder.path / "data" / "c.toml", folder.path / "data" / "a.toml");
  // A copy elsewhere has the same content; a spoilt note is not believed.
  fs::copy(folder.path / "data", folder.path / "copy", fs::copy_options::recursive);
  CHECK(data_fingerprint(folder.path / "copy", folder.path / "cache") == first);
  for (const auto& note : fs::directory_iterator(folder.path / "cache" / "fingerprints"))
    std::ofstream(note.path()) << "nonsense";
  CHECK(folder.fingerprint() == first);
}

}  // namespace polyfleet
