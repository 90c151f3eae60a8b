// `estimate serve`: the steady state of one replica over a range of loads.
#include <memory>

#include "app/question_kinds.hpp"
#include "app/serving_estimate.hpp"
#include "report/serving_estimate.hpp"
#include "view/serving_estimate_page.hpp"

namespace polyfleet {
namespace {

Result<Reply> ask_estimate_serve(const Question& question, Workspace& workspace,
                                 const RunControl&) {
  const Result<Value> document = question_document(question);
  if (!document) return document.problems();
  Result<ServingEstimate> done = run_serving_estimate(workspace, *document);
  if (!done) return done.problems();
  const auto estimate = std::make_shared<const ServingEstimate>(*std::move(done));
  const bool unmet = estimate->within && !estimate->within->state.stable;
  const bool explain = flag_option(question, "explain");
  const Catalogue* catalogue = &workspace.catalogue();
  return Reply{
      .verdict =
          estimate->served.engine->fits_in_memory() && !unmet ? Verdict::ok : Verdict::infeasible,
      .json = [=] { return serving_estimate_json(*estimate); },
      .text =
          [=](const PageStyle& style) { return serving_estimate_text(*estimate, explain, style); },
      .page = [=] { return serving_estimate_page(*estimate, *catalogue); },
  };
}

}  // namespace

QuestionKind estimate_serve_kind() {
  return {.command = "estimate serve",
          .summary = "Throughput against latency of one inference replica, in steady state",
          .scenario_help = "a replica and its load in TOML (docs/serving.md)",
          .options = {{.name = "explain", .help = "where the time of an iteration goes"}},
          .files = {},
          .ask = ask_estimate_serve};
}

}  // namespace polyfleet
