#include "view/training_energy.hpp"

#include <fmt/format.h>

#include <limits>

#include "report/plain_units.hpp"
#include "units/text.hpp"
#include "view/unknown.hpp"

namespace polyfleet {
namespace {

PageFigure energy_figure(const TrainingAnswer& answer, const TrainingSources& sources) {
  const StepEnergy& energy = answer.estimate.energy;
  const double tokens = answer.estimate.tokens_per_step / kMillion;
  PageFigure figure{.id = "energy", .title = "Where the energy goes"};
  figure.reading = fmt::format(
      "From the accelerators to the meter: {} a step, {} a million tokens, at a PUE of {:.2f}. One "
      "accelerator draws {} on the mean, {} at the meter.",
      print_quantity(energy.facility), print_quantity(energy.facility / tokens), energy.pue,
      print_quantity(energy.per_accelerator), print_quantity(energy.facility_per_accelerator));
  const Joules parts[] = {energy.accelerators, energy.it - energy.accelerators,
                          energy.facility - energy.it};
  std::vector<double> a_step, a_million, shares;
  for (const Joules part : parts) {
    a_step.push_back(part / kilowatt_hour);
    a_million.push_back(part / kilowatt_hour / tokens);
    shares.push_back(100 * (part / energy.facility));
  }
  figure.chart = BarChart{.category = "part", .values = {"energy of a step"}, .horizontal = true};
  figure.data.word("part", {"accelerators", "hosts and network", "cooling and power delivery"})
      .number("energy of a step", "kWh", std::move(a_step))
      .number("of a million tokens", "kWh", std::move(a_million))
      .number("share", "%", std::move(shares));
  figure.assumptions = {"Power from " + energy.basis + "."};
  figure.sources = sources.catalogue;
  return figure;
}

/// One kind of price: what a step costs of it.
struct CostLine {
  std::string what, unit;
  double a_step = kUnknown;
};

PageFigure cost_figure(const TrainingAnswer& answer, const TrainingSources& sources) {
  const TrainingEstimate& estimate = answer.estimate;
  const double tokens = estimate.tokens_per_step / kMillion;
  const auto known = [](const auto& quantity, auto unit) {
    return quantity ? *quantity / unit : kUnknown;
  };
  const CostLine lines[] = {
      {"accelerators", "USD", known(estimate.cost_per_step, usd)},
      {"electricity", "USD", known(estimate.energy_cost_per_step, usd)},
      {"carbon", "kg CO2e", known(estimate.carbon_per_step, kilogram_co2e)},
  };
  std::vector<std::string> names, units;
  std::vector<double> a_step, a_million;
  for (const CostLine& line : lines) {
    names.push_back(line.what);
    units.push_back(line.unit);
    a_step.push_back(line.a_step);
    a_million.push_back(line.a_step / tokens);
  }
  PageFigure figure{.id = "cost", .title = "Cost and carbon"};
  figure.reading = "What a step and a million tokens cost; an empty cell is unknown, not nothing.";
  figure.data.word("of", std::move(names))
      .number("a step", "", std::move(a_step))
      .number("a million tokens", "", std::move(a_million))
      .word("in", std::move(units));
  if (!answer.prices.basis.empty()) figure.assumptions = {"Price: " + answer.prices.basis + "."};
  figure.sources = sources.catalogue;
  return figure;
}

}  // namespace

FigureSection energy_section(const TrainingAnswer& answer, const TrainingSources& sources) {
  FigureSection section{"Energy and cost", {}};
  if (answer.estimate.energy.known) section.figures.push_back(energy_figure(answer, sources));
  section.figures.push_back(cost_figure(answer, sources));
  return section;
}

}  // namespace polyfleet
