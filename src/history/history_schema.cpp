#include "history/history_schema.hpp"

#include <string>

namespace polyfleet {
namespace {

/// AUTOINCREMENT: an id is never given twice, also after its run was deleted. The documents stand
/// behind what lists show, so that a list does not read them.
constexpr char kTables[] =
    "CREATE TABLE runs ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " begun TEXT NOT NULL,"
    " seconds REAL NOT NULL,"
    " command TEXT NOT NULL,"
    " title TEXT NOT NULL,"
    " verdict TEXT NOT NULL,"
    " program TEXT NOT NULL,"
    " data TEXT NOT NULL,"
    " question TEXT NOT NULL,"
    " result NOT NULL,"  // text, or bytes: packed text (packed_text.hpp)
    " page NOT NULL);";

/// What schema 2 has beside that. `files`: how many the run read; NULL = of schema 1, which did not
/// know. A content is kept once, whatever the number of runs and names that lead to it.
constexpr char kGrowth[] =
    "ALTER TABLE runs ADD COLUMN files INTEGER;"
    "CREATE TABLE run_files ("
    " run INTEGER NOT NULL,"
    " place INTEGER NOT NULL,"
    " name TEXT NOT NULL,"
    " sent INTEGER NOT NULL,"  // 1: came with the question, not from a file
    " bytes INTEGER NOT NULL,"
    " sha256 TEXT NOT NULL,"  // empty: no regular file
    " PRIMARY KEY (run, place)) WITHOUT ROWID;"
    "CREATE INDEX run_files_by_content ON run_files (sha256);"
    "CREATE TABLE contents ("
    " sha256 TEXT PRIMARY KEY NOT NULL,"
    " bytes INTEGER NOT NULL,"
    " content NOT NULL);"  // packed text
    "PRAGMA user_version = 2;";

/// A database that nothing was ever written to.
SqliteResult<bool> is_empty(SqliteFile& file) {
  const auto objects = file.integer("SELECT count(*) FROM sqlite_schema");
  if (!objects) return tl::unexpected(objects.error());
  return *objects == 0;
}

SqliteResult<HistoryState> state_of(SqliteFile& file) {
  const auto application = file.integer("PRAGMA application_id");
  if (!application) return tl::unexpected(application.error());
  const auto schema = schema_of(file);
  if (!schema) return tl::unexpected(schema.error());
  if (*application != kHistoryApplication) return HistoryState::foreign;
  if (*schema > kHistorySchema) return HistoryState::later;
  const auto tables = file.integer(
      "SELECT count(*) FROM sqlite_schema WHERE type = 'table'"
      " AND name IN ('runs', 'run_files', 'contents')");
  if (!tables) return tl::unexpected(tables.error());
  const bool whole = *schema == 1 ? *tables == 1 : *schema == kHistorySchema && *tables == 3;
  return whole ? HistoryState::ready : HistoryState::foreign;
}

/// In one transaction, so that another process sees all of it or nothing.
SqliteResult<> made(SqliteFile& file) {
  // So that deleting runs gives their space back; to be said before anything is written.
  (void)file.run("PRAGMA auto_vacuum = INCREMENTAL");
  // A file system without shared memory keeps SQLite's usual journal: slower, as safe.
  (void)file.run("PRAGMA journal_mode = WAL");
  if (auto begun = file.run("BEGIN IMMEDIATE"); !begun) return begun;
  const SqliteResult<bool> still_empty = is_empty(file);
  auto done = !still_empty ? SqliteResult<>(tl::unexpected(still_empty.error()))
              : *still_empty
                  ? file.run("PRAGMA application_id = " + std::to_string(kHistoryApplication) +
                             ";" + kTables + kGrowth)
                  : SqliteResult<>();
  if (done) done = file.run("COMMIT");
  if (!done) (void)file.run("ROLLBACK");
  return done;
}

}  // namespace

SqliteResult<std::int64_t> schema_of(SqliteFile& file) {
  return file.integer("PRAGMA user_version");
}

SqliteResult<> grow_history(SqliteFile& file) {
  const auto schema = schema_of(file);
  if (!schema) return tl::unexpected(schema.error());
  return *schema == 1 ? file.run(kGrowth) : SqliteResult<>();
}

SqliteResult<HistoryState> prepared_history(SqliteFile& file) {
  const SqliteResult<bool> empty = is_empty(file);
  if (!empty) return tl::unexpected(empty.error());
  if (*empty) {
    if (file.is_read_only())
      return tl::unexpected(SqliteFault{SqliteTrouble::read_only, "an empty file"});
    const auto application = file.integer("PRAGMA application_id");
    if (!application) return tl::unexpected(application.error());
    if (*application == 0) {
      if (const auto tables = made(file); !tables) return tl::unexpected(tables.error());
    }
  }
  // With a write-ahead log the last moments before a power cut may be lost, never what a process
  // committed before its own crash, and the file stays whole (SQLite, "PRAGMA synchronous").
  if (const auto usual = file.run("PRAGMA synchronous = NORMAL; PRAGMA cell_size_check = ON");
      !usual)
    return tl::unexpected(usual.error());
  return state_of(file);
}

}  // namespace polyfleet
