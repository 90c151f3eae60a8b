// `estimate run`: a whole training run with failures, checkpoints and spares.
#include <memory>

#include "app/question_kinds.hpp"
#include "app/run_options.hpp"
#include "report/training_text.hpp"
#include "view/run_page.hpp"

namespace polyfleet {
namespace {

/// The estimate with the views that reports take; `training` points into `run`.
struct AnsweredRun {
  std::unique_ptr<RunEstimate> run;
  TrainingAnswer training;

  RunAnswer answer() const {
    return {training, run->question, run->forecast, run->simulated ? &*run->simulated : nullptr};
  }
};

std::string text_of(const AnsweredRun& done, const PageStyle& style) {
  std::string text = run_text(done.answer(), style);
  if (!done.training.estimate.fits_in_memory) text += '\n' + shortfall_text(done.training, style);
  return text;
}

Result<Reply> ask_estimate_run(const Question& question, Workspace& workspace,
                               const RunControl& control) {
  const Result<Value> document = question_document(question);
  if (!document) return document.problems();
  Result<ResolvedTraining> resolved = resolve_training(workspace, *document);
  if (!resolved) return resolved.problems();
  const SimulationRequest simulation{.runs = integer_option(question, "simulate"),
                                     .seed = integer_option(question, "seed")};
  if (simulation.runs > 0 && control.progress) control.progress("playing the run ...", -1);
  auto run = run_estimate(workspace, *std::move(resolved), run_texts(question), simulation,
                          flag_option(question, "strict"));
  if (!run) return run.problems();
  const TrainingAnswer training = (*run)->training.answer();
  const auto done = std::make_shared<const AnsweredRun>(AnsweredRun{*std::move(run), training});
  const Catalogue* catalogue = &workspace.catalogue();
  return Reply{
      .verdict = training.estimate.fits_in_memory ? Verdict::ok : Verdict::infeasible,
      .json = [=] { return run_json(done->answer()); },
      .text = [=](const PageStyle& style) { return text_of(*done, style); },
      .page = [=] { return run_page(done->answer(), *catalogue); },
  };
}

}  // namespace

QuestionKind estimate_run_kind() {
  QuestionKind kind{.command = "estimate run",
                    .summary = "A whole training run with failures, checkpoints and spares",
                    .scenario_help = "a scenario in TOML (docs/scenarios.md)",
                    .options = run_options(),
                    .files = {},
                    .ask = ask_estimate_run};
  kind.options.push_back({.name = "simulate",
                          .kind = OptionKind::integer,
                          .help = "play the run this many times beside the closed form",
                          .type = "N"});
  kind.options.push_back({.name = "seed",
                          .kind = OptionKind::integer,
                          .help = "of the simulation",
                          .type = "N",
                          .usual = std::int64_t{1}});
  kind.options.push_back({.name = "strict", .help = "without the software-maturity factor"});
  return kind;
}

}  // namespace polyfleet
