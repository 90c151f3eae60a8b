#include "report/run_report.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>

#include "report/plain_units.hpp"
#include "report/training_text.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

std::string range_of(const std::string& low, const std::string& high) {
  return low == high ? "" : fmt::format("  ({} to {})", low, high);
}

template <class Q>
std::string quantity_range(const RunForecast& run, std::optional<Q> RunCase::*member) {
  const auto text = [&](const RunCase& each) {
    return std::isfinite(each.length.base()) ? print_quantity(*(each.*member)) : "without end";
  };
  return text(run.expected) + range_of(text(run.best), text(run.worst));
}

std::string heading(const TrainingAnswer& training, const RunForecast& run) {
  return fmt::format("{}{} on {} x {} ({}), {} in {:.0f} steps of {}\n",
                     training.scenario.name.empty() ? "" : training.scenario.name + "\n",
                     training.scenario.model.name, training.scenario.devices,
                     training.machine.accelerator.name, training.machine.system.name,
                     print_quantity(run.tokens * token), run.steps,
                     print_quantity(training.estimate.tokens_per_step * token));
}

void add_end(const RunQuestion& question, const RunForecast& run, TextTable& table) {
  if (!question.start) return;
  const auto date = [](const RunCase& each) {
    return each.end ? print_date(*each.end) : length_text(each.length);
  };
  table.row({"start", print_date(*question.start)});
  table.row({"end", date(run.expected) + range_of(date(run.best), date(run.worst))});
}

void add_outcome(const RunForecast& run, TextTable& table) {
  table.row({"length", length_text(run.expected.length) +
                           range_of(length_text(run.best.length), length_text(run.worst.length))});
  table.row({"effective time (ETTR)",
             percent_text(run.expected.ettr) +
                 range_of(percent_text(run.best.ettr), percent_text(run.worst.ettr))});
  if (run.expected.energy)
    table.row({"energy at the meter", quantity_range(run, &RunCase::energy)});
  table.row({"cost", run.expected.cost
                         ? quantity_range(run, &RunCase::cost)
                         : "unknown: no price of the accelerator is published; state one with "
                           "--price"});
  if (run.expected.electricity)
    table.row({"electricity", quantity_range(run, &RunCase::electricity)});
  if (run.expected.carbon) table.row({"carbon", quantity_range(run, &RunCase::carbon)});
}

std::string interval_text(const RunForecast& run) {
  const IntervalChoice& interval = run.interval;
  return fmt::format("every {} ({:.0f} steps){}; exact optimum {}, Young {}, Daly {}",
                     print_quantity(interval.chosen), interval.steps,
                     interval.pinned ? ", as stated" : "", print_quantity(interval.exact),
                     print_quantity(interval.young), print_quantity(interval.daly));
}

std::string checkpoint_text(const CheckpointCost& cost) {
  std::string text = fmt::format("{} {}; training stands {}", print_quantity(cost.size.total),
                                 name_of(cost.mode), print_quantity(cost.blocking));
  if (cost.background > 0 * second)
    text += fmt::format(", safe after another {}", print_quantity(cost.background));
  return text + fmt::format(", load {}", print_quantity(cost.load));
}

std::string spares_text(const SpareNodes& spares) {
  return fmt::format("{}, each of {} accelerators{}; the run waits {:.2g} % of the time; {} needed",
                     spares.nodes, spares.accelerators_per_node, spares.stated ? " as stated" : "",
                     100 * spares.waiting_share, spares.needed);
}

std::string result_table(const RunAnswer& answer, PageStyle style) {
  const RunForecast& run = answer.forecast;
  const TrainingEstimate& estimate = answer.training.estimate;
  TextTable table({"run", ""});
  table.row(
      {"step time", print_quantity(run.expected.step) +
                        range_of(print_quantity(run.best.step), print_quantity(run.worst.step))});
  if (run.straggler_factor > 1)
    table.row(
        {"slowest of all devices",
         fmt::format("x {:.4f} on the estimated {}; goodput against that {}", run.straggler_factor,
                     print_quantity(estimate.time), percent_text(run.expected.goodput))});
  table.row({"time between failures", print_quantity(1.0 / run.expected.failure_rate) +
                                          range_of(print_quantity(1.0 / run.worst.failure_rate),
                                                   print_quantity(1.0 / run.best.failure_rate))});
  table.row({"expected", fmt::format("{:.0f} failures, {:.0f} announced stops",
                                     run.expected_failures, run.expected_planned)});
  table.row({"checkpoint", checkpoint_text(run.checkpoint)});
  table.row({"interval", interval_text(run)});
  table.row({"spare nodes", spares_text(run.spares)});
  table.rule();
  add_outcome(run, table);
  add_end(answer.question, run, table);
  return table.text(style);
}

std::string parts_table(const RunForecast& run, PageStyle style) {
  TextTable table({"where the time goes", "days", "share"});
  for (const RunPart& part : run.parts) {
    if (part.time == 0 * second) continue;
    table.row({part.name, fmt::format("{:.3f}", part.time / day),
               fmt::format("{:.2f} %", 100 * (part.time / run.expected.length))});
  }
  table.rule();
  table.row({"run", fmt::format("{:.3f}", run.expected.length / day), "100.00 %"});
  return table.text(style);
}

/// Failures by component, in the order in which the record names them.
std::string failures_table(const FailureModel& failures, PageStyle style) {
  std::vector<std::string> order;
  std::map<std::string, Hertz> rates;
  for (const ScaledCause& each : failures.causes) {
    if (each.cause->planned) continue;
    if (rates.find(each.cause->component) == rates.end()) order.push_back(each.cause->component);
    rates[each.cause->component] += each.rate;
  }
  TextTable table({"failures", "a day", "share"});
  for (const std::string& component : order)
    table.row({component, fmt::format("{:.3f}", rates[component] * (1 * day)),
               percent_text(rates[component] / failures.unplanned)});
  table.rule();
  table.row({"all", fmt::format("{:.3f}", failures.unplanned * (1 * day)), percent_text(1)});
  return table.text(style);
}

std::string simulation_table(const SimulatedRuns& runs, const RunForecast& run, PageStyle style) {
  const ConfidenceInterval mean = runs.length.interval(0.95);
  TextTable table({fmt::format("simulated {} times", runs.ettr.count()), ""});
  table.row({"mean length",
             fmt::format("{} +- {} (closed form {})", print_quantity(runs.length.mean() * second),
                         print_quantity((mean.high - runs.length.mean()) * second),
                         length_text(run.expected.length))});
  table.row({"effective time, mean of the runs", fmt::format("{:.2f} %", 100 * runs.ettr.mean())});
  table.row({"length, 10 / 50 / 90 % of the runs",
             fmt::format("{} / {} / {}", print_quantity(runs.length_quantile(0.1)),
                         print_quantity(runs.length_quantile(0.5)),
                         print_quantity(runs.length_quantile(0.9)))});
  table.row({"failures a run", fmt::format("{:.1f} (closed form {:.1f})", runs.failures.mean(),
                                           run.expected_failures)});
  if (runs.given_up > 0) table.row({"without end", fmt::format("{} runs", runs.given_up)});
  return table.text(style);
}

}  // namespace

std::string length_text(Seconds length) {
  constexpr Seconds kReadable = 1000 * 365.25 * day;
  if (length < kReadable) return print_quantity(length);
  return std::isfinite(length.base()) ? "over 1000 years" : "never";
}

std::string run_outcome_text(const RunForecast& forecast, PageStyle style) {
  TextTable table({"run", ""});
  add_outcome(forecast, table);
  return table.text(style);
}

std::string run_text(const RunAnswer& answer, PageStyle style) {
  const RunForecast& run = answer.forecast;
  std::string text = heading(answer.training, run);
  text += '\n' + result_table(answer, style);
  text += '\n' + parts_table(run, style);
  text += '\n' + failures_table(run.failures, style);
  if (answer.simulated != nullptr) text += '\n' + simulation_table(*answer.simulated, run, style);
  text += '\n' + assumption_table(run.assumptions, style);
  const std::size_t of_step = answer.training.scenario.assumptions.size();
  if (of_step > 0)
    text +=
        fmt::format("the step rests on {} more: `polyfleet estimate train` lists them\n", of_step);
  for (const std::string& warning : run.warnings) text += "\nnote: " + warning + '\n';
  return text;
}

}  // namespace polyfleet
