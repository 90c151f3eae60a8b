#include "report/training_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/plain_units.hpp"
#include "report/step_parts.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

/// Device memory is labelled and sold in decimal gigabytes here, as in the catalogue.
std::string gigabytes(Bytes bytes) { return fmt::format("{:.2f}", bytes / gigabyte); }

std::string heading(const TrainingAnswer& answer) {
  const TrainingScenario& scenario = answer.scenario;
  const Machine& machine = answer.machine;
  std::string text;
  if (!scenario.name.empty()) text += scenario.name + "\n";
  text += fmt::format("{} on {} x {} ({})", scenario.model.name, scenario.devices,
                      machine.accelerator.name, machine.system.name);
  if (!machine.accelerator.edition.empty())
    text += fmt::format(", figures {}", machine.accelerator.edition);
  text += "\n";
  const ParallelLayout& layout = scenario.plan.layout;
  text += fmt::format(
      "TP {} x PP {} x CP {} x DP {}{}{}, micro-batch {}, global batch {}, sequence {}, {}\n",
      layout.tensor, layout.pipeline, layout.context, layout.data,
      layout.virtual_stages > 1 ? fmt::format(", virtual stages {}", layout.virtual_stages) : "",
      scenario.model.is_moe() ? fmt::format(", EP {} x ETP {}", layout.expert, layout.expert_tensor)
                              : "",
      scenario.plan.micro_batch, scenario.plan.global_batch, scenario.plan.sequence_length,
      scenario.plan.precision.name);
  return text;
}

std::string time_range(const TrainingEstimate& estimate) {
  return fmt::format("{}  (80 % interval {} to {})", print_quantity(estimate.time),
                     print_quantity(estimate.time_low), print_quantity(estimate.time_high));
}

void add_cost(const TrainingAnswer& answer, TextTable& table) {
  const TrainingEstimate& estimate = answer.estimate;
  if (estimate.cost_per_step) {
    table.row({"cost per step", print_quantity(*estimate.cost_per_step)});
    table.row({"cost per million tokens", print_quantity(*estimate.cost_per_million_tokens)});
  } else {
    table.row(
        {"cost", "unknown: no price of the accelerator is published; state one with --price"});
  }
  if (estimate.energy_cost_per_step)
    table.row({"electricity per step", print_quantity(*estimate.energy_cost_per_step)});
  if (estimate.carbon_per_step)
    table.row({"carbon per step", print_quantity(*estimate.carbon_per_step)});
}

void add_energy(const StepEnergy& energy, TextTable& table) {
  if (!energy.known) {
    table.row({"energy", "unknown: " + energy.basis});
    return;
  }
  table.row({"energy per step",
             fmt::format("{:.3g} kWh at the meter ({:.3g} kWh in accelerators), PUE {:.2f}",
                         energy.facility / kilowatt_hour, energy.accelerators / kilowatt_hour,
                         energy.pue)});
  table.row({"power per accelerator",
             fmt::format("{} ({} at the meter)", print_quantity(energy.per_accelerator),
                         print_quantity(energy.facility_per_accelerator))});
}

std::string result_table(const TrainingAnswer& answer, PageStyle style) {
  const TrainingEstimate& estimate = answer.estimate;
  const double devices = static_cast<double>(answer.scenario.devices);
  const double rate = estimate.tokens_per_second_per_device;
  TextTable table({"result", ""});
  table.row({"step time", time_range(estimate)});
  table.row({"tokens", fmt::format("{:.6g} tokens/s per accelerator, {:.6g} tokens/s in all", rate,
                                   rate * devices)});
  table.row(
      {"MFU", fmt::format("{} ({} FLOPs over dense {} peak)", percent_text(estimate.mfu),
                          name_of(FlopDefinition::model_causal), name_of(estimate.mfu_dtype))});
  table.row({"HFU", fmt::format("{} ({} FLOPs over the same peak)", percent_text(estimate.hfu),
                                name_of(FlopDefinition::hardware))});
  if (!estimate.memory.empty()) {
    const std::size_t fullest = fullest_stage(estimate.memory);
    table.row(
        {"memory",
         fmt::format("{} of {} GB on stage {} of {}: {}", gigabytes(estimate.memory[fullest].total),
                     gigabytes(estimate.memory_capacity), fullest + 1, estimate.memory.size(),
                     estimate.memory_capacity == 0 * byte ? "the capacity is not published"
                     : estimate.fits_in_memory            ? "fits"
                                                          : "DOES NOT FIT")});
  }
  add_energy(estimate.energy, table);
  add_cost(answer, table);
  table.row({"software maturity",
             answer.strict
                 ? std::string("off (--strict): the kernel-calibrated bound")
                 : fmt::format("x {:.3f}: {}", estimate.maturity.factor, estimate.maturity.basis)});
  table.row({"interval from", estimate.interval.basis});
  return table.text(style);
}

std::string where_table(const StepBreakdown& where, PageStyle style) {
  TextTable table({"where the time goes", "ms", "share"});
  for (const StepPart& part : step_parts(where)) {
    if (part.time == 0 * second) continue;
    table.row({part.name, fmt::format("{:.2f}", part.time / millisecond),
               percent_text(part.time / where.total)});
  }
  table.rule();
  table.row({"step", fmt::format("{:.2f}", where.total / millisecond), percent_text(1)});
  std::string text = table.text(style);
  if (where.hidden > 0 * second)
    text += fmt::format("hidden behind compute (not in the sum): {:.2f} ms of communication\n",
                        where.hidden / millisecond);
  return text;
}

/// Stages to show: all up to eight, else the first, the fullest and the last.
std::vector<std::size_t> shown_stages(const std::vector<StageMemory>& stages) {
  constexpr std::size_t kMostShown = 8;
  std::vector<std::size_t> shown;
  if (stages.size() <= kMostShown) {
    for (std::size_t i = 0; i < stages.size(); ++i) shown.push_back(i);
    return shown;
  }
  shown = {0, fullest_stage(stages), stages.size() - 1};
  std::sort(shown.begin(), shown.end());
  shown.erase(std::unique(shown.begin(), shown.end()), shown.end());
  return shown;
}

std::string memory_table(const std::vector<StageMemory>& stages, PageStyle style) {
  const std::vector<std::size_t> shown = shown_stages(stages);
  std::vector<std::string> titles{"memory, GB"};
  for (const std::size_t stage : shown) titles.push_back(fmt::format("stage {}", stage + 1));
  TextTable table(titles);
  for (std::size_t part = 0; part < kMemoryPartCount; ++part) {
    const bool present = std::any_of(shown.begin(), shown.end(), [&](std::size_t stage) {
      return stages[stage].parts[part] > 0 * byte;
    });
    if (!present) continue;
    std::vector<std::string> cells{std::string(name_of(static_cast<MemoryPartKind>(part)))};
    for (const std::size_t stage : shown) cells.push_back(gigabytes(stages[stage].parts[part]));
    table.row(std::move(cells));
  }
  std::vector<std::string> totals{"total"};
  for (const std::size_t stage : shown) totals.push_back(gigabytes(stages[stage].total));
  table.rule();
  table.row(std::move(totals));
  std::string text = table.text(style);
  if (shown.size() < stages.size())
    text += fmt::format("first, fullest and last of {} stages; --json has all\n", stages.size());
  return text;
}

}  // namespace

std::string assumption_table(const std::vector<Assumption>& assumptions, PageStyle style) {
  TextTable table({"assumed", "value", "why"});
  for (const Assumption& each : assumptions) table.row({each.setting, each.value, each.basis});
  return table.text(style);
}

std::string training_text(const TrainingAnswer& answer, PageStyle style) {
  const TrainingEstimate& estimate = answer.estimate;
  std::string text = heading(answer);
  text += '\n' + result_table(answer, style);
  text += '\n' + where_table(estimate.step.where, style);
  if (!estimate.memory.empty()) text += '\n' + memory_table(estimate.memory, style);
  if (!answer.scenario.assumptions.empty())
    text += '\n' + assumption_table(answer.scenario.assumptions, style);
  return text;
}

std::string shortfall_text(const TrainingAnswer& answer, PageStyle style) {
  const TrainingEstimate& estimate = answer.estimate;
  const std::size_t fullest = fullest_stage(estimate.memory);
  const StageMemory& stage = estimate.memory[fullest];
  std::string text =
      fmt::format("does not fit in memory: stage {} needs {} GB of {} GB, {} GB too much\n",
                  fullest + 1, gigabytes(stage.total), gigabytes(estimate.memory_capacity),
                  gigabytes(stage.total - estimate.memory_capacity));
  TextTable parts({"part", "GB", "of the capacity"});
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < kMemoryPartCount; ++i) {
    if (stage.parts[i] > 0 * byte) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return stage.parts[a] > stage.parts[b]; });
  for (const std::size_t i : order)
    parts.row({std::string(name_of(static_cast<MemoryPartKind>(i))), gigabytes(stage.parts[i]),
               percent_text(stage.parts[i] / estimate.memory_capacity)});
  text += parts.text(style);
  if (answer.would_fit.empty()) {
    text +=
        "nothing among recompute, sharding, offload and higher degrees on these devices fits; "
        "take more devices or a larger memory\n";
    return text;
  }
  text += "what would make it fit:\n";
  TextTable changes({"change", "GB", "step time"});
  for (const FittingChange& each : answer.would_fit)
    changes.row({each.change, gigabytes(each.need), fmt::format("x {:.2f}", each.slowdown)});
  return text + changes.text(style);
}

}  // namespace polyfleet
