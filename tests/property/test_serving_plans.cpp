// Properties of the serving planner over random offers and demands, on replicas that answer from
// formulas: its plan is feasible, no worse than any plan of its own log and than counting every
// fleet; more stock and lower prices never hurt; the order of the offers is nothing; no plan of the
// front beats another.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <limits>

#include "unit/planner/serving_fixture.hpp"

namespace polyfleet {
namespace {

struct World {
  ServingPlanQuestion question;
  std::vector<std::pair<std::string, FakeSpeed>> speeds;
  FakeModels models() const { return {question, speeds}; }
  ServingPlanResult answer() const { return search_serving_plans(question, models()); }
};

double tenths(int low, int high) { return *rc::gen::inRange(low, high) / 10.0; }

/// Two or three offers with random speeds, prices and limits.
World random_world(ServingObjective objective) {
  World world;
  ServingPlanQuestion& question = world.question;
  const auto count = static_cast<std::size_t>(*rc::gen::inRange(2, 4));
  const char* const names[] = {"amber", "blanc", "noir"};
  for (std::size_t i = 0; i < count; ++i) {
    question.offers.push_back(fake_offer(names[i], i % 2 == 0 ? "AMD" : "NVIDIA", tenths(5, 60)));
    if (*rc::gen::inRange(0, 2) == 0) question.offers[i].stock = *rc::gen::inRange(0, 40);
    world.speeds.emplace_back(
        names[i], FakeSpeed{1000 * tenths(20, 200), 100 * tenths(30, 200), 0.001 * tenths(50, 300),
                            100 * tenths(5, 30), 1000 + 100 * tenths(1, 50), tenths(2, 12)});
  }
  question.demand.requests_per_second = tenths(10, 400);
  question.demand.shape.input_tokens = *rc::gen::inRange(100, 4000);
  question.demand.shape.output_tokens = *rc::gen::inRange(50, 600);
  question.targets.ttft.most = 0.001 * tenths(2000, 20000) * second;
  question.targets.tpot.most = 0.001 * tenths(150, 1000) * second;
  question.kinds = fake_kinds(count, {1, 2, 4}, {"bf16", "fp8"});
  if (*rc::gen::inRange(0, 3) == 0)
    question.vendors = {{"AMD", ShareOf::devices, tenths(0, 5), tenths(5, 11)}};
  question.objective = objective;
  return world;
}

double value_of(const World& world, const ServingPlanResult& result) {
  return result.best.empty() ? std::numeric_limits<double>::infinity()
                             : *objective_of(result.best.front(), world.question.objective);
}

/// Rounding between sums of the same terms in another order.
constexpr double kRounding = 1 + 1e-9;

ServingObjective random_objective() {
  return static_cast<ServingObjective>(*rc::gen::inRange(0, 5));
}

/// The least cost over all counts of the highest loads of one kind an offer, by counting.
double least_by_counting(const World& world) {
  const ServingPlanQuestion& question = world.question;
  const FakeModels models = world.models();
  struct Item {
    std::size_t offer;
    double rate, cost;
    int accelerators;
  };
  std::vector<Item> items;
  for (std::size_t i = 0; i < question.kinds.size(); ++i) {
    const auto model = models.make(question.kinds[i]);
    if (!model || !(*model)->fits()) continue;
    const ReplicaCapacity capacity =
        replica_capacity(**model, i, PoolRole::aggregated, question.demand, question.targets);
    if (capacity.points.empty()) continue;
    const ServingOffer& offer = question.offers[question.kinds[i].offer];
    items.push_back({question.kinds[i].offer, capacity.points.front().requests_per_second,
                     (capacity.accelerators * *offer.price).base(), capacity.accelerators});
  }
  constexpr int kMost = 6;
  std::vector<int> counts(items.size(), 0);
  double best = std::numeric_limits<double>::infinity();
  while (true) {
    double rate = 0, cost = 0, amd = 0, all = 0;
    std::vector<std::int64_t> used(question.offers.size(), 0);
    for (std::size_t i = 0; i < items.size(); ++i) {
      rate += counts[i] * items[i].rate;
      cost += counts[i] * items[i].cost;
      used[items[i].offer] += std::int64_t{counts[i]} * items[i].accelerators;
      all += counts[i] * items[i].accelerators;
      if (question.offers[items[i].offer].vendor == "AMD") amd += counts[i] * items[i].accelerators;
    }
    bool feasible = rate >= question.demand.requests_per_second * (1 - 1e-9);
    for (std::size_t i = 0; i < used.size(); ++i)
      feasible = feasible && (!question.offers[i].stock || used[i] <= *question.offers[i].stock);
    for (const VendorShare& share : question.vendors)
      feasible = feasible && amd >= (share.least - 1e-9) * all && amd <= (share.most + 1e-9) * all;
    if (feasible) best = std::min(best, cost);
    std::size_t place = 0;
    while (place < items.size() && counts[place] == kMost) counts[place++] = 0;
    if (place == items.size()) return best;
    ++counts[place];
  }
}

}  // namespace

TEST_CASE("a serving plan is feasible and no worse than any plan of its own log") {
  CHECK(rc::check([] {
    const World world = random_world(random_objective());
    double least = std::numeric_limits<double>::infinity();
    const ServingPlanResult result =
        search_serving_plans(world.question, world.models(), [&](const ServingPlan& plan) {
          RC_ASSERT(!broken_limit(world.question, plan));
          least = std::min(least, *objective_of(plan, world.question.objective));
        });
    if (result.best.empty()) RC_DISCARD("nothing feasible");
    RC_ASSERT(value_of(world, result) == least);
    for (const ServingPlan& plan : result.best) {
      RC_ASSERT(!broken_limit(world.question, plan));
      std::map<PoolRole, double> rate;
      for (const PlannedPool& pool : plan.pools)
        rate[pool.role] += static_cast<double>(pool.replicas) * pool.point.requests_per_second;
      for (const auto& [role, sum] : rate)
        RC_ASSERT(std::abs(sum / world.question.demand.requests_per_second - 1) < 1e-6);
    }
  }));
}

TEST_CASE("a serving plan costs no more than the best fleet found by counting") {
  CHECK(rc::check([] {
    World world = random_world(ServingObjective::cost);
    world.question.arrangement = ServingArrangement::aggregated;
    world.question.kinds = fake_kinds(world.question.offers.size(), {2, 4}, {"fp8"});
    world.question.demand.requests_per_second /= 4;
    const double counted = least_by_counting(world);
    if (!std::isfinite(counted)) RC_DISCARD("more than six of each kind");
    const ServingPlanResult result = world.answer();
    RC_ASSERT(result.gap == 0.0);
    RC_ASSERT(value_of(world, result) <= counted * kRounding);
    // Counting sees every fleet of up to six of each kind: what is cheaper has more of one.
    bool more = false;
    for (const PlannedPool& pool : result.best.front().pools) more = more || pool.replicas > 6;
    RC_ASSERT(more || value_of(world, result) >= counted / kRounding);
  }));
}

TEST_CASE("more stock and lower prices never make the objective worse") {
  CHECK(rc::check([] {
    World world = random_world(random_objective());
    const double before = value_of(world, world.answer());
    const auto index = static_cast<std::size_t>(
        *rc::gen::inRange(0, static_cast<int>(world.question.offers.size())));
    ServingOffer& offer = world.question.offers[index];
    if (offer.stock && *rc::gen::inRange(0, 2) == 0)
      *offer.stock += *rc::gen::inRange(1, 50);
    else
      *offer.price *= 0.1 * *rc::gen::inRange(1, 10);
    const ServingPlanResult after = world.answer();
    // Loads of the points stay; energy, carbon and latency of a mixture are worked out again at
    // its real load, which the program only bounds.
    const bool exact = world.question.objective == ServingObjective::cost ||
                       world.question.objective == ServingObjective::accelerators;
    RC_ASSERT(value_of(world, after) <= before * (exact ? kRounding : 1.02));
  }));
}

TEST_CASE("the order of offers and kinds does not change the plan") {
  CHECK(rc::check([] {
    const World world = random_world(random_objective());
    World turned = world;
    std::reverse(turned.question.offers.begin(), turned.question.offers.end());
    for (ReplicaKind& kind : turned.question.kinds)
      kind.offer = world.question.offers.size() - 1 - kind.offer;
    std::reverse(turned.question.kinds.begin(), turned.question.kinds.end());
    const ServingPlanResult one = world.answer(), other = turned.answer();
    RC_ASSERT(one.best.size() == other.best.size());
    for (std::size_t i = 0; i < one.best.size(); ++i)
      RC_ASSERT(plan_key(world.question, one.best[i]) == plan_key(turned.question, other.best[i]));
    RC_ASSERT(one.counts.configurations == other.counts.configurations);
    RC_ASSERT(one.front.size() == other.front.size());
  }));
}

TEST_CASE("no plan of the serving front is at least as good as another in everything") {
  CHECK(rc::check([] {
    const World world = random_world(ServingObjective::cost);
    const ServingPlanResult result = world.answer();
    for (const ServingPlan& one : result.front) {
      for (const ServingPlan& other : result.front) {
        if (&one == &other) continue;
        RC_ASSERT(*one.cost > *other.cost || *one.power > *other.power ||
                  one.mean.end_to_end > other.mean.end_to_end);
      }
    }
    if (!result.best.empty()) RC_ASSERT(*result.front.front().cost == *result.best.front().cost);
  }));
}

}  // namespace polyfleet
