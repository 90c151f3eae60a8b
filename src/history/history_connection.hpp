// An open history file: opening it, setting a damaged one aside and going on with a new one, and
// saying what went wrong in words for the user.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "history/folder_lock.hpp"
#include "history/set_aside.hpp"
#include "history/sqlite_file.hpp"

namespace polyfleet {

class HistoryConnection {
 public:
  static Result<std::unique_ptr<HistoryConnection>> open(const std::filesystem::path& file);

  const std::filesystem::path& file() const { return file_; }
  const std::string& notice() const { return notice_; }

  /// Runs `work` on the database. Where that finds the file damaged, it is set aside and `work`
  /// runs once more on the new one. `failure` goes between "the run" and "this history" of a
  /// message.
  template <class Work>
  auto use(const char* failure, const Work& work)
      -> Result<typename decltype(work(std::declval<SqliteFile&>()))::value_type> {
    auto done = work(*database_);
    if (!done && is_set_aside_for(done.error().trouble)) {
      if (const auto abandoned = abandon(done.error()); !abandoned) return abandoned.problems();
      if (const auto connected = connect(); !connected) return connected.problems();
      done = work(*database_);
    }
    if (!done) return refusal(failure, done.error());
    return *std::move(done);
  }

 private:
  HistoryConnection() = default;
  static bool is_set_aside_for(SqliteTrouble trouble);
  Result<std::monostate> connect();
  /// Closes and sets aside; the next connect() makes a new file.
  Result<std::monostate> abandon(const SqliteFault& fault);
  Diagnostic refusal(const std::string& failure, const SqliteFault& fault) const;

  std::filesystem::path file_;
  std::string notice_;
  std::optional<FolderLock> lock_;  ///< shared; released after the database is closed
  FileIdentity identity_;
  std::optional<SqliteFile> database_;
};

}  // namespace polyfleet
