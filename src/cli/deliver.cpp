#include "cli/deliver.hpp"

#include <fmt/format.h>

#include "app/report_file.hpp"
#include "base/files.hpp"
#include "cli/interrupt.hpp"
#include "cli/output.hpp"

namespace polyfleet {
namespace {

int exit_code(Verdict verdict) {
  if (verdict == Verdict::interrupted) return kExitInterrupted;
  return verdict == Verdict::ok ? kExitOk : kExitInfeasible;
}

PageOrigin origin_of(const Question& question, const Delivery& delivery) {
  return {.command = command_text(question),
          .program = "polyfleet " POLYFLEET_VERSION,
          .data = {},
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

}  // namespace

int deliver(const Question& question, const Reply& reply, const Delivery& delivery) {
  if (delivery.json) {
    print_json(reply.json());
  } else {
    print(reply.text(output_style()));
  }
  const Diagnostics problems = write_pictures(question, reply, delivery);
  return problems.empty() ? exit_code(reply.verdict) : bad_input(problems);
}

}  // namespace polyfleet
