#include "planner/serving_fleet.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "units/text.hpp"

namespace polyfleet {
namespace {

/// Rounding in sums of shares and powers is no breach.
constexpr double kSlack = 1e-9;

/// A sum that is unknown as soon as one term is.
template <class Q>
void add(std::optional<Q>& sum, const std::optional<Q>& term) {
  if (!sum) return;
  if (term)
    *sum += *term;
  else
    sum.reset();
}

std::optional<Watts> mean_draw(const PlannedPool& pool) {
  if (!pool.power.known) return std::nullopt;
  return static_cast<double>(pool.replicas) * pool.point.state.power;
}

/// Request-weighted means of a role's pools, and the worst of their measured figures.
struct RoleLatency {
  LatencyFigures mean, worst;
};

RoleLatency role_latency(const ServingPlanQuestion& question, const ServingPlan& plan,
                         PoolRole role) {
  RoleLatency figures;
  const double steps = std::max(0.0, question.demand.shape.output_tokens - 1);
  double requests = 0;
  for (const PlannedPool& pool : plan.pools) {
    if (pool.role != role) continue;
    const double rate = static_cast<double>(pool.replicas) * pool.point.requests_per_second;
    const Seconds first = role == PoolRole::decode ? Seconds() : pool.point.state.ttft;
    const Seconds each = role == PoolRole::prefill ? Seconds() : pool.point.state.tpot;
    requests += rate;
    figures.mean.ttft += rate * first;
    figures.mean.tpot += rate * each;
    figures.mean.end_to_end += rate * (first + steps * each);
    figures.worst.ttft = max(figures.worst.ttft, pool.point.latency.ttft);
    figures.worst.tpot = max(figures.worst.tpot, pool.point.latency.tpot);
    figures.worst.end_to_end = max(figures.worst.end_to_end, pool.point.latency.end_to_end);
  }
  if (requests > 0) {
    figures.mean.ttft /= requests;
    figures.mean.tpot /= requests;
    figures.mean.end_to_end /= requests;
  }
  return figures;
}

void add_latency(const ServingPlanQuestion& question, ServingPlan& plan) {
  if (!plan.transfer) {
    const RoleLatency whole = role_latency(question, plan, PoolRole::aggregated);
    plan.mean = whole.mean;
    plan.measured = whole.worst;
    return;
  }
  const RoleLatency first = role_latency(question, plan, PoolRole::prefill);
  const RoleLatency later = role_latency(question, plan, PoolRole::decode);
  const double tokens = question.demand.shape.input_tokens;
  const Seconds moved = seconds_of_picos(plan.transfer->latency) +
                        (plan.transfer->picos_per_token + plan.transfer->convert_picos_per_token) *
                            tokens / kPicosPerSecond * second;
  // The first token is the prefill's; the cache moves before the second.
  const double steps = std::max(1.0, question.demand.shape.output_tokens - 1);
  plan.mean = {first.mean.ttft, later.mean.tpot + moved / steps,
               first.mean.ttft + moved + later.mean.end_to_end};
  plan.measured = {first.worst.ttft, later.worst.tpot + moved / steps,
                   first.worst.end_to_end + moved + later.worst.end_to_end};
}

std::optional<PlanRefusal> broken_offer(const ServingPlanQuestion& question,
                                        const ServingPlan& plan, std::size_t index) {
  const ServingOffer& offer = question.offers[index];
  std::int64_t used = 0;
  Watts peak;
  for (const PlannedPool& pool : plan.pools) {
    if (question.kinds[pool.kind].offer != index) continue;
    used += pool.replicas * pool.accelerators_per_replica;
    peak += static_cast<double>(pool.replicas) * peak_draw(pool.power).value_or(Watts());
  }
  if (offer.stock && used > *offer.stock)
    return PlanRefusal{
        ServingRefusal::stock, index,
        fmt::format("{}: {} of {} in stock", offer.name, used, *offer.stock),
        static_cast<double>(used) / static_cast<double>(std::max<std::int64_t>(1, *offer.stock))};
  if (offer.power_cap && peak > *offer.power_cap * (1 + kSlack))
    return PlanRefusal{ServingRefusal::power, index,
                       fmt::format("{}: {} of {}", offer.name, print_quantity(peak),
                                   print_quantity(*offer.power_cap)),
                       peak / *offer.power_cap};
  return std::nullopt;
}

std::optional<PlanRefusal> broken_share(const ServingPlanQuestion& question,
                                        const ServingPlan& plan, const VendorShare& limit) {
  std::int64_t used = 0;
  for (const PlannedPool& pool : plan.pools) {
    if (question.offers[question.kinds[pool.kind].offer].vendor == limit.vendor)
      used += pool.replicas * pool.accelerators_per_replica;
  }
  const double share = plan.accelerators == 0
                           ? 0
                           : static_cast<double>(used) / static_cast<double>(plan.accelerators);
  if (share >= limit.least - kSlack && share <= limit.most + kSlack) return std::nullopt;
  return PlanRefusal{ServingRefusal::vendor_share,
                     plan.pools.empty() ? 0 : question.kinds[plan.pools.front().kind].offer,
                     fmt::format("{} has {:.1f} % of the accelerators, allowed {:.4g} to {:.4g} %",
                                 limit.vendor, 100 * share, 100 * limit.least, 100 * limit.most),
                     1 + std::max(limit.least - share, share - limit.most)};
}

}  // namespace

std::optional<UsdPerSecond> pool_cost(const PlannedPool& pool, const ServingOffer& offer) {
  if (!offer.price) return std::nullopt;
  const double replicas = static_cast<double>(pool.replicas);
  const UsdPerSecond owned = replicas * pool.accelerators_per_replica * *offer.price;
  if (!offer.electricity) return owned;
  if (!pool.power.known) return std::nullopt;
  return owned + replicas * pool.point.state.power * *offer.electricity;
}

std::optional<Watts> peak_draw(const ReplicaPower& power) {
  if (!power.known) return std::nullopt;
  return max(power.idle, max(power.decoding, power.prefilling)) * power.pue;
}

ServingPlan plan_of(const ServingPlanQuestion& question, std::vector<PlannedPool> pools,
                    const std::optional<CacheTransfer>& transfer) {
  ServingPlan plan;
  plan.pools = std::move(pools);
  plan.transfer = transfer;
  plan.cost = UsdPerSecond();
  plan.power = plan.peak_power = Watts();
  plan.carbon = GramsCo2ePerSecond();
  for (const PlannedPool& pool : plan.pools) {
    const ServingOffer& offer = question.offers[question.kinds[pool.kind].offer];
    const double replicas = static_cast<double>(pool.replicas);
    plan.accelerators += pool.replicas * pool.accelerators_per_replica;
    const std::optional<Watts> draw = mean_draw(pool);
    add(plan.cost, pool_cost(pool, offer));
    add(plan.power, draw);
    const std::optional<Watts> peak = peak_draw(pool.power);
    add(plan.peak_power, peak ? std::optional(replicas * *peak) : std::nullopt);
    add(plan.carbon, draw && offer.carbon ? std::optional(*draw * *offer.carbon) : std::nullopt);
  }
  add_latency(question, plan);
  return plan;
}

std::optional<double> objective_of(const ServingPlan& plan, ServingObjective objective) {
  const auto base = [](const auto& value) {
    return value ? std::optional<double>(value->base()) : std::nullopt;
  };
  switch (objective) {
    case ServingObjective::cost:
      return base(plan.cost);
    case ServingObjective::energy:
      return base(plan.power);
    case ServingObjective::accelerators:
      return static_cast<double>(plan.accelerators);
    case ServingObjective::latency:
      return plan.mean.end_to_end.base();
    case ServingObjective::carbon:
      return base(plan.carbon);
  }
  return std::nullopt;
}

std::optional<PlanRefusal> broken_limit(const ServingPlanQuestion& question,
                                        const ServingPlan& plan) {
  std::vector<std::size_t> offers;
  for (const PlannedPool& pool : plan.pools) {
    const std::size_t offer = question.kinds[pool.kind].offer;
    if (std::find(offers.begin(), offers.end(), offer) == offers.end()) offers.push_back(offer);
  }
  for (const std::size_t offer : offers) {
    if (auto broken = broken_offer(question, plan, offer)) return broken;
  }
  const std::size_t first = offers.empty() ? 0 : offers.front();
  bool caps = question.power_cap.has_value();
  for (const std::size_t offer : offers) caps = caps || question.offers[offer].power_cap;
  if ((caps && !plan.peak_power) || !objective_of(plan, question.objective))
    return PlanRefusal{
        ServingRefusal::unknown_figure, first,
        fmt::format("{}: state a price with price=, or choose parts with power figures",
                    question.offers[first].name),
        1};
  if (question.power_cap && *plan.peak_power > *question.power_cap * (1 + kSlack))
    return PlanRefusal{ServingRefusal::power, first,
                       fmt::format("{} of {}", print_quantity(*plan.peak_power),
                                   print_quantity(*question.power_cap)),
                       *plan.peak_power / *question.power_cap};
  for (const VendorShare& share : question.vendors) {
    if (auto broken = broken_share(question, plan, share)) return broken;
  }
  const ReplicaPoint whole{0, {}, plan.measured};
  if (const auto missed = missed_target(whole, PoolRole::aggregated, question.targets))
    return PlanRefusal{
        ServingRefusal::targets, first,
        fmt::format("{} of a pair: TTFT {}, TPOT {}, end to end {} with the cache moved", *missed,
                    print_quantity(plan.measured.ttft), print_quantity(plan.measured.tpot),
                    print_quantity(plan.measured.end_to_end)),
        plan.measured.end_to_end / second};
  return std::nullopt;
}

std::string name_of(const ReplicaKind& kind, const std::vector<ServingOffer>& offers) {
  const ServingLayout& cut = kind.layout;
  std::string name = fmt::format("{} {} TP {}", offers[kind.offer].name, kind.engine, cut.tensor);
  if (cut.pipeline > 1) name += fmt::format(" PP {}", cut.pipeline);
  if (cut.expert > 1) name += fmt::format(" EP {}", cut.expert);
  if (cut.attention_data > 1) name += fmt::format(" DPA {}", cut.attention_data);
  if (cut.context > 1) name += fmt::format(" CP {}", cut.context);
  name += " " + kind.formats.name;
  if (kind.max_sequences > 0) name += fmt::format(" max {}", kind.max_sequences);
  return name;
}

std::string plan_key(const ServingPlanQuestion& question, const ServingPlan& plan) {
  std::string key = fmt::format("{:04} ", plan.pools.size());
  for (const PlannedPool& pool : plan.pools)
    key += fmt::format("{} {:012} {}; ", static_cast<int>(pool.role), pool.replicas,
                       name_of(question.kinds[pool.kind], question.offers));
  return key;
}

}  // namespace polyfleet
