#include "history/sqlite_file.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <cstring>

namespace polyfleet {
namespace {

constexpr int kLockPatience = 5000;            // ms, stated in run_history.hpp
constexpr int kLongestValue = 256 << 20;       // bytes of one document; the readers refuse earlier
constexpr std::uintmax_t kShortLog = 1 << 20;  // bytes; read in about a millisecond
constexpr std::size_t kAbsolutePrefix = 16;    // bytes that a file address needs beside the path

/// The kind of an input or output error, by the system's error number.
SqliteTrouble trouble_of_system(int number) {
  switch (number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return SqliteTrouble::full;
    case EROFS:
    case EACCES:
    case EPERM:
      return SqliteTrouble::read_only;
    default:
      return SqliteTrouble::other;
  }
}

SqliteTrouble trouble_of(int code, int system_number) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return SqliteTrouble::locked;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return SqliteTrouble::read_only;
    case SQLITE_FULL:
      return SqliteTrouble::full;
    case SQLITE_CORRUPT:
      return SqliteTrouble::damaged;
    case SQLITE_NOTADB:
      return SqliteTrouble::foreign;
    case SQLITE_CANTOPEN:
      return SqliteTrouble::unopenable;
    case SQLITE_IOERR:
      return trouble_of_system(system_number);
    default:
      return SqliteTrouble::other;
  }
}

SqliteFault fault_of(sqlite3* database) {
  const int code = sqlite3_extended_errcode(database);
  const int number = sqlite3_system_errno(database);
  SqliteFault fault{trouble_of(code, number), sqlite3_errmsg(database)};
  if (number != 0) fault.text += std::string(" (") + std::strerror(number) + ')';
  return fault;
}

/// "file:/a%20b?immutable=1".
std::string unchanging_address(const std::string& path) {
  std::string address = "file:";
  address.reserve(path.size() + kAbsolutePrefix);
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#') {
      constexpr char kDigits[] = "0123456789abcdef";
      address += {'%', kDigits[(c >> 4) & 15], kDigits[c & 15]};
    } else {
      address += c;
    }
  }
  return address + "?immutable=1";
}

/// A file that others may have written must not make the program run or call anything.
void distrust(sqlite3* database) {
  sqlite3_extended_result_codes(database, 1);
  sqlite3_busy_timeout(database, kLockPatience);
  sqlite3_limit(database, SQLITE_LIMIT_LENGTH, kLongestValue);
  sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
}

int bind(sqlite3_stmt* statement, int place, const SqliteValue& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value))
    return sqlite3_bind_int64(statement, place, *integer);
  if (const auto* number = std::get_if<double>(&value))
    return sqlite3_bind_double(statement, place, *number);
  if (const auto* packed = std::get_if<SqliteBytes>(&value))
    return sqlite3_bind_blob64(statement, place, packed->bytes.data(), packed->bytes.size(),
                               SQLITE_STATIC);
  const std::string_view text = std::get<std::string_view>(value);
  return sqlite3_bind_text64(statement, place, text.data() == nullptr ? "" : text.data(),
                             text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

}  // namespace

void SqliteRows::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

SqliteResult<bool> SqliteRows::next() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return tl::unexpected(fault_of(sqlite3_db_handle(statement_.get())));
}

std::int64_t SqliteRows::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

double SqliteRows::number(int column) const {
  return sqlite3_column_double(statement_.get(), column);
}

std::string SqliteRows::text(int column) const {
  const void* bytes = is_bytes(column)
                          ? sqlite3_column_blob(statement_.get(), column)
                          : static_cast<const void*>(sqlite3_column_text(statement_.get(), column));
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

bool SqliteRows::is_bytes(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_BLOB;
}

/// Moving the log into the file at the end waits for the disk several times, a short log costs the
/// next opening less than that; a long one is moved by whoever closes the file last.
void SqliteFile::Close::operator()(sqlite3* database) const {
  const char* file = sqlite3_db_filename(database, "main");
  std::error_code none;
  const auto log =
      file == nullptr ? 0 : std::filesystem::file_size(file + std::string("-wal"), none);
  if (!none && log < kShortLog)
    sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_close_v2(database);
}

SqliteResult<SqliteFile> SqliteFile::open(const std::filesystem::path& file, SqliteAccess access) {
  // An absolute path begins with '/', so that no name is taken for ":memory:" or an address.
  const std::string path = std::filesystem::absolute(file).string();
  sqlite3* database = nullptr;
  const int code = access == SqliteAccess::usual
                       ? sqlite3_open_v2(path.c_str(), &database,
                                         SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr)
                       : sqlite3_open_v2(unchanging_address(path).c_str(), &database,
                                         SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, nullptr);
  if (database == nullptr)
    return tl::unexpected(SqliteFault{SqliteTrouble::other, "not enough memory"});
  SqliteFile opened(database);
  if (code != SQLITE_OK) return tl::unexpected(opened.fault());
  distrust(database);
  return opened;
}

SqliteResult<> SqliteFile::run(const std::string& statements) {
  if (sqlite3_exec(database_.get(), statements.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    return tl::unexpected(fault());
  return std::monostate{};
}

SqliteResult<SqliteRows> SqliteFile::query(std::string_view statement,
                                           const std::vector<SqliteValue>& values) {
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v2(database_.get(), statement.data(), static_cast<int>(statement.size()),
                         &prepared, nullptr) != SQLITE_OK)
    return tl::unexpected(fault());
  SqliteRows rows(prepared);
  int place = 0;
  for (const SqliteValue& value : values) {
    if (bind(prepared, ++place, value) != SQLITE_OK) return tl::unexpected(fault());
  }
  return rows;
}

SqliteResult<std::int64_t> SqliteFile::integer(std::string_view statement,
                                               const std::vector<SqliteValue>& values) {
  auto rows = query(statement, values);
  if (!rows) return tl::unexpected(rows.error());
  const SqliteResult<bool> row = rows->next();
  if (!row) return tl::unexpected(row.error());
  return *row ? rows->integer(0) : 0;
}

std::int64_t SqliteFile::last_key() const { return sqlite3_last_insert_rowid(database_.get()); }

bool SqliteFile::is_read_only() const { return sqlite3_db_readonly(database_.get(), "main") == 1; }

SqliteFault SqliteFile::fault() const { return fault_of(database_.get()); }

}  // namespace polyfleet
