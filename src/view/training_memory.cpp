#include "view/training_memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "units/text.hpp"

namespace polyfleet {
namespace {

double gigabytes(Bytes bytes) { return bytes / gigabyte; }

/// Parts as a legend can show them; every part of StageMemory is in exactly one.
struct MemoryGroup {
  std::string name;
  std::vector<MemoryPartKind> parts;
};

const std::vector<MemoryGroup>& memory_groups() {
  using K = MemoryPartKind;
  static const std::vector<MemoryGroup> groups{
      {"weights", {K::weights, K::frozen_weights, K::gathered_parameters}},
      {"gradients", {K::gradients, K::gradient_buckets}},
      {"optimiser states", {K::optimizer_states}},
      {"activations", {K::activations, K::logits, K::recomputation, K::working_gradients}},
      {"exchange and workspace", {K::exchange_buffers, K::workspace}},
      {"framework and allocator", {K::framework, K::allocator_slack}},
  };
  return groups;
}

Bytes sum_of(const StageMemory& stage, const MemoryGroup& group) {
  Bytes sum;
  for (const MemoryPartKind part : group.parts) sum += stage[part];
  return sum;
}

std::string capacity_sentence(const TrainingAnswer& answer) {
  const TrainingEstimate& estimate = answer.estimate;
  const std::size_t fullest = fullest_stage(estimate.memory);
  const Bytes need = estimate.memory[fullest].total;
  if (estimate.memory_capacity == 0 * byte)
    return fmt::format("Stage {} is the fullest with {}; the part's capacity is not published.",
                       fullest + 1, print_quantity(need));
  return fmt::format("Stage {} is the fullest: {} of {} usable, {}.", fullest + 1,
                     print_quantity(need), print_quantity(estimate.memory_capacity),
                     estimate.fits_in_memory
                         ? print_quantity(estimate.memory_capacity - need) + " stay free"
                         : print_quantity(need - estimate.memory_capacity) + " too much");
}

PageFigure stages_figure(const TrainingAnswer& answer, const TrainingSources& sources) {
  const TrainingEstimate& estimate = answer.estimate;
  PageFigure figure{.id = "memory_stages", .title = "Memory by pipeline stage"};
  figure.reading = "What lies in one device's memory at the worst moment of a step. " +
                   capacity_sentence(answer);
  BarChart chart{.category = "stage", .stacked = true};
  std::vector<std::string> names;
  for (std::size_t i = 0; i < estimate.memory.size(); ++i)
    names.push_back(fmt::format("stage {}", i + 1));
  figure.data.word("stage", std::move(names));
  for (const MemoryGroup& group : memory_groups()) {
    std::vector<double> column;
    for (const StageMemory& stage : estimate.memory)
      column.push_back(gigabytes(sum_of(stage, group)));
    const bool present = std::any_of(column.begin(), column.end(), [](double x) { return x > 0; });
    if (!present) continue;
    chart.values.push_back(group.name);
    figure.data.number(group.name, "GB", std::move(column));
  }
  const bool known = estimate.memory_capacity > 0 * byte;
  std::vector<double> totals, free, capacity, host;
  for (const StageMemory& stage : estimate.memory) {
    totals.push_back(gigabytes(stage.total));
    capacity.push_back(known ? gigabytes(estimate.memory_capacity)
                             : std::numeric_limits<double>::quiet_NaN());
    free.push_back(capacity.back() - totals.back());
    host.push_back(gigabytes(stage.host));
  }
  if (known) {
    chart.limit = "usable capacity";
    figure.reading += " The dashed rule is the usable capacity: what stands above it does not fit.";
  }
  figure.data.number("total", "GB", std::move(totals))
      .number("free", "GB", std::move(free))
      .number("usable capacity", "GB", std::move(capacity));
  if (std::any_of(host.begin(), host.end(), [](double x) { return x > 0; }))
    figure.data.number("on the host, per device", "GB", std::move(host));
  figure.chart = std::move(chart);
  figure.assumptions = {
      "GB are 10^9 bytes, as memories are sold.",
      fmt::format("Overheads of {} software: {}", answer.machine.memory_overheads.vendor,
                  answer.machine.memory_overheads.status)};
  figure.sources = sources.memory;
  return figure;
}

PageFigure memory_parts_figure(const TrainingAnswer& answer, const TrainingSources& sources) {
  const TrainingEstimate& estimate = answer.estimate;
  const std::size_t fullest = fullest_stage(estimate.memory);
  const StageMemory& stage = estimate.memory[fullest];
  std::vector<std::string> names;
  std::vector<double> sizes, shares;
  for (std::size_t i = 0; i < kMemoryPartCount; ++i) {
    if (stage.parts[i] == 0 * byte) continue;
    names.emplace_back(name_of(static_cast<MemoryPartKind>(i)));
    sizes.push_back(gigabytes(stage.parts[i]));
    shares.push_back(100 * (stage.parts[i] / stage.total));
  }
  PageFigure figure{.id = "memory_parts",
                    .title = fmt::format("What fills stage {}, the fullest", fullest + 1)};
  figure.reading = fmt::format(
      "Every part on one device of that stage; they sum to {}. {} kinds of memory that this plan "
      "does not use are left out.",
      print_quantity(stage.total), kMemoryPartCount - names.size());
  figure.chart = BarChart{.category = "part", .values = {"size"}, .horizontal = true};
  figure.data.word("part", std::move(names))
      .number("size", "GB", std::move(sizes))
      .number("share", "%", std::move(shares));
  figure.assumptions = {"GB are 10^9 bytes, as memories are sold."};
  figure.sources = sources.memory;
  return figure;
}

PageFigure changes_figure(const TrainingAnswer& answer, const TrainingSources& sources) {
  PageFigure figure{.id = "would_fit", .title = "What would make it fit"};
  std::vector<std::string> changes;
  std::vector<double> need, times;
  for (const FittingChange& each : answer.would_fit) {
    changes.push_back(each.change);
    need.push_back(gigabytes(each.need));
    times.push_back(each.slowdown);
  }
  figure.reading =
      changes.empty()
          ? "Nothing among recompute, sharding, offload and higher degrees on these devices fits: "
            "take more devices or a larger memory."
          : "Single changes of the plan under which it fits, best first, with the step time over "
            "that of the plan as asked.";
  if (!changes.empty())
    figure.chart =
        BarChart{.category = "change", .values = {"step time, times"}, .horizontal = true};
  figure.data.word("change", std::move(changes))
      .number("fullest stage", "GB", std::move(need))
      .number("step time, times", "", std::move(times));
  figure.assumptions = {"One change at a time; the rest of the plan stays as asked."};
  figure.sources = sources.memory;
  return figure;
}

}  // namespace

FigureSection memory_section(const TrainingAnswer& answer, const TrainingSources& sources) {
  FigureSection section{"Memory", {}};
  if (answer.estimate.memory.empty()) return section;
  section.figures.push_back(stages_figure(answer, sources));
  section.figures.push_back(memory_parts_figure(answer, sources));
  if (!answer.estimate.fits_in_memory) section.figures.push_back(changes_figure(answer, sources));
  return section;
}

}  // namespace polyfleet
