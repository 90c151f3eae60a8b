#include "unit/training/mixed_fixture.hpp"

using namespace polyfleet;

namespace {

std::vector<MixedPool> two_vendor_pools(std::int64_t each = 64) {
  return {pool_of("hgx_h100", each), pool_of("mi300x_8oam", each, "primus")};
}

/// Four replicas of each vendor.
MixedPlan replicas_of_both(std::int64_t first, std::int64_t second) {
  const TrainingPlan plan = plain_plan();
  return {{replicas_on(0, plan, 4, first), replicas_on(1, plan, 4, second)}, plan.sequence_length};
}

StatedLink link_between(std::size_t a, std::size_t b) {
  StatedLink link;
  link.a = a;
  link.b = b;
  link.source = "a test";
  return link;
}

void check_sums(const MixedStep& step) {
  for (const ReplicaGroupResult& group : step.groups) {
    CHECK(group.where.total() / step.total == doctest::Approx(1).epsilon(1e-12));
    CHECK(sum_of(group.where.own) / group.where.own.total == doctest::Approx(1).epsilon(1e-12));
    const double small = -1e-9;  // rounding
    CHECK(group.where.waiting / second > small);
    CHECK(group.where.border / second > small);
    CHECK(group.where.cross_gradient / second > small);
    CHECK(group.where.staging / second > small);
  }
}

}  // namespace

TEST_CASE("the parts of every group sum to the step") {
  const MixedCase c(two_vendor_pools());
  check_sums(c.step(replicas_of_both(8, 5)));
  check_sums(c.step({{pipeline_of(plain_plan(), 18, 4, 8)}, 4096}));
  MixedPlan both = replicas_of_both(8, 5);
  both.groups.push_back(pipeline_of(plain_plan(), 18, 4, 6));
  const MixedStep step = c.step(both);
  check_sums(step);
  CHECK(step.devices_in_use == std::vector<std::int64_t>{16, 16});
  CHECK(step.tokens == (8 + 5 + 6) * 4 * 4096);
}

TEST_CASE("a step is never faster than the work of any pool in it") {
  const MixedCase c(two_vendor_pools());
  for (const MixedPlan& plan : {replicas_of_both(8, 5), replicas_of_both(1, 7),
                                MixedPlan{{pipeline_of(plain_plan(), 20, 4, 8)}, 4096}}) {
    const MixedStep step = c.step(plan);
    for (const ReplicaGroupResult& group : step.groups) {
      for (const StageGroupResult& part : group.stages) CHECK(part.busy <= step.total);
    }
    FlopsPerSecond peak;
    for (std::size_t p = 0; p < 2; ++p)
      peak += c.question.pools[p].machine->accelerator.dense_peak(Dtype::bf16)->value *
              static_cast<double>(step.devices_in_use[p]);
    CHECK(step.hardware_flops / step.total < peak);
  }
}

TEST_CASE("the slower pool is best served with fewer micro-batches") {
  const MixedCase c(two_vendor_pools());
  const auto speed = [&](std::int64_t first, std::int64_t second) {
    return c.step(replicas_of_both(first, second)).tokens_per_second;
  };
  const MixedStep even = c.step(replicas_of_both(8, 8));
  const std::size_t slow = even.slowest_group;
  CHECK(even.groups[1 - slow].where.waiting > 0 * second);
  const double better = slow == 1 ? speed(9, 7) : speed(7, 9);
  const double worse = slow == 1 ? speed(7, 9) : speed(9, 7);
  CHECK(better > even.tokens_per_second);
  CHECK(worse < even.tokens_per_second);
}

TEST_CASE("the order of groups, and of pools, changes nothing") {
  MixedPlan plan = replicas_of_both(8, 5);
  plan.groups.push_back(pipeline_of(plain_plan(), 20, 4, 6));
  const MixedCase c(two_vendor_pools());
  const MixedStep once = c.step(plan);
  std::swap(plan.groups[0], plan.groups[2]);
  std::swap(plan.groups[0], plan.groups[1]);
  const MixedStep again = c.step(plan);
  CHECK(once.total / again.total == doctest::Approx(1).epsilon(1e-12));
  CHECK(once.energy.facility / again.energy.facility == doctest::Approx(1).epsilon(1e-12));
  std::vector<MixedPool> pools = two_vendor_pools();
  std::swap(pools[0], pools[1]);
  for (ReplicaGroup& group : plan.groups) {
    for (StageGroup& part : group.stages) part.pool = 1 - part.pool;
  }
  const MixedStep swapped = MixedCase(pools).step(plan);
  CHECK(swapped.total / once.total == doctest::Approx(1).epsilon(1e-12));
}

TEST_CASE("a pool without a share takes no part") {
  std::vector<MixedPool> pools = two_vendor_pools();
  const MixedPlan plan{{replicas_on(0, plain_plan(), 4, 8)}, 4096};
  const MixedStep beside = MixedCase(pools).step(plan);
  pools.pop_back();
  const MixedStep alone = MixedCase(pools).step(plan);
  CHECK(beside.total == alone.total);
  CHECK(beside.energy.facility == alone.energy.facility);
  CHECK(beside.low == alone.low);
  CHECK(beside.devices_in_use[1] == 0);
}

TEST_CASE("more bandwidth between pools never slows a step, staging never speeds it up") {
  const MixedPlan plans[] = {replicas_of_both(8, 5), {{pipeline_of(plain_plan(), 20, 4, 8)}, 4096}};
  for (const MixedPlan& plan : plans) {
    Seconds before = 1e9 * second;
    for (const double rate : {0.5, 2.0, 12.5, 50.0, 400.0}) {
      StatedLink link = link_between(0, 1);
      link.rate = rate * gigabyte_per_second;
      const MixedStep step = MixedCase(two_vendor_pools(), {link}).step(plan);
      CHECK(step.total <= before);
      before = step.total;
      check_sums(step);
      link.route = CrossRoute::staged;
      const MixedStep staged = MixedCase(two_vendor_pools(), {link}).step(plan);
      CHECK(staged.total >= step.total);
      CHECK(staged.groups[0].where.staging > 0 * second);
      check_sums(staged);
      link.route = CrossRoute::direct;
      link.aggregate = 0.25 * gigabyte_per_second;
      CHECK(MixedCase(two_vendor_pools(), {link}).step(plan).total > step.total);
    }
  }
}

TEST_CASE("a border with unequal tensor degrees sends larger shares and gathers inside") {
  const MixedCase c(two_vendor_pools());
  ReplicaGroup group = pipeline_of(plain_plan(), 18, 4, 8);
  MixedPlan plan{{group}, 4096};
  const BorderTime even = border_time(c.question, plan, group, group.stages[0], group.stages[1]);
  CHECK(even.gather == 0 * second);
  group.stages[1].plan.layout.tensor = 8;
  const BorderTime wide = border_time(c.question, plan, group, group.stages[0], group.stages[1]);
  CHECK(wide.network > even.network);  // the same bytes per sender, in four pieces
  CHECK(wide.network < even.network + 1 * millisecond);
  group.stages[0].plan.layout.tensor = 1;
  const BorderTime narrow = border_time(c.question, plan, group, group.stages[0], group.stages[1]);
  CHECK(narrow.network / wide.network == doctest::Approx(2).epsilon(0.1));
  group.stages[1].plan.layout.sequence_parallel = false;
  CHECK(border_time(c.question, plan, group, group.stages[0], group.stages[1]).gather > 0 * second);
}

TEST_CASE("software maturity slows only its own pool's work") {
  std::vector<MixedPool> pools = two_vendor_pools();
  MixedCase c(pools);
  const MixedPlan plan = replicas_of_both(8, 5);
  c.question.strict = true;
  const MixedStep strict = c.step(plan);
  for (const ReplicaGroupResult& group : strict.groups) {
    CHECK(group.where.own.software == 0 * second);
    CHECK(group.stages[0].software == 1);
  }
  c.question.strict = false;
  const MixedStep with = c.step(plan);
  for (std::size_t g = 0; g < 2; ++g) {
    const StageGroupResult& part = with.groups[g].stages[0];
    CHECK(part.busy / strict.groups[g].stages[0].busy == doctest::Approx(part.software));
  }
}

TEST_CASE("the interval holds the step and is that of its pools") {
  const MixedCase c(two_vendor_pools());
  const MixedStep step = c.step(replicas_of_both(8, 5));
  CHECK(step.low < step.total);
  CHECK(step.high > step.total);
  CHECK(step.interval_basis.find("hgx_h100: ") != std::string::npos);
  CHECK(step.interval_basis.find("mi300x_8oam: ") != std::string::npos);
  const MixedStep alone = c.step({{replicas_on(1, plain_plan(), 4, 5)}, 4096});
  CHECK(alone.interval_basis.find("hgx_h100: ") == std::string::npos);
}

TEST_CASE("waiting draws waiting power") {
  const MixedCase c(two_vendor_pools());
  const MixedStep fair = c.step(replicas_of_both(8, 5));
  const MixedStep idle = c.step(replicas_of_both(8, 1));  // the second pool mostly waits
  const auto draw = [](const MixedStep& step) {
    return step.groups[1].stages[0].energy.per_accelerator;
  };
  CHECK(draw(idle) < draw(fair));
  const Accelerator& part = machine_of("mi300x_8oam").accelerator;
  CHECK(draw(idle) > part.tdp->value * 0.12);
  Joules sum;
  for (const ReplicaGroupResult& group : idle.groups) sum += group.stages[0].energy.facility;
  CHECK(idle.energy.facility / sum == doctest::Approx(1));
}

TEST_CASE("cost is each pool's price for the whole step, unknown where one is") {
  std::vector<MixedPool> pools = two_vendor_pools();
  CHECK_FALSE(MixedCase(pools).step(replicas_of_both(8, 5)).cost);
  pools[0].prices.device = 2 * usd_per_hour;
  CHECK_FALSE(MixedCase(pools).step(replicas_of_both(8, 5)).cost);
  pools[1].prices.device = 1 * usd_per_hour;
  const MixedStep step = MixedCase(pools).step(replicas_of_both(8, 5));
  REQUIRE(step.cost);
  CHECK(*step.cost / usd == doctest::Approx(step.total / hour * (8 * 2 + 8 * 1)));
}

TEST_CASE("groups cut into different pipelines exchange the layers that they share") {
  const MixedCase c(two_vendor_pools());
  TrainingPlan deep = plain_plan();
  deep.layout.pipeline = 4;
  MixedPlan plan{{replicas_on(0, plain_plan(), 8, 4), replicas_on(1, deep, 2, 16)}, 4096};
  const MixedStep step = c.step(plan);
  check_sums(step);
  plan.groups[1] = replicas_on(1, plain_plan(), 8, 4);
  CHECK(c.step(plan).groups[0].where.cross_gradient > 0 * second);
}

TEST_CASE("what cannot run is refused with a reason") {
  const MixedCase c(two_vendor_pools(8));
  const auto refused = [&](const MixedPlan& plan) {
    return !mixed_plan_problems(c.question.model, c.question.pools, plan).empty();
  };
  CHECK_FALSE(refused(replicas_of_both(8, 5)));
  CHECK(refused(MixedPlan{}));
  MixedPlan plan = replicas_of_both(8, 5);
  plan.groups[0].replicas = 5;  // ten devices of eight
  CHECK(refused(plan));
  plan = replicas_of_both(8, 5);
  plan.groups[1].stages[0].pool = 7;
  CHECK(refused(plan));
  plan = replicas_of_both(8, 0);  // a group without work is left out, not kept idle
  CHECK(refused(plan));
  const ReplicaGroup sound = pipeline_of(plain_plan(), 20, 4, 8);
  CHECK_FALSE(refused({{sound}, 4096}));
  ReplicaGroup group = sound;
  group.stages[1].stage_layers = {13};
  CHECK(refused({{group}, 4096}));
  group = sound;
  group.stages[1].plan.schedule = Schedule::gpipe;
  CHECK(refused({{group}, 4096}));
  group = sound;
  for (StageGroup& part : group.stages) part.plan.schedule = Schedule::dual_pipe;
  CHECK(refused({{group}, 4096}));
  group = sound;
  group.stages[1].plan.overlap.pipeline = true;
  CHECK(refused({{group}, 4096}));
  group = sound;
  group.stages[1].plan.layout.tensor = 3;
  CHECK(refused({{group}, 4096}));
}

TEST_CASE("a link stated twice, or to an unknown pool, is diagnosed") {
  const std::vector<MixedPool> pools = two_vendor_pools();
  const std::vector<StatedLink> twice{link_between(0, 1), link_between(1, 0)};
  CHECK_FALSE(CrossNetwork::make(pools, twice, shipped_catalogue().directory()));
  const std::vector<StatedLink> unknown{link_between(0, 2)};
  CHECK_FALSE(CrossNetwork::make(pools, unknown, shipped_catalogue().directory()));
}
