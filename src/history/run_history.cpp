#include "history/run_history.hpp"

#include "base/content_hash.hpp"
#include "history/history_connection.hpp"
#include "history/history_schema.hpp"
#include "history/kept_files.hpp"
#include "history/packed_text.hpp"

namespace polyfleet {
namespace {

/// What a list shows, in the order of summary_of.
constexpr char kSummary[] = "id, begun, seconds, command, title, verdict, program, data";

RunSummary summary_of(const SqliteRows& row) {
  return {row.integer(0), row.text(1), row.number(2), row.text(3),
          row.text(4),    row.text(5), row.text(6),   row.text(7)};
}

/// `text` with the signs that LIKE gives a meaning escaped.
std::string literally(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

/// The WHERE of a filter and the values of its question marks.
struct Condition {
  std::string words;
  std::string command, text;
  std::vector<SqliteValue> values;

  explicit Condition(const RunFilter& filter)
      : command(literally(filter.command) + '%'), text('%' + literally(filter.text) + '%') {
    const auto demand = [&](const std::string& what) {
      words += (words.empty() ? " WHERE " : " AND ") + what;
    };
    if (!filter.command.empty()) {
      demand("command LIKE ? ESCAPE '\\'");
      values.push_back(std::string_view(command));
    }
    if (!filter.text.empty()) {
      demand("(title LIKE ? ESCAPE '\\' OR question LIKE ? ESCAPE '\\')");
      values.insert(values.end(), 2, std::string_view(text));
    }
    if (filter.before > 0) {
      demand("id < ?");
      values.push_back(filter.before);
    }
    if (!filter.begun_before.empty()) {
      demand("begun < ?");
      values.push_back(std::string_view(filter.begun_before));
    }
  }
  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;
};

/// A document as it is kept: its text, packed where that is long.
class KeptDocument {
 public:
  explicit KeptDocument(const Value& document) : text_(to_json(document, -1)) {
    packed_ = text_.size() >= kLeastPacked;
    if (packed_) text_ = packed_text(text_);
  }
  SqliteValue value() const {
    return packed_ ? SqliteValue(SqliteBytes{text_}) : SqliteValue(std::string_view(text_));
  }

 private:
  std::string text_;
  bool packed_ = false;
};

/// Within a transaction.
SqliteResult<std::int64_t> added(SqliteFile& database, const RunRecord& run) {
  if (auto grown = grow_history(database); !grown) return tl::unexpected(grown.error());
  const RunSummary& s = run.summary;
  const std::string question = to_json(run.question, -1);  // not packed: lists look into it
  const KeptDocument result(run.result), page(run.page);
  auto rows = database.query(
      "INSERT INTO runs (begun, seconds, command, title, verdict, program, data, question, result,"
      " page) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {s.begun, s.seconds, s.command, s.title, s.verdict, s.program, s.data, question,
       result.value(), page.value()});
  if (!rows) return tl::unexpected(rows.error());
  const SqliteResult<bool> done = rows->next();
  if (!done) return tl::unexpected(done.error());
  const std::int64_t id = database.last_key();
  if (!run.files) return id;
  const auto count = database.integer("UPDATE runs SET files = ? WHERE id = ?",
                                      {static_cast<std::int64_t>(run.files->size()), id});
  if (!count) return count;
  if (const auto files = add_run_files(database, id, *run.files); !files)
    return tl::unexpected(files.error());
  return id;
}

SqliteResult<std::vector<RunSummary>> listed(SqliteFile& database, const RunFilter& filter) {
  const Condition condition(filter);
  std::vector<SqliteValue> values = condition.values;
  values.push_back(static_cast<std::int64_t>(filter.most));
  auto rows = database.query(std::string("SELECT ") + kSummary + " FROM runs" + condition.words +
                                 " ORDER BY id DESC LIMIT ?",
                             values);
  if (!rows) return tl::unexpected(rows.error());
  std::vector<RunSummary> found;
  for (;;) {
    const SqliteResult<bool> row = rows->next();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return found;
    found.push_back(summary_of(*rows));
  }
}

/// A run as its texts, before they are parsed.
struct WrittenRun {
  RunSummary summary;
  std::string question, result, page;
  std::optional<std::vector<InputFile>> files;
};

/// Bytes that cannot be unpacked come as they are: the reader of documents then says where.
std::string unpacked(const SqliteRows& row, int column) {
  std::string text = row.text(column);
  if (row.is_bytes(column)) {
    if (auto whole = unpacked_text(text)) return *std::move(whole);
  }
  return text;
}

SqliteResult<std::optional<WrittenRun>> written(SqliteFile& database, std::int64_t id) {
  const auto schema = schema_of(database);
  if (!schema) return tl::unexpected(schema.error());
  const std::string known = *schema == 1 ? "0" : "files IS NOT NULL";
  auto rows = database.query(std::string("SELECT ") + kSummary + ", question, result, page, " +
                                 known + " FROM runs WHERE id = ?",
                             {id});
  if (!rows) return tl::unexpected(rows.error());
  const SqliteResult<bool> row = rows->next();
  if (!row) return tl::unexpected(row.error());
  if (!*row) return std::nullopt;
  WrittenRun run{
      summary_of(*rows), unpacked(*rows, 8), unpacked(*rows, 9), unpacked(*rows, 10), {}};
  if (rows->integer(11) == 0) return run;
  auto files = run_files(database, id);
  if (!files) return tl::unexpected(files.error());
  run.files = *std::move(files);
  return run;
}

Result<RunRecord> parsed(const WrittenRun& run, const std::filesystem::path& file) {
  RunRecord record{run.summary, {}, {}, {}, run.files};
  const auto read = [&](const std::string& text, const char* what, Value& into) -> Diagnostics {
    const std::string name =
        file.string() + ", " + what + " of run " + std::to_string(run.summary.id);
    Result<Value> value = parse_json(text, name);
    if (!value) return value.problems();
    into = *std::move(value);
    return {};
  };
  Diagnostics problems = read(run.question, "question", record.question);
  if (problems.empty()) problems = read(run.result, "result", record.result);
  if (problems.empty()) problems = read(run.page, "page", record.page);
  if (!problems.empty()) return problems;
  return record;
}

struct Neighbours {
  std::int64_t below = 0, above = 0;  ///< 0 = none
};

SqliteResult<Neighbours> neighbours(SqliteFile& database, std::int64_t id) {
  const auto below = database.integer("SELECT max(id) FROM runs WHERE id < ?", {id});
  if (!below) return tl::unexpected(below.error());
  const auto above = database.integer("SELECT min(id) FROM runs WHERE id > ?", {id});
  if (!above) return tl::unexpected(above.error());
  return Neighbours{*below, *above};
}

Diagnostic no_such_run(std::int64_t id, const Neighbours& near) {
  const std::string what = "there is no run " + std::to_string(id);
  if (near.below == 0 && near.above == 0) return problem(what, "the history has no runs yet");
  const std::string lesser = std::to_string(near.below), greater = std::to_string(near.above);
  if (near.below != 0 && near.above != 0)
    return problem(what, "the nearest are " + lesser + " and " + greater);
  return problem(what, "the nearest is " + (near.below != 0 ? lesser : greater));
}

/// Undoes a transaction that was not ended, an exception included.
struct Undo {
  SqliteFile& database;
  bool wanted = true;
  ~Undo() {
    if (wanted) (void)database.run("ROLLBACK");
  }
};

/// `work` within a transaction that is undone where it fails or is not `good`.
template <class Work, class Good>
auto in_one(SqliteFile& database, const Work& work, const Good& good) -> decltype(work()) {
  if (auto begun = database.run("BEGIN IMMEDIATE"); !begun) return tl::unexpected(begun.error());
  Undo undo{database};
  auto done = work();
  if (!done || !good(*done)) return done;
  if (auto kept = database.run("COMMIT"); !kept) return tl::unexpected(kept.error());
  undo.wanted = false;
  return done;
}

/// Deletes all or none; an id that is not there comes back.
SqliteResult<std::int64_t> removed(SqliteFile& database, const std::vector<std::int64_t>& ids) {
  for (const std::int64_t id : ids) {
    auto row = database.integer("SELECT count(*) FROM runs WHERE id = ?", {id});
    if (!row) return row;
    if (*row == 0) return id;
  }
  for (const std::int64_t id : ids) {
    if (auto done = database.integer("DELETE FROM runs WHERE id = ?", {id}); !done) return done;
  }
  const auto schema = schema_of(database);
  if (!schema) return schema;
  if (*schema == 1) return 0;
  if (const auto dropped = drop_unused_files(database); !dropped)
    return tl::unexpected(dropped.error());
  return 0;
}

}  // namespace

RunHistory::RunHistory(std::unique_ptr<HistoryConnection> connection)
    : connection_(std::move(connection)) {}
RunHistory::RunHistory(RunHistory&&) noexcept = default;
RunHistory& RunHistory::operator=(RunHistory&&) noexcept = default;
RunHistory::~RunHistory() = default;

Result<RunHistory> RunHistory::open(const std::filesystem::path& file) {
  auto connection = HistoryConnection::open(file);
  if (!connection) return connection.problems();
  return RunHistory(*std::move(connection));
}

const std::string& RunHistory::notice() const { return connection_->notice(); }

Result<std::int64_t> RunHistory::add(const RunRecord& run) {
  return connection_->use("cannot be added to", [&](SqliteFile& database) {
    return in_one(
        database, [&] { return added(database, run); }, [](std::int64_t) { return true; });
  });
}

Result<std::vector<RunSummary>> RunHistory::list(const RunFilter& filter) const {
  return connection_->use("cannot be read from",
                          [&](SqliteFile& database) { return listed(database, filter); });
}

Result<std::int64_t> RunHistory::count(const RunFilter& filter) const {
  return connection_->use("cannot be read from", [&](SqliteFile& database) {
    const Condition condition(filter);
    return database.integer("SELECT count(*) FROM runs" + condition.words, condition.values);
  });
}

Result<RunRecord> RunHistory::find(std::int64_t id) const {
  Neighbours near;
  const auto found = connection_->use(
      "cannot be read from", [&](SqliteFile& database) -> SqliteResult<std::optional<WrittenRun>> {
        auto run = written(database, id);
        if (!run || *run) return run;
        const auto around = neighbours(database, id);
        if (!around) return tl::unexpected(around.error());
        near = *around;
        return run;
      });
  if (!found) return found.problems();
  if (!*found) return no_such_run(id, near);
  return parsed(**found, connection_->file());
}

Result<std::monostate> RunHistory::load(std::vector<InputFile>& files) const {
  for (InputFile& file : files) {
    if (!file.kept || file.content) continue;
    auto content = connection_->use("cannot be read from", [&](SqliteFile& database) {
      return kept_content(database, file.hash);
    });
    if (!content) return content.problems();
    if (!*content || content_hash(**content) != file.hash)
      return problem_at({connection_->file().string(), 0, 0},
                        "the kept content of " + file.name + " is damaged",
                        "polyfleet runs again --present-files reads the file itself");
    file.content = std::make_shared<const std::string>(**std::move(content));
  }
  return std::monostate{};
}

Result<std::vector<std::int64_t>> RunHistory::add_all(const std::vector<RunRecord>& runs) {
  return connection_->use("cannot be added to", [&](SqliteFile& database) {
    const auto work = [&]() -> SqliteResult<std::vector<std::int64_t>> {
      std::vector<std::int64_t> ids;
      for (const RunRecord& run : runs) {
        const auto id = added(database, run);
        if (!id) return tl::unexpected(id.error());
        ids.push_back(*id);
      }
      return ids;
    };
    return in_one(database, work, [](const auto&) { return true; });
  });
}

Result<std::monostate> RunHistory::remove(const std::vector<std::int64_t>& ids) {
  Neighbours near;
  const auto missing = connection_->use("cannot be deleted from", [&](SqliteFile& database) {
    const auto done = in_one(
        database, [&] { return removed(database, ids); },
        [](std::int64_t absent) { return absent == 0; });
    if (done && *done == 0) (void)database.run("PRAGMA incremental_vacuum");
    if (done && *done != 0) {
      if (const auto around = neighbours(database, *done)) near = *around;
    }
    return done;
  });
  if (!missing) return missing.problems();
  if (*missing != 0) return no_such_run(*missing, near);
  return std::monostate{};
}

}  // namespace polyfleet
