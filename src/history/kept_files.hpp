// The input files of runs in their history: names, sizes and hashes of every run, contents once by
// their hash, packed. Tables of schema 2 (history_schema.hpp); all of it within the caller's
// transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/input_files.hpp"
#include "history/sqlite_file.hpp"

namespace polyfleet {

/// Adds what the run read; a content that is there already is not written again.
SqliteResult<> add_run_files(SqliteFile& database, std::int64_t run,
                             const std::vector<InputFile>& files);
/// In the order in which they were added, without contents.
SqliteResult<std::vector<InputFile>> run_files(SqliteFile& database, std::int64_t run);
/// The content of this hash; nothing where it is not kept. What cannot be unpacked comes as it is.
SqliteResult<std::optional<std::string>> kept_content(SqliteFile& database,
                                                      const std::string& hash);
/// Forgets files of runs that are gone, and contents that no run has any more.
SqliteResult<> drop_unused_files(SqliteFile& database);

}  // namespace polyfleet
