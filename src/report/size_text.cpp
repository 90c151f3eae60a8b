// The text of report/run_report.hpp for the size of a run.
#include <fmt/format.h>

#include "report/run_report.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

std::string limits_text(const SizeAnswer& answer) {
  std::string text;
  if (answer.allowed_time > 0 * second)
    text += fmt::format(" in {}", print_quantity(answer.allowed_time));
  if (answer.allowed_power > 0 * watt)
    text += fmt::format(" within {}", print_quantity(answer.allowed_power));
  return text;
}

std::string end_of(const RunCase& each) {
  return each.end ? fmt::format(", on {}", print_date(*each.end)) : "";
}

std::vector<std::string> cells_of(const SizedRun& run, const std::string& mark) {
  return {mark,
          fmt::format("{}", run.devices),
          fmt::format("{}", run.global_batch),
          print_quantity(run.step),
          fmt::format("{:.1f} %", 100 * run.expected.ettr),
          length_text(run.expected.length),
          fmt::format("{} to {}", length_text(run.best.length), length_text(run.worst.length)),
          print_quantity(run.power),
          run.expected.energy ? print_quantity(*run.expected.energy) : "unknown",
          run.expected.cost ? print_quantity(*run.expected.cost) : "unknown"};
}

}  // namespace

std::string size_verdict_text(const SizeAnswer& answer, const std::string& part) {
  const SizedRun& run = answer.answer;
  const std::string limits = limits_text(answer);
  const std::string ends = length_text(run.expected.length) + end_of(run.expected);
  switch (answer.verdict) {
    case SizeVerdict::meets:
      return answer.allowed_time > 0 * second
                 ? fmt::format("{} x {}: the fewest that end{}: {}\n", run.devices, part, limits,
                               ends)
                 : fmt::format("{} x {}: what fits{}; the run ends after {}\n", run.devices, part,
                               limits, ends);
    case SizeVerdict::too_slow:
      return fmt::format(
          "no size of this plan ends{}: the fastest, {} x {}, takes {}.\nThe global batch of {} "
          "gives work to no more replicas: a larger batch, fewer stages or smaller replicas would "
          "help\n",
          limits, run.devices, part, ends, answer.asked_batch);
    case SizeVerdict::too_much_power:
      return fmt::format(
          "{} x {} would end in time after {}, but draw {}.\nThe fastest within {}: {} x {}, {}\n",
          answer.in_time.devices, part, length_text(answer.in_time.expected.length),
          print_quantity(answer.in_time.power), print_quantity(answer.allowed_power), run.devices,
          part, ends);
    case SizeVerdict::no_power:
      return fmt::format("not one replica fits into {}: {} x {} draw {}\n",
                         print_quantity(answer.allowed_power), run.devices, part,
                         print_quantity(run.power));
    case SizeVerdict::no_memory:
      return fmt::format(
          "no size of this plan fits in memory, up to {} x {}: see `polyfleet estimate train` for "
          "what would\n",
          run.devices, part);
  }
  return {};
}

std::string size_text(const SizeAnswer& answer, const TrainingAnswer& training, PageStyle style) {
  std::string text = training.scenario.name.empty() ? "" : training.scenario.name + "\n";
  text += size_verdict_text(answer, training.machine.accelerator.name) + '\n';
  TextTable table(
      {"", "accelerators", "batch", "step", "ETTR", "length", "range", "power", "energy", "cost"});
  for (const SizedRun& each : answer.around)
    table.row(cells_of(each, each.devices == answer.answer.devices ? ">" : ""));
  text += table.text(style);
  text += fmt::format(
      "\nSizes are multiples of {} accelerators; {} were tried. The global batch asked for, {}, "
      "is\n"
      "rounded to whole rounds of the replicas.\nPower: {}; {} spare ones are in it.\n",
      answer.replica, answer.tried, answer.asked_batch, answer.power_basis,
      answer.answer.spare_accelerators);
  return text;
}

}  // namespace polyfleet
