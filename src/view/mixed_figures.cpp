#include "view/mixed_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "report/mixed_text.hpp"
#include "report/plan_rows.hpp"
#include "units/text.hpp"
#include "view/unknown.hpp"

namespace polyfleet {
namespace {

const SearchedPool& pool_of(const MixedAnswer& answer, std::size_t pool) {
  return answer.question.pools[pool];
}

/// "1: h100 > mi355x".
std::string group_name(const MixedAnswer& answer, const PlannedMix& best, std::size_t group) {
  std::string text = fmt::format("{}:", group + 1);
  for (const StageGroup& stages : best.plan.groups[group].stages)
    text +=
        fmt::format("{}{}", text.ends_with(':') ? " " : " > ", pool_of(answer, stages.pool).name);
  return text;
}

/// "1: h100"; the stage group's place where a group has several.
std::string stage_name(const MixedAnswer& answer, const PlannedMix& best, std::size_t group,
                       std::size_t stages) {
  const ReplicaGroup& all = best.plan.groups[group];
  const std::string& pool = pool_of(answer, all.stages[stages].pool).name;
  return all.stages.size() == 1 ? fmt::format("{}: {}", group + 1, pool)
                                : fmt::format("{}.{}: {}", group + 1, stages + 1, pool);
}

template <class Visit>
void for_stage_groups(const PlannedMix& best, Visit&& visit) {
  for (std::size_t g = 0; g < best.plan.groups.size(); ++g) {
    for (std::size_t s = 0; s < best.plan.groups[g].stages.size(); ++s) visit(g, s);
  }
}

Seconds compute_of(const StepBreakdown& where) {
  Seconds sum = where.recompute;
  for (const Seconds part : where.compute) sum += part;
  return sum;
}

std::string layers_text(const StageGroup& stages, std::int64_t model_layers) {
  if (stages.stage_layers.empty()) return fmt::format("{}", model_layers);
  return fmt::format("{}",
                     std::accumulate(stages.stage_layers.begin(), stages.stage_layers.end(), 0));
}

double finite_or_unknown(double value) { return std::isfinite(value) ? value : kUnknown; }

}  // namespace

PageFigure rates_figure(const MixedAnswer& answer) {
  PageFigure figure{.id = "rates", .title = "What the pools do alone and together"};
  std::vector<std::string> names;
  std::vector<double> rates;
  double sum = 0;
  for (std::size_t pool = 0; pool < answer.question.pools.size(); ++pool) {
    names.push_back(pool_of(answer, pool).name + " alone");
    rates.push_back(answer.rate_alone(pool));
    sum += rates.back();
  }
  names.emplace_back("all, each for itself");
  rates.push_back(sum);
  if (!answer.result.best.empty()) {
    names.emplace_back("the best mix");
    rates.push_back(answer.result.best.front().step.tokens_per_second);
  }
  figure.reading =
      "Tokens a second. \"Each for itself\" trains as many models as there are pools; the mix "
      "trains one. 0: nothing fits that pool alone.";
  figure.chart = BarChart{.category = "pools", .values = {"rate"}, .horizontal = true};
  figure.data.word("pools", std::move(names)).number("rate", "tokens/s", std::move(rates));
  figure.assumptions = {
      "Alone, a pool has the same model, global batch and sequence as in the mix."};
  return figure;
}

PageFigure shares_figure(const MixedAnswer& answer, const PlannedMix& best) {
  PageFigure figure{.id = "shares", .title = "What each vendor does in the mix"};
  std::vector<std::string> vendors;
  std::vector<double> devices, of_devices, of_tokens;
  for (const VendorPart& part : best.vendors) {
    vendors.push_back(part.vendor);
    devices.push_back(static_cast<double>(part.devices));
    of_devices.push_back(100 * part.of_devices);
    of_tokens.push_back(100 * part.of_tokens);
  }
  figure.reading =
      "Share of the accelerators in use and of the tokens; a pipeline's tokens count by the layers "
      "that a pool holds.";
  figure.chart = BarChart{
      .category = "vendor", .values = {"of accelerators", "of tokens"}, .horizontal = true};
  figure.data.word("vendor", std::move(vendors))
      .number("of accelerators", "%", std::move(of_devices))
      .number("of tokens", "%", std::move(of_tokens))
      .number("accelerators", "", std::move(devices));
  for (const VendorShare& share : answer.question.constraints.vendors)
    figure.assumptions.push_back(fmt::format(
        "Asked for: {} {} to {} of the {}.", share.vendor, share_text(share.least),
        share_text(share.most), share.of == ShareOf::devices ? "accelerators" : "tokens"));
  return figure;
}

PageFigure group_time_figure(const MixedAnswer& answer, const PlannedMix& best) {
  PageFigure figure{.id = "group_time", .title = "Where each group's step goes"};
  struct Column {
    std::string name;
    std::vector<double> times;
  };
  std::vector<Column> columns{{"compute", {}},          {"communication inside pools", {}},
                              {"pipeline bubble", {}},  {"optimiser, host and software", {}},
                              {"border hand-over", {}}, {"gradients between groups", {}},
                              {"staging in hosts", {}}, {"waiting for slower groups", {}}};
  std::vector<std::string> names;
  for (std::size_t g = 0; g < best.step.groups.size(); ++g) {
    const GroupBreakdown& where = best.step.groups[g].where;
    const StepBreakdown& own = where.own;
    const Seconds compute = compute_of(own);
    const Seconds exchange = own.tensor + own.context + own.expert + own.pipeline +
                             own.gradient_reduce + own.parameter_gather;
    const Seconds rest = own.total - compute - exchange - own.bubble;
    names.push_back(group_name(answer, best, g));
    const Seconds parts[] = {compute,       exchange,     own.bubble,
                             rest,          where.border, where.cross_gradient,
                             where.staging, where.waiting};
    for (std::size_t i = 0; i < columns.size(); ++i)
      columns[i].times.push_back(parts[i] / millisecond);
  }
  figure.reading = fmt::format("Each bar sums to the step of {}. Groups are pools joined by \">\".",
                               print_quantity(best.step.total));
  BarChart chart{.category = "group", .stacked = true, .horizontal = true};
  figure.data.word("group", std::move(names));
  for (Column& column : columns) {
    const auto draws = [](double ms) { return ms > 0; };
    if (std::any_of(column.times.begin(), column.times.end(), draws))
      chart.values.push_back(column.name);
    figure.data.number(column.name, "ms", std::move(column.times));
  }
  figure.chart = std::move(chart);
  figure.assumptions = {"80 % interval of the step: " + best.step.interval_basis};
  return figure;
}

PageFigure groups_figure(const MixedAnswer& answer, const PlannedMix& best) {
  PageFigure figure{.id = "groups", .title = "How the mix is cut"};
  std::vector<std::string> names, layers, cuts, settings, micro;
  std::vector<double> devices, of_batch, busy, rest;
  const double batch = static_cast<double>(best.plan.global_batch());
  const std::int64_t model_layers = pool_of(answer, 0).question.scenario.model.layers;
  for_stage_groups(best, [&](std::size_t g, std::size_t s) {
    const ReplicaGroup& group = best.plan.groups[g];
    const StageGroup& stages = group.stages[s];
    const StageGroupResult& result = best.step.groups[g].stages[s];
    names.push_back(stage_name(answer, best, g, s));
    devices.push_back(static_cast<double>(result.devices));
    of_batch.push_back(100 * static_cast<double>(group.sequences()) / batch);
    layers.push_back(layers_text(stages, model_layers));
    cuts.push_back(fmt::format("TP {} x PP {} x DP {}", stages.plan.layout.tensor,
                               stages.plan.layout.pipeline, group.replicas));
    micro.push_back(fmt::format("{} x {}", group.micro_batch, group.micro_batches));
    settings.push_back(fmt::format("recompute {}, sharding {}",
                                   setting_text(stages.plan, "recompute"),
                                   setting_text(stages.plan, "sharding")));
    busy.push_back(result.busy / millisecond);
    rest.push_back((best.step.total - result.busy) / millisecond);
  });
  figure.reading =
      "A bar for each stage group, consecutive stages on one pool: the compute of its slowest "
      "stage "
      "in a step, and the rest of the step. The batch share is that of its replica group.";
  figure.chart = BarChart{
      .category = "group", .values = {"busy", "rest"}, .stacked = true, .horizontal = true};
  figure.data.word("group", std::move(names))
      .number("accelerators", "", std::move(devices))
      .number("of the batch", "%", std::move(of_batch))
      .word("layers", std::move(layers))
      .word("cut", std::move(cuts))
      .word("micro-batches", std::move(micro))
      .word("settings", std::move(settings))
      .number("busy", "ms", std::move(busy))
      .number("rest", "ms", std::move(rest));
  return figure;
}

PageFigure mixed_memory_figure(const MixedAnswer& answer, const PlannedMix& best) {
  PageFigure figure{.id = "mixed_memory", .title = "Memory of each group's fullest device"};
  std::vector<std::string> names;
  std::vector<double> used, free, capacity;
  for_stage_groups(best, [&](std::size_t g, std::size_t s) {
    const StageGroupResult& result = best.step.groups[g].stages[s];
    if (result.memory.empty()) return;
    const Bytes need = result.memory[fullest_stage(result.memory)].total;
    const bool known = result.capacity > 0 * byte;
    names.push_back(stage_name(answer, best, g, s));
    used.push_back(need / gigabyte);
    free.push_back(known ? (result.capacity - need) / gigabyte : kUnknown);
    capacity.push_back(known ? result.capacity / gigabyte : kUnknown);
  });
  figure.reading =
      "What lies in memory at the worst moment of a step. The dashed rule is the usable capacity "
      "of "
      "the pool's accelerator; one that is not published has none.";
  figure.chart = BarChart{
      .category = "group", .values = {"used"}, .horizontal = true, .limit = "usable capacity"};
  figure.data.word("group", std::move(names))
      .number("used", "GB", std::move(used))
      .number("free", "GB", std::move(free))
      .number("usable capacity", "GB", std::move(capacity));
  figure.assumptions = {"GB are 10^9 bytes, as memories are sold."};
  return figure;
}

PageFigure limits_figure(const PlannedMix& best) {
  PageFigure figure{.id = "limits", .title = "What limits the mix"};
  std::vector<std::string> causes;
  std::vector<double> shares;
  for (const MixLimit& limit : best.limits) {
    causes.push_back(limit.cause);
    shares.push_back(100 * limit.share);
  }
  figure.reading =
      "Share of the step in which work waits or only communicates, by cause, weighted "
      "by accelerators.";
  figure.chart = BarChart{.category = "cause", .values = {"of the step"}, .horizontal = true};
  figure.data.word("cause", std::move(causes)).number("of the step", "%", std::move(shares));
  return figure;
}

PageFigure mix_families_figure(const MixedAnswer& answer) {
  PageFigure figure{.id = "families", .title = "Every way to divide the pools"};
  const Objective objective = answer.question.objective;
  const std::string unit = objective == Objective::cost ? "USD" : "s";
  std::vector<std::string> names, kinds, reasons;
  std::vector<double> best, bound;
  for (const MixFamily& family : answer.result.families) {
    names.push_back(family.composition);
    kinds.push_back(kind_text(family.kind));
    best.push_back(family.best ? finite_or_unknown(*family.best) : kUnknown);
    bound.push_back(finite_or_unknown(family.lower_bound));
    reasons.push_back(family.why);
  }
  figure.reading = fmt::format(
      "Groups by \"|\", stages of one pipeline by \">\". The best plan that was built and the "
      "proven bound, {} of a step; no best: nothing fits, or the bound is above the best of all.",
      objective == Objective::cost ? "USD" : "seconds");
  figure.chart = BarChart{.category = "division", .values = {"best"}, .horizontal = true};
  figure.data.word("division", std::move(names))
      .number("best", unit, std::move(best))
      .number("no better than", unit, std::move(bound))
      .word("how", std::move(kinds))
      .word("why", std::move(reasons));
  return figure;
}

PageFigure links_figure(const MixedAnswer& answer) {
  PageFigure figure{.id = "links", .title = "Paths between the pools"};
  std::vector<std::string> between, routes, reasons;
  std::vector<double> rates;
  for (const PoolLinkNote& note : answer.links) {
    between.push_back(note.between);
    rates.push_back(note.link.rate / gigabyte_per_second);
    routes.emplace_back(name_of(note.link.route));
    reasons.push_back(note.link.basis);
  }
  figure.reading = "What an accelerator can send to the other pool, one direction.";
  figure.data.word("between", std::move(between))
      .number("rate", "GB/s", std::move(rates))
      .word("route", std::move(routes))
      .word("why", std::move(reasons));
  return figure;
}

}  // namespace polyfleet
