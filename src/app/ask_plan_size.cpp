// `plan size`: how many accelerators a run needs, or a power feeds.
#include <memory>

#include "app/question_kinds.hpp"
#include "app/run_options.hpp"
#include "app/run_sizing.hpp"
#include "view/size_page.hpp"

namespace polyfleet {
namespace {

Result<Reply> ask_plan_size(const Question& question, Workspace& workspace, const RunControl&) {
  const Result<Value> document = question_document(question);
  if (!document) return document.problems();
  const SizingTexts texts{.run = run_texts(question),
                          .days = text_option(question, "days"),
                          .power = text_option(question, "power")};
  auto sizing = run_sizing(workspace, *document, texts, flag_option(question, "strict"));
  if (!sizing) return sizing.problems();
  const std::shared_ptr<const RunSizing> done = *std::move(sizing);
  return Reply{
      .verdict = done->answer.verdict == SizeVerdict::meets ? Verdict::ok : Verdict::infeasible,
      .json = [=] { return size_json(done->answer, done->training.answer()); },
      .text =
          [=](const PageStyle& style) {
            return size_text(done->answer, done->training.answer(), style);
          },
      .page = [=] { return size_page(done->answer, done->training.answer()); },
  };
}

}  // namespace

QuestionKind plan_size_kind() {
  QuestionKind kind{
      .command = "plan size",
      .summary = "How many accelerators a run needs, or a power feeds",
      .scenario_help = "a scenario in TOML (docs/scenarios.md); its devices are varied",
      .options = {{.name = "days",
                   .kind = OptionKind::text,
                   .help = "the fewest accelerators that end in time",
                   .type = "N"},
                  {.name = "power",
                   .kind = OptionKind::text,
                   .help = "at the meter, at most: \"50 MW\"; alone: what fits, and when it ends",
                   .type = "POWER"}},
      .files = {},
      .ask = ask_plan_size};
  for (QuestionOption& option : run_options()) kind.options.push_back(std::move(option));
  kind.options.push_back({.name = "strict", .help = "without the software-maturity factor"});
  return kind;
}

}  // namespace polyfleet
