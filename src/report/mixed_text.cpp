#include "report/mixed_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "report/plan_rows.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

constexpr std::size_t kMixLimitsShown = 4;
constexpr double kSmallestLimit = 0.001;  // of the step
constexpr std::size_t kFamiliesShown = 8;

const SearchedPool& pool_of(const MixedAnswer& answer, std::size_t pool) {
  return answer.question.pools[pool];
}

std::string objective_text(Objective objective, double value) {
  if (!std::isfinite(value)) return "none";
  if (objective == Objective::cost) return print_quantity(Usd::from_base(value));
  if (objective == Objective::energy) return print_quantity(Joules::from_base(value));
  return print_quantity(Seconds::from_base(value));
}

std::string wanted_text(const MixedAnswer& answer) {
  const MixedSearchQuestion& question = answer.question;
  std::string text = goal_text(question.objective, question.constraints.common);
  for (const VendorShare& share : question.constraints.vendors)
    text += fmt::format(", {} {} to {} of the {}", share.vendor, share_text(share.least),
                        share_text(share.most),
                        share.of == ShareOf::devices ? "accelerators" : "tokens");
  return text;
}

std::string heading(const MixedAnswer& answer) {
  const TrainingScenario& first = pool_of(answer, 0).question.scenario;
  std::string text = first.name.empty() ? "" : first.name + "\n";
  std::int64_t devices = 0;
  for (const SearchedPool& pool : answer.question.pools) devices += pool.question.scenario.devices;
  text += fmt::format("{} on {} accelerators in {} pools\n", first.model.name, grouped(devices),
                      answer.question.pools.size());
  text += fmt::format("global batch {}, sequence {}, {}\n", first.plan.global_batch,
                      first.plan.sequence_length, first.plan.precision.name);
  text += "wanted: " + wanted_text(answer) + "\n";
  if (!answer.pinned.empty()) text += fmt::format("pinned: {}\n", fmt::join(answer.pinned, ", "));
  return text;
}

std::string gap_text(const MixedSearchResult& result) {
  const MixedCounts& counts = result.counts;
  std::string text = fmt::format(
      "searched {} ways to divide the pools, {} cuts of a replica ({} impossible, {} too large), "
      "{} mixed plans evaluated exactly\n",
      result.families.size(), grouped(counts.cuts), grouped(counts.impossible),
      grouped(counts.too_large), grouped(counts.plans_built));
  if (result.interrupted) text += "interrupted: the best so far; ";
  if (result.best.empty()) return text;
  const bool stays_on_pools =
      !result.best.empty() && (result.best.front().kind == MixKind::alone ||
                               result.best.front().kind == MixKind::data_groups);
  if (stays_on_pools && result.gap_without_pipelines &&
      *result.gap_without_pipelines < result.gap) {
    text += fmt::format(
        "gap {} among plans whose replicas stay on one pool; {} when pipelines over pools are "
        "counted, whose bound is loose\n",
        share_text(*result.gap_without_pipelines), share_text(result.gap));
  } else {
    text += fmt::format("gap {}: no plan of the space is better by more\n", share_text(result.gap));
  }
  if (result.work_ended)
    text +=
        "the search of pipelines over pools was left off early; --effort full goes on to its end\n";
  return text;
}

std::string limits_text(const std::vector<MixLimit>& limits) {
  std::string text;
  for (std::size_t i = 0; i < limits.size() && i < kMixLimitsShown; ++i) {
    if (limits[i].share < kSmallestLimit) break;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", limits[i].cause,
                        share_text(limits[i].share));
  }
  return text.empty() ? "nothing above a thousandth of the step" : text;
}

std::string vendors_text(const std::vector<VendorPart>& vendors) {
  std::string text;
  for (const VendorPart& part : vendors)
    text += fmt::format("{}{}: {} accelerators ({}), {} of the tokens", text.empty() ? "" : "; ",
                        part.vendor, grouped(part.devices), share_text(part.of_devices),
                        share_text(part.of_tokens));
  return text;
}

std::string best_table(const MixedAnswer& answer, const PlannedMix& best, PageStyle style) {
  const MixedStep& step = best.step;
  TextTable table({"best plan", ""});
  table.row({"how", fmt::format("{}: {}", kind_text(best.kind), best.composition)});
  table.row({"step time", fmt::format("{}  (80 % interval {} to {})", print_quantity(step.total),
                                      print_quantity(step.low), print_quantity(step.high))});
  table.row({"tokens", fmt::format("{:.6g} tokens/s", step.tokens_per_second)});
  table.row({"of the pools' sum",
             fmt::format("{} of what all pools would do alone", share_text(answer.of_sum(best)))});
  table.row({"limited by", limits_text(best.limits)});
  table.row({"vendors", vendors_text(best.vendors)});
  table.row({"free memory", share_text(best.head_room)});
  if (step.energy.known)
    table.row({"energy per step",
               fmt::format("{:.4g} kWh at the meter{}", step.energy.facility / kilowatt_hour,
                           best.power ? ", " + print_quantity(*best.power) : "")});
  else
    table.row({"energy", "unknown: " + step.energy.basis});
  table.row({"cost per step", step.cost ? print_quantity(*step.cost)
                                        : std::string("unknown: state [[pool]] price")});
  if (answer.tokens > 0)
    table.row(
        {"run", fmt::format("{:.0f} steps, {} without failures and checkpoints (their forecast "
                            "is for one pool)",
                            std::ceil(answer.tokens / step.tokens),
                            print_quantity(step.total * std::ceil(answer.tokens / step.tokens)))});
  if (answer.result.better_not_to_mix)
    table.row({"better not to mix", *answer.result.better_not_to_mix});
  return table.text(style);
}

std::string layers_text(const StageGroup& stages, std::int64_t model_layers) {
  if (stages.stage_layers.empty()) return fmt::format("{}", model_layers);
  return fmt::format("{}",
                     std::accumulate(stages.stage_layers.begin(), stages.stage_layers.end(), 0));
}

double free_memory(const StageGroupResult& stages) {
  if (stages.memory.empty() || stages.capacity == 0 * byte) return 0;
  return 1 - stages.memory[fullest_stage(stages.memory)].total / stages.capacity;
}

std::string groups_table(const MixedAnswer& answer, const PlannedMix& best, PageStyle style) {
  TextTable table({"group", "pool", "devices", "of batch", "layers", "TP", "PP", "DP", "micro",
                   "recompute", "sharding", "waits", "free memory"});
  const double batch = static_cast<double>(best.plan.global_batch());
  const std::int64_t layers = pool_of(answer, 0).question.scenario.model.layers;
  for (std::size_t i = 0; i < best.plan.groups.size(); ++i) {
    const ReplicaGroup& group = best.plan.groups[i];
    const ReplicaGroupResult& result = best.step.groups[i];
    for (std::size_t s = 0; s < group.stages.size(); ++s) {
      const StageGroup& stages = group.stages[s];
      const ParallelLayout& layout = stages.plan.layout;
      table.row({s == 0 ? fmt::format("{}", i + 1) : "", pool_of(answer, stages.pool).name,
                 grouped(result.stages[s].devices),
                 s == 0 ? share_text(static_cast<double>(group.sequences()) / batch) : "",
                 layers_text(stages, layers), fmt::format("{}", layout.tensor),
                 fmt::format("{}", layout.pipeline), fmt::format("{}", group.replicas),
                 s == 0 ? fmt::format("{} x {}", group.micro_batch, group.micro_batches) : "",
                 setting_text(stages.plan, "recompute"), setting_text(stages.plan, "sharding"),
                 s == 0 ? share_text(result.where.waiting / best.step.total) : "",
                 share_text(free_memory(result.stages[s]))});
    }
  }
  return table.text(style);
}

std::string alone_table(const MixedAnswer& answer, PageStyle style) {
  TextTable table({"each pool alone", "accelerators", "step", "tokens/s", "plan"});
  for (const PoolAlone& alone : answer.result.alone) {
    const SearchedPool& pool = pool_of(answer, alone.pool);
    const std::string part = fmt::format("{} {}", grouped(pool.question.scenario.devices),
                                         pool.question.machine->accelerator.name);
    const std::optional<PlannedPlan>& own = answer.alone[alone.pool];
    if (own && own->tokens_per_second >= alone.tokens_per_second) {
      table.row({pool.name, part, print_quantity(own->time),
                 fmt::format("{:.6g}", own->tokens_per_second), cut_text(own->plan)});
    } else if (alone.best) {
      const TrainingPlan& plan = alone.best->plan.groups.front().stages.front().plan;
      table.row({pool.name, part, print_quantity(alone.best->step.total),
                 fmt::format("{:.6g}", alone.tokens_per_second), cut_text(plan)});
    } else {
      table.row({pool.name, part, "none", "", alone.why});
    }
  }
  return table.text(style);
}

std::string families_table(const MixedAnswer& answer, PageStyle style) {
  const MixedSearchResult& result = answer.result;
  std::vector<const MixFamily*> others;
  for (const MixFamily& family : result.families) {
    if (result.best.empty() || family.composition != result.best.front().composition)
      others.push_back(&family);
  }
  if (others.empty()) return {};
  const auto order = [](const MixFamily& family) {
    return family.best ? *family.best : std::max(family.lower_bound, 0.0);
  };
  std::stable_sort(others.begin(), others.end(), [&](const MixFamily* a, const MixFamily* b) {
    if (a->feasible != b->feasible) return a->feasible;
    return order(*a) < order(*b);
  });
  TextTable table({"other ways", "best", "no better than", "why"});
  for (std::size_t i = 0; i < others.size() && i < kFamiliesShown; ++i) {
    const MixFamily& family = *others[i];
    const Objective objective = answer.question.objective;
    table.row({family.composition,
               family.best ? objective_text(objective, *family.best) : std::string("none"),
               objective_text(objective, family.lower_bound), family.why});
  }
  if (others.size() > kFamiliesShown)
    table.row({fmt::format("{} more", others.size() - kFamiliesShown), "", "", "--json has all"});
  return '\n' + table.text(style);
}

std::string assumption_table(const MixedAnswer& answer, PageStyle style) {
  TextTable table({"assumed", ""});
  for (const PoolLinkNote& note : answer.links)
    table.row(
        {note.between, fmt::format("{} per accelerator, {}: {}", print_quantity(note.link.rate),
                                   name_of(note.link.route), note.link.basis)});
  for (std::size_t i = 0; i < answer.question.pools.size(); ++i) {
    const SearchedPool& pool = pool_of(answer, i);
    const TrainingScenario& scenario = pool.question.scenario;
    const TrainingPrices& prices = pool.question.prices;
    table.row(
        {pool.name, fmt::format("{} in {}, {}, {}", scenario.accelerator, scenario.system,
                                scenario.framework.empty() ? "no framework" : scenario.framework,
                                prices.device ? print_quantity(*prices.device) : "no price")});
  }
  return table.text(style);
}

std::string nothing_text(const MixedAnswer& answer, PageStyle style) {
  if (answer.result.interrupted) return "interrupted before any plan that fits was found\n";
  std::string text = "\nno plan was found:\n";
  for (const std::string& why : answer.result.why_nothing) text += "- " + why + "\n";
  if (answer.would_fit.empty()) return text;
  TextTable changes({"what would fit", "step time", "free memory"});
  for (const QuestionChange& each : answer.would_fit)
    changes.row({each.change, each.time ? print_quantity(*each.time) : "",
                 each.head_room ? share_text(*each.head_room) : ""});
  return text + '\n' + changes.text(style);
}

}  // namespace

double MixedAnswer::rate_alone(std::size_t pool) const {
  double rate = alone[pool] ? alone[pool]->tokens_per_second : 0;
  for (const PoolAlone& each : result.alone) {
    if (each.pool == pool) rate = std::max(rate, each.tokens_per_second);
  }
  return rate;
}

double MixedAnswer::of_sum(const PlannedMix& mix) const {
  double sum = 0;
  for (std::size_t pool = 0; pool < alone.size(); ++pool) sum += rate_alone(pool);
  return sum > 0 ? mix.step.tokens_per_second / sum : 0;
}

std::string kind_text(MixKind kind) {
  switch (kind) {
    case MixKind::alone:
      return "one pool, the others idle";
    case MixKind::data_groups:
      return "replicas on different pools";
    case MixKind::pipeline:
      return "one pipeline over the pools";
    case MixKind::both:
      return "replicas and pipelines over the pools";
  }
  return "";
}

std::string mixed_text(const MixedAnswer& answer, PageStyle style) {
  const MixedSearchResult& result = answer.result;
  std::string text = heading(answer) + gap_text(result);
  if (result.best.empty()) return text + nothing_text(answer, style);
  const PlannedMix& best = result.best.front();
  text += '\n' + best_table(answer, best, style);
  text += '\n' + groups_table(answer, best, style);
  text += '\n' + alone_table(answer, style);
  text += families_table(answer, style);
  return text + '\n' + assumption_table(answer, style);
}

}  // namespace polyfleet
