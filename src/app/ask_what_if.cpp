#include "app/ask_what_if.hpp"

#include <algorithm>
#include <memory>

#include "app/sensitivity_run.hpp"
#include "app/sweep.hpp"
#include "base/files.hpp"
#include "report/sensitivity_report.hpp"
#include "view/sensitivity_page.hpp"
#include "view/sweep_page.hpp"

namespace polyfleet {
namespace {

Result<std::vector<SweepAxis>> axes_of(const std::vector<std::string>& texts) {
  std::vector<SweepAxis> axes;
  Diagnostics problems;
  for (const std::string& text : texts) {
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

Verdict verdict_of(const SweepAnswer& answer) {
  if (answer.interrupted) return Verdict::interrupted;
  const bool any_runs = std::any_of(answer.points.begin(), answer.points.end(),
                                    [](const SweepPoint& point) { return point.runs(); });
  return any_runs ? Verdict::ok : Verdict::infeasible;
}

Result<Reply> ask_sweep(const Question& question, const Value& document, Workspace& workspace,
                        const RunControl& control) {
  Result<std::vector<SweepAxis>> axes = axes_of(texts_option(question, "sweep"));
  if (!axes) return axes.problems();
  int shown = -1;
  const auto progress = [&](double share) {
    const int percent = static_cast<int>(100 * share);
    if (percent == shown || !control.progress) return;
    shown = percent;
    control.progress("sweeping", share);
  };
  Result<SweepAnswer> swept = run_sweep(workspace, {.document = document,
                                                    .axes = *std::move(axes),
                                                    .strict = flag_option(question, "strict"),
                                                    .progress = progress,
                                                    .stop = control.stop});
  if (!swept) return swept.problems();
  const auto answer = std::make_shared<const SweepAnswer>(*std::move(swept));
  if (const auto file = question.files.find("csv"); file != question.files.end()) {
    const auto written = write_file(file->second, sweep_csv(*answer));
    if (!written) return written.problems();
  }
  return Reply{
      .verdict = verdict_of(*answer),
      .json = [=] { return sweep_json(*answer); },
      .text = [=](const PageStyle& style) { return sweep_text(*answer, style); },
      .page = [=] { return sweep_page(*answer); },
  };
}

/// A sensitivity with the scenario that its reports name.
struct SensitivityAnswer {
  TrainingScenario scenario;
  Sensitivity sensitivity;
};

Result<Reply> ask_sensitivity(const Question& question, const Value& document, Workspace& workspace,
                              const RunControl& control) {
  Result<ResolvedTraining> resolved = resolve_training(workspace, document);
  if (!resolved) return resolved.problems();
  if (control.progress) control.progress("varying every input ...", -1);
  Result<Sensitivity> varied =
      run_sensitivity(workspace, *resolved, flag_option(question, "strict"));
  if (!varied) return varied.problems();
  const auto answer = std::make_shared<const SensitivityAnswer>(
      SensitivityAnswer{std::move(resolved->scenario), *std::move(varied)});
  return Reply{
      .verdict = Verdict::ok,
      .json = [=] { return sensitivity_json(answer->scenario, answer->sensitivity); },
      .text =
          [=](const PageStyle& style) {
            return sensitivity_text(answer->scenario, answer->sensitivity, style);
          },
      .page = [=] { return sensitivity_page(answer->scenario, answer->sensitivity); },
  };
}

}  // namespace

bool asks_what_if(const Question& question) {
  return flag_option(question, "sensitivity") || !texts_option(question, "sweep").empty();
}

Result<Reply> ask_what_if(const Question& question, Workspace& workspace,
                          const RunControl& control) {
  const Result<Value> document = question_document(question);
  if (!document) return document.problems();
  const bool sweeps = !texts_option(question, "sweep").empty();
  if (!flag_option(question, "sensitivity"))
    return ask_sweep(question, *document, workspace, control);
  if (sweeps) return problem("--sensitivity and --sweep are two questions", "ask one at a time");
  return ask_sensitivity(question, *document, workspace, control);
}

}  // namespace polyfleet
