#include "fleet/job_trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "base/csv.hpp"
#include "base/spelling.hpp"
#include "training/calendar.hpp"

namespace polyfleet {
namespace {

constexpr std::size_t kMostProblems = 20;
constexpr int kMostGang = 100'000'000;

/// Problems of rows: the first are kept, the others counted.
class RowProblems {
 public:
  explicit RowProblems(std::string file) : file_(std::move(file)) {}
  void add(int line, std::string what, std::string fix = {}) {
    if (++count_ > kMostProblems) return;
    list_.push_back(problem_at({file_, line, 0}, std::move(what), std::move(fix)));
  }
  bool empty() const { return count_ == 0; }
  Diagnostics finish() {
    if (count_ > kMostProblems)
      list_.push_back(
          problem(fmt::format("{}: {} more rows are wrong", file_, count_ - kMostProblems)));
    return std::move(list_);
  }

 private:
  std::string file_;
  Diagnostics list_;
  std::size_t count_ = 0;
};

struct Columns {
  std::optional<std::size_t> arrival, duration, steps, accelerators, id, group, kind, priority,
      wait, state;
};

std::optional<std::size_t> any_of(const CsvTable& table,
                                  std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (const auto found = table.column(name)) return found;
  }
  return std::nullopt;
}

Columns columns_of(const CsvTable& table) {
  return {any_of(table, {"arrival", "timestamp", "submit_time"}),
          any_of(table, {"duration"}),
          any_of(table, {"steps"}),
          any_of(table, {"accelerators", "num_gpus", "gpu_num"}),
          any_of(table, {"id", "job_id"}),
          any_of(table, {"group", "vc", "cluster"}),
          any_of(table, {"kind"}),
          any_of(table, {"priority"}),
          any_of(table, {"queue"}),
          any_of(table, {"state"})};
}

Diagnostics missing_columns(const CsvTable& table, const Columns& columns) {
  Diagnostics problems;
  const auto lacks = [&](std::string_view what, std::string_view names) {
    problems.push_back(problem(fmt::format("{}: no column {}", table.file(), what),
                               fmt::format("a job trace needs {}", names)));
  };
  if (!columns.arrival) lacks("arrival", "arrival (or timestamp, submit_time)");
  if (!columns.accelerators) lacks("accelerators", "accelerators (or num_gpus, gpu_num)");
  if (!columns.duration && !columns.steps) lacks("duration", "duration in seconds, or steps");
  if (columns.steps && !columns.kind) lacks("kind", "kind where it has steps");
  return problems;
}

/// Seconds: a number, or a date and time in UTC from 1970.
std::optional<double> time_of(std::string_view text) {
  if (const auto number = parse_number(text)) return number;
  // "2017-10-09 07:01:55", optionally with T and a zone of +00:00
  constexpr std::size_t kLength = 19;
  if (text.size() < kLength || (text[10] != ' ' && text[10] != 'T')) return std::nullopt;
  const std::string_view zone = text.substr(kLength);
  if (!zone.empty() && zone != "+00:00" && zone != "Z") return std::nullopt;
  const auto date = parse_date(text.substr(0, 10));
  if (!date) return std::nullopt;
  const auto part = [&](std::size_t from) { return parse_number(text.substr(from, 2)); };
  const auto hours = part(11), minutes = part(14), seconds = part(17);
  if (text[13] != ':' || text[16] != ':' || !hours || !minutes || !seconds) return std::nullopt;
  if (*hours < 0 || *hours > 23 || *minutes < 0 || *minutes > 59 || *seconds < 0 || *seconds > 60)
    return std::nullopt;
  const std::chrono::year_month_day written{std::chrono::year(date->year),
                                            std::chrono::month(static_cast<unsigned>(date->month)),
                                            std::chrono::day(static_cast<unsigned>(date->day))};
  const auto days = std::chrono::sys_days(written).time_since_epoch().count();
  return static_cast<double>(days) * (1 * day / second) + *hours * (1 * hour / second) +
         *minutes * (1 * minute / second) + *seconds;
}

RecordedState state_of(std::string_view text) {
  std::string lower(text);
  for (char& each : lower) each = static_cast<char>(std::tolower(static_cast<unsigned char>(each)));
  if (lower == "completed" || lower == "pass") return RecordedState::completed;
  if (lower == "cancelled" || lower == "killed" || lower == "canceled")
    return RecordedState::cancelled;
  if (lower == "failed" || lower == "node_fail" || lower == "timeout" || lower == "out_of_memory")
    return RecordedState::failed;
  return RecordedState::unknown;
}

/// One row with what is recorded beside the job, so that all can be ordered together.
struct ReadRow {
  Job job;
  double arrival = 0;  ///< seconds, before the first becomes zero
  Seconds wait;
  RecordedState state = RecordedState::unknown;
};

class TraceReader {
 public:
  TraceReader(const CsvTable& table, const std::vector<JobKind>& kinds)
      : table_(table), columns_(columns_of(table)), kinds_(kinds), problems_(table.file()) {
    for (std::size_t kind = 0; kind < kinds.size(); ++kind)
      kind_at_.emplace(std::pair(kinds[kind].name, kinds[kind].accelerators),
                       static_cast<int>(kind));
  }

  Result<JobTraceFile> read() {
    Diagnostics missing = missing_columns(table_, columns_);
    if (!missing.empty()) return missing;
    for (const CsvRow& row : table_.rows()) read_row(row);
    if (!problems_.empty()) return problems_.finish();
    finish();
    return std::move(file_);
  }

 private:
  std::string_view cell(const CsvRow& row, std::optional<std::size_t> column) const {
    return column ? std::string_view(row.cells[*column]) : std::string_view();
  }

  void read_row(const CsvRow& row);
  bool read_gang(const CsvRow& row, Job& job);
  bool read_work(const CsvRow& row, Job& job);
  void read_rest(const CsvRow& row, ReadRow& into);
  void finish();

  const CsvTable& table_;
  Columns columns_;
  const std::vector<JobKind>& kinds_;
  RowProblems problems_;
  std::map<std::pair<std::string, int>, int> kind_at_;
  std::map<std::string, int, std::less<>> groups_;
  std::vector<ReadRow> read_;
  JobTraceFile file_;
};

void TraceReader::read_row(const CsvRow& row) {
  ++file_.rows;
  ReadRow read;
  const auto arrival = time_of(cell(row, columns_.arrival));
  constexpr double kLongest = static_cast<double>(kLongestJobSpan) / kJobTicksPerSecond;
  if (!arrival || std::abs(*arrival) > kLongest)
    return problems_.add(row.line,
                         fmt::format("arrival '{}' is no time", cell(row, columns_.arrival)),
                         "write seconds or \"2017-10-09 07:01:55\"");
  read.arrival = *arrival;
  if (!read_gang(row, read.job) || !read_work(row, read.job)) return;
  read_rest(row, read);
  read_.push_back(read);
}

/// False where the row is left out or wrong.
bool TraceReader::read_gang(const CsvRow& row, Job& job) {
  const auto gang = parse_number(cell(row, columns_.accelerators));
  if (!gang || *gang < 0 || *gang > kMostGang || *gang != std::floor(*gang)) {
    problems_.add(row.line, fmt::format("'{}' accelerators", cell(row, columns_.accelerators)),
                  "a gang is a whole number, at most 100 million");
    return false;
  }
  job.accelerators = static_cast<int>(*gang);
  if (job.accelerators == 0) ++file_.without_accelerators;
  return job.accelerators > 0;
}

bool TraceReader::read_work(const CsvRow& row, Job& job) {
  const bool by_steps = columns_.steps.has_value();
  const std::string_view text = cell(row, by_steps ? columns_.steps : columns_.duration);
  const auto amount = parse_number(text);
  constexpr double kMostSteps = 1e15;
  constexpr double kMostSeconds = static_cast<double>(kLongestJobSpan) / kJobTicksPerSecond;
  if (!amount || *amount < 0 || *amount > (by_steps ? kMostSteps : kMostSeconds)) {
    problems_.add(row.line, fmt::format("{} '{}'", by_steps ? "steps" : "duration", text),
                  by_steps ? "a number of steps, at most 1e15" : "seconds, at most a century");
    return false;
  }
  if (*amount == 0) {
    ++file_.without_time;
    return false;
  }
  job.work = by_steps ? *amount : std::round(*amount * kJobTicksPerSecond);
  if (!columns_.kind) return true;
  const std::string name(cell(row, columns_.kind));
  const auto found = kind_at_.find({name, job.accelerators});
  if (found != kind_at_.end()) {
    job.kind = found->second;
    if (!by_steps)  // time on the fastest pool
      job.work *= *std::max_element(kinds_[static_cast<std::size_t>(job.kind)].rate.begin(),
                                    kinds_[static_cast<std::size_t>(job.kind)].rate.end()) /
                  kJobTicksPerSecond;
    return true;
  }
  if (!by_steps) return true;  // a name without rates: time is time
  std::vector<std::string> known;
  for (const JobKind& kind : kinds_) known.push_back(kind.name);
  problems_.add(row.line,
                fmt::format("no rates of kind '{}' on {} accelerators", name, job.accelerators),
                name_suggestion(name, known));
  return false;
}

void TraceReader::read_rest(const CsvRow& row, ReadRow& into) {
  Job& job = into.job;
  if (columns_.id) {
    const auto id = parse_number(cell(row, columns_.id));
    if (id && std::abs(*id) < 9e15) job.id = static_cast<std::int64_t>(*id);
  }
  if (columns_.priority) {
    const auto priority = parse_number(cell(row, columns_.priority));
    if (!priority || std::abs(*priority) > 1e9 || *priority != std::floor(*priority))
      return problems_.add(row.line, fmt::format("priority '{}'", cell(row, columns_.priority)),
                           "a whole number; larger goes first");
    job.priority = static_cast<int>(*priority);
  }
  if (columns_.group) {
    const std::string name(cell(row, columns_.group));
    job.group = groups_.emplace(name, static_cast<int>(groups_.size())).first->second;
  }
  if (columns_.wait) into.wait = parse_number(cell(row, columns_.wait)).value_or(0) * second;
  if (columns_.state) into.state = state_of(cell(row, columns_.state));
}

void TraceReader::finish() {
  double first = 0;
  if (!read_.empty())
    first = std::min_element(read_.begin(), read_.end(), [](const ReadRow& a, const ReadRow& b) {
              return a.arrival < b.arrival;
            })->arrival;
  // Groups by name, whatever the order of the rows.
  std::vector<int> place(groups_.size());
  for (const auto& [name, index] : groups_) {
    place[static_cast<std::size_t>(index)] = static_cast<int>(file_.trace.groups.size());
    file_.trace.groups.push_back(name);
  }
  for (ReadRow& each : read_) {
    each.job.arrival = job_ticks((each.arrival - first) * second);
    if (each.job.group >= 0) each.job.group = place[static_cast<std::size_t>(each.job.group)];
  }
  std::sort(read_.begin(), read_.end(),
            [](const ReadRow& a, const ReadRow& b) { return job_before(a.job, b.job); });
  for (const ReadRow& each : read_) {
    file_.trace.jobs.push_back(each.job);
    if (columns_.wait) file_.waits.push_back(each.wait);
    if (columns_.state) file_.states.push_back(each.state);
  }
  file_.trace.name = table_.file();
  file_.trace.kinds = kinds_;
  if (file_.without_accelerators > 0)
    file_.remarks.push_back(
        fmt::format("{} rows ask for no accelerator: left out", file_.without_accelerators));
  if (file_.without_time > 0)
    file_.remarks.push_back(fmt::format("{} rows did not run: left out", file_.without_time));
}

}  // namespace

Result<JobTraceFile> read_job_trace(std::string_view text, std::string file,
                                    const std::vector<JobKind>& kinds) {
  const Result<CsvTable> table = CsvTable::parse(text, std::move(file));
  if (!table) return table.problems();
  return TraceReader(*table, kinds).read();
}

Result<std::vector<JobKind>> read_job_kinds(std::string_view text, std::string file,
                                            const std::vector<std::string>& pools) {
  const Result<CsvTable> table = CsvTable::parse(text, std::move(file));
  if (!table) return table.problems();
  std::vector<std::string> names{"kind", "accelerators"};
  names.insert(names.end(), pools.begin(), pools.end());
  const auto columns = table->require(names);
  if (!columns) return columns.problems();
  RowProblems problems(table->file());
  std::vector<JobKind> kinds;
  for (const CsvRow& row : table->rows()) {
    JobKind kind;
    kind.name = row.cells[(*columns)[0]];
    const auto gang = parse_number(row.cells[(*columns)[1]]);
    if (!gang || *gang < 1 || *gang > kMostGang || *gang != std::floor(*gang)) {
      problems.add(row.line, fmt::format("'{}' accelerators", row.cells[(*columns)[1]]));
      continue;
    }
    kind.accelerators = static_cast<int>(*gang);
    for (std::size_t pool = 0; pool < pools.size(); ++pool) {
      const auto rate = parse_number(row.cells[(*columns)[pool + 2]]);
      const auto spread_column = table->column(pools[pool] + "_spread");
      const std::string spread_text = spread_column ? row.cells[*spread_column] : std::string();
      const auto spread = spread_text.empty() ? 0.0 : parse_number(spread_text);
      if (!rate || *rate < 0 || !spread || *spread < 0) {
        problems.add(row.line, fmt::format("the rate of '{}' on {}", kind.name, pools[pool]),
                     "steps a second, 0 = does not run, spread may be empty");
        continue;
      }
      kind.rate.push_back(*rate);
      kind.spread.push_back(*spread);
    }
    kinds.push_back(std::move(kind));
  }
  if (!problems.empty()) return problems.finish();
  return kinds;
}

}  // namespace polyfleet
