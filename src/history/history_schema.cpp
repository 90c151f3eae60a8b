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

/// A database that nothing was ever written to.
SqliteResult<bool> is_empty(SqliteFile& file) {
  const auto objects = file.integer("SELECT count(*) FROM sqlite_schema");
  if (!objects) return tl::unexpected(objects.error());
  return *objects == 0;
}

SqliteResult<HistoryState> state_of(SqliteFile& file) {
  const auto application = file.integer("PRAGMA application_id");
  if (!application) return tl::unexpected(application.error());
  const auto schema = file.integer("PRAGMA user_version");
  if (!schema) return tl::unexpected(schema.error());
  if (*application != kHistoryApplication) return HistoryState::foreign;
  if (*schema > kHistorySchema) return HistoryState::later;
  const auto tables =
      file.integer("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'runs'");
  if (!tables) return tl::unexpected(tables.error());
  return *tables == 1 && *schema == kHistorySchema ? HistoryState::ready : HistoryState::foreign;
}

/// In one transaction, so that another process sees all of it or nothing.
SqliteResult<> made(SqliteFile& file) {
  // So that deleting runs gives their space back; to be said before anything is written.
  (void)file.run("PRAGMA auto_vacuum = INCREMENTAL");
  // A file system without shared memory keeps SQLite's usual journal: slower, as safe.
  (void)file.run("PRAGMA journal_mode = WAL");
  if (auto begun = file.run("BEGIN IMMEDIATE"); !begun) return begun;
  const SqliteResult<bool> still_empty = is_empty(file);
  auto done =
      !still_empty ? SqliteResult<>(tl::unexpected(still_empty.error()))
      : *still_empty
          ? file.run("PRAGMA application_id = " + std::to_string(kHistoryApplication) +
                     "; PRAGMA user_version = " + std::to_string(kHistorySchema) + ";" + kTables)
          : SqliteResult<>();
  if (done) done = file.run("COMMIT");
  if (!done) (void)file.run("ROLLBACK");
  return done;
}

}  // namespace

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
