#include "cli/ask_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <thread>

#include "app/run_record.hpp"
#include "base/check.hpp"
#include "base/files.hpp"
#include "cli/deliver.hpp"
#include "cli/interrupt.hpp"
#include "cli/output.hpp"

namespace polyfleet {
namespace {

constexpr std::size_t kLargestScenario = std::size_t{16} << 20;  // bytes, as read_document()
constexpr std::int64_t kNotGiven = std::numeric_limits<std::int64_t>::min();

OptionTarget target_of(const QuestionOption& option, OptionTexts& values) {
  switch (option.kind) {
    case OptionKind::truth:
      return &values.truths[option.name];
    case OptionKind::integer:
      return &(values.integers[option.name] =
                   option.usual.integer() != nullptr ? *option.usual.integer() : kNotGiven);
    case OptionKind::number:
      return &(values.numbers[option.name] =
                   option.usual.number().value_or(std::numeric_limits<double>::quiet_NaN()));
    case OptionKind::text:
      return &(values.texts[option.name] =
                   option.usual.text() != nullptr ? *option.usual.text() : "");
    case OptionKind::texts:
      break;
  }
  return &values.lists[option.name];
}

OptionSpec option_of(const QuestionOption& option, OptionTexts& values) {
  return {.names = (option.positional ? "" : "--") + option.name,
          .target = target_of(option, values),
          .help = option.help,
          .type = option.type,
          .choices = option.choices,
          .required = option.required,
          .show_default = !option.usual.is_null()};
}

/// What was given, by the kind's names.
Value options_value(const OptionTexts& values) {
  Value options{Table{}};
  for (const auto& [name, truth] : values.truths) {
    if (truth) options.set(name, true);
  }
  for (const auto& [name, integer] : values.integers) {
    if (integer != kNotGiven) options.set(name, integer);
  }
  for (const auto& [name, number] : values.numbers) {
    if (!std::isnan(number)) options.set(name, number);
  }
  for (const auto& [name, text] : values.texts) {
    if (!text.empty()) options.set(name, text);
  }
  for (const auto& [name, texts] : values.lists) {
    if (texts.empty()) continue;
    Value list{Array{}};
    for (const std::string& text : texts) list.push(text);
    options.set(name, std::move(list));
  }
  return options;
}

void add_delivery_options(AskArguments& arguments, std::vector<OptionSpec>& options) {
  options.push_back({"--json", &arguments.json, "as JSON"});
  options.push_back({"--report", &arguments.report,
                     "write the answer as pictures: one HTML file that opens offline "
                     "(docs/reports.md)",
                     "FILE.html"});
  options.push_back({"--figures", &arguments.figures,
                     "write every figure of the report as SVG and CSV files", "DIR"});
  options.push_back({"--store", &arguments.store,
                     "the run history to keep the answer in (docs/runs.md); none: keep nothing",
                     "FILE"});
}

std::vector<OptionSpec> options_of(const QuestionKind& kind, AskArguments& arguments,
                                   std::vector<OptionSpec> more) {
  std::vector<OptionSpec> options;
  if (kind.scenario != ScenarioUse::none)
    options.push_back({.names = "scenario",
                       .target = &arguments.scenario,
                       .help = kind.scenario_help,
                       .required = kind.scenario == ScenarioUse::required});
  for (const QuestionOption& option : kind.options) {
    if (option.positional) options.push_back(option_of(option, arguments.options));
  }
  std::move(more.begin(), more.end(), std::back_inserter(options));
  for (const QuestionOption& option : kind.options) {
    if (!option.positional) options.push_back(option_of(option, arguments.options));
  }
  for (const QuestionFile& file : kind.files) {
    const OptionTarget target = file.repeated ? OptionTarget(&arguments.repeated_files[file.name])
                                              : OptionTarget(&arguments.files[file.name]);
    options.push_back({"--" + file.name, target, file.help, file.type});
  }
  if (kind.threaded)
    options.push_back(
        {"--threads", &arguments.threads, "0 = as many as the machine has cores", "N"});
  add_delivery_options(arguments, options);
  return options;
}

/// The terminal's line while work goes on: "searching ... 40 %".
void show_share(const std::string& what, double share) {
  show_progress(share < 0 ? what : fmt::format("{} ... {:.0f} %", what, 100 * share));
}

}  // namespace

Result<Question> question_of(const QuestionKind& kind, const AskArguments& arguments) {
  if (!arguments.settings.faulty.empty()) return arguments.settings.faulty;
  Question question;
  question.command = kind.command;
  question.settings = arguments.settings.settings;
  question.options = options_value(arguments.options);
  for (const auto& [name, path] : arguments.files) {
    if (!path.empty()) question.files.emplace(name, path);
  }
  for (const auto& [name, paths] : arguments.repeated_files) {
    for (const std::string& path : paths) question.files.emplace(name, path);
  }
  question.text_only = !arguments.json && arguments.report.empty() && arguments.figures.empty();
  if (!arguments.scenario.empty()) {
    const bool is_table = arguments.scenario.ends_with(".csv");
    Result<std::string> text =
        read_file(arguments.scenario, is_table ? kLargestInput : kLargestScenario);
    if (!text) return text.problems();
    question.scenario = ScenarioText{arguments.scenario, *std::move(text)};
  }
  Diagnostics problems = question_problems(kind, question);
  if (arguments.threads < 0 || arguments.threads > 1024)
    problems.push_back(problem_at({"--threads", 0, 0}, fmt::format("{} threads", arguments.threads),
                                  "give a number from 0 (all cores) to 1024"));
  if (!problems.empty()) return problems;
  return question;
}

int run_ask(const QuestionKind& kind, const AskArguments& arguments) {
  const auto question = question_of(kind, arguments);
  if (!question) return bad_input(question.problems());
  const auto workspace = Workspace::open();
  if (!workspace) return bad_input(workspace.problems());
  const auto interrupt = kind.stoppable ? std::make_unique<InterruptFlag>() : nullptr;
  RunControl control;
  control.progress = show_share;
  if (interrupt) control.stop = &interrupt->raised();
  control.threads = arguments.threads > 0 ? static_cast<unsigned>(arguments.threads)
                                          : std::max(1U, std::thread::hardware_concurrency());
  InputFiles inputs(program_folders(**workspace));
  const InputFilesScope watched(&inputs);
  const auto begun = std::chrono::system_clock::now();
  const Result<Reply> reply = ask(*question, **workspace, control);
  show_progress({});
  if (!reply) {
    const int code = bad_input(reply.problems());
    return interrupt && interrupt->raised() ? kExitInterrupted : code;
  }
  const std::chrono::duration<double> took = std::chrono::system_clock::now() - begun;
  return deliver(*question, *reply,
                 {.workspace = **workspace,
                  .json = arguments.json,
                  .report = arguments.report,
                  .figures = arguments.figures,
                  .store = arguments.store,
                  .begun = begun,
                  .seconds = took.count(),
                  .inputs = &inputs});
}

CommandSpec ask_command(const std::string& name, AskArguments& arguments, std::string examples,
                        std::vector<OptionSpec> more) {
  const QuestionKind* kind = question_kind(name);
  POLYFLEET_CHECK(kind != nullptr, "a command without its kind of question");
  std::vector<std::string> path;
  for (std::size_t begin = 0; begin < name.size();) {
    const std::size_t blank = std::min(name.find(' ', begin), name.size());
    path.push_back(name.substr(begin, blank - begin));
    begin = blank + 1;
  }
  return {std::move(path), kind->summary, std::move(examples),
          options_of(*kind, arguments, std::move(more)),
          [kind, &arguments] { return run_ask(*kind, arguments); }};
}

}  // namespace polyfleet
