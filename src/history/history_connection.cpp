#include "history/history_connection.hpp"

#include <system_error>

#include "history/history_schema.hpp"

namespace polyfleet {
namespace {

namespace fs = std::filesystem;

/// Only a file named as a history is renamed when it is none: a typing error must not move a
/// scenario.
constexpr char kUsualEnding[] = ".sqlite";
constexpr int kMostAttempts = 4;  // each sets one file aside, or finds that another process did

/// The file itself where `file` is a link to it, with its folder made.
Result<fs::path> ready_place(const fs::path& file) {
  const Position where{file.string(), 0, 0};
  std::error_code error;
  fs::path place = fs::weakly_canonical(fs::absolute(file, error), error);
  if (error) place = fs::absolute(file, error);
  const fs::file_status status = fs::status(place, error);
  if (fs::is_directory(status))
    return problem_at(where, "is a folder, not a run history", "name a file in it by --store");
  if (fs::exists(status) && !fs::is_regular_file(status))
    return problem_at(where, "is no regular file, so that no runs can be kept in it",
                      "name a file by --store");
  if (!fs::exists(status)) {
    fs::create_directories(place.parent_path(), error);
    if (error)
      return problem_at(where, "its folder cannot be made: " + error.message(),
                        "name another file by --store or in POLYFLEET_STORE");
  }
  return place;
}

std::string_view advice_for(SqliteTrouble trouble) {
  switch (trouble) {
    case SqliteTrouble::locked:
      return "another process has held its lock for more than five seconds; try again when that "
             "has ended";
    case SqliteTrouble::read_only:
    case SqliteTrouble::unopenable:
      return "check the permissions of the file and its folder, or name another file by --store or "
             "in POLYFLEET_STORE";
    case SqliteTrouble::full:
      return "free some space, delete runs (polyfleet runs delete), or name a file on another disk "
             "by --store";
    case SqliteTrouble::damaged:
    case SqliteTrouble::foreign:
    case SqliteTrouble::other:
      break;
  }
  return "name another file by --store or in POLYFLEET_STORE";
}

std::string_view words_for(SqliteTrouble trouble) {
  switch (trouble) {
    case SqliteTrouble::locked:
      return "it is locked by another process";
    case SqliteTrouble::read_only:
      return "it is read-only";
    case SqliteTrouble::full:
      return "the disk is full";
    case SqliteTrouble::damaged:
      return "it is damaged";
    case SqliteTrouble::foreign:
      return "it is no SQLite file";
    case SqliteTrouble::unopenable:
      return "it cannot be opened";
    case SqliteTrouble::other:
      break;
  }
  return "unexpected";
}

/// What a fresh connection finds. Reading without locks is tried where the folder permits no lock
/// files, and is right only while nobody writes: the log of a writer would be missing.
SqliteResult<HistoryState> examined(const fs::path& file, std::optional<SqliteFile>& database) {
  const auto attempt = [&](SqliteAccess access) -> SqliteResult<HistoryState> {
    auto opened = SqliteFile::open(file, access);
    if (!opened) return tl::unexpected(opened.error());
    database.emplace(*std::move(opened));
    return prepared_history(*database);
  };
  const auto usual = attempt(SqliteAccess::usual);
  if (usual) return usual;
  const SqliteTrouble trouble = usual.error().trouble;
  if (trouble != SqliteTrouble::read_only && trouble != SqliteTrouble::unopenable) return usual;
  std::error_code error;
  const fs::path log = file.string() + "-wal";
  if (!fs::exists(file, error) || (fs::exists(log, error) && fs::file_size(log, error) > 0))
    return usual;
  const auto without_locks = attempt(SqliteAccess::unchanging);
  return without_locks ? without_locks : usual;
}

}  // namespace

bool HistoryConnection::is_set_aside_for(SqliteTrouble trouble) {
  return trouble == SqliteTrouble::damaged || trouble == SqliteTrouble::foreign;
}

Diagnostic HistoryConnection::refusal(const std::string& failure, const SqliteFault& fault) const {
  return problem_at({file_.string(), 0, 0},
                    "the run " + failure + " this history: " +
                        std::string(words_for(fault.trouble)) + " (SQLite: " + fault.text + ')',
                    std::string(advice_for(fault.trouble)));
}

Result<std::unique_ptr<HistoryConnection>> HistoryConnection::open(const fs::path& file) {
  if (file.empty())
    return problem(
        "there is no place for the run history: none of POLYFLEET_STORE, XDG_DATA_HOME "
        "and HOME is set",
        "name a file by --store");
  const Result<fs::path> place = ready_place(file);
  if (!place) return place.problems();
  std::unique_ptr<HistoryConnection> connection(new HistoryConnection);
  connection->file_ = *place;
  if (const auto connected = connection->connect(); !connected) return connected.problems();
  return connection;
}

Result<std::monostate> HistoryConnection::connect() {
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    lock_ = FolderLock::take(file_.parent_path(), FolderUse::shared);
    identity_ = identity_of(file_);
    const SqliteResult<HistoryState> state = examined(file_, database_);
    if (state && *state == HistoryState::ready) {
      identity_ = identity_of(file_);  // it may have been made just now
      return std::monostate{};
    }
    if (state && *state == HistoryState::later) {
      database_.reset();
      return problem_at({file_.string(), 0, 0},
                        "is a run history of a later polyfleet; it was left as it is",
                        "use that polyfleet, or name another file by --store");
    }
    if (!state && !is_set_aside_for(state.error().trouble))
      return refusal("cannot be kept in or read from", state.error());
    const SqliteFault fault =
        state ? SqliteFault{SqliteTrouble::foreign, "another program's database"} : state.error();
    if (fault.trouble == SqliteTrouble::foreign && file_.extension() != kUsualEnding)
      return problem_at({file_.string(), 0, 0},
                        "is no run history (" + fault.text + "); it was left as it is",
                        "name a history by --store: a file that ends in .sqlite, or a new one");
    if (const auto aside = abandon(fault); !aside) return aside.problems();
  }
  return problem_at({file_.string(), 0, 0}, "is damaged again and again while it is being replaced",
                    "name another file by --store");
}

Result<std::monostate> HistoryConnection::abandon(const SqliteFault& fault) {
  database_.reset();
  lock_.reset();
  const Result<fs::path> aside = set_aside(file_, identity_);
  if (!aside) return aside.problems();
  if (aside->empty()) return std::monostate{};  // another process did it, and has told its user
  const std::string what =
      fault.trouble == SqliteTrouble::damaged ? " is damaged (" : " is no run history (";
  notice_ += (notice_.empty() ? "" : "; ") + file_.string() + what + fault.text +
             "): it was renamed to " + aside->filename().string() + " and a new history was begun";
  return std::monostate{};
}

}  // namespace polyfleet
