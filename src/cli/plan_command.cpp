#include "cli/plan_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "app/mixed_run.hpp"
#include "app/plan_document.hpp"
#include "app/plan_export.hpp"
#include "app/plan_run.hpp"
#include "app/sensitivity_run.hpp"
#include "base/files.hpp"
#include "cli/interrupt.hpp"
#include "cli/output.hpp"
#include "report/mixed_json.hpp"
#include "report/mixed_text.hpp"
#include "report/plan_json.hpp"
#include "report/plan_text.hpp"
#include "report/sensitivity_report.hpp"
#include "report/training_explain.hpp"
#include "report/training_json.hpp"
#include "report/training_timeline.hpp"

namespace polyfleet {
namespace {

SearchControl control_of(const PlanArguments& arguments, const InterruptFlag& interrupt) {
  SearchControl control;
  control.threads = arguments.threads > 0 ? static_cast<unsigned>(arguments.threads)
                                          : std::max(1U, std::thread::hardware_concurrency());
  control.stop = &interrupt.raised();
  control.progress = [](double share) {
    show_progress(fmt::format(
        "searching: {:.0f} % of the space accounted for (Ctrl-C: best so far)", 100 * share));
  };
  return control;
}

/// Where the exports went, and what their tools cannot be told.
std::string exports_text(const std::vector<ExportedPlan>& exports, PageStyle style) {
  TextTable table({"exported", "folder", "files", "settings that it cannot say"});
  for (const ExportedPlan& each : exports) {
    std::string files, unsaid;
    for (const LaunchFile& file : each.files.files)
      files += (files.empty() ? "" : ", ") + file.name;
    for (const Unexpressed& setting : each.files.unexpressed)
      unsaid += fmt::format("{}{} = {} ({})", unsaid.empty() ? "" : "; ", setting.setting,
                            setting.value, setting.why);
    table.row({std::string(name_of(each.request.format)), each.request.folder, files,
               unsaid.empty() ? "none" : unsaid});
  }
  return table.empty() ? "" : '\n' + table.text(style);
}

Value exports_json(const std::vector<ExportedPlan>& exports) {
  Value list{Array{}};
  for (const ExportedPlan& each : exports) {
    Value one{Table{}};
    one.set("format", name_of(each.request.format));
    one.set("folder", each.request.folder);
    Value files{Array{}};
    for (const LaunchFile& file : each.files.files) files.push(file.name);
    one.set("files", std::move(files));
    Value unsaid{Array{}};
    for (const Unexpressed& setting : each.files.unexpressed) {
      Value row{Table{}};
      row.set("setting", setting.setting);
      row.set("value", setting.value);
      row.set("why", setting.why);
      unsaid.push(std::move(row));
    }
    one.set("unexpressed", std::move(unsaid));
    list.push(std::move(one));
  }
  return list;
}

Diagnostics written(const std::string& path, const std::string& text) {
  if (path.empty()) return {};
  const auto done = write_file(path, text);
  return done ? Diagnostics{} : done.problems();
}

void print_answer(const PlanRun& run, const std::vector<ExportedPlan>& exports,
                  const std::optional<std::vector<MovedInput>>& moves,
                  const PlanArguments& arguments, const Catalogue& catalogue) {
  const PlanAnswer answer = run.answer();
  if (arguments.json) {
    Value json = plan_json(answer);
    if (arguments.explain && answer.best)
      json.set("explanation", explanation_json(*answer.best, catalogue));
    if (moves) json.set("sensitivity", plan_sensitivity_json(*moves));
    if (!exports.empty()) json.set("exports", exports_json(exports));
    return print_json(json);
  }
  const PageStyle style = output_style();
  if (!answer.best) return print(no_plan_text(answer, style));
  print(plan_text(answer, {.front = arguments.front, .explain = arguments.explain}, style));
  if (arguments.explain) print('\n' + explanation_text(*answer.best, catalogue, style));
  if (moves) print('\n' + plan_sensitivity_text(*moves, style));
  print(exports_text(exports, style));
}

int run_one_pool(Workspace& workspace, PlanQuestion question, const PlanArguments& arguments,
                 const std::vector<ExportRequest>& requests) {
  const InterruptFlag interrupt;
  const auto run = run_plan_search(workspace, std::move(question), control_of(arguments, interrupt),
                                   {.with_front = arguments.front || arguments.json});
  show_progress({});
  if (!run) return bad_input(run.problems());
  std::vector<ExportedPlan> exports;
  if ((*run)->best) {
    Diagnostics problems = written(arguments.out, toml_text((*run)->best_scenario));
    if (problems.empty() && !arguments.timeline.empty())
      problems = written(arguments.timeline, training_timeline((*run)->best->answer()));
    if (!problems.empty()) return bad_input(problems);
    auto made = write_exports(launch_job(**run), requests, workspace);
    if (!made) return bad_input(made.problems());
    exports = *std::move(made);
  }
  std::optional<std::vector<MovedInput>> moves;
  if (arguments.sensitivity && (*run)->best) {
    show_progress("moving every uncertain input ...");
    SearchControl control = control_of(arguments, interrupt);
    control.progress = {};
    auto moved = run_plan_sensitivity(workspace, **run, control);
    show_progress({});
    if (!moved) return bad_input(moved.problems());
    moves = *std::move(moved);
  }
  print_answer(**run, exports, moves, arguments, workspace.catalogue());
  if ((*run)->result.interrupted) return kExitInterrupted;
  return (*run)->best ? kExitOk : kExitInfeasible;
}

/// What only a search over one pool can do.
Diagnostics mixed_problems(const PlanArguments& arguments) {
  Diagnostics problems;
  if (arguments.compare_stated)
    problems.push_back(problem_at({"--compare-stated", 0, 0}, "a scenario states one pool's plan",
                                  "leave the cluster out, or give it one pool"));
  if (arguments.sensitivity)
    problems.push_back(problem_at({"--sensitivity", 0, 0}, "inputs are those of one machine",
                                  "ask for it with one pool"));
  if (arguments.front)
    problems.push_back(problem_at({"--front", 0, 0}, "the front is that of one pool's plans",
                                  "--json has the best of every way to mix"));
  if (arguments.explain)
    problems.push_back(problem_at({"--explain", 0, 0}, "the chain of terms is that of one pool",
                                  "ask for it with one pool"));
  if (!arguments.timeline.empty())
    problems.push_back(problem_at({"--timeline", 0, 0}, "a trace shows one pool's pipeline",
                                  "ask for it with one pool"));
  return problems;
}

int run_mixed(Workspace& workspace, PlanQuestion question, const PlanArguments& arguments,
              const std::vector<ExportRequest>& requests) {
  if (const Diagnostics problems = mixed_problems(arguments); !problems.empty())
    return bad_input(problems);
  const InterruptFlag interrupt;
  const auto run =
      run_mixed_search(workspace, std::move(question), control_of(arguments, interrupt));
  show_progress({});
  if (!run) return bad_input(run.problems());
  const bool found = !(*run)->result.best.empty();
  std::vector<ExportedPlan> exports;
  if (found) {
    std::vector<std::string> pools;
    for (const SearchedPool& pool : (*run)->search.pools) pools.push_back(pool.name);
    const Value plan = mixed_plan_document((*run)->result.best.front().plan, pools);
    if (const Diagnostics problems = written(arguments.out, toml_text(plan)); !problems.empty())
      return bad_input(problems);
    auto made = write_exports(launch_job(**run), requests, workspace);
    if (!made) return bad_input(made.problems());
    exports = *std::move(made);
  }
  if (arguments.json) {
    Value json = mixed_json((*run)->answer());
    if (!exports.empty()) json.set("exports", exports_json(exports));
    print_json(json);
  } else {
    print(mixed_text((*run)->answer(), output_style()) + exports_text(exports, output_style()));
  }
  if ((*run)->result.interrupted) return kExitInterrupted;
  return found ? kExitOk : kExitInfeasible;
}

Result<std::vector<ExportRequest>> export_requests(const std::vector<std::string>& texts) {
  std::vector<ExportRequest> requests;
  for (const std::string& text : texts) {
    const Result<ExportRequest> request = export_request_of(text);
    if (!request) return request.problems();
    requests.push_back(*request);
  }
  return requests;
}

int run_plan_train(const PlanArguments& arguments) {
  if (!arguments.settings.faulty.empty()) return bad_input(arguments.settings.faulty);
  const auto requests = export_requests(arguments.exports);
  if (!requests) return bad_input(requests.problems());
  const auto workspace = Workspace::open();
  if (!workspace) return bad_input(workspace.problems());
  const Result<Value> document =
      plan_document_of(arguments.scenario, arguments.cluster, arguments.settings.settings);
  if (!document) return bad_input(document.problems());
  Result<PlanQuestion> question = plan_question(**workspace, *document, arguments.compare_stated);
  if (!question) return bad_input(question.problems());
  for (QuestionPool& pool : question->pools) pool.searched.question.strict = arguments.strict;
  return question->is_mixed()
             ? run_mixed(**workspace, *std::move(question), arguments, *requests)
             : run_one_pool(**workspace, *std::move(question), arguments, *requests);
}

/// A flag that states a key of [search].
OptionSpec search_option(SettingTexts& texts, std::string flag, std::string key, std::string help,
                         std::string type, bool is_text = false) {
  return {.names = flag,
          .target =
              [&texts, flag, key, is_text](const std::string& text) {
                Value value = is_text ? Value(text) : detail::value_from_text(text);
                texts.settings.push_back({key, std::move(value), flag});
              },
          .help = std::move(help),
          .type = std::move(type)};
}

void keep_setting(const Result<Setting>& setting, SettingTexts& texts) {
  if (setting) {
    texts.settings.push_back(*setting);
  } else {
    texts.faulty.insert(texts.faulty.end(), setting.problems().begin(), setting.problems().end());
  }
}

/// Repeated --vendor-share texts add up to one list.
void add_vendor_share(const std::string& text, SettingTexts& texts) {
  for (Setting& setting : texts.settings) {
    if (setting.key != "search.vendor_share") continue;
    setting.value.push(Value(text));
    return;
  }
  Value list{Array{}};
  list.push(Value(text));
  texts.settings.push_back({"search.vendor_share", list, "--vendor-share"});
}

std::vector<OptionSpec> search_options(SettingTexts& texts) {
  std::vector<OptionSpec> options;
  options.push_back(search_option(texts, "--objective", "search.objective",
                                  "time, cost, energy or tokens-per-second", "GOAL", true));
  options.push_back(search_option(texts, "--power-cap", "search.power_cap",
                                  "facility power of the accelerators in use: \"50 MW\"", "POWER",
                                  true));
  options.push_back({.names = "--head-room",
                     .target =
                         [&texts](const std::string& text) {
                           texts.settings.push_back(head_room_setting_of(text));
                         },
                     .help = "share of the usable memory that must stay free",
                     .type = "PERCENT"});
  options.push_back(search_option(texts, "--max-tensor", "search.max_tensor",
                                  "largest tensor-parallel degree", "N"));
  options.push_back({.names = "--vendor-share",
                     .target = [&texts](const std::string& text) { add_vendor_share(text, texts); },
                     .help = "share of a vendor among the accelerators in use",
                     .type = "AMD=0.3..0.6",
                     .repeated = true});
  options.push_back(
      {.names = "--space",
       .target = [&texts](const std::string& text) { keep_setting(space_setting_of(text), texts); },
       .help = "values that may be tried for one setting",
       .type = "KEY=V1,V2",
       .repeated = true});
  options.push_back(search_option(texts, "--effort", "search.effort",
                                  "several pools: quick, or full to search to the end", "HOW",
                                  true));
  options.push_back(search_option(texts, "--top", "search.top", "number of best plans shown", "N"));
  options.push_back(search_option(texts, "--tokens", "search.tokens",
                                  "tokens of the whole run, for its end and energy", "N"));
  options.push_back(
      search_option(texts, "--start", "search.start", "first day of the run", "YYYY-MM-DD", true));
  return options;
}

std::vector<OptionSpec> plan_options(PlanArguments& arguments) {
  std::vector<OptionSpec> options{
      {.names = "scenario",
       .target = &arguments.scenario,
       .help = "a scenario in TOML (docs/planner.md)"},
      {"--cluster", &arguments.cluster, "pools and links in TOML (docs/planner.md)", "FILE"}};
  const auto append = [&](const std::vector<OptionSpec>& more) {
    options.insert(options.end(), more.begin(), more.end());
  };
  append(search_options(arguments.settings));
  options.push_back(
      {"--front", &arguments.front, "the Pareto front over time, energy, cost and free memory"});
  options.push_back(
      {"--compare-stated", &arguments.compare_stated,
       "the scenario's plan is what runs today: rank it, search without its degrees"});
  options.push_back({"--export", &arguments.exports,
                     "launch files: megatron-lm, megatron-bridge, primus, deepspeed, torchtitan, "
                     "slurm, kubernetes; may be given again",
                     "FORMAT=DIR"});
  options.push_back({"--out", &arguments.out, "write the best plan as a scenario", "FILE"});
  options.push_back({"--timeline", &arguments.timeline,
                     "write a Chrome/Perfetto trace of the best plan's step", "FILE"});
  options.push_back({"--sensitivity", &arguments.sensitivity,
                     "does the best plan stay the best when an input is off by its uncertainty"});
  options.push_back({"--threads", &arguments.threads, "default: all cores; same answer", "N"});
  options.push_back({"--strict", &arguments.strict, "without the software-maturity factor"});
  options.push_back({"--json", &arguments.json, "as JSON"});
  options.push_back(
      {"--explain", &arguments.explain, "the chain of terms and sources behind the best plan"});
  append(setting_options(arguments.settings));
  return options;
}

}  // namespace

const char kPlanExamples[] =
    "Examples:\n"
    "  polyfleet plan train --model llama3.1-70b --accelerator amd_mi300x --devices 64 \\\n"
    "      --global-batch 256 --sequence 8192 --precision bf16\n"
    "  polyfleet plan train scenario.toml --objective cost --head-room 5% --out plan.toml\n"
    "  polyfleet plan train scenario.toml --cluster scenarios/clusters/mi300x_h200.toml\n"
    "  polyfleet plan train today.toml --compare-stated   (how good is what runs today)\n"
    "  polyfleet plan train scenario.toml --tp 8 --space pipeline=1,2,4 --top 10 --json\n"
    "A setting that the scenario or a flag states is pinned. Exit code 1: nothing fits; 130:\n"
    "interrupted, with the best so far.";

CommandSpec plan_train_command(PlanArguments& arguments) {
  return {{"plan", "train"},
          "The best training plan on a cluster, and why",
          kPlanExamples,
          plan_options(arguments),
          [&] { return run_plan_train(arguments); }};
}

}  // namespace polyfleet
