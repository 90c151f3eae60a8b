#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>

#include "training/checkpoint_interval.hpp"
#include "training/goodput.hpp"
#include "training/goodput_simulation.hpp"

using namespace polyfleet;

namespace {

RunProcess usual() {
  RunProcess process;
  process.work = 30 * day;
  process.failure_rate = 1.0 / (3 * hour);
  process.recovery = {{1.0, 10 * minute}};
  process.interval = 20 * minute;
  process.blocking = 30 * second;
  return process;
}

}  // namespace

TEST_CASE("without failures only checkpoints and announced stops cost") {
  RunProcess process = usual();
  process.failure_rate = 0 * hertz;
  process.planned_rate = 1.0 / day;
  process.planned_stop = 864 * second;
  const RunOverheads overheads = expected_overheads(process);
  CHECK(overheads.checkpoint / (30.0 / 1200) == doctest::Approx(1));
  CHECK(overheads.redone == doctest::Approx(0).epsilon(1e-12));
  CHECK(overheads.recovery == 0);
  CHECK(overheads.planned / (0.01 * (1 + 30.0 / 1200)) == doctest::Approx(1).epsilon(1e-12));
  CHECK(overheads.failures == 0);
}

TEST_CASE("Daly's expectation by hand") {
  // M = 10,000 s, interval 900 s, write 100 s, recovery 500 s:
  // time per interval = M e^(R/M) (e^((t + w)/M) - 1) = 10000 x e^0.05 x (e^0.1 - 1)
  RunProcess process;
  process.work = 9e5 * second;
  process.failure_rate = 1e-4 * hertz;
  process.recovery = {{1.0, 500 * second}};
  process.interval = 900 * second;
  process.blocking = 100 * second;
  const RunOverheads overheads = expected_overheads(process);
  const double expected = 1e4 * std::exp(0.05) * (std::exp(0.1) - 1) / 900;
  CHECK(overheads.total() == doctest::Approx(expected).epsilon(1e-12));
  CHECK(overheads.failures / (expected * 1e-4) == doctest::Approx(1).epsilon(1e-12));
  // Two equal kinds of recovery are one.
  process.recovery = {{0.3, 500 * second}, {0.7, 500 * second}};
  CHECK(expected_overheads(process).total() == doctest::Approx(expected).epsilon(1e-12));
  // A write behind training counts as a longer recovery.
  process.background = 200 * second;
  CHECK(expected_overheads(process).total() ==
        doctest::Approx(expected * std::exp(0.02)).epsilon(1e-12));
}

TEST_CASE("the first-order form is what remains of the expectation when failures are rare") {
  const Seconds start_up = 300 * second, write = 60 * second, interval = 3600 * second;
  RunProcess process;
  process.work = 30 * day;
  process.failure_rate = 1.0 / (1000 * hour);
  process.recovery = {{1.0, start_up}};
  process.interval = interval;
  process.blocking = write;
  const double first = first_order_ettr(process.failure_rate, start_up, write, interval);
  CHECK(expected_overheads(process).ettr() == doctest::Approx(first).epsilon(1e-4));
  CHECK(first_order_ettr(1.0 / minute, start_up, write, interval) == 0);
}

TEST_CASE("every nuisance costs, none helps") {
  const double plain = expected_overheads(usual()).total();
  const auto total = [](auto change) {
    RunProcess process = usual();
    change(process);
    return expected_overheads(process).total();
  };
  CHECK(total([](RunProcess& p) { p.failure_rate *= 1.1; }) > plain);
  CHECK(total([](RunProcess& p) { p.blocking *= 1.1; }) > plain);
  CHECK(total([](RunProcess& p) { p.background = 60 * second; }) > plain);
  CHECK(total([](RunProcess& p) { p.recovery[0].duration *= 1.1; }) > plain);
  CHECK(total([](RunProcess& p) {
          p.planned_rate = 1.0 / day;
          p.planned_stop = 600 * second;
        }) > plain);
  const auto with_spares = [&](int spares) {
    return total([&](RunProcess& p) {
      p.replacing_share = 0.8;
      p.repair = 12 * hour;
      p.spare_nodes = spares;
    });
  };
  CHECK(with_spares(1) > with_spares(2));
  CHECK(with_spares(2) > plain);
  CHECK(with_spares(40) == doctest::Approx(plain).epsilon(1e-12));
}

TEST_CASE("the exact interval makes the run shortest, whatever the recovery and the write behind") {
  RunProcess process = usual();
  for (const double background : {0.0, 120.0}) {
    for (const double recovery : {60.0, 3600.0}) {
      process.background = background * second;
      process.recovery[0].duration = recovery * second;
      process.interval = exact_interval(process.blocking, 1.0 / process.failure_rate);
      const double least = expected_overheads(process).total();
      for (const double factor : {0.7, 0.95, 1.05, 1.4}) {
        RunProcess other = process;
        other.interval *= factor;
        CHECK(expected_overheads(other).total() > least);
      }
    }
  }
}

TEST_CASE("a simulated run adds up and is its seed") {
  RunProcess process = usual();
  process.planned_rate = 1.0 / (2 * day);
  process.planned_stop = 20 * minute;
  process.replacing_share = 0.5;
  process.repair = 10 * hour;
  process.spare_nodes = 1;
  const SimulatedRun run = simulate_run(process, 5, 0), again = simulate_run(process, 5, 0),
                     other = simulate_run(process, 5, 1);
  CHECK(run.length == again.length);
  CHECK(run.failures == again.failures);
  CHECK(run.length != other.length);
  CHECK(run.finished);
  CHECK(run.failures > 0);
  CHECK(run.planned_stops > 0);
  CHECK(run.waiting > 0 * second);
  const Seconds sum = run.training + run.recovery + run.planned + run.waiting;
  CHECK(sum / run.length == doctest::Approx(1).epsilon(1e-12));
  CHECK(run.training > process.work);
}

TEST_CASE("without failures a simulated run takes what its steps and snapshots take") {
  RunProcess process = usual();
  process.failure_rate = 0 * hertz;
  process.work = 100 * minute;  // five intervals, four snapshots between them
  const SimulatedRun run = simulate_run(process, 1, 0);
  CHECK(run.length / second == doctest::Approx(6000 + 4 * 30).epsilon(1e-12));
  process.work = 101 * minute;
  CHECK(simulate_run(process, 1, 0).length / second == doctest::Approx(6060 + 5 * 30));
}

TEST_CASE("results do not depend on the number of threads") {
  RunProcess process = usual();
  process.work = 3 * day;
  const SimulatedRuns one = simulate_runs(process, 101, 9, 1);
  for (const unsigned threads : {2U, 7U, 300U}) {
    const SimulatedRuns many = simulate_runs(process, 101, 9, threads);
    CHECK(many.ettr.mean() == one.ettr.mean());
    CHECK(many.ettr.variance() == one.ettr.variance());
    CHECK(many.lengths == one.lengths);
  }
  CHECK(one.length_quantile(0.1) < one.length_quantile(0.9));
}

TEST_CASE("a run that cannot end is given up and counted") {
  RunProcess process = usual();
  process.failure_rate = 1.0 / minute;
  process.interval = 6 * hour;
  process.work = 6 * hour;
  const SimulatedRuns runs = simulate_runs(process, 3, 1, 1);
  CHECK(runs.given_up == 3);
  CHECK(runs.ettr.mean() == 0);
  CHECK(expected_overheads(process).ettr() < 1e-6);
}
