#include "planner/mixed_search.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "planner/mixed_limits.hpp"
#include "planner/mixed_report.hpp"
#include "planner/mixed_searcher.hpp"

namespace polyfleet {
namespace {

class ResultWriter {
 public:
  ResultWriter(const MixedSearchQuestion& question, MixedSearcher& searcher)
      : question_(question), searcher_(searcher), physics_(searcher.physics()) {
    physics_.with_energy = physics_.with_interval = physics_.models != nullptr;
  }

  MixedSearchResult run() {
    result_.interrupted = searcher_.interrupted();
    result_.work_ended = searcher_.work_ended();
    result_.counts = searcher_.counts();
    write_alone();
    write_families();
    for (const FamilyState& family : searcher_.families())
      if (family.best) result_.best.push_back(planned(family.plan));
    std::stable_sort(
        result_.best.begin(), result_.best.end(),
        [](const PlannedMix& a, const PlannedMix& b) { return a.objective < b.objective; });
    result_.lower_bound = question_.objective == Objective::cost
                              ? searcher_.least_cost().value_or(0)
                              : searcher_.lower_bound();
    if (!result_.best.empty()) {
      result_.lower_bound = std::min(result_.lower_bound, result_.best[0].objective);
      result_.gap = result_.best[0].objective / result_.lower_bound - 1;
    }
    write_gap_without_pipelines();
    advise();
    return std::move(result_);
  }

 private:
  PlannedMix planned(const MixedPlan& plan) {
    PlannedMix mix;
    mix.plan = plan;
    mix.kind = kind_of(plan);
    mix.composition = composition_of(plan, question_.pools);
    mix.step = mixed_step(physics_, plan, searcher_.tables());
    const bool by_cost = question_.objective == Objective::cost && mix.step.cost;
    mix.objective = by_cost ? *mix.step.cost / usd : mix.step.total / second;
    mix.head_room = head_room_of(mix.step);
    if (result_.sum_of_own_rates > 0)
      mix.of_sum = mix.step.tokens_per_second / result_.sum_of_own_rates;
    mix.vendors = vendor_parts(question_, plan);
    mix.limits = limits_of(mix.step);
    if (mix.step.energy.known) mix.power = mix.step.energy.facility / mix.step.total;
    return mix;
  }

  void write_gap_without_pipelines() {
    const double bound = question_.objective == Objective::cost
                             ? searcher_.least_cost().value_or(0)
                             : searcher_.lower_bound_without_pipelines();
    for (const PlannedMix& mix : result_.best) {
      if (mix.kind == MixKind::pipeline || mix.kind == MixKind::both) continue;
      result_.gap_without_pipelines = mix.objective / std::min(bound, mix.objective) - 1;
      return;
    }
  }

  void write_alone() {
    for (std::size_t k = 0; k < question_.pools.size(); ++k) {
      PoolAlone alone;
      alone.pool = k;
      for (const FamilyState& family : searcher_.families()) {
        if (family.division != Division{PoolMask{1} << k}) continue;
        if (!searcher_.alone()[k]) {
          alone.why = searcher_.interrupted()
                          ? "not searched: interrupted"
                          : "no plan of its space fits in its memory with this batch";
          continue;
        }
        alone.gap = 0;
        MixedPlan plan;
        plan.sequence_length = question_.pools[k].question.scenario.plan.sequence_length;
        plan.groups = {searcher_.alone_group(k)};
        alone.best = planned(plan);
        alone.tokens_per_second = alone.best->step.tokens_per_second;
      }
      result_.sum_of_own_rates += alone.tokens_per_second;
      result_.alone.push_back(std::move(alone));
    }
    for (PoolAlone& alone : result_.alone)
      if (alone.best && result_.sum_of_own_rates > 0)
        alone.best->of_sum = alone.tokens_per_second / result_.sum_of_own_rates;
  }

  void write_families() {
    const std::optional<double> best = searcher_.best_time();
    for (const FamilyState& family : searcher_.families()) {
      MixFamily out;
      out.kind = kind_of(family.division);
      for (const PoolMask mask : family.division) out.groups.push_back(pools_in(mask));
      out.composition = composition_of(family.division, question_.pools);
      out.lower_bound = family.feasible ? family.bound : kInfinite;
      out.best = family.best;
      if (question_.objective == Objective::cost) {
        if (family.feasible) out.lower_bound = searcher_.least_cost().value_or(0);
        if (family.best) out.best = planned(family.plan).objective;
      }
      out.feasible = family.feasible;
      out.why = why(family, best);
      result_.families.push_back(std::move(out));
    }
  }

  std::string why(const FamilyState& family, const std::optional<double>& best) const {
    if (!family.feasible)
      return family.refused.empty() ? "no plan of it fits in memory" : family.refused;
    if (family.best && best && *family.best <= *best) return "the best";
    std::string text;
    if (family.best && best) {
      text = fmt::format("its best plan takes {:.3f} s, {:.1f} % longer", *family.best,
                         (*family.best / *best - 1) * 100);
    } else if (best && family.bound >= *best * (1 - 1e-6)) {
      text = fmt::format("no plan of it is faster than {:.3f} s", family.bound);
    } else if (!family.refused.empty()) {
      text = family.refused;
    } else {
      text = fmt::format("no plan was built; none is faster than {:.3f} s", family.bound);
    }
    if (best && family.exchange > 0.1 * *best)
      text += fmt::format("; its groups exchange gradients for at least {:.3f} s", family.exchange);
    return text;
  }

  /// Whether fewer pools do better than all of them together.
  void advise() {
    if (result_.best.empty()) {
      for (const MixFamily& family : result_.families)
        result_.why_nothing.push_back(fmt::format("{}: {}", family.composition, family.why));
      return;
    }
    const PlannedMix& best = result_.best.front();
    std::size_t used = 0;
    for (std::size_t k = 0; k < question_.pools.size(); ++k)
      used += best.plan.devices_of(k) > 0 ? 1 : 0;
    if (used == question_.pools.size()) return;
    const PlannedMix* all = nullptr;
    for (const PlannedMix& mix : result_.best) {
      std::size_t own = 0;
      for (std::size_t k = 0; k < question_.pools.size(); ++k)
        own += mix.plan.devices_of(k) > 0 ? 1 : 0;
      if (own == question_.pools.size() && all == nullptr) all = &mix;
    }
    double bound = kInfinite;
    for (const MixFamily& family : result_.families) {
      std::size_t own = 0;
      for (const auto& group : family.groups) own += group.size();
      if (own == question_.pools.size()) bound = std::min(bound, family.lower_bound);
    }
    std::string text =
        fmt::format("{} alone of {} pools is best", best.composition, question_.pools.size());
    if (all != nullptr) {
      const double ratio = all->step.total / best.step.total;
      text += fmt::format(": all together take {:.3f} s instead of {:.3f} s ({:+.1f} %)",
                          all->step.total / second, best.step.total / second, (ratio - 1) * 100);
    } else if (question_.objective == Objective::cost) {
      text += ": no plan over all of them was found";
    } else if (bound < kInfinite) {
      text += fmt::format(": all together take at least {:.3f} s", bound);
    } else {
      text += ": no plan over all of them fits";
    }
    result_.better_not_to_mix = text;
  }

  const MixedSearchQuestion& question_;
  MixedSearcher& searcher_;
  MixedQuestion physics_;
  MixedSearchResult result_;
};

}  // namespace

std::string_view name_of(MixKind kind) {
  switch (kind) {
    case MixKind::alone:
      return "one pool";
    case MixKind::data_groups:
      return "data-parallel groups";
    case MixKind::pipeline:
      return "pipeline over pools";
    case MixKind::both:
      return "groups and pipelines";
  }
  return "";
}

MixedQuestion physics_of(const MixedSearchQuestion& question) {
  const PoolQuestion& first = question.pools.front().question;
  MixedQuestion physics;
  physics.model = first.scenario.model;
  physics.pools = pools_of(question.pools);
  physics.network = question.network;
  physics.models = first.models;
  physics.strict = first.strict;
  return physics;
}

std::vector<MixedPool> pools_of(const std::vector<SearchedPool>& pools) {
  std::vector<MixedPool> list;
  for (const SearchedPool& pool : pools) {
    const PoolQuestion& question = pool.question;
    list.push_back({.name = pool.name,
                    .machine = question.machine,
                    .devices = question.scenario.devices,
                    .framework = question.scenario.framework,
                    .release_date = question.scenario.release_date,
                    .prices = question.prices});
  }
  return list;
}

Diagnostics mixed_search_problems(const MixedSearchQuestion& question) {
  Diagnostics problems;
  const auto require = [&](bool holds, std::string what, std::string fix) {
    if (!holds) problems.push_back(problem(std::move(what), std::move(fix)));
  };
  require(!question.pools.empty(), "the cluster has no pools", "give at least one");
  if (question.pools.empty()) return problems;
  const TrainingScenario& first = question.pools.front().question.scenario;
  std::vector<std::string> vendors;
  for (const SearchedPool& pool : question.pools) {
    const TrainingScenario& own = pool.question.scenario;
    vendors.push_back(pool.question.machine->accelerator.vendor);
    require(own.devices > 0, fmt::format("pool {} has no devices", pool.name), "give a count");
    require(own.plan.global_batch == first.plan.global_batch &&
                own.plan.sequence_length == first.plan.sequence_length &&
                own.model.id == first.model.id,
            fmt::format("pool {} asks for another model, batch or sequence length", pool.name),
            "all pools take part in one step");
    require(!tensor_degrees(pool).empty(),
            fmt::format("pool {}: no tensor degree divides the model", pool.name),
            "allow degree 1");
    for (const int tensor : pool.space.tensor)
      require(pool.most_tensor <= 0 || tensor <= pool.most_tensor,
              fmt::format("pool {}: tensor parallel {} is pinned, at most {} is allowed", pool.name,
                          tensor, pool.most_tensor),
              "pin a smaller degree or allow more");
  }
  for (const ShareOf of : {ShareOf::devices, ShareOf::tokens}) {
    double least = 0;
    for (const VendorShare& share : question.constraints.vendors) {
      if (share.of == of) least += share.least;
      require(share.least <= share.most && share.most <= 1 && share.least >= 0,
              fmt::format("{}: a share between {} and {}", share.vendor, share.least, share.most),
              "give 0 <= least <= most <= 1");
      require(std::find(vendors.begin(), vendors.end(), share.vendor) != vendors.end() ||
                  share.least <= 0,
              fmt::format("{} has no pool, but at least {:.1f} % are wanted of it", share.vendor,
                          share.least * 100),
              "drop the limit or add a pool");
    }
    require(least <= 1 + 1e-9, fmt::format("the least shares sum to {:.1f} %", least * 100),
            "they may sum to at most 100 %");
  }
  require(question.objective != Objective::energy,
          "energy is no objective over several pools: no bound on it is known",
          "ask for time or cost; the energy of every plan is reported");
  for (const SearchedPool& pool : question.pools)
    require(question.objective != Objective::cost || pool.question.prices.device.has_value(),
            fmt::format("pool {}: cost is the objective, but its price is not known", pool.name),
            "state the price of a device-hour");
  require(question.network != nullptr || question.pools.size() == 1,
          "the pools have no network between them", "make one for them");
  return problems;
}

MixedSearchResult search_mixed_plans(const MixedSearchQuestion& question,
                                     const SearchControl& control) {
  MixedSearcher searcher(question, control);
  searcher.run();
  return ResultWriter(question, searcher).run();
}

}  // namespace polyfleet
