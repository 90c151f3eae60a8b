#include "cli/deliver.hpp"

#include "app/content_fingerprint.hpp"
#include "app/report_file.hpp"
#include "app/run_record.hpp"
#include "base/files.hpp"
#include "cli/interrupt.hpp"
#include "cli/output.hpp"

namespace polyfleet {
namespace {

int exit_code(Verdict verdict) {
  if (verdict == Verdict::interrupted) return kExitInterrupted;
  return verdict == Verdict::ok ? kExitOk : kExitInfeasible;
}

std::string fingerprint_of(const Delivery& delivery) {
  return data_fingerprint(delivery.workspace.data_directory(), usual_cache_folder());
}

PageOrigin origin_of(const Question& question, const Delivery& delivery) {
  return {.command = command_text(question),
          .program = "polyfleet " POLYFLEET_VERSION,
          .data = fingerprint_of(delivery),
          .day = day_of(delivery.begun)};
}

/// The report and the figures that were asked for.
Diagnostics write_pictures(const Question& question, const Reply& reply, const Delivery& delivery) {
  Diagnostics problems = reply.unwritten;
  if (delivery.report.empty() && delivery.figures.empty()) return problems;
  const FigurePage page = reply.page();
  if (!delivery.report.empty()) {
    const auto done = write_file(delivery.report, report_html(page, origin_of(question, delivery)));
    if (!done) problems.insert(problems.end(), done.problems().begin(), done.problems().end());
  }
  if (!delivery.figures.empty()) {
    const auto done = write_figures(page, delivery.figures);
    if (!done) problems.insert(problems.end(), done.problems().begin(), done.problems().end());
  }
  return problems;
}

/// Where the run is kept; empty = nowhere.
std::filesystem::path delivery_history(const Delivery& delivery) {
  if (delivery.store == "none") return {};
  return delivery.store.empty() ? usual_history_file() : std::filesystem::path(delivery.store);
}

/// Adds the run to the history; notices (a damaged file set aside) are told.
Diagnostics keep_run(const Question& question, const Reply& reply, const Delivery& delivery) {
  const std::filesystem::path file = delivery_history(delivery);
  if (file.empty()) return {};
  Result<RunHistory> history = RunHistory::open(file);
  if (!history) return history.problems();
  const Result<std::int64_t> kept =
      record_run(*history, question, reply,
                 {delivery.begun, delivery.seconds, fingerprint_of(delivery), delivery.inputs});
  if (!history->notice().empty()) warn({problem(history->notice())});
  return kept ? Diagnostics{} : kept.problems();
}

}  // namespace

int deliver(const Question& question, const Reply& reply, const Delivery& delivery) {
  if (delivery.json) {
    print_json(reply.json());
  } else {
    print(reply.text(output_style()));
  }
  Diagnostics problems = write_pictures(question, reply, delivery);
  const Diagnostics unkept = keep_run(question, reply, delivery);
  if (delivery.store.empty()) {
    warn(unkept);
  } else {
    problems.insert(problems.end(), unkept.begin(), unkept.end());
  }
  return problems.empty() ? exit_code(reply.verdict) : bad_input(problems);
}

}  // namespace polyfleet
