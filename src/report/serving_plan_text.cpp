#include "report/serving_plan_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/plain_units.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

std::string limit_text(const std::optional<Seconds>& most, LatencyMeasure measure,
                       std::string_view name) {
  return most ? fmt::format("{} {} at most {}", name, name_of(measure), print_quantity(*most)) : "";
}

std::string joined(const std::vector<std::string>& texts, std::string_view between) {
  std::string all;
  for (const std::string& text : texts) {
    if (text.empty()) continue;
    if (!all.empty()) all += between;
    all += text;
  }
  return all;
}

std::string targets_text(const ServingTargets& targets) {
  return joined({limit_text(targets.ttft.most, targets.ttft.measure, "TTFT"),
                 limit_text(targets.tpot.most, targets.tpot.measure, "TPOT"),
                 limit_text(targets.end_to_end.most, targets.end_to_end.measure, "end to end")},
                ", ");
}

std::string share_list(const ServingPlanQuestion& question) {
  std::vector<std::string> shares;
  for (const VendorShare& share : question.vendors)
    shares.push_back(fmt::format("{} {:.4g} to {:.4g} % of the accelerators", share.vendor,
                                 100 * share.least, 100 * share.most));
  return joined(shares, ", ");
}

std::string heading(const ServingPlanAnswer& answer) {
  const ServingPlanQuestion& question = answer.question;
  std::string text = answer.name.empty() ? "" : answer.name + "\n";
  text += fmt::format("{}: {}\n", answer.model.name, answer.traffic);
  text += fmt::format("targets: {}\n", targets_text(question.targets));
  std::vector<std::string> offers;
  for (const ServingOffer& offer : question.offers) {
    std::string one = offer.name;
    if (offer.price)
      one += fmt::format(" at {:.4g} USD/h", *offer.price / usd_per_hour);
    else
      one += " without a price";
    if (offer.stock) one += fmt::format(", {} in stock", *offer.stock);
    if (offer.power_cap) one += fmt::format(", at most {}", print_quantity(*offer.power_cap));
    offers.push_back(std::move(one));
  }
  text += fmt::format("on offer: {}\n", joined(offers, "; "));
  std::vector<std::string> wishes{
      fmt::format("least {}", name_of(question.objective)), share_list(question),
      question.power_cap ? "at most " + print_quantity(*question.power_cap) : std::string()};
  text += fmt::format("wanted: {}\n", joined(wishes, ", "));
  return text;
}

std::string counts_text(const ServingPlanResult& result) {
  const ServingPlanCounts& counts = result.counts;
  std::string text = fmt::format(
      "compared {} configurations of {} kinds of replicas: {} feasible, {} no better in anything "
      "than another, {} refused\n",
      counts.configurations, counts.kinds, counts.feasible, counts.dominated, counts.refused);
  if (result.gap > 0)
    text += fmt::format("mixtures: none is proven to be better by more than {:.2g} %\n",
                        100 * result.gap);
  return text;
}

std::string cost_text(const ServingPlan& plan, const ServingDemand& demand) {
  if (!plan.cost) return "unknown: an offer has no price";
  const double tokens = demand.requests_per_second * demand.shape.output_tokens;
  return fmt::format("{:.2f} USD/h, {:.4g} USD per million output tokens",
                     *plan.cost / usd_per_hour, *plan.cost * second / usd / tokens * kMillion);
}

std::string energy_text(const ServingPlan& plan, const ServingDemand& demand) {
  if (!plan.power) return "unknown: a part has no power figure";
  const double tokens = demand.requests_per_second * demand.shape.output_tokens;
  return fmt::format("{} at the meter, {:.4g} J per output token, peak {}",
                     print_quantity(*plan.power), *plan.power / watt / tokens,
                     print_quantity(*plan.peak_power));
}

std::string load_text(const PlannedPool& pool) {
  return fmt::format(
      "{:.3g} requests/s each, {:.3g} running, {}", pool.point.requests_per_second,
      pool.point.state.running,
      pool.point.state.limit.empty() ? "nothing binds" : pool.point.state.limit + " binds");
}

std::string plan_table(const ServingPlanAnswer& answer, const ServingPlan& plan, PageStyle style) {
  const ServingDemand& demand = answer.question.demand;
  TextTable table({"plan", ""});
  for (const PlannedPool& pool : plan.pools) {
    table.row({"pool", pool_text(answer.question, pool)});
    table.row({"", load_text(pool)});
  }
  table.row({"accelerators", fmt::format("{}", plan.accelerators)});
  table.row({"cost", cost_text(plan, demand)});
  table.row({"energy", energy_text(plan, demand)});
  if (plan.carbon)
    table.row({"carbon", fmt::format("{:.4g} kgCO2e/h", plan.carbon->base() * 3600 / 1000)});
  table.row({"closed form",
             fmt::format("mean TTFT {}, TPOT {}, end to end {}", print_quantity(plan.mean.ttft),
                         print_quantity(plan.mean.tpot), print_quantity(plan.mean.end_to_end))});
  if (plan.transfer) table.row({"cache moves", plan.transfer->basis});
  return table.text(style);
}

std::string figures_text(const LatencyFigures& figures, const ServingTargets& targets) {
  return fmt::format("TTFT {} {}, TPOT {} {}, end to end {} {}", name_of(targets.ttft.measure),
                     print_quantity(figures.ttft), name_of(targets.tpot.measure),
                     print_quantity(figures.tpot), name_of(targets.end_to_end.measure),
                     print_quantity(figures.end_to_end));
}

std::string verified_text(const ServingPlanAnswer& answer, const VerifiedPlan& verified,
                          PageStyle style) {
  const SimulationReport& report = verified.report;
  TextTable table({"simulated", ""});
  table.row({"requests",
             fmt::format("{} counted, {} refused, {} preemptions; {} of the service",
                         report.counted, report.refused, report.preemptions,
                         verified.share >= 1 ? std::string("all")
                                             : fmt::format("{:.1f} %", 100 * verified.share))});
  table.row({"latencies", figures_text(verified.measured, answer.question.targets)});
  for (const VerifyRun& run : verified.runs) {
    std::vector<std::string> replicas;
    for (const std::int64_t count : run.replicas) replicas.push_back(fmt::format("{}", count));
    table.row(
        {fmt::format("{} replicas", joined(replicas, " + ")),
         fmt::format("{}: {}", run.missed.empty() ? "meets the targets" : run.missed + " missed",
                     figures_text(run.measured, answer.question.targets))});
  }
  if (!verified.note.empty()) table.row({verified.met ? "changed" : "NOT MET", verified.note});
  return table.text(style);
}

std::string plans_table(const ServingPlanQuestion& question, const std::vector<ServingPlan>& plans,
                        std::size_t most, const std::string& title, PageStyle style) {
  TextTable table({"accelerators", "USD/h", "power", "TTFT", "TPOT", "end to end", title});
  for (std::size_t i = 0; i < std::min(most, plans.size()); ++i)
    table.row(serving_plan_row(question, plans[i]));
  return table.text(style);
}

std::string refused_table(const ServingPlanResult& result, PageStyle style) {
  if (result.refused.empty()) return {};
  TextTable table({"refused because", "offer", "configurations", "nearest"});
  for (const RefusedConfigurations& group : result.refused)
    table.row({std::string(name_of(group.reason)), group.offer,
               fmt::format("{}", group.configurations), group.nearest});
  return '\n' + table.text(style);
}

std::string assumed_table(const ServingPlanAnswer& answer, bool explain, PageStyle style) {
  if (answer.assumptions.empty()) return {};
  if (!explain) {
    std::vector<std::string> short_ones;
    for (const Assumption& each : answer.assumptions)
      short_ones.push_back(each.setting + " " + each.value);
    TextTable table({"assumed", ""});
    table.row({"", joined(short_ones, "; ")});
    return '\n' + table.text(style) + "why each: --explain\n";
  }
  TextTable table({"assumed", "value", "why"});
  for (const Assumption& each : answer.assumptions)
    table.row({each.setting, each.value, each.basis});
  return '\n' + table.text(style);
}

}  // namespace

std::string pool_text(const ServingPlanQuestion& question, const PlannedPool& pool) {
  const char* const role = pool.role == PoolRole::prefill  ? "prefill: "
                           : pool.role == PoolRole::decode ? "decode: "
                                                           : "";
  return fmt::format("{}{} x {}", role, name_of(question.kinds[pool.kind], question.offers),
                     pool.replicas);
}

std::vector<std::string> serving_plan_row(const ServingPlanQuestion& question,
                                          const ServingPlan& plan) {
  std::vector<std::string> pools;
  for (const PlannedPool& pool : plan.pools) pools.push_back(pool_text(question, pool));
  return {fmt::format("{}", plan.accelerators),
          plan.cost ? fmt::format("{:.2f}", *plan.cost / usd_per_hour) : "unknown",
          plan.power ? print_quantity(*plan.power) : "unknown",
          print_quantity(plan.mean.ttft),
          print_quantity(plan.mean.tpot),
          print_quantity(plan.mean.end_to_end),
          joined(pools, "; ")};
}

std::string serving_plan_text(const ServingPlanAnswer& answer, const ServingPlanPage& page,
                              PageStyle style) {
  const ServingPlanQuestion& question = answer.question;
  std::string text = heading(answer) + counts_text(answer.result);
  if (answer.checked.interrupted) text += interrupted_text(answer) + '\n';
  const ServingPlan* chosen = chosen_plan(answer);
  if (chosen != nullptr) {
    text += '\n' + plan_table(answer, *chosen, style);
  } else {
    text += answer.checked.interrupted ? "\nthe nearest so far\n"
                                       : "\nno plan meets the targets in simulation: the nearest\n";
    text += plan_table(answer, answer.checked.verified.front().plan, style);
  }
  if (!answer.checked.verified.empty())
    text += '\n' + verified_text(answer, answer.checked.verified.front(), style);
  text += '\n' + proposals_table(answer, style);
  if (const std::string checked = checked_text(answer); !checked.empty()) text += checked + '\n';
  if (page.front)
    text += '\n' + plans_table(question, answer.result.front, answer.result.front.size(),
                               "front of cost, energy and latency", style);
  return text + refused_table(answer.result, style) + assumed_table(answer, page.explain, style);
}

std::string no_serving_plan_text(const ServingPlanAnswer& answer, const ServingPlanPage& page,
                                 PageStyle style) {
  std::string text = heading(answer) + counts_text(answer.result);
  if (answer.checked.interrupted)
    return text + interrupted_text(answer) + '\n' + refused_table(answer.result, style) +
           assumed_table(answer, page.explain, style);
  text += "\nno plan meets this\n";
  const ServingBestEffort& effort = *answer.result.best_effort;
  TextTable table({"the best that can be had", ""});
  if (effort.ttft_of)
    table.row({"TTFT", fmt::format("mean {} at no load, by {}", print_quantity(effort.ttft),
                                   *effort.ttft_of)});
  if (effort.tpot_of)
    table.row({"TPOT", fmt::format("mean {} at no load, by {}", print_quantity(effort.tpot),
                                   *effort.tpot_of)});
  if (effort.nearest)
    table.row(
        {"nearest", fmt::format("{}: {} at no load, {:.3g} of the tightest target", *effort.nearest,
                                figures_text(effort.nearest_latency, answer.question.targets),
                                effort.nearest_excess)});
  if (!effort.limit.empty()) table.row({"what binds", effort.limit});
  if (effort.requests_per_second)
    table.row({"demand", fmt::format("{:.4g} requests/s can be served within the limits, of {:.4g}",
                                     *effort.requests_per_second,
                                     answer.question.demand.requests_per_second)});
  return text + '\n' + table.text(style) + refused_table(answer.result, style) +
         assumed_table(answer, page.explain, style);
}

const ServingPlan* chosen_plan(const ServingPlanAnswer& answer) {
  if (!answer.checked.verified.empty())
    return answer.checked.verified.front().met ? &answer.checked.verified.front().plan : nullptr;
  return answer.result.best.empty() ? nullptr : &answer.result.best.front();
}

}  // namespace polyfleet
