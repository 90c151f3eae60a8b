// The run history: one SQLite file that keeps what was asked and what was answered, so that an
// answer can be found again and compared. Several processes may use it at once; a killed one loses
// at most the run that it was adding. Knows nothing of commands: questions and results are
// documents.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/input_files.hpp"
#include "base/result.hpp"
#include "config/value.hpp"

namespace polyfleet {

/// What lists show of a run.
struct RunSummary {
  std::int64_t id = 0;  ///< given by the history, never used twice
  std::string begun;    ///< UTC, "2026-11-22T18:00:00Z"
  double seconds = 0;   ///< of wall time
  std::string command;  ///< "estimate train"
  std::string title;    ///< one line for people: that of the answer's page
  std::string verdict;  ///< "ok", "infeasible", "interrupted"
  std::string program;  ///< "0.1.0"
  std::string data;     ///< fingerprint of the data folder
};

struct RunRecord {
  RunSummary summary;
  Value question;  ///< command, scenario as written, settings, options
  Value result;    ///< what --json printed
  Value page;      ///< its figures (chart/html_page.hpp: page_json); null = none
  /// What the question read beside the program's data. Nothing = kept by a program that did not
  /// keep it.
  std::optional<std::vector<InputFile>> files = {};
};

struct RunFilter {
  std::string command = {};       ///< begins with; empty = any
  std::string text = {};          ///< in title or question, ASCII letters of any case; empty = any
  std::int64_t before = 0;        ///< ids below; 0 = any
  std::size_t most = 50;          ///< the newest
  std::string begun_before = {};  ///< UTC as in RunSummary::begun, or its beginning; empty = any
};

class HistoryConnection;

class RunHistory {
 public:
  /// Opens or creates the file and its folder. A damaged history, or a file named .sqlite that is
  /// none, is renamed to NAME.damaged-N beside it, never deleted, and a new one begun; notice()
  /// says so. Errors: another kind of file (left as it is), a folder that cannot be made, no
  /// permission, a history of a later program.
  static Result<RunHistory> open(const std::filesystem::path& file);
  RunHistory(RunHistory&&) noexcept;
  RunHistory& operator=(RunHistory&&) noexcept;
  ~RunHistory();

  /// What happened to the file, in sentences for the user; empty = nothing. Look again after each
  /// call: damage may be found late.
  const std::string& notice() const;

  /// Adds the run (its id is ignored) and returns its id; on return it survives a crash of the
  /// process. Errors: read-only, full disk, still locked after five seconds.
  Result<std::int64_t> add(const RunRecord& run);
  /// All of them or none.
  Result<std::vector<std::int64_t>> add_all(const std::vector<RunRecord>& runs);
  /// Newest first.
  Result<std::vector<RunSummary>> list(const RunFilter& filter) const;
  /// How many runs the filter lets through, without regard to `most`.
  Result<std::int64_t> count(const RunFilter& filter) const;
  /// Its files come without their contents. Errors: no such run, with the nearest ids.
  Result<RunRecord> find(std::int64_t id) const;
  /// The contents of those files of a run that are kept. Errors: one that somebody spoilt.
  Result<std::monostate> load(std::vector<InputFile>& files) const;
  /// With the contents that no other run has. Errors: an id that is not there; nothing is deleted
  /// then.
  Result<std::monostate> remove(const std::vector<std::int64_t>& ids);

 private:
  explicit RunHistory(std::unique_ptr<HistoryConnection> connection);
  std::unique_ptr<HistoryConnection> connection_;
};

/// $POLYFLEET_STORE, else $XDG_DATA_HOME/polyfleet/runs.sqlite, else
/// ~/.local/share/polyfleet/runs.sqlite; empty where none of them is set, or POLYFLEET_STORE is
/// "none".
std::filesystem::path usual_history_file();

/// A leaf that differs between two documents: "result.step.time" and both values (null = absent).
struct DocumentChange {
  std::string path;
  Value before, after;
  /// after / before of two numbers, both not zero.
  std::optional<double> ratio;
};

/// Every leaf that differs, in the order of `before`, then what only `after` has. Entries of lists
/// that carry an "id", "name", "setting" or "label" of their own are matched by it, others by
/// place.
std::vector<DocumentChange> document_changes(const Value& before, const Value& after);

}  // namespace polyfleet
