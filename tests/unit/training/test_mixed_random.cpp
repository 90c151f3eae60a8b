// What must hold for any mixed plan, on a few hundred random ones (fixed seed).
#include <algorithm>
#include <random>

#include "unit/training/mixed_fixture.hpp"

using namespace polyfleet;

namespace {

constexpr int kPlans = 300;

std::vector<MixedPool> three_pools() {
  return {pool_of("hgx_h100", 256), pool_of("mi300x_8oam", 256, "primus"),
          pool_of("hgx_a100", 256)};
}

class RandomPlans {
 public:
  MixedPlan next() {
    MixedPlan plan;
    plan.sequence_length = pick({2048, 4096});
    const int groups = pick({1, 2, 2, 3});
    for (int g = 0; g < groups; ++g) plan.groups.push_back(group());
    return plan;
  }
  int pick(std::initializer_list<int> choices) {
    return *(choices.begin() + static_cast<int>(random_() % choices.size()));
  }

 private:
  bool coin() { return random_() % 2 == 0; }

  TrainingPlan settings() {
    TrainingPlan plan = dense_plan();
    const int tensor = pick({1, 2, 4, 8});
    plan.layout = {.tensor = tensor, .sequence_parallel = tensor > 1 && coin()};
    plan.sharding = static_cast<Sharding>(pick({0, 1, 1, 2, 3}));
    plan.recompute = static_cast<Recompute>(pick({0, 1, 2}));
    plan.overlap.gradient_reduce = coin();
    plan.overlap.parameter_gather = coin();
    plan.host_seconds_per_step = coin() ? 0.01 : 0;
    return plan;
  }

  ReplicaGroup group() {
    ReplicaGroup group;
    group.replicas = pick({1, 2, 4});
    group.micro_batch = pick({1, 2});
    group.micro_batches = pick({1, 3, 8, 13});
    const Schedule schedule = static_cast<Schedule>(pick({0, 1, 1, 3}));
    const bool overlap = coin();
    std::vector<std::size_t> pools{0, 1, 2};
    std::shuffle(pools.begin(), pools.end(), random_);
    pools.resize(static_cast<std::size_t>(pick({1, 1, 2, 3})));
    int left = 32;
    for (std::size_t p = 0; p < pools.size(); ++p) {
      StageGroup stages;
      stages.pool = pools[p];
      stages.plan = settings();
      stages.plan.schedule = schedule;
      stages.plan.overlap.pipeline = overlap;
      stages.plan.layout.pipeline = pick({1, 2, 3});
      for (int s = stages.plan.layout.pipeline; s > 0; --s) {
        const bool last = p + 1 == pools.size() && s == 1;
        const int own = last ? left : pick({1, 2, 3});
        left -= own;
        stages.stage_layers.push_back(own);
      }
      group.stages.push_back(stages);
    }
    return group;
  }

  std::mt19937 random_{20261122};
};

std::vector<StatedLink> links(double gigabytes, CrossRoute route) {
  std::vector<StatedLink> list;
  for (std::size_t a = 0; a < 3; ++a) {
    for (std::size_t b = a + 1; b < 3; ++b) {
      StatedLink link;
      link.a = a;
      link.b = b;
      link.rate = gigabytes * gigabyte_per_second;
      link.route = route;
      list.push_back(link);
    }
  }
  return list;
}

void check_parts(const MixedStep& step) {
  for (const ReplicaGroupResult& group : step.groups) {
    CHECK(group.where.total() / step.total == doctest::Approx(1).epsilon(1e-9));
    CHECK(sum_of(group.where.own) / group.where.own.total == doctest::Approx(1).epsilon(1e-9));
    const double least = -1e-9 * (step.total / second);
    for (const Seconds part : {group.where.waiting, group.where.border, group.where.staging,
                               group.where.cross_gradient, group.where.own.bubble})
      CHECK(part / second >= least);
    for (const StageGroupResult& part : group.stages) {
      CHECK(part.busy <= step.total);
      CHECK_FALSE(part.memory.empty());
      CHECK(part.energy.facility > 0 * joule);
    }
  }
}

}  // namespace

TEST_CASE("random mixed plans keep the laws") {
  RandomPlans plans;
  const MixedCase narrow(three_pools(), links(5, CrossRoute::direct));
  const MixedCase wide(three_pools(), links(50, CrossRoute::direct));
  const MixedCase staged(three_pools(), links(50, CrossRoute::staged));
  for (int i = 0; i < kPlans; ++i) {
    CAPTURE(i);
    MixedPlan plan = plans.next();
    const MixedStep step = wide.step(plan);
    check_parts(step);
    const MixedStep slow = narrow.step(plan);
    check_parts(slow);
    CHECK(slow.total >= step.total);
    const MixedStep copied = staged.step(plan);
    check_parts(copied);
    CHECK(copied.total >= step.total);
    // whatever the links, memory and work are the plan's
    CHECK(slow.hardware_flops == step.hardware_flops);
    CHECK(slow.fits_in_memory == step.fits_in_memory);
    std::reverse(plan.groups.begin(), plan.groups.end());
    CHECK(wide.step(plan).total / step.total == doctest::Approx(1).epsilon(1e-12));
    // one more micro-batch in one group never makes the step shorter
    plan.groups.back().micro_batches += 1;
    CHECK(wide.step(plan).total >= step.total * (1 - 1e-12));
  }
}

TEST_CASE("a slower pool does not shorten a step, but for what its longer passes hide") {
  RandomPlans plans;
  const MixedCase c(three_pools(), links(25, CrossRoute::direct));
  for (int i = 0; i < kPlans; ++i) {
    CAPTURE(i);
    MixedPlan plan = plans.next();
    const MixedStep step = c.step(plan);
    // more memory traffic in every elementwise operator of one pool's stages
    for (ReplicaGroup& group : plan.groups) {
      for (StageGroup& stages : group.stages) {
        if (stages.pool == 1) stages.plan.elementwise_factor = 2;
      }
    }
    // Longer passes also widen the window behind which a stage's exchange hides, though another
    // stage sets the pipeline's pace: 0.3 % shorter at most among these.
    CHECK(c.step(plan).total >= step.total * 0.995);
  }
}
