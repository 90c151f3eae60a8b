#include "planner/serving_mixture.hpp"

#include <algorithm>
#include <optional>

#include "planner/serving_program.hpp"

namespace polyfleet {
namespace {

/// A column in numbers: what it brings and what it takes.
struct Column {
  std::size_t index = 0;
  double cost = 0, rate = 0, accelerators = 0, peak = 0;
};

/// The objective of one replica at its point; nothing where a figure is unknown.
std::optional<double> objective_of_column(const ServingPlanQuestion& question,
                                          const MixtureColumn& column) {
  const PlannedPool& pool = column.pool;
  const SteadyState& state = pool.point.state;
  const double steps = std::max(0.0, question.demand.shape.output_tokens - 1);
  switch (question.objective) {
    case ServingObjective::cost: {
      PlannedPool one = pool;
      one.replicas = 1;
      const std::optional<UsdPerSecond> cost = pool_cost(one, *column.offer);
      return cost ? std::optional(cost->base()) : std::nullopt;
    }
    case ServingObjective::energy:
      return pool.power.known ? std::optional(state.power.base()) : std::nullopt;
    case ServingObjective::accelerators:
      return pool.accelerators_per_replica;
    case ServingObjective::latency:
      return pool.point.requests_per_second *
             ((pool.role == PoolRole::decode ? 0 : state.ttft / second) +
              (pool.role == PoolRole::prefill ? 0 : steps * state.tpot / second));
    case ServingObjective::carbon:
      if (!pool.power.known || !column.offer->carbon) return std::nullopt;
      return (state.power * *column.offer->carbon).base();
  }
  return std::nullopt;
}

bool has_caps(const ServingPlanQuestion& question) {
  return question.power_cap ||
         std::any_of(question.offers.begin(), question.offers.end(),
                     [](const ServingOffer& offer) { return offer.power_cap.has_value(); });
}

/// Columns worth a variable: none takes the place of another of its offer and role with as much
/// work for as little of everything that is limited.
class Columns {
 public:
  Columns(const ServingPlanQuestion& question, const std::vector<MixtureColumn>& all)
      : question_(question), all_(all), caps_(has_caps(question)) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::optional<double> cost = objective_of_column(question, all[i]);
      const std::optional<Watts> peak = peak_draw(all[i].pool.power);
      if (!cost || (caps_ && !peak)) continue;
      add({i, *cost, all[i].pool.point.requests_per_second,
           static_cast<double>(all[i].pool.accelerators_per_replica), caps_ ? peak->base() : 0});
    }
  }
  const std::vector<Column>& kept() const { return kept_; }

 private:
  /// One replica of `a` does at least what one of `b` does, for no more.
  bool replaces(const Column& a, const Column& b) const {
    const MixtureColumn& one = all_[a.index];
    const MixtureColumn& other = all_[b.index];
    if (one.offer != other.offer || one.pool.role != other.pool.role) return false;
    const bool same_share = question_.vendors.empty() ? a.accelerators <= b.accelerators
                                                      : a.accelerators == b.accelerators;
    return same_share && a.rate >= b.rate && a.cost <= b.cost && a.peak <= b.peak;
  }
  void add(const Column& column) {
    for (const Column& other : kept_) {
      if (replaces(other, column)) return;
    }
    std::erase_if(kept_, [&](const Column& other) { return replaces(column, other); });
    kept_.push_back(column);
  }

  const ServingPlanQuestion& question_;
  const std::vector<MixtureColumn>& all_;
  bool caps_;
  std::vector<Column> kept_;
};

class ProgramBuilder {
 public:
  ProgramBuilder(const ServingPlanQuestion& question, const std::vector<MixtureColumn>& all,
                 const std::vector<Column>& columns)
      : question_(question), all_(all), columns_(columns) {}

  WholeProgram build(double requests_per_second) {
    for (const Column& column : columns_) program_.costs.push_back(column.cost);
    for (const PoolRole role : {PoolRole::aggregated, PoolRole::prefill, PoolRole::decode}) {
      if (!std::any_of(all_.begin(), all_.end(),
                       [&](const MixtureColumn& each) { return each.pool.role == role; }))
        continue;
      add_row([&](const Column& column) { return role_of(column) == role ? column.rate : 0; },
              requests_per_second);
    }
    for (const ServingOffer& offer : question_.offers) add_offer(offer);
    if (question_.power_cap)
      add_row([](const Column& column) { return -column.peak; }, -question_.power_cap->base());
    for (const VendorShare& share : question_.vendors) add_share(share);
    return program_;
  }

 private:
  PoolRole role_of(const Column& column) const { return all_[column.index].pool.role; }
  const ServingOffer& offer_of(const Column& column) const { return *all_[column.index].offer; }

  template <class Weight>
  void add_row(const Weight& weight, double least) {
    ProgramRow row;
    for (const Column& column : columns_) row.weights.push_back(weight(column));
    row.least = least;
    program_.rows.push_back(std::move(row));
  }
  void add_offer(const ServingOffer& offer) {
    const auto of_offer = [&](const Column& column) { return &offer_of(column) == &offer; };
    if (offer.stock)
      add_row([&](const Column& c) { return of_offer(c) ? -c.accelerators : 0; },
              -static_cast<double>(*offer.stock));
    if (offer.power_cap)
      add_row([&](const Column& c) { return of_offer(c) ? -c.peak : 0; }, -offer.power_cap->base());
  }
  /// Accelerators of the vendor against all, both ways.
  void add_share(const VendorShare& share) {
    const auto mine = [&](const Column& column) {
      return offer_of(column).vendor == share.vendor ? 1.0 : 0.0;
    };
    if (share.least > 0)
      add_row([&](const Column& c) { return c.accelerators * (mine(c) - share.least); }, 0);
    if (share.most < 1)
      add_row([&](const Column& c) { return c.accelerators * (share.most - mine(c)); }, 0);
  }

  const ServingPlanQuestion& question_;
  const std::vector<MixtureColumn>& all_;
  const std::vector<Column>& columns_;
  WholeProgram program_;
};

/// Replicas of one kind and role are one pool, at their mean load.
void add_pool(PlannedPool pool, std::vector<PlannedPool>& pools) {
  for (PlannedPool& other : pools) {
    if (other.kind != pool.kind || other.role != pool.role) continue;
    const double here = static_cast<double>(pool.replicas);
    const double there = static_cast<double>(other.replicas);
    other.point.requests_per_second =
        (here * pool.point.requests_per_second + there * other.point.requests_per_second) /
        (here + there);
    other.replicas += pool.replicas;
    return;
  }
  pools.push_back(std::move(pool));
}

}  // namespace

ServingMixture best_mixture(const ServingPlanQuestion& question,
                            const std::vector<MixtureColumn>& columns, double requests_per_second,
                            double cutoff) {
  ServingMixture mixture;
  const Columns kept(question, columns);
  if (kept.kept().empty()) return mixture;
  const WholeProgram program =
      ProgramBuilder(question, columns, kept.kept()).build(requests_per_second);
  const ProgramAnswer answer = solve_whole(program, kMostProgramNodes, cutoff);
  mixture.found = answer.found;
  mixture.bound = answer.bound;
  mixture.complete = answer.complete;
  mixture.nodes = answer.nodes;
  for (std::size_t i = 0; i < answer.counts.size(); ++i) {
    if (answer.counts[i] <= 0) continue;
    PlannedPool pool = columns[kept.kept()[i].index].pool;
    pool.replicas = answer.counts[i];
    add_pool(std::move(pool), mixture.pools);
  }
  return mixture;
}

}  // namespace polyfleet
