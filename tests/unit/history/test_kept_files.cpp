// Input files of runs: kept once by their content, carried elsewhere, deleted with their last run;
// and histories from before they were kept.
#include "base/content_hash.hpp"
#include "history/content_text.hpp"
#include "history/history_schema.hpp"
#include "history/kept_files.hpp"
#include "history/run_document.hpp"
#include "history/sqlite_file.hpp"
#include "history_scratch.hpp"

namespace polyfleet {
namespace {

namespace fs = std::filesystem;

RunRecord run_with(std::vector<InputFile> files) {
  RunRecord run = small_run();
  run.files = std::move(files);
  return run;
}

/// Text that does not pack: a linear congruence (Numerical Recipes).
std::string noise_of(std::size_t bytes) {
  std::uint32_t state = 7;
  std::string text;
  while (text.size() < bytes)
    text += static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  return text;
}

std::int64_t counted(const fs::path& file, const std::string& table) {
  auto database = SqliteFile::open(file, SqliteAccess::usual);
  REQUIRE(database.has_value());
  return *database->integer("SELECT count(*) FROM " + table);
}

fs::path old_history(const HistoryScratch& scratch) {
  const fs::path file = scratch / "old.sqlite";
  fs::copy_file(fs::path(POLYFLEET_SOURCE_DIR) / "tests/unit/history/schema_1.sqlite", file);
  fs::permissions(file, fs::perms(0666));
  return file;
}

std::int64_t schema_in(const fs::path& file) {
  auto database = SqliteFile::open(file, SqliteAccess::usual);
  REQUIRE(database.has_value());
  return *schema_of(*database);
}

std::string import_refusal(const std::string& text) {
  const auto document = parse_json(text, "runs.json");
  REQUIRE(document.has_value());
  const auto runs = runs_from_value(*document);
  return runs ? "accepted" : to_text(runs.problems());
}

}  // namespace

TEST_CASE("files come back with names, sizes and hashes, and their contents when asked for") {
  const HistoryScratch scratch;
  const auto file = scratch / "r.sqlite";
  InputFile large;
  large.name = "large.csv";
  large.bytes = 99'000'000;
  large.hash = content_hash("large");
  InputFile sent = input_of("pasted", "{}");
  sent.sent = true;
  const std::string binary = noise_of(5000);
  {
    RunHistory history = opened(file);
    REQUIRE(history.add(run_with({sent, input_of("a/x.toml", binary), large})).has_value());
    REQUIRE(history.add(small_run()).has_value());
  }
  RunHistory history = opened(file);
  CHECK_FALSE(history.find(2)->files.has_value());
  Result<RunRecord> run = history.find(1);
  REQUIRE(run.has_value());
  REQUIRE(run->files->size() == 3);
  std::vector<InputFile>& files = *run->files;
  CHECK(files[0].sent);
  CHECK(files[0].name == "pasted");
  CHECK(files[1].name == "a/x.toml");
  CHECK(files[1].bytes == 5000);
  CHECK(files[1].hash == content_hash(binary));
  CHECK(files[1].kept);
  CHECK(files[1].content == nullptr);
  CHECK_FALSE(files[2].kept);
  CHECK(files[2].bytes == 99'000'000);
  REQUIRE(history.load(files).has_value());
  CHECK(*files[0].content == "{}");
  CHECK(*files[1].content == binary);
  CHECK(files[2].content == nullptr);
}

TEST_CASE("a content is kept once for any number of runs and names") {
  const HistoryScratch scratch;
  const auto file = scratch / "r.sqlite";
  const std::string trace = noise_of(1 << 20);
  {
    RunHistory history = opened(file);
    for (int i = 0; i < 20; ++i) {
      const std::string name = "trace" + std::to_string(i % 3) + ".csv";
      REQUIRE(history.add(run_with({input_of(name, trace), input_of("b", "b")})).has_value());
    }
  }
  CHECK(counted(file, "contents") == 2);
  CHECK(counted(file, "run_files") == 40);
  CHECK(fs::file_size(file) < 3 << 20);
}

TEST_CASE("contents go with the last run that had them") {
  const HistoryScratch scratch;
  const auto file = scratch / "r.sqlite";
  RunHistory history = opened(file);
  REQUIRE(history.add(run_with({input_of("a", "both"), input_of("b", "first")})).has_value());
  REQUIRE(history.add(run_with({input_of("c", "both")})).has_value());
  REQUIRE(history.remove({1}).has_value());
  CHECK(counted(file, "contents") == 1);
  CHECK(counted(file, "run_files") == 1);
  Result<RunRecord> run = history.find(2);
  REQUIRE(history.load(*run->files).has_value());
  CHECK(*run->files->front().content == "both");
  REQUIRE(history.remove({2}).has_value());
  CHECK(counted(file, "contents") == 0);
}

TEST_CASE("a content that somebody spoilt is a diagnostic that names the file") {
  const HistoryScratch scratch;
  const auto file = scratch / "r.sqlite";
  RunHistory history = opened(file);
  REQUIRE(history.add(run_with({input_of("trace.csv", "a,b")})).has_value());
  for (const char* spoil : {"x'00ff'", "x'0300000000000000'"}) {
    auto database = SqliteFile::open(file, SqliteAccess::usual);
    REQUIRE(database->run(std::string("UPDATE contents SET content = ") + spoil).has_value());
    Result<RunRecord> run = history.find(1);
    const auto loaded = history.load(*run->files);
    REQUIRE(!loaded.has_value());
    CHECK(to_text(loaded.problems()).find("kept content of trace.csv is damaged") !=
          std::string::npos);
  }
}

TEST_CASE("a run whose files cannot be written is not there at all") {
  const HistoryScratch scratch;
  const auto file = scratch / "r.sqlite";
  RunHistory history = opened(file);
  REQUIRE(history.add(small_run()).has_value());
  auto database = SqliteFile::open(file, SqliteAccess::usual);
  REQUIRE(database->run("CREATE UNIQUE INDEX one ON run_files (name)").has_value());
  CHECK_FALSE(history.add(run_with({input_of("a", "x"), input_of("a", "y")})).has_value());
  CHECK(*history.count({}) == 1);
  CHECK(counted(file, "run_files") == 0);
  CHECK(counted(file, "contents") == 0);
  CHECK(history.add(run_with({input_of("a", "x")})).has_value());  // nothing is left locked
}

TEST_CASE("a history of schema 1 is read as it is and grows with the first run that is added") {
  const HistoryScratch scratch;
  const fs::path file = old_history(scratch);
  RunHistory history = opened(file);
  CHECK(history.notice().empty());
  CHECK(*history.count({}) == 2);
  const Result<RunRecord> before = history.find(2);
  REQUIRE(before.has_value());
  CHECK(before->summary.title == "own on 8 H100 SXM5");
  CHECK_FALSE(before->files.has_value());
  CHECK(schema_in(file) == 1);
  CHECK(*history.add(run_with({input_of("a", "x")})) == 3);
  CHECK(schema_in(file) == 2);
  CHECK(history.find(3)->files->size() == 1);
  const Result<RunRecord> after = history.find(2);
  REQUIRE(after.has_value());
  CHECK(to_json(run_value(*after)) == to_json(run_value(*before)));
  REQUIRE(history.remove({1, 3}).has_value());
  CHECK(counted(file, "contents") == 0);
  CHECK(*history.count({}) == 1);
}

TEST_CASE("runs of a history of schema 1 are deleted from it as it is") {
  const HistoryScratch scratch;
  const fs::path file = old_history(scratch);
  RunHistory history = opened(file);
  REQUIRE(history.remove({1}).has_value());
  CHECK(schema_in(file) == 1);
  CHECK(*history.count({}) == 1);
}

TEST_CASE("growing is whole or nothing, when a process dies in it and when two do it at once") {
  const HistoryScratch scratch;
  const fs::path file = old_history(scratch);
  const pid_t killed = begun_child([&] {
    auto database = SqliteFile::open(file, SqliteAccess::usual);
    if (!database || !database->run("BEGIN IMMEDIATE") || !grow_history(*database)) return 1;
    if (*schema_of(*database) != 2) return 2;
    ::raise(SIGKILL);
    return 3;
  });
  CHECK(ended(killed) == -SIGKILL);
  CHECK(schema_in(file) == 1);
  CHECK(*opened(file).count({}) == 2);
  const auto add_some = [&] {
    auto history = RunHistory::open(file);
    for (int i = 0; i < 20; ++i) {
      if (!history || !history->add(run_with({input_of("a", "x")}))) return 1;
    }
    return 0;
  };
  const pid_t one = begun_child(add_some), two = begun_child(add_some);
  CHECK(ended(one) == 0);
  CHECK(ended(two) == 0);
  CHECK(*opened(file).count({}) == 42);
  CHECK(counted(file, "run_files") == 40);
}

TEST_CASE("a process of the version before goes on adding beside a newer one") {
  const HistoryScratch scratch;
  const fs::path file = old_history(scratch);
  auto old = SqliteFile::open(file, SqliteAccess::usual);
  REQUIRE(old->integer("SELECT count(*) FROM runs").has_value());
  RunHistory history = opened(file);
  REQUIRE(history.add(run_with({input_of("a", "x")})).has_value());
  REQUIRE(old->run("INSERT INTO runs (begun, seconds, command, title, verdict, program, data,"
                   " question, result, page) VALUES ('2026', 1, 'c', 't', 'ok', '0', 'd', '{}',"
                   " '1', 'null')")
              .has_value());
  CHECK_FALSE(history.find(4)->files.has_value());
}

TEST_CASE("a history of a later schema is refused with a clear message and left as it is") {
  const HistoryScratch scratch;
  const fs::path file = scratch / "r.sqlite";
  REQUIRE(opened(file).add(small_run()).has_value());
  auto database = SqliteFile::open(file, SqliteAccess::usual);
  REQUIRE(database->run("PRAGMA user_version = " + std::to_string(kHistorySchema + 1)).has_value());
  const auto refused = RunHistory::open(file);
  REQUIRE(!refused.has_value());
  CHECK(to_text(refused.problems()).find("is a run history of a later polyfleet") !=
        std::string::npos);
  CHECK(counted(file, "runs") == 1);
}

TEST_CASE("bytes as base 64 and back") {
  // RFC 4648, section 10.
  const char* const words[][2] = {{"", ""},
                                  {"f", "Zg=="},
                                  {"fo", "Zm8="},
                                  {"foo", "Zm9v"},
                                  {"foob", "Zm9vYg=="},
                                  {"fooba", "Zm9vYmE="},
                                  {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : words) {
    CHECK(base64_of(bytes) == text);
    CHECK(bytes_of_base64(text) == std::string(bytes));
  }
  for (std::size_t length = 0; length < 50; ++length)
    CHECK(bytes_of_base64(base64_of(noise_of(length))) == noise_of(length));
  for (const char* none :
       {"Zg=", "Zg", "Z===", "====", "Zm9v=", "Zh==", "Zm9*", "=m9v", "Zg==Zg=="})
    CHECK_MESSAGE(!bytes_of_base64(none), none);
}

TEST_CASE("what is UTF-8 and what is not") {
  for (const char* text : {"", "a", "\xC3\xA9", "\xE2\x82\xAC", "\xED\x9F\xBF", "\xF0\x9F\x98\x80",
                           "\xF4\x8F\xBF\xBF"})
    CHECK_MESSAGE(is_utf8(text), text);
  for (const char* text : {"\x80", "\xC3", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xE2\x82",
                           "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "a\xFF"})
    CHECK_FALSE(is_utf8(text));
}

TEST_CASE("runs are carried with the contents of their files, each once") {
  const std::string binary("\x00\xFF\x10", 3);
  InputFile pipe;
  pipe.name = "/dev/fd/3";
  const std::vector<RunRecord> runs{
      run_with({input_of("a.toml", "x = 1\n"), input_of("b", binary), pipe}),
      run_with({input_of("c.toml", "x = 1\n")}), small_run()};
  const Value document = runs_value(runs);
  CHECK(document.find("contents")->array()->size() == 2);
  const std::string text = to_json(document);
  const auto read = parse_json(text, "runs.json");
  REQUIRE(read.has_value());
  const auto back = runs_from_value(*read);
  REQUIRE_MESSAGE(back.has_value(), (back ? "" : to_text(back.problems())));
  CHECK(to_json(runs_value(*back)) == text);
  CHECK(*(*back)[0].files->at(1).content == binary);
  CHECK(*(*back)[1].files->at(0).content == "x = 1\n");
  CHECK((*back)[0].files->at(2).hash.empty());
  CHECK_FALSE((*back)[2].files.has_value());
}

TEST_CASE("an imported file is what its hash says, or is refused at its place") {
  const std::string hash = content_hash("x");
  const std::string head = R"({"format": "polyfleet runs", "schema": 2, "runs": [{"begun": "",
    "command": "", "title": "", "verdict": "", "program": "", "data": "", "question": {},
    "files": )";
  const auto with = [&](const std::string& files, const std::string& contents) {
    return import_refusal(head + files + "}], \"contents\": " + contents + "}");
  };
  const std::string good =
      R"([{"name": "a", "sent": false, "bytes": 1, "sha256": ")" + hash + "\", \"kept\": true}]";
  const std::string content = "[{\"sha256\": \"" + hash + "\", \"text\": \"";
  CHECK(with(good, content + "x\"}]") == "accepted");
  CHECK(with(good, "[]") == "accepted");
  CHECK(with("null", "null") == "accepted");
  CHECK(with(good, content + "y\"}]").find("not what its sha256 says") != std::string::npos);
  CHECK(with(good, "[7]").find("not what its sha256 says") != std::string::npos);
  CHECK(with(good, "7").find("contents are an integer") != std::string::npos);
  CHECK(with("7", "[]").find("the files of a run are an integer") != std::string::npos);
  const std::string faults = with(R"([{"name": "", "bytes": -1, "sha256": "0"}])", "[]");
  for (const char* part : {"has no name", "whether it was sent", "has no size", "sha256 that is"})
    CHECK_MESSAGE(faults.find(part) != std::string::npos, faults);
  const std::string longer =
      R"([{"name": "a", "sent": false, "bytes": 2, "sha256": ")" + hash + "\"}]";
  CHECK(with(longer, content + "x\"}]").find("not as long as its content") != std::string::npos);
}

}  // namespace polyfleet
