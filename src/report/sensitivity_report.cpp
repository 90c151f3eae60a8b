#include "report/sensitivity_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "units/text.hpp"

namespace polyfleet {
namespace {

std::string interval_text(double low, double high) {
  return fmt::format("{:+.0f}/{:+.0f} %", 100 * (low - 1), 100 * (high - 1));
}

constexpr std::string_view kOwnRun = "run";
constexpr std::string_view kOwnRunLine = "a run of your own says most: ";
constexpr std::string_view kInputLine = "of the inputs, measure first: ";

std::string_view name_of(InputKind kind) {
  switch (kind) {
    case InputKind::rate:
      return "rate";
    case InputKind::latency:
      return "latency";
    case InputKind::cost:
      return "cost";
    case InputKind::share:
      return "share";
    case InputKind::software:
      return "software";
  }
  return "";
}

double share_of(const Sensitivity& s, double variance) {
  return s.variance > 0 ? variance / s.variance : 0;
}

/// "-0.43 % for +1 %"; a share moves by points.
std::string effect_text(const SensitivityInput& input) {
  return fmt::format("{:+.3f} %", input.elasticity);
}

std::string known_text(const SensitivityInput& input) {
  if (input.sigma <= 0) return "-";
  if (input.kind == InputKind::share) return fmt::format("± {:.2f}", input.sigma);
  return fmt::format("± {:.0f} %", 100 * std::expm1(input.sigma));
}

std::string inputs_table(const Sensitivity& s, PageStyle style) {
  TextTable table(
      {"input", "value", "step time for +1 %", "known to", "of the interval", "because"});
  for (const SensitivityInput& input : s.inputs)
    table.row(
        {input.key, input.value, effect_text(input), known_text(input),
         input.variance > 0 ? fmt::format("{:.1f} %", 100 * share_of(s, input.variance)) : "-",
         input.known_from});
  return table.text(style);
}

std::string domains_text(const Sensitivity& s) {
  std::string text;
  for (const DomainChange& change : s.domains)
    text += fmt::format("{}{:+.1f} % at {}", text.empty() ? "scale-up domain: step time " : ", ",
                        100 * (change.time - 1), change.domain);
  return text.empty() ? text : text + '\n';
}

std::string measurements_text(const Sensitivity& s, PageStyle style) {
  if (s.measurements.empty())
    return "no single measurement narrows the interval: validated runs of this kind scatter more "
           "than any input explains\n";
  std::string text;
  for (const bool own_run : {true, false}) {
    const auto found =
        std::find_if(s.measurements.begin(), s.measurements.end(),
                     [&](const Narrowing& each) { return (each.input == kOwnRun) == own_run; });
    if (found == s.measurements.end()) continue;
    text += fmt::format("{}{}: the interval goes from {} to {}\n",
                        own_run ? kOwnRunLine : kInputLine, found->what,
                        interval_text(s.low, s.high), interval_text(found->low, found->high));
  }
  text += '\n';
  TextTable table({"measurement", "interval after it", "of"});
  for (const Narrowing& each : s.measurements)
    table.row({each.input, interval_text(each.low, each.high), each.what});
  return text + table.text(style);
}

Value input_json(const Sensitivity& s, const SensitivityInput& input) {
  Value json{Table{}};
  json.set("key", input.key);
  json.set("kind", name_of(input.kind));
  json.set("value", input.value);
  json.set("elasticity", input.elasticity);
  json.set("sigma", input.sigma);
  json.set("share_of_variance", share_of(s, input.variance));
  json.set("known_from", input.known_from);
  return json;
}

Value interval_json(double low, double high) {
  Value json{Table{}};
  json.set("low", low);
  json.set("high", high);
  return json;
}

}  // namespace

std::string sensitivity_text(const TrainingScenario& scenario, const Sensitivity& s,
                             PageStyle style) {
  std::string text = scenario.name.empty() ? std::string() : scenario.name + '\n';
  text += fmt::format("step time {}, 80 % interval {}\n\n", print_quantity(s.time),
                      interval_text(s.low, s.high));
  text += inputs_table(s, style);
  text += fmt::format(
      "\nA share moves by a point (0.01) instead of 1 %. Rates less latencies sum to {:+.3f} (-1: "
      "time is rates and latencies alone).\n",
      s.sum_of_rates);
  text += domains_text(s);
  text += fmt::format(
      "{:.0f} % of the interval is what validated runs of this kind show beyond these inputs: the "
      "software of the day, and what the model leaves out.\n\n",
      100 * share_of(s, s.unexplained));
  return text + measurements_text(s, style);
}

Value sensitivity_json(const TrainingScenario& scenario, const Sensitivity& s) {
  Value json{Table{}};
  json.set("scenario", scenario.name);
  json.set("step_time_s", s.time / second);
  json.set("interval", interval_json(s.low, s.high));
  Value inputs{Array{}};
  for (const SensitivityInput& input : s.inputs) inputs.push(input_json(s, input));
  json.set("inputs", std::move(inputs));
  json.set("unexplained_share", share_of(s, s.unexplained));
  json.set("sum_of_rates", s.sum_of_rates);
  Value domains{Array{}};
  for (const DomainChange& change : s.domains) {
    Value one{Table{}};
    one.set("domain", change.domain);
    one.set("time", change.time);
    domains.push(std::move(one));
  }
  json.set("scale_up_domain", std::move(domains));
  Value measurements{Array{}};
  for (const Narrowing& each : s.measurements) {
    Value one = interval_json(each.low, each.high);
    one.set("input", each.input);
    one.set("what", each.what);
    measurements.push(std::move(one));
  }
  json.set("measurements", std::move(measurements));
  return json;
}

}  // namespace polyfleet
