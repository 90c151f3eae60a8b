#include "cli/plan_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "app/plan_document.hpp"
#include "app/plan_run.hpp"
#include "base/files.hpp"
#include "cli/interrupt.hpp"
#include "cli/output.hpp"
#include "report/plan_json.hpp"
#include "report/plan_text.hpp"
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

void print_answer(const PlanRun& run, const PlanArguments& arguments, const Catalogue& catalogue) {
  const PlanAnswer answer = run.answer();
  if (arguments.json) {
    Value json = plan_json(answer);
    if (arguments.explain && answer.best)
      json.set("explanation", explanation_json(*answer.best, catalogue));
    return print_json(json);
  }
  const PageStyle style = output_style();
  if (!answer.best) return print(no_plan_text(answer, style));
  print(plan_text(answer, arguments.front, style));
  if (arguments.explain) print('\n' + explanation_text(*answer.best, catalogue, style));
}

/// The files that were asked for. Errors: those of writing.
Diagnostics written_files(const PlanRun& run, const PlanArguments& arguments) {
  Diagnostics problems;
  const auto write = [&](const std::string& path, const std::string& text) {
    if (path.empty()) return;
    if (const auto written = write_file(path, text); !written)
      problems.insert(problems.end(), written.problems().begin(), written.problems().end());
  };
  if (!run.best) return problems;
  write(arguments.out, toml_text(run.best_scenario));
  if (!arguments.timeline.empty()) write(arguments.timeline, training_timeline(run.best->answer()));
  return problems;
}

int run_one_pool(Workspace& workspace, PlanQuestion question, const PlanArguments& arguments) {
  const InterruptFlag interrupt;
  const auto run =
      run_plan_search(workspace, std::move(question), control_of(arguments, interrupt));
  show_progress({});
  if (!run) return bad_input(run.problems());
  if (const Diagnostics problems = written_files(**run, arguments); !problems.empty())
    return bad_input(problems);
  print_answer(**run, arguments, workspace.catalogue());
  if ((*run)->result.interrupted) return kExitInterrupted;
  return (*run)->best ? kExitOk : kExitInfeasible;
}

int run_plan_train(const PlanArguments& arguments) {
  if (!arguments.settings.faulty.empty()) return bad_input(arguments.settings.faulty);
  const auto workspace = Workspace::open();
  if (!workspace) return bad_input(workspace.problems());
  const Result<Value> document =
      plan_document_of(arguments.scenario, arguments.cluster, arguments.settings.settings);
  if (!document) return bad_input(document.problems());
  Result<PlanQuestion> question = plan_question(**workspace, *document, arguments.compare_stated);
  if (!question) return bad_input(question.problems());
  for (QuestionPool& pool : question->pools) pool.searched.question.strict = arguments.strict;
  return run_one_pool(**workspace, *std::move(question), arguments);
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
  options.push_back(search_option(texts, "--top", "search.top", "number of best plans shown", "N"));
  options.push_back(search_option(texts, "--tokens", "search.tokens",
                                  "tokens of the whole run, for its end and energy", "N"));
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
  options.push_back({"--out", &arguments.out, "write the best plan as a scenario", "FILE"});
  options.push_back({"--timeline", &arguments.timeline,
                     "write a Chrome/Perfetto trace of the best plan's step", "FILE"});
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
