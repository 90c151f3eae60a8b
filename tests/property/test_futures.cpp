// Laws of futures: any specification, any number of threads, any kill.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>

#include "capital/scenario_tree.hpp"
#include "capital/tornado.hpp"
#include "unit/capital/futures_fixture.hpp"

using namespace polyfleet_test;

namespace {

double share() { return *rc::gen::inRange(0, 1001) / 1000.0; }

/// Some entries uncertain, others not.
SmallStudy some_study() {
  SmallStudy study;
  const auto sigma = [](FactorSpread& spread) {
    spread.sigma = *rc::gen::element(0.0, 0.1, 0.8);
    spread.correlation = share();
  };
  UncertaintySpec& spec = study.spec;
  for (FactorSpread* each :
       {&spec.demand, &spec.demand_growth, &spec.value_growth, &spec.price, &spec.price_growth,
        &spec.carbon, &spec.failures, &spec.maturity, &spec.hardware_price})
    sigma(*each);
  spec.delay.correlation = share();
  spec.cancellation = {share() * 0.3, share(), "", "", ""};
  spec.prediction = {*rc::gen::element(0.0, 1.0, 2.0), share(), "", "", ""};
  for (FleetPhase& phase : study.model.phases) {
    const double late = share();
    phase.delay.quarters = {1 - late, late / 2, 0, late / 2};
  }
  return study;
}

Futures played(const SmallStudy& study, int futures, unsigned threads,
               const std::filesystem::path& store = {}) {
  FuturesOptions options;
  options.futures = futures;
  options.threads = threads;
  options.store = store;
  Result<Futures> result = run_futures(study.question(), options);
  RC_ASSERT(result.has_value());
  return std::move(*result);
}

}  // namespace

TEST_CASE("futures are the same on any number of threads and after a kill at any byte") {
  CHECK(rc::check([] {
    const SmallStudy study = some_study();
    const int futures = *rc::gen::inRange(1, 8);
    const Futures one = played(study, futures, 1);
    RC_ASSERT(played(study, futures, 4).values == one.values);
    const ScratchFile file("property.futures");
    RC_ASSERT(played(study, futures, 2, file.path()).values == one.values);
    const std::string text = file.text();
    file.write(text.substr(
        0, static_cast<std::size_t>(*rc::gen::inRange(0, static_cast<int>(text.size()) + 1))));
    const Futures again = played(study, futures, 3, file.path());
    RC_ASSERT(again.values == one.values);
    RC_ASSERT(again.resumed <= futures);
  }));
}

TEST_CASE("years of an account sum to the study, and percentiles are in order") {
  CHECK(rc::check([] {
    const SmallStudy study = some_study();
    const Futures futures = played(study, 9, 1);
    const std::vector<OutcomeSpread> spreads = outcome_spreads(futures);
    const OutcomeTable table(study.model);
    for (std::size_t i = 0; i < futures.outcomes.size(); ++i) {
      const Outcome& outcome = futures.outcomes[i];
      const OutcomeSpread& s = spreads[i];
      RC_ASSERT(s.p5 <= s.p25 && s.p25 <= s.p50 && s.p50 <= s.p75 && s.p75 <= s.p95);
      if (outcome.kind != OutcomeKind::account || outcome.year != 0) continue;
      for (const std::vector<double>& values : futures.values) {
        double sum = 0;
        for (const int year : table.years()) {
          const int at = outcome_index(futures.outcomes, outcome.id + '/' + std::to_string(year));
          RC_ASSERT(at >= 0);
          sum += values[static_cast<std::size_t>(at)];
        }
        RC_ASSERT(std::abs(sum - values[i]) <= 1e-9 * std::abs(values[i]));
      }
    }
  }));
}

TEST_CASE("draws stay where they may be") {
  CHECK(rc::check([] {
    const SmallStudy study = some_study();
    const auto inputs = uncertain_inputs(study.model, study.spec, study.outages);
    const FleetVariation future =
        variation_of({&study.model, &study.spec, &study.outages}, inputs,
                     random_draw(inputs, *rc::gen::arbitrary<std::uint64_t>(),
                                 *rc::gen::arbitrary<std::uint64_t>()));
    for (std::size_t i = 0; i < future.delay_hours.size(); ++i) {
      RC_ASSERT(future.delay_hours[i] >= 0);
      RC_ASSERT(future.delay_hours[i] <= 274 * 24);
      RC_ASSERT(future.delay_hours[i] % 24 == 0);
    }
    for (std::size_t i = 0; i < future.in_service.size(); ++i) {
      const double working = future.in_service[i] * study.model.classes[i].in_service;
      RC_ASSERT(working > 0 && working < 1);
    }
    for (const auto* factors : {&future.demand, &future.value_growth, &future.price, &future.speed,
                                &future.maturity, &future.hardware_price, &future.carbon})
      for (const double factor : *factors) RC_ASSERT(factor > 0 && std::isfinite(factor));
  }));
}

TEST_CASE("leaves of any tree sum to one") {
  CHECK(rc::check([] {
    UncertaintySpec spec;
    const int count = *rc::gen::inRange(0, 7);
    std::vector<double> left(static_cast<std::size_t>(count) + 1, 1.0);  // by parent, 0 = root
    for (int i = 0; i < count; ++i) {
      ScenarioBranch branch;
      branch.name = std::to_string(i + 1);
      const int parent = *rc::gen::inRange(0, i + 1);
      if (parent > 0) branch.after = std::to_string(parent);
      branch.probability = share() * left[static_cast<std::size_t>(parent)];
      left[static_cast<std::size_t>(parent)] -= branch.probability;
      spec.branches.push_back(branch);
    }
    const FleetModel model = small_fleet();
    RC_ASSERT(uncertainty_problems(spec, model).empty());
    double sum = 0;
    for (const ScenarioLeaf& leaf : scenario_leaves(model, spec)) {
      RC_ASSERT(leaf.probability >= -1e-12);
      sum += leaf.probability;
    }
    RC_ASSERT(std::abs(sum - 1) < 1e-12);
  }));
}

TEST_CASE("rank correlation lies within one, is symmetric and sees only order") {
  CHECK(rc::check([] {
    std::vector<double> a, b, bent;
    const int count = *rc::gen::inRange(2, 30);
    for (int i = 0; i < count; ++i) {
      a.push_back(*rc::gen::inRange(-9, 10));
      b.push_back(*rc::gen::inRange(-9, 10));
      bent.push_back(std::exp(b.back()));
    }
    const double both = rank_correlation(a, b);
    RC_ASSERT(std::abs(both) <= 1 + 1e-12);
    RC_ASSERT(std::abs(both - rank_correlation(b, a)) < 1e-12);
    RC_ASSERT(std::abs(both - rank_correlation(a, bent)) < 1e-12);
  }));
}

TEST_CASE("a tornado's median is between what its factors do to a linear outcome") {
  CHECK(rc::check([] {
    const SmallStudy study = some_study();
    const Tornado answer = tornado(study.question(), 1);
    const int cost = outcome_index(answer.outcomes, "hardware_capital");
    RC_ASSERT(cost >= 0);
    const auto at = static_cast<std::size_t>(cost);
    for (const TornadoBar& bar : answer.bars) {
      const UncertainInput& input = answer.inputs[static_cast<std::size_t>(bar.input)];
      if (input.kind != DrawnInputKind::hardware_price) continue;
      RC_ASSERT(bar.high[at] <= answer.median[at] + 1e-3);  // spent is negative
      RC_ASSERT(bar.low[at] >= answer.median[at] - 1e-3);
    }
  }));
}
