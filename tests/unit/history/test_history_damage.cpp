// Files that are no history, not a whole one, or not ours: renamed and never deleted; what cannot
// be renamed or written is a diagnostic.
#include <sys/mount.h>
#include <sys/resource.h>

#include "history/history_schema.hpp"
#include "history/sqlite_file.hpp"
#include "history_scratch.hpp"

namespace polyfleet {
namespace {

namespace fs = std::filesystem;

std::string said(const Result<RunHistory>& history) {
  return history ? "opened" : to_text(history.problems());
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

void execute(const fs::path& file, const std::string& statements) {
  auto database = SqliteFile::open(file, SqliteAccess::usual);
  REQUIRE(database.has_value());
  REQUIRE(database->run(statements).has_value());
}

/// A history with this many runs, closed, with nothing left in its log.
void fill(const fs::path& file, int runs) {
  {
    RunHistory history = opened(file);
    for (int i = 0; i < runs; ++i) REQUIRE(history.add(small_run("run")).has_value());
  }
  execute(file, "PRAGMA wal_checkpoint(TRUNCATE)");
}

/// The file is renamed with its bytes as they were, and a new history takes a run.
void is_set_aside(const fs::path& file, const std::string& because) {
  const std::string content = bytes_of(file);
  const fs::path aside = file.string() + ".damaged-1";
  RunHistory history = opened(file);
  CHECK_MESSAGE(holds(history.notice(), because), history.notice());
  CHECK(holds(history.notice(), aside.filename().string()));
  CHECK(bytes_of(aside) == content);
  CHECK(*history.count({}) == 0);
  CHECK(*history.add(small_run()) == 1);
}

}  // namespace

TEST_CASE("what is no database is set aside with the log beside it") {
  const HistoryScratch scratch;
  std::ofstream(scratch / "r.sqlite") << std::string(5000, 'x');
  std::ofstream(scratch / "r.sqlite-wal") << "log";
  is_set_aside(scratch / "r.sqlite", "is no run history");
  CHECK(bytes_of(scratch / "r.sqlite.damaged-1-wal") == "log");
}

TEST_CASE("a file that is named as something else is refused and left as it is") {
  const HistoryScratch scratch;
  const std::string scenario = "model = \"llama3.1-8b\"\n" + std::string(5000, '#');
  std::ofstream(scratch / "scenario.toml") << scenario;
  CHECK(holds(said(RunHistory::open(scratch / "scenario.toml")), "it was left as it is"));
  CHECK(bytes_of(scratch / "scenario.toml") == scenario);
  CHECK_FALSE(fs::exists(scratch / "scenario.toml.damaged-1"));
}

TEST_CASE("an empty file becomes a history") {
  const HistoryScratch scratch;
  std::ofstream(scratch / "r.sqlite").flush();
  RunHistory history = opened(scratch / "r.sqlite");
  CHECK(history.notice().empty());
  CHECK(*history.add(small_run()) == 1);
}

TEST_CASE("a truncated history is set aside") {
  const HistoryScratch scratch;
  const auto file = scratch / "r.sqlite";
  fill(file, 100);
  const auto whole = fs::file_size(file);
  SUBCASE("to half a page") { fs::resize_file(file, 2000); }
  SUBCASE("to one page") { fs::resize_file(file, 4096); }
  SUBCASE("by its last page") { fs::resize_file(file, whole - 4096); }
  // What stands on the pages that are still there opens; reading the rest finds the damage.
  RunHistory history = opened(file);
  (void)history.list({.most = 1000});
  (void)history.count({.text = "nothing has this"});
  CHECK(holds(history.notice(), "r.sqlite.damaged-1"));
  CHECK(*history.add(small_run()) == 1);
}

TEST_CASE("damage that is found late is set aside, and the run is kept") {
  const HistoryScratch scratch;
  const auto file = scratch / "r.sqlite";
  fill(file, 200);
  {
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    for (std::streamoff page = 1; page < static_cast<std::streamoff>(fs::file_size(file) / 4096);
         ++page) {
      bytes.seekp(page * 4096);
      bytes << std::string(4096, '\xfe');
    }
  }
  RunHistory history = opened(file);
  CHECK(history.notice().empty());
  CHECK(*history.add(small_run()) == 1);
  CHECK(holds(history.notice(), "is damaged"));
  CHECK(*history.count({}) == 1);
  CHECK(fs::exists(scratch / "r.sqlite.damaged-1"));
}

TEST_CASE("another program's database is set aside and stays readable") {
  const HistoryScratch scratch;
  const auto file = scratch / "r.sqlite";
  execute(file,
          "PRAGMA journal_mode = WAL; CREATE TABLE bookmarks (x); INSERT INTO bookmarks "
          "VALUES (1)");
  std::ofstream(scratch / "r.sqlite.damaged-1-wal") << "taken";
  RunHistory history = opened(file);
  CHECK(holds(history.notice(), "another program's database"));
  CHECK(holds(history.notice(), "damaged-2"));
  CHECK(bytes_of(scratch / "r.sqlite.damaged-1-wal") == "taken");
  auto theirs = SqliteFile::open(scratch / "r.sqlite.damaged-2", SqliteAccess::usual);
  REQUIRE(theirs.has_value());
  CHECK(*theirs->integer("SELECT x FROM bookmarks") == 1);
}

TEST_CASE("a history without its table is no history") {
  const HistoryScratch scratch;
  const auto file = scratch / "r.sqlite";
  fill(file, 1);
  execute(file, "ALTER TABLE runs RENAME TO walks");
  is_set_aside(file, "is no run history");
}

TEST_CASE("a history of a later program is refused and left as it is") {
  const HistoryScratch scratch;
  const auto file = scratch / "r.sqlite";
  fill(file, 2);
  execute(file, "PRAGMA user_version = " + std::to_string(kHistorySchema + 1));
  const std::string before = bytes_of(file);
  const std::string text = said(RunHistory::open(file));
  CHECK_MESSAGE(holds(text, "is a run history of a later polyfleet"), text);
  CHECK(holds(text, "r.sqlite"));
  CHECK(bytes_of(file) == before);
  CHECK(!fs::exists(scratch / "r.sqlite.damaged-1"));
}

TEST_CASE("what is no file is refused and not renamed") {
  const HistoryScratch scratch;
  fs::create_directory(scratch / "r.sqlite");
  CHECK(holds(said(RunHistory::open(scratch / "r.sqlite")), "is a folder, not a run history"));
  CHECK(fs::is_directory(scratch / "r.sqlite"));
  CHECK(holds(said(RunHistory::open("/dev/null")), "is no regular file"));
  std::ofstream(scratch / "file") << "x";
  const std::string below = said(RunHistory::open(scratch / "file" / "r.sqlite"));
  CHECK_MESSAGE(holds(below, "cannot"), below);
}

TEST_CASE("a read-only file is read, and adding to it says why not") {
  const HistoryScratch scratch;
  const auto file = scratch / "r.sqlite";
  fill(file, 3);
  const auto as_reader = [&] {
    become_nobody();
    auto history = RunHistory::open(file);
    if (!history) return 1;
    const auto list = history->list({});
    if (!list || list->size() != 3) return 2;
    const auto refused = history->add(small_run());
    if (refused) return 3;
    const std::string text = to_text(refused.problems());
    return holds(text, "cannot be added") && holds(text, "read-only") && holds(text, "--store") ? 0
                                                                                                : 4;
  };
  SUBCASE("a file without write permission") { fs::permissions(file, fs::perms(0444)); }
  SUBCASE("with runs that are still in its log") {
    opened(file).add(small_run()).value();
    REQUIRE(opened(file).remove({4}).has_value());
    fs::permissions(file, fs::perms(0444));
    fs::permissions(scratch / "", fs::perms(0555));
  }
  SUBCASE("in a folder without write permission") {
    fs::permissions(file, fs::perms(0444));
    fs::permissions(scratch / "", fs::perms(0555));
  }
  CHECK(ended(begun_child(as_reader)) == 0);
  CHECK(!fs::exists(scratch / "r.sqlite.damaged-1"));
}

TEST_CASE("a folder without write permission takes no history") {
  const HistoryScratch scratch;
  fs::create_directory(scratch / "sealed");
  std::ofstream(scratch / "sealed" / "garbage.sqlite")
      << "garbage, and a lot of it: more than a head";
  fs::permissions(scratch / "sealed", fs::perms(0555));
  CHECK(ended(begun_child([&] {
          become_nobody();
          const std::string fresh = said(RunHistory::open(scratch / "sealed/r.sqlite"));
          if (!holds(fresh, "cannot be opened") || !holds(fresh, "check the permissions")) return 1;
          const std::string deep = said(RunHistory::open(scratch / "sealed/more/r.sqlite"));
          if (!holds(deep, "its folder cannot be made")) return 2;
          const std::string garbage = said(RunHistory::open(scratch / "sealed/garbage.sqlite"));
          return holds(garbage, "cannot be renamed") ? 0 : 3;
        })) == 0);
}

TEST_CASE("a full disk is said to be full, and what was kept stays") {
  const HistoryScratch scratch;
  const auto file = scratch / "r.sqlite";
  fill(file, 3);
  RunRecord large = small_run();
  std::uint32_t state = 1;  // words that do not pack: a linear congruence (Numerical Recipes)
  std::string text;
  for (int i = 0; i < 8 << 20; ++i)
    text += static_cast<char>('0' + ((state = state * 1664525 + 1013904223) >> 25) % 64);
  large.result = Value(text);
  CHECK(ended(begun_child([&] {
          std::signal(SIGXFSZ, SIG_IGN);  // a write beyond the limit then fails with EFBIG
          const rlimit limit{1 << 20, 1 << 20};
          if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
          auto history = RunHistory::open(file);
          if (!history) return 2;
          const auto refused = history->add(large);
          if (refused) return 3;
          if (!holds(to_text(refused.problems()), "the disk is full")) return 4;
          return history->add(small_run()).has_value() ? 0 : 5;
        })) == 0);
  CHECK(*opened(file).count({}) == 4);
}

TEST_CASE("a full file system is said to be full") {
  const HistoryScratch scratch;
  fs::create_directory(scratch / "small");
  const std::string folder = (scratch / "small").string();
  if (::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=262144") != 0) {
    MESSAGE("no permission to mount: the file-size limit above stands for it");
    return;
  }
  {
    auto history = RunHistory::open(folder + "/r.sqlite");
    CHECK(history.has_value());
    int kept = 0;
    std::string text;
    for (; text.empty() && kept < 10000; ++kept) {
      const auto added = history->add(small_run(std::string(1000, 'x')));
      if (!added) text = to_text(added.problems());
    }
    CHECK_MESSAGE(holds(text, "the disk is full"), text);
    CHECK(holds(text, "free some space"));
    CHECK(*history->count({}) == kept - 1);
  }
  CHECK(::umount(folder.c_str()) == 0);
}

TEST_CASE("a history that another process keeps locked is said to be locked") {
  const HistoryScratch scratch;
  const auto file = scratch / "r.sqlite";
  fill(file, 1);
  auto other = SqliteFile::open(file, SqliteAccess::usual);
  REQUIRE(other.has_value());
  REQUIRE(other->run("BEGIN IMMEDIATE").has_value());
  RunHistory history = opened(file);
  CHECK(*history.count({}) == 1);  // readers are not kept waiting
  const auto refused = history.add(small_run());
  REQUIRE(!refused.has_value());
  CHECK(holds(to_text(refused.problems()), "it is locked by another process"));
  REQUIRE(other->run("ROLLBACK").has_value());
  CHECK(*history.add(small_run()) == 2);
}

}  // namespace polyfleet
