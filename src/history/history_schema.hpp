// The tables of a run history and how one is told from any other SQLite file: by the application
// id in its head. A schema only grows; a file of a later one is left as it is.
#pragma once

#include <cstdint>

#include "history/sqlite_file.hpp"

namespace polyfleet {

/// "PFRH" in the head of the file (SQLite file format, section 1.3: application id).
inline constexpr std::int64_t kHistoryApplication = 0x50465248;
inline constexpr std::int64_t kHistorySchema = 1;

enum class HistoryState {
  ready,
  foreign,  ///< another program's database, or one that lost its head
  later,    ///< of a later program
};

/// Looks at the file and makes the tables where it is empty. `foreign` and `later` leave it
/// unchanged. Two processes may do this at once.
SqliteResult<HistoryState> prepared_history(SqliteFile& file);

}  // namespace polyfleet
