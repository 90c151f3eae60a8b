#include "history/packed_text.hpp"
#include "history/run_history.hpp"
#include "history/sqlite_file.hpp"
#include "history_scratch.hpp"

namespace polyfleet {
namespace {

std::vector<std::int64_t> ids_of(const Result<std::vector<RunSummary>>& list) {
  REQUIRE(list.has_value());
  std::vector<std::int64_t> ids;
  for (const RunSummary& run : *list) ids.push_back(run.id);
  return ids;
}

using Ids = std::vector<std::int64_t>;

std::int64_t add(RunHistory& history, const RunRecord& run) {
  const auto id = history.add(run);
  REQUIRE_MESSAGE(id.has_value(), (id ? "" : to_text(id.problems())));
  return *id;
}

}  // namespace

TEST_CASE("a run comes back as it was added, also after the file was closed") {
  const HistoryScratch scratch;
  const auto file = scratch / "deep/er/runs.sqlite";
  RunRecord run = small_run("title with 'quotes', \"more\", % _ \\ and \xC3\xA9");
  run.page = Value(Table{{"title", "t"}});
  {
    RunHistory history = opened(file);
    CHECK(history.notice().empty());
    CHECK(add(history, run) == 1);
  }
  const RunHistory again = opened(file);
  const Result<RunRecord> found = again.find(1);
  REQUIRE(found.has_value());
  const RunSummary& s = found->summary;
  CHECK(s.id == 1);
  CHECK(s.begun == run.summary.begun);
  CHECK(s.seconds == 0.25);
  CHECK(s.command == "estimate train");
  CHECK(s.title == run.summary.title);
  CHECK(s.verdict == "ok");
  CHECK(s.program == "0.1.0");
  CHECK(s.data == "00112233445566ff");
  CHECK(to_json(found->question) == to_json(run.question));
  CHECK(to_json(found->result) == to_json(run.result));
  CHECK(to_json(found->page) == to_json(run.page));
}

TEST_CASE("long documents are packed and come back whole") {
  const HistoryScratch scratch;
  const auto file = scratch / "r.sqlite";
  RunRecord run = small_run();
  run.result = Value(Array(2000, Value("the same again")));
  run.page = Value(Array(50000, Value(0.125)));
  RunHistory history = opened(file);
  add(history, run);
  const Result<RunRecord> found = history.find(1);
  REQUIRE(found.has_value());
  CHECK(to_json(found->result) == to_json(run.result));
  CHECK(to_json(found->page) == to_json(run.page));
  CHECK(std::filesystem::file_size(file.string() + "-wal") < 100'000);
}

TEST_CASE("packed text that is none is nothing") {
  const std::string packed = packed_text(std::string(5000, 'x'));
  CHECK(*unpacked_text(packed) == std::string(5000, 'x'));
  CHECK(*unpacked_text(packed_text("")) == "");
  CHECK(!unpacked_text(""));
  CHECK(!unpacked_text(packed.substr(0, packed.size() - 1)));
  CHECK(!unpacked_text("1234567" + packed));
  std::string longer = packed;
  ++longer[0];
  CHECK(!unpacked_text(longer));
  CHECK(!unpacked_text(std::string(8, '\xff') + packed.substr(8)));
}

TEST_CASE("a document that somebody spoilt is a diagnostic that names it") {
  const HistoryScratch scratch;
  const auto file = scratch / "r.sqlite";
  {
    RunHistory history = opened(file);
    add(history, small_run());
    add(history, small_run());
  }
  auto database = SqliteFile::open(file, SqliteAccess::usual);
  REQUIRE(database.has_value());
  REQUIRE(database->run("UPDATE runs SET result = '{\"a\": ' WHERE id = 1").has_value());
  REQUIRE(database->run("UPDATE runs SET page = x'00ff' WHERE id = 2").has_value());
  const RunHistory history = opened(file);
  const auto first = history.find(1), second = history.find(2);
  REQUIRE(!first.has_value());
  CHECK(to_text(first.problems()).find("result of run 1") != std::string::npos);
  REQUIRE(!second.has_value());
  CHECK(to_text(second.problems()).find("page of run 2") != std::string::npos);
  CHECK(history.list({})->size() == 2);
}

TEST_CASE("a run without a page keeps none") {
  const HistoryScratch scratch;
  RunHistory history = opened(scratch / "r.sqlite");
  add(history, small_run());
  CHECK(history.find(1)->page.is_null());
}

TEST_CASE("a list is newest first and takes its filter by its word") {
  const HistoryScratch scratch;
  RunHistory history = opened(scratch / "r.sqlite");
  for (const char* title : {"one", "100 % of it", "a_b", "aXb"}) add(history, small_run(title));
  RunRecord plan = small_run("Plan");
  plan.summary.command = "plan train";
  plan.summary.begun = "2026-12-01T00:00:00Z";
  add(history, plan);
  CHECK(ids_of(history.list({})) == Ids{5, 4, 3, 2, 1});
  CHECK(ids_of(history.list({.command = "plan"})) == Ids{5});
  CHECK(ids_of(history.list({.command = "train"})).empty());
  CHECK(ids_of(history.list({.text = "PLAN"})) == Ids{5});
  CHECK(ids_of(history.list({.text = "%"})) == Ids{2});
  CHECK(ids_of(history.list({.text = "a_b"})) == Ids{3});
  CHECK(ids_of(history.list({.text = "model ="})) == Ids{5, 4, 3, 2, 1});
  CHECK(ids_of(history.list({.before = 3})) == Ids{2, 1});
  CHECK(ids_of(history.list({.most = 2})) == Ids{5, 4});
  CHECK(ids_of(history.list({.begun_before = "2026-12"})) == Ids{4, 3, 2, 1});
  CHECK(ids_of(history.list({.text = "a", .before = 4, .most = 1})) == Ids{3});
  CHECK(*history.count({.command = "estimate", .most = 1}) == 4);
}

TEST_CASE("an id that is not there names the nearest ones") {
  const HistoryScratch scratch;
  RunHistory history = opened(scratch / "r.sqlite");
  const auto said = [&](std::int64_t id) {
    const Result<RunRecord> found = history.find(id);
    REQUIRE(!found.has_value());
    return to_text(found.problems());
  };
  CHECK(said(1).find("the history has no runs yet") != std::string::npos);
  for (int i = 0; i < 5; ++i) add(history, small_run());
  REQUIRE(history.remove({3}).has_value());
  CHECK(said(3).find("there is no run 3") != std::string::npos);
  CHECK(said(3).find("the nearest are 2 and 4") != std::string::npos);
  CHECK(said(77).find("the nearest is 5") != std::string::npos);
  CHECK(said(-4).find("the nearest is 1") != std::string::npos);
}

TEST_CASE("removing is all or nothing, and an id is never used twice") {
  const HistoryScratch scratch;
  RunHistory history = opened(scratch / "r.sqlite");
  for (int i = 0; i < 3; ++i) add(history, small_run());
  const auto refused = history.remove({1, 9, 2});
  REQUIRE(!refused.has_value());
  CHECK(to_text(refused.problems()).find("there is no run 9") != std::string::npos);
  CHECK(ids_of(history.list({})) == Ids{3, 2, 1});
  REQUIRE(history.remove({3, 1}).has_value());
  CHECK(ids_of(history.list({})) == Ids{2});
  CHECK(add(history, small_run()) == 4);
  REQUIRE(history.remove({4, 2}).has_value());
  CHECK(add(history, small_run()) == 5);
}

TEST_CASE("deleted runs give their space back") {
  const HistoryScratch scratch;
  const auto file = scratch / "r.sqlite";
  RunRecord large = small_run();
  std::uint32_t state = 1;  // words that do not pack: a linear congruence (Numerical Recipes)
  std::string text;
  for (int i = 0; i < 4 << 20; ++i)
    text += static_cast<char>('0' + ((state = state * 1664525 + 1013904223) >> 25) % 64);
  large.result = Value(text);
  std::uintmax_t full = 0;
  {
    RunHistory history = opened(file);
    for (int i = 0; i < 3; ++i) add(history, large);
    REQUIRE(history.remove({1, 2}).has_value());
  }
  {
    full = std::filesystem::file_size(file);
    RunHistory history = opened(file);
    CHECK(history.find(3).has_value());
  }
  CHECK(full < 6 << 20);
}

TEST_CASE("several runs are added together or not at all") {
  const HistoryScratch scratch;
  RunHistory history = opened(scratch / "r.sqlite");
  const auto ids = history.add_all({small_run("a"), small_run("b")});
  REQUIRE(ids.has_value());
  CHECK(*ids == Ids{1, 2});
  CHECK(history.find(2)->summary.title == "b");
}

TEST_CASE("a link is followed, and stays one when its file is set aside") {
  const HistoryScratch scratch;
  std::ofstream(scratch / "real.sqlite") << "no database at all";
  std::filesystem::create_symlink(scratch / "real.sqlite", scratch / "link.sqlite");
  RunHistory history = opened(scratch / "link.sqlite");
  CHECK(history.notice().find("real.sqlite.damaged-1") != std::string::npos);
  add(history, small_run());
  CHECK(std::filesystem::is_symlink(scratch / "link.sqlite"));
  CHECK(bytes_of(scratch / "real.sqlite.damaged-1") == "no database at all");
}

TEST_CASE("the usual file follows the environment") {
  const HistoryScratch scratch;
  const auto with = [](const char* store, const char* data, const char* home) {
    const auto put = [](const char* name, const char* value) {
      value == nullptr ? ::unsetenv(name) : ::setenv(name, value, 1);
    };
    put("POLYFLEET_STORE", store);
    put("XDG_DATA_HOME", data);
    put("HOME", home);
    return usual_history_file().string();
  };
  CHECK(with("/a/b.sqlite", "/c", "/d") == "/a/b.sqlite");
  CHECK(with(nullptr, "/c", "/d") == "/c/polyfleet/runs.sqlite");
  CHECK(with("", "", "/d") == "/d/.local/share/polyfleet/runs.sqlite");
  CHECK(with("none", "/c", "/d").empty());
  CHECK(with(nullptr, nullptr, nullptr).empty());
  const auto nowhere = RunHistory::open(usual_history_file());
  REQUIRE(!nowhere.has_value());
  CHECK(to_text(nowhere.problems()).find("name a file by --store") != std::string::npos);
}

}  // namespace polyfleet
