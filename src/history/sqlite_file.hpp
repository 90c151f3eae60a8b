// One connection to an SQLite file: statements with bound values, and faults sorted by what a user
// can do about them. The only room that knows SQLite; its header stays in sqlite_file.cpp. A
// connection belongs to one thread at a time; another process's lock is waited for five seconds.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace polyfleet {

enum class SqliteTrouble {
  locked,      ///< by another process, for longer than was waited
  read_only,   ///< the file, its folder or its file system
  full,        ///< the disk, a quota or a limit on the size of files
  damaged,     ///< an SQLite file whose content contradicts itself
  foreign,     ///< no SQLite file
  unopenable,  ///< no permission, or a missing folder
  other,
};

struct SqliteFault {
  SqliteTrouble trouble = SqliteTrouble::other;
  std::string text;  ///< SQLite's words and the system's
};

template <class T = std::monostate>
using SqliteResult = tl::expected<T, SqliteFault>;

/// Bytes that are no text.
struct SqliteBytes {
  std::string_view bytes;
};
using SqliteValue = std::variant<std::int64_t, double, std::string_view, SqliteBytes>;

/// The rows of a prepared statement, one after the other.
class SqliteRows {
 public:
  /// Goes to the next row; false at the end.
  SqliteResult<bool> next();
  std::int64_t integer(int column) const;
  double number(int column) const;
  /// Text, or bytes as they are.
  std::string text(int column) const;
  bool is_bytes(int column) const;

 private:
  friend class SqliteFile;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  explicit SqliteRows(sqlite3_stmt* statement) : statement_(statement) {}
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

enum class SqliteAccess {
  usual,      ///< read and write, made where it is missing; read only where that is not permitted
  unchanging  ///< read only, without locks: for a folder where nothing can be written
};

class SqliteFile {
 public:
  static SqliteResult<SqliteFile> open(const std::filesystem::path& file, SqliteAccess access);

  /// Statements without values, separated by semicolons; their rows are thrown away.
  SqliteResult<> run(const std::string& statements);
  /// One statement; `values` for its question marks, kept by the caller until the rows are read.
  SqliteResult<SqliteRows> query(std::string_view statement,
                                 const std::vector<SqliteValue>& values);
  /// The first value of the first row as an integer.
  SqliteResult<std::int64_t> integer(std::string_view statement,
                                     const std::vector<SqliteValue>& values = {});
  /// The key of the row inserted last.
  std::int64_t last_key() const;
  bool is_read_only() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  explicit SqliteFile(sqlite3* database) : database_(database) {}
  SqliteFault fault() const;
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace polyfleet
