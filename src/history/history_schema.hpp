// The tables of a run history and how one is told from any other SQLite file: by the application
// id in its head. A schema only grows: 1 has runs alone, 2 what they read too. A file of schema 1
// is read as it is and grows when a run is added; one of a later schema is left as it is.
#pragma once

#include <cstdint>

#include "history/sqlite_file.hpp"

namespace polyfleet {

/// "PFRH" in the head of the file (SQLite file format, section 1.3: application id).
inline constexpr std::int64_t kHistoryApplication = 0x50465248;
inline constexpr std::int64_t kHistorySchema = 2;

enum class HistoryState {
  ready,
  foreign,  ///< another program's database, or one that lost its head
  later,    ///< of a later program
};

/// Looks at the file and makes the tables where it is empty. `foreign` and `later` leave it
/// unchanged. Two processes may do this at once.
SqliteResult<HistoryState> prepared_history(SqliteFile& file);

/// The schema of the file as it is now: another process may have made it grow.
SqliteResult<std::int64_t> schema_of(SqliteFile& file);
/// Makes a file of schema 1 one of schema 2. Within the caller's transaction, so that it is done
/// with the first run that needs it, or not at all.
SqliteResult<> grow_history(SqliteFile& file);

}  // namespace polyfleet
