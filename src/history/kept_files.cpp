#include "history/kept_files.hpp"

#include "history/packed_text.hpp"

namespace polyfleet {
namespace {

/// One statement without rows.
SqliteResult<> done_once(SqliteFile& database, std::string_view statement,
                         const std::vector<SqliteValue>& values) {
  auto rows = database.query(statement, values);
  if (!rows) return tl::unexpected(rows.error());
  const SqliteResult<bool> row = rows->next();
  if (!row) return tl::unexpected(row.error());
  return std::monostate{};
}

SqliteResult<> add_content(SqliteFile& database, const InputFile& file) {
  const auto known = database.integer("SELECT count(*) FROM contents WHERE sha256 = ?",
                                      {std::string_view(file.hash)});
  if (!known) return tl::unexpected(known.error());
  if (*known > 0) return std::monostate{};
  const std::string packed = packed_text(*file.content);
  return done_once(
      database, "INSERT INTO contents (sha256, bytes, content) VALUES (?, ?, ?)",
      {std::string_view(file.hash), static_cast<std::int64_t>(file.bytes), SqliteBytes{packed}});
}

}  // namespace

SqliteResult<> add_run_files(SqliteFile& database, std::int64_t run,
                             const std::vector<InputFile>& files) {
  std::int64_t place = 0;
  for (const InputFile& file : files) {
    auto done = done_once(
        database,
        "INSERT INTO run_files (run, place, name, sent, bytes, sha256) VALUES (?, ?, ?, ?, ?, ?)",
        {run, place++, std::string_view(file.name), std::int64_t{file.sent},
         static_cast<std::int64_t>(file.bytes), std::string_view(file.hash)});
    if (done && file.content) done = add_content(database, file);
    if (!done) return done;
  }
  return std::monostate{};
}

SqliteResult<std::vector<InputFile>> run_files(SqliteFile& database, std::int64_t run) {
  auto rows = database.query(
      "SELECT name, sent, run_files.bytes, run_files.sha256, contents.sha256 IS NOT NULL"
      " FROM run_files LEFT JOIN contents ON contents.sha256 = run_files.sha256"
      " WHERE run = ? ORDER BY place",
      {run});
  if (!rows) return tl::unexpected(rows.error());
  std::vector<InputFile> files;
  for (;;) {
    const SqliteResult<bool> row = rows->next();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return files;
    InputFile& file = files.emplace_back();
    file.name = rows->text(0);
    file.sent = rows->integer(1) != 0;
    file.bytes = static_cast<std::uint64_t>(rows->integer(2));
    file.hash = rows->text(3);
    file.kept = rows->integer(4) != 0;
  }
}

SqliteResult<std::optional<std::string>> kept_content(SqliteFile& database,
                                                      const std::string& hash) {
  auto rows =
      database.query("SELECT content FROM contents WHERE sha256 = ?", {std::string_view(hash)});
  if (!rows) return tl::unexpected(rows.error());
  const SqliteResult<bool> row = rows->next();
  if (!row) return tl::unexpected(row.error());
  if (!*row) return std::optional<std::string>();
  std::string packed = rows->text(0);
  std::optional<std::string> content = unpacked_text(packed);
  return content ? content : std::optional<std::string>(std::move(packed));
}

SqliteResult<> drop_unused_files(SqliteFile& database) {
  return database.run(
      "DELETE FROM run_files WHERE run NOT IN (SELECT id FROM runs);"
      "DELETE FROM contents WHERE NOT EXISTS"
      " (SELECT 1 FROM run_files WHERE run_files.sha256 = contents.sha256)");
}

}  // namespace polyfleet
