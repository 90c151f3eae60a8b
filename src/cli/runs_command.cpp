#include "cli/runs_command.hpp"

#include <fmt/format.h>

#include "app/report_file.hpp"
#include "app/run_record.hpp"
#include "base/files.hpp"
#include "cli/output.hpp"
#include "cli/runs_store.hpp"
#include "history/run_document.hpp"
#include "report/runs_report.hpp"
#include "view/runs_page.hpp"

namespace polyfleet {
namespace {

constexpr std::int64_t kMostListed = 1'000'000;

/// A day of a stored moment: "2026-11-22".
std::string stored_day(const RunSummary& run) { return run.begun.substr(0, 10); }

int list(const RunsListArguments& arguments) {
  if (arguments.most < 1 || arguments.most > kMostListed)
    return bad_input({problem_at({"--most", 0, 0}, fmt::format("{} runs", arguments.most),
                                 fmt::format("give a number from 1 to {}", kMostListed))});
  const std::filesystem::path file = history_file(arguments.store);
  std::error_code error;
  RunsListing listing{{}, 0, file.string()};
  // Before the first run there is no file: an empty list, unless somebody named it.
  if (!arguments.store.empty() || file.empty() || std::filesystem::exists(file, error)) {
    const Result<RunHistory> history = existing_history(arguments.store);
    if (!history) return bad_input(history.problems());
    const RunFilter filter{.command = arguments.command,
                           .text = arguments.text,
                           .most = static_cast<std::size_t>(arguments.most)};
    auto runs = history->list(filter);
    if (!runs) return bad_input(runs.problems());
    const auto total = history->count(filter);
    if (!total) return bad_input(total.problems());
    listing.runs = *std::move(runs);
    listing.total = *total;
  }
  if (arguments.json) {
    print_json(runs_list_json(listing));
  } else {
    print(runs_list_text(listing, output_style()));
  }
  return kExitOk;
}

/// The record that a user's word for a run means.
Result<RunRecord> run_named(const RunHistory& history, const std::string& name) {
  const auto id = run_id(history, name);
  if (!id) return id.problems();
  return history.find(*id);
}

Result<std::monostate> write_report(const RunRecord& run, const Question& question,
                                    const std::string& file) {
  if (run.page.is_null())
    return problem(fmt::format("run {} was kept without pictures", run.summary.id),
                   "ask again with polyfleet runs again");
  const Result<FigurePage> page = page_from_json(run.page);
  if (!page) return page.problems();
  return write_file(file, report_html(*page, {.command = command_text(question),
                                              .program = "polyfleet " + run.summary.program,
                                              .data = run.summary.data,
                                              .day = stored_day(run.summary)}));
}

int show(const RunsShowArguments& arguments) {
  const Result<RunHistory> history = existing_history(arguments.store);
  if (!history) return bad_input(history.problems());
  const Result<RunRecord> run = run_named(*history, arguments.run);
  if (!run) return bad_input(run.problems());
  const Result<Question> question = question_from_value(run->question);
  if (!question) return bad_input(question.problems());
  if (arguments.json) {
    print_json(run_value(*run));
  } else {
    print(run_text(*run, command_text(*question), output_style()));
  }
  if (arguments.report.empty()) return kExitOk;
  const auto written = write_report(*run, *question, arguments.report);
  return written ? kExitOk : bad_input(written.problems());
}

/// The two runs that were named: of one, it and the latest; of none, the last two.
std::vector<std::string> pair_of(std::vector<std::string> runs) {
  if (runs.empty()) runs.push_back("previous");
  if (runs.size() == 1) runs.push_back("latest");
  return runs;
}

int compare(const RunsCompareArguments& arguments) {
  const std::vector<std::string> names = pair_of(arguments.runs);
  if (names.size() > 2)
    return bad_input({problem(fmt::format("{} runs to compare", names.size()), "give two")});
  const Result<RunHistory> history = existing_history(arguments.store);
  if (!history) return bad_input(history.problems());
  const Result<RunRecord> before = run_named(*history, names[0]);
  if (!before) return bad_input(before.problems());
  const Result<RunRecord> after = run_named(*history, names[1]);
  if (!after) return bad_input(after.problems());
  const RunsComparison comparison = compare_runs(*before, *after);
  if (arguments.json) {
    print_json(runs_comparison_json(comparison));
  } else {
    print(runs_comparison_text(comparison, arguments.all, output_style()));
  }
  if (arguments.report.empty()) return kExitOk;
  const PageOrigin origin{
      .command = fmt::format("polyfleet runs compare {} {}", before->summary.id, after->summary.id),
      .program = "polyfleet " POLYFLEET_VERSION,
      .data = {},
      .day = {}};
  const auto written =
      write_file(arguments.report, report_html(runs_comparison_page(comparison), origin));
  return written ? kExitOk : bad_input(written.problems());
}

}  // namespace

const char kRunsExamples[] =
    "Examples:\n"
    "  polyfleet runs list --command \"plan train\" --text 405b\n"
    "  polyfleet runs show latest\n"
    "  polyfleet runs show 12 --report yesterday.html\n"
    "  polyfleet runs compare 12 latest\n"
    "  polyfleet runs again 12   (exit code 1: the answer moved)\n"
    "A run: its id, latest, previous, or -1, -2, ... from the newest back.";

CommandSpec runs_list_command(RunsListArguments& arguments) {
  return {{"runs", "list"},
          "The runs that were kept, the newest first",
          "",
          {{.names = "--command",
            .target = &arguments.command,
            .help = "only commands that begin so: \"plan train\", plan",
            .type = "TEXT"},
           {.names = "--text",
            .target = &arguments.text,
            .help = "only runs with this in their title or question",
            .type = "TEXT"},
           {.names = "--most", .target = &arguments.most, .help = "so many", .show_default = true},
           store_option(arguments.store),
           {.names = "--json", .target = &arguments.json, .help = "as JSON"}},
          [&] { return list(arguments); }};
}

CommandSpec runs_show_command(RunsShowArguments& arguments) {
  return {{"runs", "show"},
          "One run: its question and main figures",
          "",
          {{.names = "run", .target = &arguments.run, .help = "which one", .required = true},
           {.names = "--report",
            .target = &arguments.report,
            .help = "write its pictures as one HTML file",
            .type = "FILE.html"},
           store_option(arguments.store),
           {.names = "--json", .target = &arguments.json, .help = "the whole record as JSON"}},
          [&] { return show(arguments); }};
}

CommandSpec runs_compare_command(RunsCompareArguments& arguments) {
  return {{"runs", "compare"},
          "What two runs asked and answered differently",
          "",
          {{.names = "runs",
            .target = &arguments.runs,
            .help = "two runs; one: it and the latest; none: the last two"},
           {.names = "--all",
            .target = &arguments.all,
            .help = "every number that changed, not only those that changed most"},
           {.names = "--report",
            .target = &arguments.report,
            .help = "write the comparison as one HTML file",
            .type = "FILE.html"},
           store_option(arguments.store),
           {.names = "--json", .target = &arguments.json, .help = "as JSON, with every change"}},
          [&] { return compare(arguments); }};
}

}  // namespace polyfleet
