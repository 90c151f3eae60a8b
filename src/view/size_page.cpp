#include "view/size_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "report/plan_rows.hpp"
#include "units/text.hpp"
#include "view/training_page.hpp"
#include "view/training_sources.hpp"
#include "view/unknown.hpp"

namespace polyfleet {
namespace {

double days_or_gap(Seconds length) {
  return std::isfinite(length.base()) ? length / day : kUnknown;
}

std::vector<double> column(const SizeAnswer& answer, double (*value)(const SizedRun&)) {
  std::vector<double> values;
  for (const SizedRun& run : answer.around) values.push_back(value(run));
  return values;
}

std::vector<double> devices(const SizeAnswer& answer) {
  return column(answer, [](const SizedRun& run) { return static_cast<double>(run.devices); });
}

std::vector<std::string> assumptions_of(const SizeAnswer& answer) {
  return {fmt::format("Sizes are multiples of {} accelerators; {} were tried.",
                      grouped(answer.replica), answer.tried),
          fmt::format("The global batch asked for, {}, is rounded to whole rounds of the replicas.",
                      grouped(answer.asked_batch))};
}

PageFigure length_figure(const SizeAnswer& answer) {
  PageFigure figure{.id = "length", .title = "Length of the run by size"};
  figure.reading =
      "Around the answer; the band goes from the best to the worst case of step and failures. A "
      "length without end is a gap.";
  LineChart chart{.x = "accelerators", .values = {"expected"}};
  chart.bands.push_back({"best", "worst", "best to worst case"});
  if (answer.allowed_time > 0 * second) {
    chart.limit = answer.allowed_time / day;
    chart.limit_label = "allowed: " + print_quantity(answer.allowed_time);
  }
  figure.chart = std::move(chart);
  figure.data.number("accelerators", "", devices(answer))
      .number("expected", "days",
              column(answer, [](const SizedRun& r) { return days_or_gap(r.expected.length); }))
      .number("best", "days",
              column(answer, [](const SizedRun& r) { return days_or_gap(r.best.length); }))
      .number("worst", "days",
              column(answer, [](const SizedRun& r) { return days_or_gap(r.worst.length); }));
  figure.assumptions = assumptions_of(answer);
  return figure;
}

PageFigure power_figure(const SizeAnswer& answer) {
  PageFigure figure{.id = "power", .title = "Power at the meter by size"};
  figure.reading = "Spare accelerators are in it.";
  LineChart chart{.x = "accelerators", .values = {"power"}};
  if (answer.allowed_power > 0 * watt) {
    chart.limit = answer.allowed_power / megawatt;
    chart.limit_label = "allowed: " + print_quantity(answer.allowed_power);
  }
  figure.chart = std::move(chart);
  figure.data.number("accelerators", "", devices(answer))
      .number("power", "MW", column(answer, [](const SizedRun& r) { return r.power / megawatt; }));
  figure.assumptions = {"Power: " + answer.power_basis};
  return figure;
}

PageFigure sizes_figure(const SizeAnswer& answer) {
  PageFigure figure{.id = "sizes", .title = "Every size beside the answer"};
  std::vector<std::string> marks;
  for (const SizedRun& run : answer.around)
    marks.emplace_back(run.devices == answer.answer.devices ? "the answer"
                       : run.fits_in_memory                 ? ""
                                                            : "does not fit in memory");
  figure.reading = "An empty cell is unknown, not nothing.";
  figure.data.number("accelerators", "", devices(answer))
      .number("global batch", "sequences",
              column(answer, [](const SizedRun& r) { return static_cast<double>(r.global_batch); }))
      .number("step time", "s", column(answer, [](const SizedRun& r) { return r.step / second; }))
      .number("effective time", "%",
              column(answer, [](const SizedRun& r) { return 100 * r.expected.ettr; }))
      .number("length", "days",
              column(answer, [](const SizedRun& r) { return days_or_gap(r.expected.length); }))
      .number("power", "MW", column(answer, [](const SizedRun& r) { return r.power / megawatt; }))
      .number("energy", "MWh",
              column(answer,
                     [](const SizedRun& r) {
                       return r.expected.energy ? *r.expected.energy / megawatt_hour : kUnknown;
                     }))
      .number("cost", "USD",
              column(answer,
                     [](const SizedRun& r) {
                       return r.expected.cost ? *r.expected.cost / usd : kUnknown;
                     }))
      .word("note", std::move(marks));
  figure.assumptions = assumptions_of(answer);
  return figure;
}

std::vector<PageFact> facts_of(const SizeAnswer& answer) {
  const SizedRun& run = answer.answer;
  std::vector<PageFact> facts{
      {"accelerators", grouped(run.devices),
       fmt::format("{} replicas of {}", grouped(run.data), grouped(answer.replica))},
      {"length of the run", length_text(run.expected.length),
       fmt::format("{} to {}", length_text(run.best.length), length_text(run.worst.length))},
      {"step time", print_quantity(run.step), "global batch " + grouped(run.global_batch)},
      {"power", print_quantity(run.power),
       fmt::format("at the meter, {} spare accelerators in it", run.spare_accelerators)}};
  if (run.expected.energy)
    facts.push_back({"energy of the run", print_quantity(*run.expected.energy), "at the meter"});
  facts.push_back({"cost of the run",
                   run.expected.cost ? print_quantity(*run.expected.cost) : "unknown",
                   run.expected.cost ? "" : "no price of the accelerator is published"});
  return facts;
}

}  // namespace

FigurePage size_page(const SizeAnswer& answer, const TrainingAnswer& training) {
  FigurePage page;
  const std::string& part = training.machine.accelerator.name;
  page.title = training.scenario.name.empty()
                   ? fmt::format("{} on {}", training.scenario.model.name, part)
                   : training.scenario.name;
  page.subtitle = size_verdict_text(answer, part);
  std::replace(page.subtitle.begin(), page.subtitle.end(), '\n', ' ');
  while (page.subtitle.ends_with(' ')) page.subtitle.pop_back();
  page.facts = facts_of(answer);
  if (answer.verdict != SizeVerdict::meets)
    page.notices.push_back("No size will do; the nearest is shown.");
  const std::vector<std::string> of_training = training_notices(training);
  page.notices.insert(page.notices.end(), of_training.begin(), of_training.end());
  FigureSection section{"Sizes", {}};
  if (answer.around.size() > 1) {
    section.figures.push_back(length_figure(answer));
    section.figures.push_back(power_figure(answer));
  }
  section.figures.push_back(sizes_figure(answer));
  page.sections.push_back(std::move(section));
  if (!training.scenario.assumptions.empty())
    page.sections.push_back(
        {"What it rests on", {assumption_figure("assumptions", training.scenario.assumptions)}});
  return page;
}

}  // namespace polyfleet
