// The commands that change a history or carry runs elsewhere: export, import, delete.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "app/run_record.hpp"
#include "base/files.hpp"
#include "cli/output.hpp"
#include "cli/runs_command.hpp"
#include "cli/runs_store.hpp"
#include "history/run_document.hpp"
#include "report/runs_report.hpp"

namespace polyfleet {
namespace {

constexpr std::size_t kEveryRun = 1'000'000'000;
constexpr std::size_t kLargestImport = std::size_t{1} << 30;  // bytes

std::string runs_count(std::size_t runs) {
  return fmt::format("{} run{}", runs, runs == 1 ? "" : "s");
}

/// The runs that were named, each once; without names all, the oldest first.
Result<std::vector<std::int64_t>> chosen_runs(const RunHistory& history,
                                              const std::vector<std::string>& names) {
  auto ids = run_ids(history, names);
  if (!ids) return ids.problems();
  if (names.empty()) {
    const auto runs = history.list({.most = kEveryRun});
    if (!runs) return runs.problems();
    for (const RunSummary& run : *runs) ids->push_back(run.id);
  }
  std::sort(ids->begin(), ids->end());
  ids->erase(std::unique(ids->begin(), ids->end()), ids->end());
  return ids;
}

int export_runs(const RunsExportArguments& arguments) {
  const Result<RunHistory> history = existing_history(arguments.store);
  if (!history) return bad_input(history.problems());
  const auto ids = chosen_runs(*history, arguments.runs);
  if (!ids) return bad_input(ids.problems());
  std::vector<RunRecord> runs;
  for (const std::int64_t id : *ids) {
    Result<RunRecord> run = history->find(id);
    if (!run) return bad_input(run.problems());
    if (run->files) {
      if (const auto loaded = history->load(*run->files); !loaded)
        return bad_input(loaded.problems());
    }
    runs.push_back(*std::move(run));
  }
  if (arguments.out.empty()) {
    print_json(runs_value(runs));
    return kExitOk;
  }
  const auto written = write_file(arguments.out, to_json(runs_value(runs)) + '\n');
  if (!written) return bad_input(written.problems());
  print(fmt::format("wrote {} to {}\n", runs_count(runs.size()), arguments.out));
  return kExitOk;
}

/// The runs of the file, their questions understood.
Result<std::vector<RunRecord>> runs_of_file(const std::string& file) {
  const Result<std::string> text = read_file(file, kLargestImport);
  if (!text) return text.problems();
  const Result<Value> document = parse_json(*text, file);
  if (!document) return document.problems();
  Result<std::vector<RunRecord>> runs = runs_from_value(*document);
  if (!runs) return runs.problems();
  Diagnostics problems;
  for (const RunRecord& run : *runs) {
    const Result<Question> question = question_from_value(run.question);
    if (!question)
      problems.insert(problems.end(), question.problems().begin(), question.problems().end());
  }
  if (!problems.empty()) return problems;
  return runs;
}

int import_runs(const RunsImportArguments& arguments) {
  const auto runs = runs_of_file(arguments.file);
  if (!runs) return bad_input(runs.problems());
  Result<RunHistory> history = RunHistory::open(history_file(arguments.store));
  if (!history) return bad_input(history.problems());
  warn_of(*history);
  const auto ids = history->add_all(*runs);
  if (!ids) return bad_input(ids.problems());
  for (std::size_t i = 0; i < ids->size(); ++i)
    print(fmt::format("run {} is run {} here: {}\n", (*runs)[i].summary.id, (*ids)[i],
                      (*runs)[i].summary.title));
  print(fmt::format("imported {}\n", runs_count(ids->size())));
  return kExitOk;
}

bool is_date(const std::string& text) {
  constexpr std::string_view kPattern = "dddd-dd-dd";
  if (text.size() != kPattern.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kPattern[i] == 'd' ? !digit : text[i] != '-') return false;
  }
  return true;
}

/// What is to be deleted: runs by name, and all that began before a day.
Result<std::vector<RunSummary>> doomed_runs(const RunHistory& history,
                                            const RunsDeleteArguments& arguments) {
  const auto named = run_ids(history, arguments.runs);
  if (!named) return named.problems();
  std::vector<RunSummary> runs;
  std::set<std::int64_t> seen;
  for (const std::int64_t id : *named) {
    const Result<RunRecord> run = history.find(id);
    if (!run) return run.problems();
    if (seen.insert(id).second) runs.push_back(run->summary);
  }
  if (arguments.before.empty()) return runs;
  const auto old = history.list({.most = kEveryRun, .begun_before = arguments.before});
  if (!old) return old.problems();
  for (const RunSummary& run : *old) {
    if (seen.insert(run.id).second) runs.push_back(run);
  }
  return runs;
}

int delete_runs(const RunsDeleteArguments& arguments) {
  if (arguments.runs.empty() && arguments.before.empty())
    return bad_input({problem("nothing to delete", "name runs, or give --all-before DATE")});
  if (!arguments.before.empty() && !is_date(arguments.before))
    return bad_input({problem_at({"--all-before", 0, 0}, "'" + arguments.before + "' is no date",
                                 "write it as 2026-11-22")});
  Result<RunHistory> history = existing_history(arguments.store);
  if (!history) return bad_input(history.problems());
  const auto runs = doomed_runs(*history, arguments);
  if (!runs) return bad_input(runs.problems());
  std::vector<std::int64_t> ids;
  for (const RunSummary& run : *runs) ids.push_back(run.id);
  const auto removed = history->remove(ids);
  if (!removed) return bad_input(removed.problems());
  for (const RunSummary& run : *runs)
    print(fmt::format("deleted run {} of {} UTC: {}, {}\n", run.id, minute_text(run.begun),
                      run.command, run.title));
  print(fmt::format("deleted {}\n", runs_count(runs->size())));
  return kExitOk;
}

}  // namespace

CommandSpec runs_export_command(RunsExportArguments& arguments) {
  return {{"runs", "export"},
          "Whole runs as one JSON file",
          "",
          {{.names = "runs", .target = &arguments.runs, .help = "which ones; none: all"},
           {.names = "--out",
            .target = &arguments.out,
            .help = "instead of standard output",
            .type = "FILE"},
           store_option(arguments.store)},
          [&] { return export_runs(arguments); }};
}

CommandSpec runs_import_command(RunsImportArguments& arguments) {
  return {{"runs", "import"},
          "Adds the runs of an exported file, under new ids",
          "",
          {{.names = "file",
            .target = &arguments.file,
            .help = "what polyfleet runs export wrote",
            .required = true},
           store_option(arguments.store)},
          [&] { return import_runs(arguments); }};
}

CommandSpec runs_delete_command(RunsDeleteArguments& arguments) {
  return {{"runs", "delete"},
          "Deletes runs without asking, and names them",
          "",
          {{.names = "runs", .target = &arguments.runs, .help = "which ones"},
           {.names = "--all-before",
            .target = &arguments.before,
            .help = "every run that began before this day (UTC)",
            .type = "YYYY-MM-DD"},
           store_option(arguments.store)},
          [&] { return delete_runs(arguments); }};
}

}  // namespace polyfleet
