#include "view/sensitivity_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "units/text.hpp"
#include "validation/plan_validation.hpp"
#include "view/unknown.hpp"

namespace polyfleet {
namespace {

std::string interval_text(double low, double high) {
  return fmt::format("{:+.0f}/{:+.0f} %", 100 * (low - 1), 100 * (high - 1));
}

double percent_of(double part, double whole) { return whole > 0 ? 100 * part / whole : 0; }

/// Inputs whose own uncertainty counts, the most telling first.
std::vector<const SensitivityInput*> uncertain_inputs(const Sensitivity& sensitivity) {
  std::vector<const SensitivityInput*> inputs;
  for (const SensitivityInput& input : sensitivity.inputs) {
    if (input.sigma > 0) inputs.push_back(&input);
  }
  std::stable_sort(inputs.begin(), inputs.end(), [](const auto* a, const auto* b) {
    return std::abs(a->elasticity) * a->sigma > std::abs(b->elasticity) * b->sigma;
  });
  return inputs;
}

PageFigure tornado_figure(const Sensitivity& sensitivity) {
  PageFigure figure{.id = "tornado", .title = "What moves the step time"};
  const std::vector<const SensitivityInput*> inputs = uncertain_inputs(sensitivity);
  std::vector<std::string> names, values, reasons;
  std::vector<double> low, high;
  const double base = sensitivity.time / second;
  for (const SensitivityInput* input : inputs) {
    names.push_back(input->key);
    values.push_back(input->value);
    low.push_back(base * std::exp(-input->elasticity * input->sigma));
    high.push_back(base * std::exp(input->elasticity * input->sigma));
    reasons.push_back(input->known_from);
  }
  figure.reading = fmt::format(
      "The step time with each input at the lower and at the upper end of what is known of it "
      "(one standard deviation), the others unchanged. {} inputs are counted with others and not "
      "drawn.",
      sensitivity.inputs.size() - inputs.size());
  if (!names.empty())
    figure.chart = TornadoChart{.name = "input",
                                .low = "input at its low end",
                                .high = "input at its high end",
                                .base = base,
                                .base_label = print_quantity(sensitivity.time)};
  figure.data.word("input", std::move(names))
      .number("input at its low end", "s", std::move(low))
      .number("input at its high end", "s", std::move(high))
      .word("value", std::move(values))
      .word("known from", std::move(reasons));
  figure.assumptions = {"To first order: the answer is taken as a power of each input."};
  return figure;
}

PageFigure interval_figure(const Sensitivity& sensitivity) {
  PageFigure figure{.id = "interval", .title = "What the interval is made of"};
  std::vector<std::string> names, reasons;
  std::vector<double> shares;
  for (const SensitivityInput& input : sensitivity.inputs) {
    if (input.variance <= 0) continue;
    names.push_back(input.key);
    shares.push_back(percent_of(input.variance, sensitivity.variance));
    reasons.push_back(input.known_from);
  }
  figure.reading = fmt::format(
      "Shares of the variance behind the 80 % interval of {}. {:.0f} % is what validated runs of "
      "this kind show beyond the inputs: the software of the day, and what the model leaves out.",
      interval_text(sensitivity.low, sensitivity.high),
      percent_of(sensitivity.unexplained, sensitivity.variance));
  if (!names.empty())
    figure.chart = BarChart{.category = "input", .values = {"share"}, .horizontal = true};
  figure.data.word("input", std::move(names))
      .number("share", "%", std::move(shares))
      .word("known from", std::move(reasons));
  figure.assumptions = {"Inputs are taken as independent of each other."};
  return figure;
}

PageFigure elasticity_figure(const Sensitivity& sensitivity) {
  PageFigure figure{.id = "elasticities", .title = "What 1 % more of an input does"};
  std::vector<std::string> names, values;
  std::vector<double> effects;
  for (const SensitivityInput& input : sensitivity.inputs) {
    names.push_back(input.key);
    values.push_back(input.value);
    effects.push_back(input.elasticity);
  }
  figure.reading = fmt::format(
      "Change of the step time for 1 % more of each input; a share moves by a point (0.01) "
      "instead. Rates less latencies sum to {:+.3f} (-1: time is rates and latencies alone).",
      sensitivity.sum_of_rates);
  if (!names.empty())
    figure.chart = BarChart{.category = "input", .values = {"step time"}, .horizontal = true};
  figure.data.word("input", std::move(names))
      .number("step time", "%", std::move(effects))
      .word("value", std::move(values));
  figure.assumptions = {"Central differences around the scenario: local, one input at a time."};
  return figure;
}

PageFigure measurement_figure(const Sensitivity& sensitivity) {
  PageFigure figure{.id = "measurements",
                    .title = "What a measurement would leave of the interval"};
  std::vector<std::string> names{"today"}, whats{"the interval as it is"};
  std::vector<double> low{100 * (sensitivity.low - 1)}, high{100 * (sensitivity.high - 1)};
  for (const Narrowing& each : sensitivity.measurements) {
    names.push_back(each.input);
    whats.push_back(each.what);
    low.push_back(100 * (each.low - 1));
    high.push_back(100 * (each.high - 1));
  }
  figure.reading =
      sensitivity.measurements.empty()
          ? "No single measurement narrows the interval: validated runs of this kind scatter more "
            "than any input explains."
          : "Ends of the 80 % interval around the predicted step time after each measurement, the "
            "most telling first. \"run\" is one measured step of this or a like plan.";
  figure.chart = TornadoChart{
      .name = "measurement", .low = "low end", .high = "high end", .base_label = "predicted"};
  figure.data.word("measurement", std::move(names))
      .number("low end", "%", std::move(low))
      .number("high end", "%", std::move(high))
      .word("of", std::move(whats));
  figure.assumptions = {"A measurement is taken to replace the input's own uncertainty."};
  return figure;
}

PageFigure domain_figure(const Sensitivity& sensitivity) {
  PageFigure figure{.id = "scale_up_domain", .title = "A scale-up domain of another size"};
  std::vector<std::string> sizes;
  std::vector<double> changes;
  for (const DomainChange& change : sensitivity.domains) {
    sizes.push_back(fmt::format("{} accelerators", change.domain));
    changes.push_back(100 * (change.time - 1));
  }
  figure.reading = "Change of the step time if the domain had another size, everything else equal.";
  figure.chart = BarChart{.category = "domain", .values = {"step time"}, .horizontal = true};
  figure.data.word("domain", std::move(sizes)).number("step time", "%", std::move(changes));
  figure.assumptions = {"Rates inside and outside the domain stay as they are."};
  return figure;
}

}  // namespace

FigurePage sensitivity_page(const TrainingScenario& scenario, const Sensitivity& sensitivity) {
  FigurePage page;
  page.title = scenario.name.empty() ? scenario.model.name : scenario.name;
  page.subtitle =
      "How much the step time depends on each input, and how well each of them is known";
  page.facts.push_back({"step time", print_quantity(sensitivity.time),
                        "80 % interval " + interval_text(sensitivity.low, sensitivity.high)});
  if (!sensitivity.measurements.empty()) {
    const Narrowing& first = sensitivity.measurements.front();
    page.facts.push_back(
        {"measure first", first.input,
         fmt::format("{}: leaves {}", first.what, interval_text(first.low, first.high))});
  }
  page.facts.push_back(
      {"beyond the inputs",
       fmt::format("{:.0f} %", percent_of(sensitivity.unexplained, sensitivity.variance)),
       "of the interval's variance"});
  FigureSection moves{"What the answer depends on",
                      {tornado_figure(sensitivity), elasticity_figure(sensitivity)}};
  if (!sensitivity.domains.empty()) moves.figures.push_back(domain_figure(sensitivity));
  page.sections.push_back(std::move(moves));
  page.sections.push_back(
      {"The interval", {interval_figure(sensitivity), measurement_figure(sensitivity)}});
  return page;
}

PageFigure moved_inputs_figure(const std::vector<MovedInput>& moves, Seconds best) {
  PageFigure figure{.id = "plan_sensitivity", .title = "Does the best plan stay the best?"};
  std::vector<std::string> names, lower, upper;
  std::vector<double> low, high, loss;
  for (std::size_t i = 0; i < moves.size(); ++i) {
    const bool pair = i + 1 < moves.size() && moves[i + 1].key == moves[i].key;
    const MovedInput& down = moves[i];
    const MovedInput* up = pair ? &moves[i + 1] : nullptr;
    const auto plan = [](const MovedInput& move) {
      return move.changes ? plan_in_words(move.best.plan) : std::string("the same");
    };
    names.push_back(down.key);
    low.push_back(down.kept / second);
    high.push_back(up != nullptr ? up->kept / second : kUnknown);
    loss.push_back(100 * std::max(down.loss(), up != nullptr ? up->loss() : 0));
    lower.push_back(plan(down));
    upper.push_back(up != nullptr ? plan(*up) : std::string("not asked"));
    if (pair) ++i;
  }
  figure.reading =
      moves.empty() ? "No input is uncertain enough to ask."
                    : "The best plan's step time with each input off by its own uncertainty, and "
                      "the plan that would be best then.";
  if (!moves.empty())
    figure.chart = TornadoChart{.name = "input",
                                .low = "input lower",
                                .high = "input higher",
                                .base = best / second,
                                .base_label = "best plan, " + print_quantity(best)};
  figure.data.word("input", std::move(names))
      .number("input lower", "s", std::move(low))
      .number("input higher", "s", std::move(high))
      .number("lost by keeping the plan, at most", "%", std::move(loss))
      .word("best plan, input lower", std::move(lower))
      .word("best plan, input higher", std::move(upper));
  figure.assumptions = {"Inputs are moved one at a time, each time with a search of its own."};
  return figure;
}

}  // namespace polyfleet
