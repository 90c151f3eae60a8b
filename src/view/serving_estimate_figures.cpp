#include "view/serving_estimate_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "report/plan_rows.hpp"
#include "report/serving_estimate.hpp"
#include "view/serving_figures.hpp"
#include "view/unknown.hpp"

namespace polyfleet {
namespace {

constexpr double kGigabyte = 1e9;

PageFigure memory_figure(const ServingEstimate& estimate) {
  const EngineModel& engine = *estimate.served.engine;
  const InferenceMemory& memory = engine.memory();
  const EngineMachine& machine = *estimate.served.machine;
  const double visible = machine.visible_memory / byte / kGigabyte;
  const double groups = engine.question().layout.attention_data;
  const double sequences = static_cast<double>(engine.settings().max_sequences) / groups;
  const double weights = memory.weights / byte / kGigabyte;
  const double activations = memory.activations / byte / kGigabyte;
  const double state = sequences * (memory.cache_per_sequence / byte) / kGigabyte;
  const double cache = static_cast<double>(engine.cache_tokens()) / groups *
                       (memory.cache_per_token / byte) / kGigabyte;
  const double rest = std::max(0.0, visible - weights - activations - state - cache);
  PageFigure figure;
  figure.id = "memory";
  figure.title = "What one accelerator's memory holds";
  figure.reading = fmt::format(
      "Of {:.1f} GB that programs see, weights take {:.1f} GB; the cache for keys and values has "
      "room for {} tokens of the replica. The rest up to the dashed rule is the engine's reserve "
      "or not used.",
      visible, weights, grouped(engine.cache_tokens()));
  figure.data.word("accelerator", {estimate.served.accelerator->name});
  std::vector<std::string> parts;
  const auto add = [&](const char* name, double value) {
    figure.data.number(name, "GB", {value});
    if (value > 0) parts.emplace_back(name);
  };
  constexpr char kVisible[] = "memory that programs see";
  add("weights", weights);
  add("activations", activations);
  add("state of sequences", state);
  add("cache", cache);
  figure.data.number("engine's reserve and not used", "GB", {rest})
      .number(kVisible, "GB", {visible});
  figure.chart = BarChart{.category = "accelerator",
                          .values = std::move(parts),
                          .stacked = true,
                          .horizontal = true,
                          .limit = kVisible};
  figure.assumptions = {fmt::format(
      "{} takes {:.0f} % of the memory by its own rule; memory that programs see: {}.",
      estimate.served.profile->name,
      100 * (engine.question().memory_fraction > 0 ? engine.question().memory_fraction
                                                   : estimate.served.profile->memory_fraction),
      machine.visible_memory_source)};
  return figure;
}

PageFigure requests_figure(const ServingEstimate& estimate) {
  const EngineModel& engine = *estimate.served.engine;
  const double wanted = estimate.load.input_tokens + estimate.load.output_tokens;
  const auto most = static_cast<double>(engine.settings().max_sequences);
  std::vector<double> lengths{wanted};
  constexpr double kShortest = 256, kLongest = 1 << 20;
  for (double tokens = kShortest; tokens <= kLongest; tokens *= 2) {
    if (tokens != wanted && sequences_in_cache(engine, tokens) >= 1) lengths.push_back(tokens);
  }
  std::sort(lengths.begin(), lengths.end());
  std::vector<double> held;
  for (const double tokens : lengths)
    held.push_back(std::floor(sequences_in_cache(engine, tokens)));
  PageFigure figure;
  figure.id = "requests_in_cache";
  figure.title = "How many requests the cache holds";
  figure.reading = fmt::format(
      "Requests whose prompt and answer fit at once, by their length; of {:g} tokens: {}. The "
      "engine runs at most {:g} at once.",
      wanted, grouped(static_cast<std::int64_t>(sequences_in_cache(engine, wanted))), most);
  figure.data.number("length of a request", "tokens", std::move(lengths));
  figure.data.number("requests held", "", std::move(held));
  figure.chart = LineChart{.x = "length of a request",
                           .values = {"requests held"},
                           .x_scale = AxisScale::logarithmic,
                           .y_scale = AxisScale::logarithmic,
                           .limit = most,
                           .limit_label = "most sequences"};
  return figure;
}

double in(const std::optional<Usd>& cost) { return cost ? *cost / usd : kUnknown; }

}  // namespace

std::string served_load_text(const ServedPoint& point) {
  if (point.concurrency > 0)
    return fmt::format("{:g} {}", point.concurrency, point.concurrency == 1 ? "user" : "users");
  return fmt::format("{:.3g} requests/s", point.state.requests_per_second);
}

bool carries(const ServedPoint& point) { return point.state.requests_per_second > 0; }

FigureSection replica_memory_section(const ServingEstimate& estimate) {
  FigureSection section{"Memory and cache", {memory_figure(estimate)}};
  if (estimate.served.engine->memory().cache_per_token > 0 * byte)
    section.figures.push_back(requests_figure(estimate));
  return section;
}

/// Columns of cost and energy by load; those of which nothing is known are left out.
FigureSection replica_cost_section(const ServingEstimate& estimate) {
  const bool powered = estimate.served.engine->power().known;
  std::vector<std::string> loads;
  std::vector<double> output, total, energy, power, carbon;
  for (const ServedPoint& point : estimate.points) {
    if (!carries(point)) continue;
    loads.push_back(served_load_text(point));
    output.push_back(in(point.per_million_output));
    total.push_back(in(point.per_million_total));
    energy.push_back(point.state.energy_per_output_token / joule);
    power.push_back(point.state.power / kilowatt);
    carbon.push_back(point.carbon_per_million_output ? *point.carbon_per_million_output / gram_co2e
                                                     : kUnknown);
  }
  FigureSection section{"Cost and energy", {}};
  if (estimate.served.prices.device) {
    PageFigure figure;
    figure.id = "cost";
    figure.title = "Cost of a million tokens";
    figure.reading =
        "The replica costs the same at every load, so a million tokens cost less the more users "
        "share it.";
    figure.data.word("load", loads);
    figure.data.number("output tokens", "USD/Mtoken", std::move(output));
    figure.data.number("input and output tokens", "USD/Mtoken", std::move(total));
    figure.chart = BarChart{.category = "load",
                            .values = {"output tokens", "input and output tokens"},
                            .scale = AxisScale::logarithmic};
    figure.assumptions = {price_sentence(estimate.served)};
    section.figures.push_back(std::move(figure));
  }
  if (powered) {
    PageFigure figure;
    figure.id = "energy";
    figure.title = "Energy of an output token";
    figure.reading = "At the meter of the site, idle power and cooling included.";
    figure.data.word("load", std::move(loads));
    figure.data.number("energy", "J/token", std::move(energy));
    figure.data.number("power of the replica", "kW", std::move(power));
    if (estimate.served.prices.carbon)
      figure.data.number("carbon", "gCO2e/Mtoken", std::move(carbon));
    figure.chart =
        BarChart{.category = "load", .values = {"energy"}, .scale = AxisScale::logarithmic};
    figure.assumptions = {estimate.served.engine->power().basis};
    section.figures.push_back(std::move(figure));
  }
  return section;
}

}  // namespace polyfleet
