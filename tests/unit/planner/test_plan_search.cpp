// The search against the plain enumeration of every plan, on hundreds of random small spaces.
#include <algorithm>

#include "planner/pareto.hpp"
#include "unit/planner/plan_counts.hpp"
#include "unit/planner/search_fixture.hpp"

using namespace polyfleet;

namespace {

/// What evaluating every plan finds; switches that are proven never to help are left out, as the
/// search counts them as equal.
struct PlanBruteForce {
  PlanRanking best;
  ParetoFront front;
  std::int64_t plans = 0, fitting = 0;
  std::optional<Bytes> leanest;
};

bool is_twin(const PlanSearchQuestion& question, const TrainingPlan& plan) {
  const PlanSpace& space = question.space;
  const auto open = [](const std::vector<int>& values) {
    return values.empty() || std::count(values.begin(), values.end(), 1) > 0;
  };
  const ParallelLayout& cut = plan.layout;
  const bool exchanges = cut.data * cut.context > 1 ||
                         (question.pool.scenario.model.is_moe() &&
                          cut.tensor * cut.context * cut.data > cut.expert * cut.expert_tensor);
  return (cut.pipeline > 1 && open(space.pipeline_overlap) && !plan.overlap.pipeline) ||
         (exchanges && open(space.gradient_overlap) && !plan.overlap.gradient_reduce) ||
         (exchanges && plan.sharding != Sharding::none && open(space.parameter_overlap) &&
          !plan.overlap.parameter_gather);
}

PlanBruteForce brute_force(const PlanSearchQuestion& question) {
  PlanBruteForce brute{PlanRanking(question.objective, question.top), {}, 0, 0, {}};
  std::vector<PlannedPlan> accepted, twins;
  brute.plans = for_each_plan(question,
                              [&](const TrainingPlan& plan) {
                                ++brute.plans;
                                TrainingEstimate estimate = estimate_of(question, plan);
                                const Bytes memory =
                                    estimate.memory[fullest_stage(estimate.memory)].total;
                                if (!brute.leanest || memory < *brute.leanest)
                                  brute.leanest = memory;
                                if (memory > *memory_limit(question)) return;
                                ++brute.fitting;
                                const PlannedPlan planned =
                                    planned_plan(question.pool, plan, estimate, memory);
                                if (is_refused(question, planned)) return;
                                (is_twin(question, plan) ? twins : accepted).push_back(planned);
                              }) +
                brute.plans;
  double least = std::numeric_limits<double>::infinity();
  for (const PlannedPlan& plan : accepted) {
    brute.best.offer(plan);
    least = std::min(least, objective_value(question.objective, plan));
  }
  for (const PlannedPlan& plan : twins)  // proven: no better than its twin with overlap
    CHECK(objective_value(question.objective, plan) >= least);
  for (const PlannedPlan& plan : accepted) brute.front.offer(plan);
  return brute;
}

void check_same(const std::vector<PlannedPlan>& found, const std::vector<PlannedPlan>& wanted) {
  REQUIRE(found.size() == wanted.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    CHECK(found[i].time == wanted[i].time);
    CHECK(found[i].memory == wanted[i].memory);
    const bool ordered =
        plan_order(found[i].plan, wanted[i].plan) || plan_order(wanted[i].plan, found[i].plan);
    CHECK_FALSE(ordered);
  }
}

class RandomQuestion {
 public:
  explicit RandomQuestion(unsigned seed) : random_(seed) {}

  PlanSearchQuestion question() {
    const bool moe = draw(2) == 0;
    ModelSpec model = moe ? small_moe_model() : small_dense_model();
    model.layers = 3 + draw(8);
    model.hidden *= 1 + draw(2);
    model.tied_embeddings = draw(2) == 0;
    const int devices[] = {4, 6, 8, 12, 16, 32, 64};
    const int batches[] = {4, 8, 12, 16, 32, 48};
    PlanSearchQuestion question = small_question(model, devices[draw(7)], batches[draw(6)]);
    question.pool.machine = &machine_number(static_cast<std::size_t>(draw(4)));
    if (draw(4) == 0) question.pool.prices = {};
    question.objective = static_cast<Objective>(draw(4));
    question.top = static_cast<std::size_t>(1 + draw(5));
    question.with_front = draw(3) == 0;
    question.with_families = false;
    narrow(question.space);
    constrain(question.constraints);
    return question;
  }

 private:
  int draw(int values) { return static_cast<int>(random_() % static_cast<unsigned>(values)); }

  template <class Value>
  void pin(std::vector<Value>& list, std::vector<Value> values) {
    for (const Value value : values)
      if (draw(2) == 0) list.push_back(value);
    if (list.empty())
      list.push_back(values[static_cast<std::size_t>(draw(static_cast<int>(values.size())))]);
  }

  /// Some dimensions stay open, but never so many that enumerating takes long.
  void narrow(PlanSpace& space) {
    pin(space.tensor, {1, 2, 4, 8});
    if (draw(3) != 0) pin(space.pipeline, {1, 2, 3, 4, 5});
    pin(space.context, {1, 2, 4});
    pin(space.expert, {1, 2, 8, 16});
    if (draw(2) == 0) pin(space.expert_tensor, {1, 2});
    if (draw(2) == 0) pin(space.data, {1, 2, 3, 4, 8});
    pin(space.micro_batch, {1, 2, 3, 4});
    if (draw(2) == 0) pin(space.virtual_stages, {1, 2, 3});
    if (draw(2) == 0) {
      space.schedule = {static_cast<Schedule>(draw(5)), static_cast<Schedule>(draw(5))};
    }
    pin(space.recompute, {Recompute::none, Recompute::selective, Recompute::full});
    pin(space.recompute_layers, {0, 1, 2, 3});
    pin(space.sharding, {Sharding::none, Sharding::zero1, Sharding::zero2, Sharding::zero3});
    pin(space.optimizer_offload, {0, 1});
    pin(space.activation_offload, {0.0, 0.5, 1.0});
    if (draw(2) == 0) pin(space.sequence_parallel, {0, 1});
    if (draw(2) == 0) pin(space.gradient_overlap, {0, 1});
    if (draw(2) == 0) pin(space.pipeline_overlap, {0, 1});
  }

  void constrain(PlanConstraints& constraints) {
    if (draw(2) == 0) constraints.memory_head_room = 0.3 * draw(4);
    constraints.use_all_devices = draw(4) == 0;
    if (draw(4) == 0) constraints.power_cap = Watts::from_base(2000.0 * (1 + draw(10)));
    if (draw(6) == 0) constraints.slowest_step = (0.05 + 0.2 * draw(5)) * second;
  }

  std::mt19937 random_;
};

}  // namespace

TEST_CASE("the search finds what evaluating every plan finds") {
  std::int64_t plans = 0, evaluated = 0;
  int with_answer = 0;
  for (unsigned seed = 1; seed <= 600; ++seed) {
    CAPTURE(seed);
    const PlanSearchQuestion question = RandomQuestion(seed).question();
    const PlanSearchResult result = search_plans(question, {});
    const PlanBruteForce brute = brute_force(question);
    CHECK(result.counts.plans == brute.plans);
    CHECK(sum_of(result.counts) == brute.plans);
    CHECK(result.counts.untouched == 0);
    check_same(result.best, brute.best.plans());
    if (question.with_front && !result.best.empty())
      check_same(result.front, brute.front.sorted(question.objective,
                                                  brute.best.value(0) * question.front_reach));
    const PlanConstraints& limits = question.constraints;
    const bool free = !limits.use_all_devices && !limits.power_cap && !limits.slowest_step;
    if (brute.fitting == 0 && brute.leanest) {
      CHECK((result.leanest || !free));  // refused plans are not looked at for memory
      if (result.leanest) CHECK(result.leanest->memory >= *brute.leanest);
      if (free) CHECK(result.leanest->memory == *brute.leanest);
    } else {
      CHECK_FALSE(result.leanest);
    }
    plans += brute.plans;
    evaluated += result.counts.evaluated;
    with_answer += result.best.empty() ? 0 : 1;
  }
  MESSAGE(plans << " plans, " << evaluated << " evaluated, " << with_answer
                << " questions with an answer");
  CHECK(with_answer > 150);
}

TEST_CASE("one thread and many give the same result") {
  for (unsigned seed : {3u, 11u, 29u}) {
    PlanSearchQuestion question = RandomQuestion(seed).question();
    question.space.tensor = question.space.data = question.space.micro_batch = {};
    question.with_front = true;
    const PlanSearchResult one = search_plans(question, {.threads = 1});
    const PlanSearchResult many = search_plans(question, {.threads = 4});
    check_same(many.best, one.best);
    check_same(many.front, one.front);
    CHECK(many.counts.evaluated == one.counts.evaluated);
    CHECK(many.counts.bounded == one.counts.bounded);
    CHECK(many.counts.too_large == one.counts.too_large);
    CHECK(many.counts.equal == one.counts.equal);
  }
}

TEST_CASE("an interrupted search says what it left and how far it may be off") {
  PlanSearchQuestion question = small_question(small_dense_model(), 64, 64);
  std::atomic<bool> stop{false};
  int calls = 0;
  const PlanSearchResult result =
      search_plans(question, {.stop = &stop, .progress = [&](double) { stop = ++calls == 1; }});
  const PlanSearchResult whole = search_plans(question, {});
  CHECK(result.interrupted);
  CHECK(result.counts.untouched > 0);
  CHECK(sum_of(result.counts) == result.counts.plans);
  CHECK(result.counts.plans == whole.counts.plans);
  REQUIRE(!result.best.empty());
  CHECK(result.best[0].time * (1 - result.gap) <= whole.best[0].time);
  CHECK_FALSE(whole.interrupted);
  CHECK(whole.gap == 0);
}

TEST_CASE("stopped before it began: nothing touched, nothing invented") {
  const std::atomic<bool> stop{true};
  const PlanSearchResult result =
      search_plans(small_question(small_dense_model(), 8, 8), {.stop = &stop});
  CHECK(result.best.empty());
  CHECK(result.interrupted);
  CHECK(result.counts.untouched == result.counts.plans);
}

TEST_CASE("a contradiction leaves no plan and says how many combinations it broke") {
  PlanSearchQuestion question = small_question(small_dense_model(), 8, 16);
  question.space.tensor = {3};
  const PlanSearchResult result = search_plans(question, {});
  CHECK(result.best.empty());
  CHECK_FALSE(result.leanest);
  CHECK(result.counts.plans == 1);
  CHECK(result.counts.impossible == 1);
}
