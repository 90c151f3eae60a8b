#include "report/plan_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "report/plan_families.hpp"
#include "report/plan_rows.hpp"
#include "report/run_report.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

/// Predicted memory is held to this tolerance (docs/accuracy.md): with less free it may not fit.
constexpr double kTightMemory = 0.05;

std::string heading(const PlanAnswer& answer) {
  const PlanSearchQuestion& question = answer.question;
  const TrainingScenario& scenario = question.pool.scenario;
  const Machine& machine = *question.pool.machine;
  std::string text = scenario.name.empty() ? "" : scenario.name + "\n";
  text += fmt::format("{} on {} x {} ({})\n", scenario.model.name, grouped(scenario.devices),
                      machine.accelerator.name, machine.system.name);
  text += fmt::format("global batch {}, sequence {}, {}, {}\n", scenario.plan.global_batch,
                      scenario.plan.sequence_length, scenario.plan.precision.name,
                      scenario.framework.empty() ? "no framework" : scenario.framework);
  text += "wanted: " + goal_text(question.objective, question.constraints) + "\n";
  if (!answer.pinned.empty()) text += fmt::format("pinned: {}\n", fmt::join(answer.pinned, ", "));
  return text;
}

std::string gap_text(const PlanSearchResult& result) {
  if (result.interrupted) return "interrupted: the best so far, no proof that it is the best\n";
  return result.gap == 0 ? "gap 0 %: no plan of the space is better\n"
                         : fmt::format("gap {}: no plan of the space is better by more\n",
                                       share_text(result.gap));
}

void add_energy_and_cost(const TrainingEstimate& estimate, TextTable& table) {
  if (estimate.energy.known)
    table.row(
        {"energy per step", fmt::format("{:.4g} kWh at the meter, {} per accelerator",
                                        estimate.energy.facility / kilowatt_hour,
                                        print_quantity(estimate.energy.facility_per_accelerator))});
  else
    table.row({"energy", "unknown: " + estimate.energy.basis});
  if (estimate.cost_per_step)
    table.row({"cost per step",
               fmt::format("{}, {} per million tokens", print_quantity(*estimate.cost_per_step),
                           print_quantity(*estimate.cost_per_million_tokens))});
  else
    table.row(
        {"cost", "unknown: no price of the accelerator is published; state one with --price"});
}

std::string best_table(const PlanAnswer& answer, PageStyle style) {
  const TrainingAnswer& best = *answer.best;
  const TrainingEstimate& estimate = best.estimate;
  const double devices = static_cast<double>(best.scenario.devices);
  TextTable table({"best plan", ""});
  table.row({"cut", cut_text(best.scenario.plan)});
  table.row({"settings", settings_text(best.scenario.plan)});
  if (best.scenario.devices < answer.question.pool.scenario.devices)
    table.row({"accelerators", fmt::format("{} of {}; more would not divide or not help",
                                           grouped(best.scenario.devices),
                                           grouped(answer.question.pool.scenario.devices))});
  table.row({"step time",
             fmt::format("{}  (80 % interval {} to {})", print_quantity(estimate.time),
                         print_quantity(estimate.time_low), print_quantity(estimate.time_high))});
  table.row({"tokens", fmt::format("{:.6g} tokens/s per accelerator, {:.6g} tokens/s in all",
                                   estimate.tokens_per_second_per_device,
                                   estimate.tokens_per_second_per_device * devices)});
  table.row({"MFU", fmt::format("{} (causal FLOPs over dense {} peak)", share_text(estimate.mfu),
                                name_of(estimate.mfu_dtype))});
  const std::size_t fullest = fullest_stage(estimate.memory);
  const Bytes used = estimate.memory[fullest].total;
  if (estimate.memory_capacity > 0 * byte)
    table.row({"memory",
               fmt::format("{:.2f} of {:.2f} GB on stage {} of {}, {} free", used / gigabyte,
                           estimate.memory_capacity / gigabyte, fullest + 1, estimate.memory.size(),
                           share_text(1 - used / estimate.memory_capacity))});
  else
    table.row({"memory", fmt::format("{:.2f} GB; the capacity is not published", used / gigabyte)});
  add_energy_and_cost(estimate, table);
  return table.text(style);
}

std::string next_best(const PlanSearchResult& result, PageStyle style) {
  std::vector<const PlannedPlan*> plans;
  std::vector<std::string> marks;
  for (std::size_t i = 0; i < result.best.size(); ++i) {
    plans.push_back(&result.best[i]);
    marks.push_back(fmt::format("{}", i + 1));
  }
  return plan_table("rank", plans, marks, result.best.front().time, style);
}

std::string stated_text(const PlanAnswer& answer, PageStyle style) {
  const StatedPlan& stated = *answer.stated;
  const TrainingEstimate& estimate = stated.answer.estimate;
  TextTable table({"the plan as stated", ""});
  table.row({"cut", cut_text(stated.answer.scenario.plan)});
  table.row({"settings", settings_text(stated.answer.scenario.plan)});
  table.row({"step time", print_quantity(estimate.time)});
  if (!estimate.fits_in_memory) table.row({"memory", "DOES NOT FIT"});
  if (answer.best)
    table.row({"over the best plan",
               fmt::format("{}{}", times_text(stated.over_best),
                           stated.place ? fmt::format(", rank {}", *stated.place) : "")});
  return table.text(style);
}

std::string run_part(const PlanAnswer& answer, PageStyle style) {
  const RunForecast& run = *answer.run;
  std::string text = run_outcome_text(run, style);
  if (run.expected.end && run.best.end && run.worst.end)
    text += fmt::format("from {} to {} ({} to {})\n", print_date(*answer.run_question.start),
                        print_date(*run.expected.end), print_date(*run.best.end),
                        print_date(*run.worst.end));
  return text;
}

std::string full_assumptions(const PlanAnswer& answer, PageStyle style) {
  TextTable table({"assumed", "value", "why"});
  for (const Assumption& each : answer.limits) table.row({each.setting, each.value, each.basis});
  for (const Assumption& each : answer.best->scenario.assumptions)
    table.row({each.setting, each.value, each.basis});
  return '\n' + table.text(style);
}

/// What was assumed, in few lines; the basis of each is in --explain and --json.
std::string assumption_table(const PlanAnswer& answer, PageStyle style) {
  TextTable table({"assumed", ""});
  std::string searched, left_out;
  for (const Assumption& each : answer.limits) {
    if (each.setting == "left out")
      left_out = each.value;
    else
      searched += fmt::format("{}{}: {}", searched.empty() ? "" : "; ", each.setting, each.value);
  }
  const std::string& framework = answer.question.pool.scenario.framework;
  if (!searched.empty()) table.row({"searched, as of " + framework, searched});
  if (!left_out.empty()) table.row({"not searched", left_out});
  std::string estimate;
  if (answer.best) {
    for (const Assumption& each : answer.best->scenario.assumptions)
      estimate += fmt::format("{}{} {}", estimate.empty() ? "" : "; ", each.setting, each.value);
  }
  if (!estimate.empty()) table.row({"in the estimate", estimate});
  return table.empty() ? "" : '\n' + table.text(style) + "why each: --explain\n";
}

}  // namespace

std::string counts_text(const PlanCounts& counts) {
  const std::pair<std::int64_t, const char*> parts[] = {
      {counts.evaluated, "evaluated exactly"},
      {counts.bounded, "passed over by proven bounds"},
      {counts.equal, "no better than an evaluated twin"},
      {counts.too_large, "too large for the memory"},
      {counts.refused, "against a constraint"},
      {counts.impossible, "with degrees that do not divide"},
      {counts.untouched, "untouched"}};
  std::string text = fmt::format("searched {} plans: ", grouped(counts.plans));
  bool first = true;
  for (const auto& [number, what] : parts) {
    if (number == 0) continue;
    text += fmt::format("{}{} {}", first ? "" : ", ", grouped(number), what);
    first = false;
  }
  return text + '\n';
}

std::string plan_text(const PlanAnswer& answer, PlanTextParts parts, PageStyle style) {
  const PlanSearchResult& result = answer.result;
  std::string text = heading(answer) + counts_text(result.counts) + gap_text(result);
  text += '\n' + best_table(answer, style);
  if (answer.run != nullptr) text += '\n' + run_part(answer, style);
  if (answer.stated) text += '\n' + stated_text(answer, style);
  if (result.best.size() > 1) text += '\n' + next_best(result, style);
  if (parts.front && result.front.size() > 1) text += '\n' + front_text(result, style);
  text += families_text(answer, style);
  return text + (parts.explain ? full_assumptions(answer, style) : assumption_table(answer, style));
}

std::string no_plan_text(const PlanAnswer& answer, PageStyle style) {
  const PlanSearchResult& result = answer.result;
  std::string text = heading(answer) + counts_text(result.counts);
  const PlanCounts& counts = result.counts;
  if (result.interrupted) return text + "interrupted before any plan that fits was found\n";
  text += counts.plans == counts.impossible ? "\nno plan of the space can run at all\n"
          : counts.too_large == 0           ? "\nno plan obeys the constraints\n"
                                            : "\nno plan fits in memory\n";
  if (result.leanest) {
    const Bytes capacity = result.leanest->memory / (1 - result.leanest->head_room);
    TextTable table({"the leanest plan", ""});
    table.row({"cut", cut_text(result.leanest->plan)});
    table.row({"settings", settings_text(result.leanest->plan)});
    table.row({"memory", fmt::format("{:.2f} of {:.2f} GB: {:.2f} GB too much",
                                     result.leanest->memory / gigabyte, capacity / gigabyte,
                                     (result.leanest->memory - capacity) / gigabyte)});
    text += table.text(style);
  }
  if (answer.would_fit.empty())
    return text + "no single change of the question was found under which one would\n";
  TextTable changes({"what would fit", "step time", "free memory"});
  for (const QuestionChange& each : answer.would_fit)
    changes.row({each.change, each.time ? print_quantity(*each.time) : "",
                 each.head_room ? share_text(*each.head_room) : ""});
  text += '\n' + changes.text(style);
  return text;
}

}  // namespace polyfleet
