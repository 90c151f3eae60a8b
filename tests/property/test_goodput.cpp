// Laws of whole runs on random processes.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>

#include "training/calendar.hpp"
#include "training/checkpoint_interval.hpp"
#include "training/goodput_simulation.hpp"
#include "training/spares.hpp"

using namespace polyfleet;

namespace {

double log_between(double low, double high) {
  const double share = *rc::gen::inRange(0, 1000001) / 1e6;
  return low * std::pow(high / low, share);
}

RunProcess some_process() {
  RunProcess process;
  const Seconds mean = log_between(600, 1e7) * second;
  process.failure_rate = 1.0 / mean;
  process.work = log_between(1, 50) * mean;
  process.recovery = {{0.7, log_between(1e-3, 0.2) * mean}, {0.3, log_between(1e-3, 0.5) * mean}};
  process.interval = log_between(1e-3, 0.8) * mean;
  process.blocking = log_between(1e-6, 0.1) * mean;
  process.background = process.interval * (*rc::gen::inRange(0, 101) / 100.0);
  process.replacing_share = *rc::gen::inRange(0, 101) / 100.0;
  process.spare_nodes = *rc::gen::inRange(0, 20);
  process.repair = log_between(0.01, 10) * mean;
  process.planned_rate = 0.1 / mean;
  process.planned_stop = 0.05 * mean;
  return process;
}

}  // namespace

TEST_CASE("a run takes at least its work and its checkpoints, and every part is a cost") {
  CHECK(rc::check([] {
    const RunOverheads overheads = expected_overheads(some_process());
    for (const double part : {overheads.checkpoint, overheads.redone, overheads.recovery,
                              overheads.planned, overheads.waiting})
      RC_ASSERT(part >= 0);
    RC_ASSERT(overheads.ettr() <= 1 / (1 + overheads.checkpoint));
  }));
}

TEST_CASE("more failures, longer recoveries and fewer spares never shorten a run") {
  CHECK(rc::check([] {
    const RunProcess process = some_process();
    const double plain = expected_overheads(process).total();
    const double factor = log_between(1, 3);
    RunProcess worse = process;
    worse.failure_rate *= factor;
    RC_ASSERT(expected_overheads(worse).total() >= plain * (1 - 1e-12));
    worse = process;
    for (RecoveryClass& each : worse.recovery) each.duration *= factor;
    RC_ASSERT(expected_overheads(worse).total() >= plain * (1 - 1e-12));
    worse = process;
    worse.spare_nodes = std::max(0, process.spare_nodes - 1);
    RC_ASSERT(expected_overheads(worse).total() >= plain * (1 - 1e-12));
  }));
}

TEST_CASE("the order of recoveries means nothing") {
  CHECK(rc::check([] {
    RunProcess process = some_process();
    const double plain = expected_overheads(process).total();
    std::reverse(process.recovery.begin(), process.recovery.end());
    RC_ASSERT(std::abs(expected_overheads(process).total() / plain - 1) < 1e-12);
  }));
}

TEST_CASE("no published interval is shorter to run with than the exact one") {
  CHECK(rc::check([] {
    RunProcess process = some_process();
    process.background = 0 * second;
    const Seconds mean = 1.0 / process.failure_rate;
    const auto total = [&](Seconds interval) {
      process.interval = interval;
      return expected_overheads(process).total();
    };
    const double least = total(exact_interval(process.blocking, mean));
    RC_ASSERT(total(young_interval(process.blocking, mean)) >= least * (1 - 1e-12));
    RC_ASSERT(total(daly_interval(process.blocking, mean)) >= least * (1 - 1e-12));
  }));
}

TEST_CASE("a simulated run keeps its books and is never shorter than its work") {
  CHECK(rc::check([] {
    const RunProcess process = some_process();
    const SimulatedRun run = simulate_run(process, 11, *rc::gen::inRange<std::uint64_t>(0, 1000));
    const Seconds sum = run.training + run.recovery + run.planned + run.waiting;
    RC_ASSERT(std::abs(sum / run.length - 1) < 1e-12);
    RC_ASSERT(run.training >= process.work * (1 - 1e-12) || !run.finished);
  }));
}

TEST_CASE("waiting shrinks with spares and grows with repairs") {
  CHECK(rc::check([] {
    const double load = log_between(1e-3, 100);
    const int servers = *rc::gen::inRange(0, 200);
    const double loss = erlang_loss(servers, load);
    RC_ASSERT(loss >= 0);
    RC_ASSERT(loss <= 1);
    RC_ASSERT(erlang_loss(servers + 1, load) <= loss);
    RC_ASSERT(erlang_loss(servers, load * 1.5) >= loss);
  }));
}

TEST_CASE("days add up") {
  CHECK(rc::check([] {
    const int first = *rc::gen::inRange(0, 50000), second_part = *rc::gen::inRange(0, 50000);
    const CalendarDate start{2000, 1, 1};
    const CalendarDate once = date_after(start, (first + second_part) * day);
    RC_ASSERT(once == date_after(date_after(start, first * day), second_part * day));
    RC_ASSERT(*parse_date(print_date(once)) == once);
  }));
}
