// How the parts of a mixed step come together, on the parts themselves.
#include <list>

#include "training/mixed_parts.hpp"
#include "unit/training/mixed_fixture.hpp"

using namespace polyfleet;

namespace {

struct Parts {
  MixedPlan plan;  // the groups point into it
  std::list<LayerTable> tables;
  std::vector<MixedGroup> groups;
  Parts(const MixedCase& c, MixedPlan given) : plan(std::move(given)) {
    const MixedQuestion& question = c.question;
    groups =
        mixed_groups(question, plan, [&](std::size_t pool, const TrainingPlan& own) -> LayerTable& {
          return tables.emplace_back(question.model, own, *question.pools[pool].machine);
        });
    add_cross_gradients(question, groups);
  }
  Seconds total(std::vector<double> factors) const { return compose(groups, factors).total; }
};

StatedLink stated(std::size_t a, std::size_t b) {
  StatedLink link;
  link.a = a;
  link.b = b;
  return link;
}

const MixedCase& two_vendors() {
  static const MixedCase c({pool_of("hgx_h100", 64), pool_of("mi300x_8oam", 64)});
  return c;
}

MixedPlan groups_of(const TrainingPlan& first, int replicas, const TrainingPlan& second,
                    int others) {
  return {{replicas_on(0, first, replicas, 4), replicas_on(1, second, others, 4)}, 4096};
}

}  // namespace

TEST_CASE("software that is twice as slow everywhere takes twice as long") {
  MixedPlan plan = groups_of(plain_plan(), 4, plain_plan(), 2);
  plan.groups.push_back(pipeline_of(plain_plan(), 18, 2, 6));
  const Parts parts(two_vendors(), plan);
  CHECK(parts.total({2, 2}) / parts.total({1, 1}) == doctest::Approx(2).epsilon(1e-12));
  const Parts pipeline(two_vendors(), {{pipeline_of(plain_plan(), 18, 8, 6)}, 4096});
  CHECK(pipeline.total({2, 2}) / pipeline.total({1, 1}) == doctest::Approx(2).epsilon(1e-12));
  // a slow link and a heavy last stage: what its exchange spends in the first stage's drain counts
  StatedLink link = stated(0, 1);
  link.rate = 0.5 * gigabyte_per_second;
  const MixedCase slow({pool_of("hgx_h100", 64), pool_of("mi300x_8oam", 64)}, {link});
  const ReplicaGroup lopsided = pipeline_of(plain_plan(), 6, 2, 6);
  const Parts twice(slow, {{lopsided, lopsided}, 4096});
  const Composition once = compose(twice.groups, std::vector<double>{1, 1});
  CHECK(once.groups[0].last == 1);
  CHECK(twice.total({2, 2}) / once.total == doctest::Approx(2).epsilon(1e-12));
}

TEST_CASE("what crosses goes at the pace of the slower software, whichever side it is on") {
  const Parts parts(two_vendors(), {{pipeline_of(plain_plan(), 18, 2, 6)}, 4096});
  const MixedGroup& group = parts.groups[0];
  const Seconds out = group.chunks[0].forward_border.network;
  const Seconds back = group.chunks[1].backward_border.network;
  CHECK(out > 0 * second);
  for (const std::vector<double>& factors : {std::vector<double>{3, 1}, {1, 3}}) {
    const std::vector<StageCost> costs = scaled_costs(group, factors, true);
    CHECK(costs[0].send_forward / out == doctest::Approx(3));
    CHECK(costs[1].send_backward / back == doctest::Approx(3));
    CHECK(scaled_costs(group, factors, false)[0].send_forward == 0 * second);
  }
  TrainingPlan serial = plain_plan();
  serial.overlap.gradient_reduce = false;
  const Parts both(two_vendors(), groups_of(serial, 4, serial, 4));
  const Seconds cross = both.groups[0].stages[0].gradient.network;
  for (const std::vector<double>& factors : {std::vector<double>{3, 1}, {1, 3}}) {
    const Composition composed = compose(both.groups, factors);
    for (const GroupFinish& finish : composed.groups)
      CHECK((finish.stages[0].gradient - finish.stages[0].gradient_own) / cross ==
            doctest::Approx(3));
  }
}

TEST_CASE("an exchange takes as long on the side with many NICs as on the side with few") {
  const Parts parts(two_vendors(), groups_of(plain_plan(), 8, plain_plan(), 2));
  const Seconds many = parts.groups[0].stages[0].gradient.network;
  const Seconds few = parts.groups[1].stages[0].gradient.network;
  CHECK(many == few);
  const Parts even(two_vendors(), groups_of(plain_plan(), 8, plain_plan(), 8));
  // two replicas hold four times the shares of eight
  CHECK(few / even.groups[0].stages[0].gradient.network == doctest::Approx(4).epsilon(0.01));
}

TEST_CASE("stages exchange with those that hold the same layers, by what they hold") {
  TrainingPlan deep = plain_plan();
  deep.layout.pipeline = 4;
  const Parts parts(two_vendors(), groups_of(plain_plan(), 4, deep, 2));
  CHECK(parts.groups[0].stages[0].partners.size() == 4);
  for (std::size_t s = 0; s < 4; ++s) {
    REQUIRE(parts.groups[1].stages[s].partners.size() == 1);
    CHECK(parts.groups[1].stages[s].partners[0] == std::pair<std::size_t, std::size_t>{0, 0});
  }
}

TEST_CASE("what is exchanged is every trainable parameter once, experts included") {
  // copies through the host are proportional to the share: 2 (G - 1) / G of it out and in
  StatedLink link = stated(0, 1);
  link.route = CrossRoute::staged;
  ModelSpec model = dense_model();
  model.moe = {.experts = 64, .top_k = 8, .expert_ffn = 2048};
  const MixedCase c({pool_of("hgx_h100", 64), pool_of("mi300x_8oam", 64)}, {link}, model);
  TrainingPlan wide = dense_plan();
  wide.layout = {.expert = 8};
  TrainingPlan deep = wide;
  deep.layout.pipeline = 2;
  const Parts parts(c, groups_of(wide, 16, deep, 8));
  const auto rate = [&](std::size_t pool) {
    return c.question.pools[pool].machine->accelerator.host_rate->value;
  };
  const auto share = [&](std::size_t g, std::size_t s) {
    return parts.groups[g].stages[s].gradient.staging / (1 / rate(0) + 1 / rate(1));
  };
  const StageParameters& own = parts.groups[0].stages[0].parameters;
  // FP32; sixteen replicas share the dense part, two sets of eight ranks each eighth of the experts
  const double expected = 4 * (own.dense / 16 + own.expert / 2);
  CHECK(share(0, 0) / byte == doctest::Approx(expected).epsilon(1e-9));
  CHECK(own.expert > own.dense);
  // the second group has half the devices on each of its two stages
  const double first = 4 * (parts.groups[1].stages[0].parameters.dense / 8 +
                            parts.groups[1].stages[0].parameters.expert);
  CHECK(share(1, 0) / byte == doctest::Approx(std::max(first, expected)).epsilon(1e-9));
}

TEST_CASE("no group updates before every group's gradients have met") {
  // the second group is done long before the first, and takes long to update
  TrainingPlan slow_update = plain_plan();
  slow_update.optimizer_offload = true;
  MixedPlan plan = groups_of(plain_plan(), 4, slow_update, 4);
  plan.groups[0].micro_batches = 40;
  plan.groups[1].micro_batches = 1;
  const Parts parts(two_vendors(), plan);
  const Composition composed = compose(parts.groups, std::vector<double>{1, 1});
  const StageFinish& first = composed.groups[0].stages[0];
  const StageFinish& second_group = composed.groups[1].stages[0];
  CHECK(second_group.synchronous == first.synchronous);
  CHECK(second_group.update > first.update);
  CHECK(composed.total == first.synchronous + second_group.parameter + second_group.update);
}

TEST_CASE("a border moves the same bytes either way") {
  ReplicaGroup group = pipeline_of(plain_plan(), 18, 4, 8);
  group.stages[1].plan.layout.tensor = 8;
  const MixedPlan plan{{group}, 4096};
  const MixedQuestion& question = two_vendors().question;
  const auto way = [&](std::size_t from, std::size_t to) {
    return border_time(question, plan, group, group.stages[from], group.stages[to]).network;
  };
  CHECK(way(0, 1) == way(1, 0));
  // two of the sequence's halves over 50 GB/s NICs at 0.9 of the line rate, latencies aside
  const double bytes = 4096.0 * 4096 * 2 / 2;
  CHECK(way(0, 1) / second > bytes / (50e9 * 0.9));
  CHECK(way(0, 1) / second < bytes / (50e9 * 0.9) + 3e-4);
}

TEST_CASE("flows of all replicas share a capped link, and every message pays its distance") {
  const ReplicaGroup group = pipeline_of(plain_plan(), 18, 4, 8);
  const MixedPlan plan{{group}, 4096};
  const auto network = [&](const StatedLink& link) {
    const MixedCase c({pool_of("hgx_h100", 64), pool_of("mi300x_8oam", 64)}, {link});
    return border_time(c.question, plan, group, group.stages[0], group.stages[1]).network;
  };
  StatedLink link = stated(0, 1);
  const Seconds near = network(link);
  link.latency = 1 * millisecond;
  CHECK((network(link) - near) / millisecond == doctest::Approx(1));
  link.aggregate = 1 * gigabyte_per_second;
  CHECK(network(link) / second == doctest::Approx(4 * 4096.0 * 4096 * 2 / 1e9));
}
