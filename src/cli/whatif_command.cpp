#include "cli/whatif_command.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/sensitivity_run.hpp"
#include "app/sweep.hpp"
#include "base/files.hpp"
#include "cli/output.hpp"
#include "report/sensitivity_report.hpp"

namespace polyfleet {
namespace {

Result<std::vector<SweepAxis>> axes_of(const WhatIfArguments& arguments) {
  std::vector<SweepAxis> axes;
  Diagnostics problems;
  for (const std::string& text : arguments.sweeps) {
    Result<SweepAxis> axis = sweep_axis(text);
    if (axis) {
      axes.push_back(*std::move(axis));
    } else {
      problems.insert(problems.end(), axis.problems().begin(), axis.problems().end());
    }
  }
  if (!problems.empty()) return problems;
  return axes;
}

int print_sweep(const WhatIfArguments& arguments, const SweepAnswer& answer, bool json) {
  if (!arguments.csv.empty()) {
    if (const auto written = write_file(arguments.csv, sweep_csv(answer)); !written)
      return bad_input(written.problems());
  }
  if (json) {
    print_json(sweep_json(answer));
  } else {
    print(sweep_text(answer, output_style()));
  }
  const bool any_runs = std::any_of(answer.points.begin(), answer.points.end(),
                                    [](const SweepPoint& point) { return point.runs(); });
  return any_runs ? kExitOk : kExitInfeasible;
}

int run_train_sweep(Workspace& workspace, const WhatIfArguments& arguments,
                    const VariedQuestion& question, const Value& document) {
  Result<std::vector<SweepAxis>> axes = axes_of(arguments);
  if (!axes) return bad_input(axes.problems());
  int shown = -1;
  const auto progress = [&shown](double share) {
    const int percent = static_cast<int>(100 * share);
    if (percent == shown) return;
    shown = percent;
    show_progress(fmt::format("sweeping ... {} %", percent));
  };
  const Result<SweepAnswer> answer =
      run_sweep(workspace, {document, *std::move(axes), question.strict, progress});
  if (!answer) return bad_input(answer.problems());
  show_progress({});
  return print_sweep(arguments, *answer, question.json);
}

int run_train_sensitivity(Workspace& workspace, const VariedQuestion& question,
                          const Value& document) {
  const Result<ResolvedTraining> resolved = resolve_training(workspace, document);
  if (!resolved) return bad_input(resolved.problems());
  show_progress("varying every input ...");
  const Result<Sensitivity> answer = run_sensitivity(workspace, *resolved, question.strict);
  if (!answer) return bad_input(answer.problems());
  show_progress({});
  if (question.json) {
    print_json(sensitivity_json(resolved->scenario, *answer));
  } else {
    print(sensitivity_text(resolved->scenario, *answer, output_style()));
  }
  return kExitOk;
}

}  // namespace

std::vector<OptionSpec> what_if_options(WhatIfArguments& arguments) {
  std::vector<OptionSpec> options;
  options.push_back({.names = "--sweep",
                     .target = [&](const std::string& text) { arguments.sweeps.push_back(text); },
                     .help =
                         "vary a key over a range or a list, several times for a grid: "
                         "accelerator.memory_bandwidth=4TB/s:10TB/s:7, plan.layout.tensor=1,2,4,8, "
                         "costs.attention=0.5:2:5:log (docs/whatif.md)",
                     .type = "KEY=A:B[:N][:log]",
                     .repeated = true});
  options.push_back({"--csv", &arguments.csv, "write every point of a sweep", "OUT.csv"});
  options.push_back({"--sensitivity", &arguments.sensitivity,
                     "rank the inputs by how much the answer depends on them, and say which "
                     "measurement would narrow the interval most"});
  return options;
}

int run_what_if(const WhatIfArguments& arguments, const VariedQuestion& question) {
  if (!question.settings.faulty.empty()) return bad_input(question.settings.faulty);
  const auto workspace = Workspace::open();
  if (!workspace) return bad_input(workspace.problems());
  const Result<Value> document = scenario_document(question.scenario, question.settings.settings);
  if (!document) return bad_input(document.problems());
  if (arguments.sensitivity && !arguments.sweeps.empty())
    return bad_input({problem("--sensitivity and --sweep are two questions", "ask one at a time")});
  if (arguments.sensitivity) return run_train_sensitivity(**workspace, question, *document);
  return run_train_sweep(**workspace, arguments, question, *document);
}

}  // namespace polyfleet
