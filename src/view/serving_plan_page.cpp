#include "view/serving_plan_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>

#include "report/plan_rows.hpp"
#include "report/serving_plan_text.hpp"
#include "report/serving_totals.hpp"
#include "units/text.hpp"
#include "view/serving_figures.hpp"
#include "view/training_sources.hpp"
#include "view/unknown.hpp"

namespace polyfleet {
namespace {

std::string targets_text(const ServingTargets& targets) {
  std::string text;
  const auto add = [&](const char* name, const LatencyTarget& target) {
    if (!target.most) return;
    text += fmt::format("{}{} {} at most {}", text.empty() ? "" : ", ", name,
                        name_of(target.measure), print_quantity(*target.most));
  };
  add("TTFT", targets.ttft);
  add("TPOT", targets.tpot);
  add("end to end", targets.end_to_end);
  return text;
}

const ServingOffer& offer_of(const ServingPlanQuestion& question, const PlannedPool& pool) {
  return question.offers[question.kinds[pool.kind].offer];
}

PageFigure pool_figure(const ServingPlanQuestion& question, const ServingPlan& plan) {
  ColumnNames taken;
  std::vector<std::string> names, vendors, roles, limits;
  std::vector<double> replicas, accelerators, rate, batch, cache;
  for (const PlannedPool& pool : plan.pools) {
    names.push_back(taken.add(pool_text(question, pool)));
    vendors.push_back(offer_of(question, pool).vendor);
    roles.emplace_back(name_of(pool.role));
    limits.push_back(pool.point.state.limit);
    replicas.push_back(static_cast<double>(pool.replicas));
    accelerators.push_back(static_cast<double>(pool.replicas * pool.accelerators_per_replica));
    rate.push_back(pool.point.requests_per_second);
    batch.push_back(pool.point.state.running);
    cache.push_back(100 * pool.point.state.cache_share);
  }
  PageFigure figure;
  figure.id = "pools";
  figure.title = "Pools of the plan";
  figure.reading =
      "Accelerators of each pool; the table tells what each of its replicas carries and what binds "
      "it.";
  figure.data.word("pool", std::move(names)).word("vendor", std::move(vendors));
  figure.data.word("role", std::move(roles)).number("replicas", "", std::move(replicas));
  figure.data.number("accelerators", "", std::move(accelerators));
  figure.data.number("requests of each replica", "1/s", std::move(rate));
  figure.data.number("running in each", "sequences", std::move(batch));
  figure.data.number("cache used", "%", std::move(cache)).word("bound by", std::move(limits));
  figure.chart = BarChart{.category = "pool", .values = {"accelerators"}, .horizontal = true};
  if (plan.transfer) figure.assumptions = {"Cache moves: " + plan.transfer->basis + "."};
  return figure;
}

/// Shares of vendors (offers where there is one vendor) in what the plan uses.
PageFigure mix_figure(const ServingPlanQuestion& question, const ServingPlan& plan) {
  std::vector<std::string> sharers;
  const auto vendor = [&](const PlannedPool& pool) { return offer_of(question, pool).vendor; };
  const auto place = [&](const PlannedPool& pool) {
    return std::find(sharers.begin(), sharers.end(), vendor(pool)) - sharers.begin();
  };
  for (const PlannedPool& pool : plan.pools) {
    if (static_cast<std::size_t>(place(pool)) == sharers.size()) sharers.push_back(vendor(pool));
  }
  std::vector<std::string> rows;
  std::vector<std::vector<double>> shares(sharers.size());
  const auto add = [&](const char* name, const std::function<double(const PlannedPool&)>& of) {
    std::vector<double> amounts(sharers.size(), 0.0);
    double sum = 0;
    for (const PlannedPool& pool : plan.pools) {
      const double amount = of(pool);
      amounts[static_cast<std::size_t>(place(pool))] += amount;
      sum += amount;
    }
    if (!(sum > 0)) return;  // unknown for some pool, or nothing
    rows.emplace_back(name);
    for (std::size_t i = 0; i < amounts.size(); ++i) shares[i].push_back(100 * amounts[i] / sum);
  };
  const auto carried = [](const PlannedPool& pool) {
    return static_cast<double>(pool.replicas) * pool.point.requests_per_second;
  };
  add("accelerators", [](const PlannedPool& pool) {
    return static_cast<double>(pool.replicas * pool.accelerators_per_replica);
  });
  add("prompts",
      [&](const PlannedPool& pool) { return pool.role == PoolRole::decode ? 0 : carried(pool); });
  add("answers",
      [&](const PlannedPool& pool) { return pool.role == PoolRole::prefill ? 0 : carried(pool); });
  add("cost", [&](const PlannedPool& pool) {
    const auto cost = pool_cost(pool, offer_of(question, pool));
    return cost ? *cost / usd_per_hour : kUnknown;
  });
  add("power", [](const PlannedPool& pool) {
    return pool.power.known ? static_cast<double>(pool.replicas) * (pool.point.state.power / watt)
                            : kUnknown;
  });
  PageFigure figure;
  figure.id = "vendors";
  figure.title = "Which vendor does what share";
  figure.reading =
      "Each bar is the whole of a quantity: accelerators in use, requests whose prompts and whose "
      "answers are worked on, cost and mean power.";
  figure.data.word("of", std::move(rows));
  ColumnNames taken;
  BarChart chart{.category = taken.add("of"), .stacked = true, .horizontal = true};
  for (std::size_t i = 0; i < sharers.size(); ++i) {
    chart.values.push_back(taken.add(sharers[i]));
    figure.data.number(chart.values.back(), "%", std::move(shares[i]));
  }
  figure.chart = std::move(chart);
  for (const VendorShare& share : question.vendors)
    figure.assumptions.push_back(
        fmt::format("{} is asked to have {:.4g} to {:.4g} % of the "
                    "accelerators.",
                    share.vendor, 100 * share.least, 100 * share.most));
  return figure;
}

/// Simulated latencies as a share of what the targets allow, run by run.
PageFigure check_figure(const ServingPlanAnswer& answer, const VerifiedPlan& verified) {
  const ServingTargets& targets = answer.question.targets;
  std::vector<std::string> runs, missed;
  std::vector<double> ttft, tpot, whole, ttft_share, tpot_share, whole_share;
  const auto share = [](Seconds value, const LatencyTarget& target) {
    return target.most ? 100 * (value / *target.most) : kUnknown;
  };
  for (std::size_t i = 0; i < verified.runs.size(); ++i) {
    const VerifyRun& run = verified.runs[i];
    std::string replicas;
    for (const std::int64_t count : run.replicas)
      replicas += fmt::format("{}{}", replicas.empty() ? "" : " + ", count);
    runs.push_back(fmt::format("run {}: {} replicas", i + 1, replicas));
    missed.push_back(run.missed.empty() ? "met" : run.missed + " missed");
    ttft.push_back(run.measured.ttft / millisecond);
    tpot.push_back(run.measured.tpot / millisecond);
    whole.push_back(run.measured.end_to_end / second);
    ttft_share.push_back(share(run.measured.ttft, targets.ttft));
    tpot_share.push_back(share(run.measured.tpot, targets.tpot));
    whole_share.push_back(share(run.measured.end_to_end, targets.end_to_end));
  }
  PageFigure figure;
  figure.id = "simulated";
  figure.title = "The plan request by request";
  figure.reading = fmt::format(
      "Simulated latencies of each number of replicas that was tried, as a share of what the "
      "targets allow ({}); above 100 % a target is missed.",
      targets_text(targets));
  figure.data.word("run", std::move(runs)).word("targets", std::move(missed));
  BarChart chart{.category = "run", .horizontal = true};
  const auto add = [&](const char* name, const LatencyTarget& target, std::vector<double> shares) {
    if (!target.most) return;
    figure.data.number(name, "%", std::move(shares));
    chart.values.emplace_back(name);
  };
  add("TTFT of its target", targets.ttft, std::move(ttft_share));
  add("TPOT of its target", targets.tpot, std::move(tpot_share));
  add("end to end of its target", targets.end_to_end, std::move(whole_share));
  const auto measured = [&](const char* name, const LatencyTarget& target, const char* unit,
                            std::vector<double> values) {
    figure.data.number(fmt::format("{} {}", name, name_of(target.measure)), unit,
                       std::move(values));
  };
  measured("TTFT", targets.ttft, "ms", std::move(ttft));
  measured("TPOT", targets.tpot, "ms", std::move(tpot));
  measured("end to end", targets.end_to_end, "s", std::move(whole));
  figure.chart = std::move(chart);
  if (verified.share < 1)
    figure.assumptions.push_back(fmt::format(
        "{:.1f} % of the service was simulated with as much of the traffic: less pooling than the "
        "whole, so waits are upper bounds.",
        100 * verified.share));
  return figure;
}

PageFigure percentile_figure(const VerifiedPlan& verified) {
  PercentileRows rows;
  rows.add("simulated", "time to first token", verified.report.ttft);
  rows.add("simulated", "time per output token", verified.report.tpot);
  rows.add("simulated", "end to end", verified.report.end_to_end);
  rows.add("simulated", "queueing", verified.report.queueing);
  PageFigure figure;
  figure.id = "percentiles";
  figure.title = "Simulated latencies in figures";
  figure.reading = fmt::format("{} requests counted, {} refused, {} preemptions.",
                               grouped(verified.report.counted), grouped(verified.report.refused),
                               grouped(verified.report.preemptions));
  figure.data = rows.table();
  return figure;
}

/// "9 amd_mi355x, 5 nv_h200".
std::string parts_text(const ServingPlanQuestion& question, const ServingPlan& plan) {
  std::vector<std::pair<std::string, std::int64_t>> parts;
  for (const PlannedPool& pool : plan.pools) {
    const std::string& name = offer_of(question, pool).name;
    auto found = std::find_if(parts.begin(), parts.end(),
                              [&](const auto& each) { return each.first == name; });
    if (found == parts.end()) found = parts.insert(parts.end(), {name, 0});
    found->second += pool.replicas * pool.accelerators_per_replica;
  }
  std::string text;
  for (const auto& [name, count] : parts)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", grouped(count), name);
  return text;
}

void plan_facts(const ServingPlanAnswer& answer, const ServingPlan& plan,
                std::vector<PageFact>& facts) {
  const ServingDemand& demand = answer.question.demand;
  const double tokens = demand.requests_per_second * demand.shape.output_tokens;
  facts.push_back({"accelerators", grouped(plan.accelerators), parts_text(answer.question, plan)});
  if (plan.cost)
    facts.push_back({"cost", fmt::format("{:.2f} USD/h", *plan.cost / usd_per_hour),
                     fmt::format("{:.3g} USD per million output tokens",
                                 *plan.cost * second / usd / tokens * 1e6)});
  if (plan.power)
    facts.push_back({"power", print_quantity(*plan.power),
                     fmt::format("{:.3g} J per output token, peak {}", *plan.power / watt / tokens,
                                 print_quantity(*plan.peak_power))});
}

std::vector<PageFact> facts_of(const ServingPlanAnswer& answer) {
  std::vector<PageFact> facts;
  const ServingTargets& targets = answer.question.targets;
  const ServingPlan* chosen = chosen_plan(answer);
  if (chosen == nullptr && !answer.checked.verified.empty())
    chosen = &answer.checked.verified.front().plan;
  if (chosen != nullptr) plan_facts(answer, *chosen, facts);
  if (!answer.checked.verified.empty()) {
    const LatencyFigures& measured = answer.checked.verified.front().measured;
    const auto add = [&](const char* name, Seconds value, const LatencyTarget& target) {
      if (target.most)
        facts.push_back({fmt::format("{} {}", name, name_of(target.measure)), print_quantity(value),
                         "simulated, at most " + print_quantity(*target.most)});
    };
    add("time to first token", measured.ttft, targets.ttft);
    add("time per output token", measured.tpot, targets.tpot);
    add("end to end", measured.end_to_end, targets.end_to_end);
  }
  return facts;
}

/// What is within reach where nothing is feasible.
void effort_notices(const ServingPlanAnswer& answer, std::vector<std::string>& notices) {
  const ServingBestEffort& effort = *answer.result.best_effort;
  if (effort.ttft_of)
    notices.push_back(fmt::format("The least mean TTFT at no load is {}, by {}.",
                                  print_quantity(effort.ttft), *effort.ttft_of));
  if (effort.tpot_of)
    notices.push_back(fmt::format("The least mean TPOT at no load is {}, by {}.",
                                  print_quantity(effort.tpot), *effort.tpot_of));
  if (effort.nearest)
    notices.push_back(fmt::format("Nearest is {}: {:.3g} of the tightest target at no load.",
                                  *effort.nearest, effort.nearest_excess));
  if (!effort.limit.empty()) notices.push_back("What binds: " + effort.limit + ".");
  if (effort.requests_per_second)
    notices.push_back(fmt::format("{:.4g} requests/s can be served within the limits, of {:.4g}.",
                                  *effort.requests_per_second,
                                  answer.question.demand.requests_per_second));
}

std::vector<std::string> notices_of(const ServingPlanAnswer& answer) {
  std::vector<std::string> notices;
  if (answer.checked.interrupted) notices.push_back(interrupted_text(answer) + ".");
  if (answer.result.best.empty() && !answer.checked.interrupted)
    notices.emplace_back("No plan meets this.");
  if (answer.result.best_effort) effort_notices(answer, notices);
  if (!answer.checked.verified.empty()) {
    const VerifiedPlan& first = answer.checked.verified.front();
    if (!first.met && !answer.checked.interrupted)
      notices.emplace_back("No plan meets the targets in simulation: the nearest is shown.");
    if (!first.note.empty()) notices.push_back("Simulation: " + first.note + ".");
    notices.push_back(checked_text(answer) + ".");
  } else if (!answer.result.best.empty()) {
    notices.emplace_back("Not simulated: latencies are means of the closed form.");
  }
  for (const ServingOffer& offer : answer.question.offers) {
    if (!offer.price) notices.push_back(offer.name + " has no price: plans with it have no cost.");
  }
  return notices;
}

std::vector<FigureSource> sources_of(const ServingPlanAnswer& answer, const Catalogue& catalogue) {
  std::vector<FigureSource> sources;
  for (const ServingOffer& offer : answer.question.offers) {
    const Result<Accelerator> part = catalogue.accelerator(offer.accelerator);
    if (!part) continue;
    for (FigureSource& each : part_sources(*part, catalogue))
      append_source(sources, std::move(each));
  }
  return sources;
}

}  // namespace

FigurePage serving_plan_page(const ServingPlanAnswer& answer, const Catalogue& catalogue) {
  const ServingPlanQuestion& question = answer.question;
  FigurePage page;
  page.title = answer.name.empty() ? "A service of " + answer.model.name : answer.name;
  page.subtitle = fmt::format("{}: {}; {}; least {}", answer.model.name, answer.traffic,
                              targets_text(question.targets), name_of(question.objective));
  page.facts = facts_of(answer);
  page.notices = notices_of(answer);
  const ServingPlan* shown = chosen_plan(answer);
  if (shown == nullptr && !answer.checked.verified.empty())
    shown = &answer.checked.verified.front().plan;
  if (shown != nullptr)
    page.sections.push_back(
        {"The plan", {pool_figure(question, *shown), mix_figure(question, *shown)}});
  if (!answer.checked.verified.empty() && !answer.checked.verified.front().runs.empty())
    page.sections.push_back({"Simulated check",
                             {check_figure(answer, answer.checked.verified.front()),
                              percentile_figure(answer.checked.verified.front())}});
  if (FigureSection plans = plan_choice_section(answer); !plans.figures.empty())
    page.sections.push_back(std::move(plans));
  page.sections.push_back(plan_refusal_section(answer));
  const std::vector<FigureSource> sources = sources_of(answer, catalogue);
  for (FigureSection& section : page.sections)
    for (PageFigure& figure : section.figures) figure.sources = sources;
  if (!answer.assumptions.empty())
    page.sections.push_back(
        {"What this rests on", {assumption_figure("assumptions", answer.assumptions)}});
  return page;
}

}  // namespace polyfleet
