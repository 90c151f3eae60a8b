// `estimate train`: one training step of a plan, or that question varied.
#include "app/ask_what_if.hpp"
#include "app/question_kinds.hpp"
#include "app/training_run.hpp"
#include "base/files.hpp"
#include "report/training_explain.hpp"
#include "report/training_json.hpp"
#include "report/training_text.hpp"
#include "report/training_timeline.hpp"
#include "view/training_page.hpp"

namespace polyfleet {
namespace {

Value json_of(const TrainingAnswer& answer, bool explain, const Catalogue& catalogue) {
  Value json = training_json(answer);
  if (explain) json.set("explanation", explanation_json(answer, catalogue));
  return json;
}

/// With `explain` the chain of terms and sources follows; what would fit, where it does not.
std::string text_of(const TrainingAnswer& answer, bool explain, const Catalogue& catalogue,
                    const PageStyle& style) {
  std::string text = training_text(answer, style);
  if (explain) text += '\n' + explanation_text(answer, catalogue, style);
  if (!answer.estimate.fits_in_memory) text += '\n' + shortfall_text(answer, style);
  return text;
}

Result<Reply> ask_estimate_train(const Question& question, Workspace& workspace,
                                 const RunControl& control) {
  if (asks_what_if(question)) return ask_what_if(question, workspace, control);
  const Result<Value> document = question_document(question);
  if (!document) return document.problems();
  Result<ResolvedTraining> resolved = resolve_training(workspace, *document);
  if (!resolved) return resolved.problems();
  Result<TrainingRun> done =
      run_training(workspace, *std::move(resolved), flag_option(question, "strict"));
  if (!done) return done.problems();
  const auto run = std::make_shared<const TrainingRun>(*std::move(done));
  if (const auto file = question.files.find("timeline"); file != question.files.end()) {
    const auto written = write_file(file->second, training_timeline(run->answer()));
    if (!written) return written.problems();
  }
  const bool explain = flag_option(question, "explain");
  const Catalogue* catalogue = &workspace.catalogue();
  return Reply{
      .verdict = run->estimate.fits_in_memory ? Verdict::ok : Verdict::infeasible,
      .json = [=] { return json_of(run->answer(), explain, *catalogue); },
      .text =
          [=](const PageStyle& style) {
            return text_of(run->answer(), explain, *catalogue, style);
          },
      .page = [=] { return training_page(run->answer(), *catalogue); },
  };
}

}  // namespace

QuestionKind estimate_train_kind() {
  return {
      .command = "estimate train",
      .summary = "One training step of a plan",
      .scenario_help = "a scenario in TOML (docs/scenarios.md)",
      .stoppable = true,
      .options = {{.name = "strict", .help = "without the software-maturity factor"},
                  {.name = "explain", .help = "the chain of terms and sources behind the result"},
                  {.name = "sweep",
                   .kind = OptionKind::texts,
                   .help = "vary a key over a range or a list, several times for a grid: "
                           "accelerator.memory_bandwidth=4TB/s:10TB/s:7, "
                           "plan.layout.tensor=1,2,4,8, costs.attention=0.5:2:5:log "
                           "(docs/whatif.md)",
                   .type = "KEY=A:B[:N][:log]"},
                  {.name = "sensitivity",
                   .help = "rank the inputs by how much the answer depends on them, and say which "
                           "measurement would narrow the interval most"}},
      .files = {{"timeline", "write a Chrome/Perfetto trace of one step"},
                {"csv", "write every point of a sweep", "OUT.csv"}},
      .ask = ask_estimate_train};
}

}  // namespace polyfleet
