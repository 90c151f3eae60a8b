#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "cli/json_output.hpp"
#include "run_binary.hpp"

namespace {

const std::string kShipped =
    std::string(POLYFLEET_SOURCE_DIR) + "/scenarios/examples/fsdp_llama_8b_h200.toml";

/// A history of its own for a test; commands get it by --store.
class Store {
 public:
  explicit Store(const std::string& name) : file_(scratch() / (name + ".sqlite")) {}
  std::string option() const { return " --store " + file_.string(); }
  std::string path() const { return file_.string(); }
  /// Asks and keeps the answer, which has to be there.
  void ask(const std::string& question) const {
    const Outcome outcome = polyfleet_run(question + option());
    REQUIRE_MESSAGE(outcome.code == 0, outcome.err);
  }
  Outcome runs(const std::string& arguments) const {
    return polyfleet_run("runs " + arguments + option());
  }

 private:
  std::filesystem::path file_;
};

/// One environment variable for the commands of a test.
class Environment {
 public:
  Environment(const char* name, const std::string& value) : name_(name) {
    const char* old = std::getenv(name);
    if (old != nullptr) old_ = old;
    ::setenv(name, value.c_str(), 1);
  }
  ~Environment() { ::setenv(name_, old_.c_str(), 1); }

 private:
  const char* name_;
  std::string old_;
};

}  // namespace

TEST_CASE("runs are listed, the newest first, and filtered") {
  const Store store("list");
  store.ask(small_estimate());
  store.ask(small_estimate("--tp 2"));
  store.ask("estimate train " + kShipped);
  const Outcome all = store.runs("list");
  CHECK(all.code == 0);
  CHECK(all.out.find("\n 3  ") < all.out.find("\n 2  "));
  CHECK(all.says("llama3.1-8b on 8 H100"));
  CHECK(all.says("estimate train"));
  CHECK(store.runs("list --most 1").says("the newest 1 of 3 runs"));
  CHECK(store.runs("list --text H200 --json").says("\"total\": 1"));
  CHECK(store.runs("list --command plan --json").says("\"runs\": []"));
  CHECK(store.runs("list --most 0").code == 2);
}

TEST_CASE("without a history yet: an empty list, and an error where one was named") {
  const Environment usual("POLYFLEET_STORE", scratch().write("unused", "") + "-none.sqlite");
  const Outcome none = polyfleet_run("runs list");
  CHECK(none.code == 0);
  CHECK(none.says("no runs to show in"));
  CHECK(!std::filesystem::exists(std::string(std::getenv("POLYFLEET_STORE"))));
  const Outcome named =
      polyfleet_run("runs list --store " + (scratch() / "absent.sqlite").string());
  CHECK(named.code == 2);
  CHECK(named.says("there is no run history here yet"));
  CHECK(!std::filesystem::exists(scratch() / "absent.sqlite"));
  CHECK(polyfleet_run("runs show 1").code == 2);
}

TEST_CASE("the usual history is that of POLYFLEET_STORE, and none keeps nothing") {
  const std::string file = (scratch() / "usual.sqlite").string();
  const Environment usual("POLYFLEET_STORE", file);
  CHECK(polyfleet_run(small_estimate("--store none")).code == 0);
  CHECK(!std::filesystem::exists(file));
  CHECK(polyfleet_run(small_estimate()).code == 0);
  CHECK(polyfleet_run("runs list --json").says("\"total\": 1"));
}

TEST_CASE("one run is shown, as text, whole, and as pictures") {
  const Store store("show");
  store.ask(small_estimate("--tp 2 --strict"));
  const Outcome text = store.runs("show latest");
  CHECK(text.code == 0);
  CHECK(text.says("Run 1: llama3.1-8b on 8 H100"));
  CHECK(text.says("--set plan.layout.tensor=2"));
  CHECK(text.says("--strict"));
  CHECK(text.says("step time"));
  const Outcome json = store.runs("show 1 --json");
  for (const char* part : {"\"question\"", "\"result\"", "\"page\"", "\"step_time_s\"",
                           "\"flag\": \"--tp\"", "\"verdict\": \"ok\""})
    CHECK(json.says(part));
  const auto report = scratch() / "stored.html";
  CHECK(store.runs("show 1 --report " + report.string()).code == 0);
  const std::string html = content_of(report);
  CHECK(html.find("<!doctype html>") == 0);
  CHECK(html.find("polyfleet estimate train") != std::string::npos);
}

TEST_CASE("runs are named by id, by word or from the newest back") {
  const Store store("names");
  store.ask(small_estimate());
  store.ask(small_estimate("--tp 2"));
  CHECK(store.runs("show latest").says("Run 2:"));
  CHECK(store.runs("show previous").says("Run 1:"));
  CHECK(store.runs("show -1").says("Run 2:"));
  CHECK(store.runs("show -2").says("Run 1:"));
  CHECK(store.runs("show -3").says("the history has 2 runs"));
  CHECK(store.runs("show 7").says("the nearest is 2"));
  const Outcome wrong = store.runs("show yesterday");
  CHECK(wrong.code == 2);
  CHECK(wrong.says("'yesterday' is no run"));
}

TEST_CASE("two runs are compared: what was asked and what was answered") {
  const Store store("compare");
  store.ask(small_estimate());
  store.ask(small_estimate("--tp 2"));
  const Outcome last = store.runs("compare");
  CHECK(last.code == 0);
  CHECK(last.out == store.runs("compare 1 2").out);
  CHECK(last.out == store.runs("compare -2 -1").out);
  CHECK(last.out == store.runs("compare 1").out);
  CHECK(last.says("plan.layout.tensor  (not given)"));
  CHECK(last.says("step time"));
  CHECK(last.says("(--all shows them)"));
  CHECK(!store.runs("compare 1 2 --all").says("(--all shows them)"));
  CHECK(store.runs("compare 2 2").says("the same, number for number"));
  CHECK(store.runs("compare 1 2 --json").says("\"same_question\": false"));
  CHECK(store.runs("compare 1 2 1").code == 2);
  CHECK(store.runs("compare 1 9").code == 2);
  const auto report = scratch() / "compared.html";
  CHECK(store.runs("compare 1 2 --report " + report.string()).code == 0);
  CHECK(content_of(report).find("Run 2 against run 1") != std::string::npos);
}

TEST_CASE("a scenario's lines are compared") {
  const Store store("lines");
  const std::string text = content_of(kShipped);
  const std::string before = scratch().write("before.toml", text);
  store.ask("estimate train " + before);
  store.ask("estimate train " + scratch().write("after.toml", "# a remark\n" + text));
  const Outcome outcome = store.runs("compare");
  CHECK(outcome.says("+    1  # a remark"));
  CHECK(outcome.says("scenario file"));
  CHECK(outcome.says("the same, number for number"));
}

TEST_CASE("a question asked again gives the stored answer, or says what moved") {
  const Store store("again");
  store.ask(small_estimate("--tp 2"));
  const Outcome same = store.runs("again 1");
  CHECK_MESSAGE(same.code == 0, same.out);
  CHECK(same.says("The stored answer is confirmed."));
  CHECK(store.runs("again 1 --keep").code == 0);
  CHECK(store.runs("compare 1 2").says("the same, number for number"));
  // A history from elsewhere, whose answer was another.
  const std::string runs = store.runs("export 1").out;
  const std::string moved = scratch().write(
      "moved.json", replaced(runs, "\"micro_batches\": 16", "\"micro_batches\": 15"));
  const Store other("again_elsewhere");
  REQUIRE(polyfleet_run("runs import " + moved + other.option()).code == 0);
  const Outcome changed = other.runs("again 1");
  CHECK(changed.code == 1);
  CHECK(changed.says("The answer moved with the same version and data"));
  CHECK(changed.says("micro_batches"));
  CHECK(other.runs("again 1 --json").says("\"same_result\": false"));
}

TEST_CASE("runs are carried from one history to another") {
  const Store store("export"), other("import");
  store.ask(small_estimate());
  store.ask(small_estimate("--tp 2"));
  const std::string file = (scratch() / "runs.json").string();
  CHECK(store.runs("export --out " + file).says("wrote 2 runs"));
  CHECK(store.runs("export 2 2 1").out == content_of(file));
  other.ask(small_estimate("--tp 4"));
  const Outcome imported = polyfleet_run("runs import " + file + other.option());
  CHECK(imported.code == 0);
  CHECK(imported.says("run 2 is run 3 here"));
  CHECK(store.runs("show 2").out.substr(5) == other.runs("show 3").out.substr(5));
  CHECK(store.runs("export 9").code == 2);
  const Outcome wrong = polyfleet_run(
      "runs import " + scratch().write("wrong.json", "{\"runs\": 1}") + other.option());
  CHECK(wrong.code == 2);
  CHECK(wrong.says("is no file of runs"));
  const std::string faulty =
      replaced(content_of(file), "\"command\": \"estimate train\",\n        \"settings\"",
               "\"command\": 5,\n        \"settings\"");
  const Outcome spoilt =
      polyfleet_run("runs import " + scratch().write("spoilt.json", faulty) + other.option());
  CHECK(spoilt.code == 2);
  CHECK(spoilt.says("a question has no command"));
  CHECK(other.runs("list --json").says("\"total\": 3"));
}

TEST_CASE("deleting names what is gone, and refuses what is not there") {
  const Store store("delete");
  for (int i = 0; i < 3; ++i) store.ask(small_estimate());
  CHECK(store.runs("delete").code == 2);
  CHECK(store.runs("delete 1 9").code == 2);
  CHECK(store.runs("list --json").says("\"total\": 3"));
  const Outcome gone = store.runs("delete 1 latest 1");
  CHECK(gone.code == 0);
  CHECK(gone.says("deleted run 1 of"));
  CHECK(gone.says("deleted 2 runs"));
  CHECK(store.runs("delete --all-before yesterday").says("is no date"));
  CHECK(store.runs("delete --all-before 2020-01-01").says("deleted 0 runs"));
  CHECK(store.runs("delete --all-before 2999-01-01").says("deleted run 2 of"));
  CHECK(store.runs("list").says("no runs to show"));
}

TEST_CASE("a damaged history is set aside, and the answer is printed and kept") {
  const Store store("damaged");
  scratch().write("damaged.sqlite", std::string(3000, 'x'));
  const Outcome outcome = polyfleet_run(small_estimate() + store.option());
  CHECK(outcome.code == 0);
  CHECK(outcome.out.find("step time") != std::string::npos);
  CHECK(outcome.err.find("damaged.sqlite.damaged-1") != std::string::npos);
  CHECK(content_of(store.path() + ".damaged-1") == std::string(3000, 'x'));
  CHECK(store.runs("list --json").says("\"total\": 1"));
}

TEST_CASE("a history that cannot be written costs the copy, never the answer") {
  const std::string folder = (scratch() / "folder.sqlite").string();
  std::filesystem::create_directories(folder);
  const Outcome asked = polyfleet_run(small_estimate("--store " + folder));
  CHECK(asked.code == 2);
  CHECK(asked.out.find("step time") != std::string::npos);
  CHECK(asked.err.find("is a folder, not a run history") != std::string::npos);
  const Environment usual("POLYFLEET_STORE", folder);
  const Outcome unasked = polyfleet_run(small_estimate());
  CHECK(unasked.code == 0);
  CHECK(unasked.out == asked.out);
  CHECK(unasked.err.find("is a folder, not a run history") != std::string::npos);
}

TEST_CASE("commands that run at once keep all their runs") {
  const Store store("at_once");
  const std::string one =
      std::string(POLYFLEET_BINARY) + " " + small_estimate() + store.option() + " >/dev/null & ";
  REQUIRE(std::system((one + one + one + one + "wait").c_str()) == 0);
  CHECK(store.runs("list --json").says("\"total\": 4"));
}

namespace {

constexpr char kOwnModel[] =
    R"({"model_type": "llama", "hidden_size": 2048, "num_hidden_layers": 16, "num_attention_heads": 32, "intermediate_size": 8192, "vocab_size": 128256})";

std::string every_replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

/// A model file of this name, and the estimate that reads it.
struct OwnModel {
  explicit OwnModel(const std::string& name)
      : file(scratch().write(name, kOwnModel)),
        question("estimate train --model " + file +
                 " --accelerator nv_h100_sxm --devices 8 --global-batch 64 --sequence 4096 "
                 "--precision bf16") {}
  void change() const { std::ofstream(file) << every_replaced(kOwnModel, "8192", "4096"); }
  std::string file, question;
};

}  // namespace

TEST_CASE("a run keeps the files that it read, shows them and is asked again from them") {
  const Store store("files");
  const OwnModel model("files_model.json");
  store.ask(model.question);
  const Outcome shown = store.runs("show 1");
  CHECK(shown.says(model.file));
  CHECK(shown.says(std::to_string(sizeof kOwnModel - 1) + " B, sha256 "));
  CHECK(store.runs("show 1 --json").says("\"kept\": true"));
  CHECK(store.runs("again 1").code == 0);
  CHECK(!store.runs("again 1").says("note:"));
  model.change();
  const Outcome kept = store.runs("again 1 --keep");
  CHECK_MESSAGE(kept.code == 0, kept.out);
  CHECK(kept.says("is another file by now"));
  CHECK(kept.says("polyfleet runs again 1 --present-files takes the present one"));
  CHECK(kept.says("The stored answer is confirmed."));
  CHECK(store.runs("again 2").code == 0);  // what was asked from kept files keeps them too
  const Outcome present = store.runs("again 1 --present-files");
  CHECK(present.code == 1);
  CHECK(present.says("The answer moved: input files are others."));
  CHECK(present.says("input file"));
  CHECK(!present.says("note:"));
  std::filesystem::remove(model.file);
  const Outcome gone = store.runs("again 1 --json");
  CHECK(gone.code == 0);
  CHECK(gone.says("is not on the disk, seen from this folder: answered from the kept one"));
  CHECK(store.runs("again 1 --present-files").code == 2);
}

TEST_CASE("two runs that read different files are told apart") {
  const Store store("other_files");
  const OwnModel model("compared_model.json");
  store.ask(model.question);
  model.change();
  store.ask(model.question);
  store.ask(small_estimate());
  const Outcome changed = store.runs("compare 1 2");
  CHECK(changed.says("input file"));
  CHECK(changed.says(model.file));
  CHECK(store.runs("compare 1 2 --json").says("\"same_question\": false"));
  CHECK(store.runs("compare 1 3").says("(not read)"));
  CHECK(!store.runs("compare 1 1").says("input file"));
  const auto report = scratch() / "files.html";
  CHECK(store.runs("compare 1 2 --report " + report.string()).code == 0);
  CHECK(content_of(report).find("input file " + model.file) != std::string::npos);
}

TEST_CASE("files go along with exported runs, also a model that was sent from the page") {
  const Store store("files_out"), other("files_in");
  const OwnModel model("carried_model.json");
  store.ask(model.question);
  const std::string file = (scratch() / "files_out.json").string();
  REQUIRE(store.runs("export --out " + file).code == 0);
  const std::string sent = every_replaced(every_replaced(content_of(file), model.file, "mine.json"),
                                          "\"sent\": false", "\"sent\": true");
  std::filesystem::remove(model.file);
  REQUIRE(polyfleet_run("runs import " + file + other.option()).code == 0);
  CHECK(other.runs("again 1").code == 0);
  const std::string pasted =
      scratch().write("sent.json", every_replaced(sent, "carried_model", "mine"));
  REQUIRE(polyfleet_run("runs import " + pasted + other.option()).code == 0);
  const Outcome again = other.runs("again 2");
  CHECK_MESSAGE(again.code == 0, (again.out + again.err));
  CHECK(other.runs("show 2").says("kept, sent with the question"));
  CHECK(other.runs("again 2 --present-files --keep").code == 0);
  CHECK(other.runs("show 3").says("kept, sent with the question"));
  const std::string spoilt =
      scratch().write("spoilt_content.json", every_replaced(content_of(file), "128256", "128257"));
  const Outcome refused = polyfleet_run("runs import " + spoilt + other.option());
  CHECK(refused.code == 2);
  CHECK(refused.says("not what its sha256 says"));
}

TEST_CASE("runs of a history from before files were kept say so") {
  const Store store("schema_1");
  std::filesystem::copy_file(
      std::filesystem::path(POLYFLEET_SOURCE_DIR) / "tests/unit/history/schema_1.sqlite",
      store.path());
  std::filesystem::permissions(store.path(), std::filesystem::perms(0644));
  CHECK(store.runs("list --json").says("\"total\": 2"));
  CHECK(store.runs("show 2").says("an earlier version kept this run"));
  CHECK(store.runs("show 2 --json").says("\"files\": null"));
  const Outcome again = store.runs("again 2");
  CHECK(again.code == 2);  // its models/own.json is not here
  CHECK(again.says("no such file"));
  const OwnModel model("after_growth.json");
  store.ask(model.question);
  CHECK(store.runs("compare 2 3").says("did not keep its input files"));
  CHECK(store.runs("show 3").says(model.file));
}
