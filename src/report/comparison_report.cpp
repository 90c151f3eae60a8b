#include "report/comparison_report.hpp"

#include <fmt/format.h>

#include "report/training_json.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

/// Figures of the whole run on one system. Low and high are those of the step time's interval.
struct RunFigures {
  double tokens_per_second = 0, slowest = 0, fastest = 0;
  double days = 0, days_low = 0, days_high = 0;
  Joules energy;
  std::optional<Usd> cost;
  double used_devices = 0;
};

RunFigures figures_of(const ComparedSystem& system, double tokens) {
  const TrainingEstimate& estimate = system.answer.estimate;
  const double steps = tokens / estimate.tokens_per_step;
  const auto rate = [&](Seconds time) { return estimate.tokens_per_step / (time / second); };
  RunFigures figures;
  figures.tokens_per_second = rate(estimate.time);
  figures.slowest = rate(estimate.time_high);
  figures.fastest = rate(estimate.time_low);
  figures.days = steps * estimate.time / day;
  figures.days_low = steps * estimate.time_low / day;
  figures.days_high = steps * estimate.time_high / day;
  figures.energy = estimate.energy.facility * steps;
  if (estimate.cost_per_step) figures.cost = *estimate.cost_per_step * steps;
  figures.used_devices = static_cast<double>(system.answer.scenario.devices);
  return figures;
}

std::string plan_text(const TrainingScenario& scenario) {
  const TrainingPlan& plan = scenario.plan;
  const ParallelLayout& layout = plan.layout;
  std::string text = fmt::format("TP{} PP{}", layout.tensor, layout.pipeline);
  if (layout.virtual_stages > 1) text += fmt::format("x{}", layout.virtual_stages);
  if (scenario.model.is_moe()) text += fmt::format(" EP{}", layout.expert);
  text += fmt::format(" DP{} MBS{}", layout.data, plan.micro_batch);
  if (plan.recompute == Recompute::selective) text += ", selective recompute";
  if (plan.recompute == Recompute::full) text += ", full recompute";
  return text;
}

std::string range(double middle, double low, double high, std::string_view format) {
  return fmt::format("{} ({} to {})", fmt::format(fmt::runtime(format), middle),
                     fmt::format(fmt::runtime(format), low),
                     fmt::format(fmt::runtime(format), high));
}

/// One line of the comparison: a title and a text for each system.
using LineText = std::string (*)(const ComparedSystem&, const RunFigures&);
struct Line {
  const char* title;
  LineText cell;
};

const Line kLines[] = {
    {"accelerators fed",
     [](const ComparedSystem& s, const RunFigures&) {
       return fmt::format("{} at {}", s.fed, print_quantity(s.all_in_power));
     }},
    {"power figure", [](const ComparedSystem& s, const RunFigures&) { return s.power_basis; }},
    {"accelerators used",
     [](const ComparedSystem& s, const RunFigures&) {
       return fmt::format("{}", s.answer.scenario.devices);
     }},
    {"plan",
     [](const ComparedSystem& s, const RunFigures&) { return plan_text(s.answer.scenario); }},
    {"global batch",
     [](const ComparedSystem& s, const RunFigures&) {
       return fmt::format("{}", s.answer.scenario.plan.global_batch);
     }},
    {"software",
     [](const ComparedSystem& s, const RunFigures&) {
       return fmt::format("{}, maturity x {:.2f}", s.answer.scenario.framework,
                          s.answer.estimate.maturity.factor);
     }},
    {"step time, s",
     [](const ComparedSystem& s, const RunFigures&) {
       const TrainingEstimate& e = s.answer.estimate;
       return range(e.time / second, e.time_low / second, e.time_high / second, "{:.3g}");
     }},
    {"million tokens/s",
     [](const ComparedSystem&, const RunFigures& f) {
       return range(f.tokens_per_second / 1e6, f.slowest / 1e6, f.fastest / 1e6, "{:.3g}");
     }},
    {"days", [](const ComparedSystem&,
                const RunFigures& f) { return range(f.days, f.days_low, f.days_high, "{:.3g}"); }},
    {"MFU, %",
     [](const ComparedSystem& s, const RunFigures&) {
       return fmt::format("{:.1f} of {}", 100 * s.answer.estimate.mfu,
                          name_of(s.answer.estimate.mfu_dtype));
     }},
    {"energy, GWh",
     [](const ComparedSystem& s, const RunFigures& f) {
       if (!s.answer.estimate.energy.known) return std::string("unknown");
       return fmt::format("{:.3g}", f.energy / (1e3 * megawatt_hour));
     }},
    {"cost, million USD",
     [](const ComparedSystem&, const RunFigures& f) {
       return f.cost ? fmt::format("{:.3g}", *f.cost / usd / 1e6)
                     : std::string("unknown: no price");
     }},
    {"memory, GB",
     [](const ComparedSystem& s, const RunFigures&) {
       const TrainingEstimate& e = s.answer.estimate;
       return fmt::format("{:.0f} of {:.0f}", e.memory[fullest_stage(e.memory)].total / gigabyte,
                          e.memory_capacity / gigabyte);
     }},
    {"interval from",
     [](const ComparedSystem& s, const RunFigures&) { return s.answer.estimate.interval.basis; }},
};

}  // namespace

std::string comparison_text(const Comparison& comparison, PageStyle style) {
  std::vector<std::string> titles{""};
  for (const ComparedSystem& system : comparison.systems) titles.push_back(system.name);
  TextTable table(titles);
  for (const Line& line : kLines) {
    std::vector<std::string> cells{line.title};
    for (const ComparedSystem& system : comparison.systems)
      cells.push_back(line.cell(system, figures_of(system, comparison.tokens)));
    table.row(std::move(cells));
  }
  return fmt::format("{}: {:.3g} tokens on {} at the meter; brackets are 80 % intervals\n\n",
                     comparison.name, comparison.tokens, print_quantity(comparison.power)) +
         table.text(style);
}

Value comparison_json(const Comparison& comparison) {
  Value json{Table{}};
  json.set("name", comparison.name);
  json.set("power_w", comparison.power / watt);
  json.set("tokens", comparison.tokens);
  Value systems{Array{}};
  for (const ComparedSystem& system : comparison.systems) {
    const RunFigures figures = figures_of(system, comparison.tokens);
    Value one{Table{}};
    one.set("name", system.name);
    one.set("fed", system.fed);
    one.set("all_in_power_w", system.all_in_power / watt);
    one.set("power_basis", system.power_basis);
    one.set("plans_tried", system.plans_tried);
    one.set("tokens_per_s", figures.tokens_per_second);
    one.set("tokens_per_s_low", figures.slowest);
    one.set("tokens_per_s_high", figures.fastest);
    one.set("days", figures.days);
    one.set("days_low", figures.days_low);
    one.set("days_high", figures.days_high);
    one.set("energy_j",
            system.answer.estimate.energy.known ? Value(figures.energy / joule) : Value());
    one.set("cost_usd", figures.cost ? Value(*figures.cost / usd) : Value());
    one.set("estimate", training_json(system.answer));
    systems.push(std::move(one));
  }
  json.set("systems", std::move(systems));
  return json;
}

}  // namespace polyfleet
