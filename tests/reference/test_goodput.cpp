// Reliability of whole runs against what others publish: Llama 3's interruptions and goodput, the
// expected training-time ratio of Meta's research clusters, the spares of NCSA's Delta; and the
// closed form against the event-driven simulation of the same process.
#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>
#include <string>

#include "base/csv.hpp"
#include "base/files.hpp"
#include "catalogue/catalogue.hpp"
#include "reference/csv_reading.hpp"
#include "training/checkpoint_interval.hpp"
#include "training/goodput_simulation.hpp"
#include "training/reliability.hpp"
#include "training/spares.hpp"

using namespace polyfleet;

namespace {

const ReliabilityData& reliability_data() {
  static const ReliabilityData loaded = [] {
    auto result = load_reliability(POLYFLEET_SOURCE_DIR "/data");
    if (!result) FAIL(to_text(result.problems()));
    return *std::move(result);
  }();
  return loaded;
}

const Catalogue& catalogue() {
  static const Catalogue loaded = load_catalogue(POLYFLEET_SOURCE_DIR "/data").value();
  return loaded;
}

FailureModel on_h100(double devices, std::string_view record = {}) {
  static const Accelerator part = catalogue().accelerator("nv_h100_sxm").value();
  static const System system = catalogue().system("hgx_h100").value();
  return failure_model(reliability_data(), part, system, devices, record);
}

constexpr double kLlamaGpus = 16384, kLlamaDays = 54, kLlamaInterruptions = 419;

/// Detection, diagnosis and restart of data/reliability at this size, without the checkpoint load.
std::vector<RecoveryClass> recovery_at(double devices) {
  const RecoveryTimes& times = reliability_data().recovery;
  const Seconds common = times.diagnosis.value + times.start.value +
                         devices * times.communicators_per_accelerator.value;
  const double manual = times.manual_share.value;
  const double automatic = (1 - manual) * times.automatic_share.value;
  return {{automatic, times.automatic_detection.value + common},
          {1 - manual - automatic, times.timeout_detection.value + common},
          {manual, times.timeout_detection.value + common + times.manual_time.value}};
}

RunProcess llama_run(Seconds blocking) {
  const FailureModel failures = on_h100(kLlamaGpus);
  RunProcess process;
  process.work = kLlamaDays * day;
  process.failure_rate = failures.unplanned;
  process.recovery = recovery_at(kLlamaGpus);
  process.blocking = blocking;
  process.interval = max(exact_interval(blocking, failures.mean_time_between()), 60 * second);
  process.planned_rate = failures.planned;
  process.planned_stop = reliability_data().recovery.start.value + blocking;
  return process;
}

}  // namespace

TEST_CASE("Llama 3: the shipped rates are the counts, not the printed percentages") {
  const CsvTable published = csv_named("llama3_interruptions.csv");
  double sum = 0, printed = 0;
  for (const CsvRow& row : published.rows()) {
    sum += number(published, row, "count");
    printed += number(published, row, "printed_percent");
  }
  CHECK(sum == kLlamaInterruptions);
  CHECK(printed == doctest::Approx(94.9));  // they do not even add up: the first row is wrong
  CHECK(std::round(1000 * 148 / kLlamaInterruptions) == 353);
  const FailureModel model = on_h100(kLlamaGpus);
  REQUIRE(model.record->id == "llama3");
  double shipped = 0, faulty = 0, hardware = 0;
  for (const ScaledCause& each : model.causes) {
    const double count = each.rate * (kLlamaDays * day);
    if (each.cause->planned) {
      CHECK(count == doctest::Approx(47));
      continue;
    }
    shipped += count;
    if (each.cause->name == "faulty GPU") faulty = count;
    if (each.cause->component != "software") hardware += count;
  }
  CHECK(shipped == doctest::Approx(kLlamaInterruptions).epsilon(1e-9));
  CHECK(faulty == doctest::Approx(148));
  CHECK(model.mean_time_between() / hour == doctest::Approx(3.093).epsilon(2e-4));
  const double per_node_day = model.unplanned * (1 * day) / (kLlamaGpus / 8);
  CHECK(per_node_day / 0.003789 == doctest::Approx(1).epsilon(1e-4));
  // 356 of 419; 78 % as stated, which leaves host maintenance out
  CHECK(hardware / shipped == doctest::Approx(0.85).epsilon(0.002));
}

TEST_CASE("Llama 3: over 90 % effective time needs checkpoints that hardly stop training") {
  const double behind = expected_overheads(llama_run(1 * second)).ettr();
  const double minute_long = expected_overheads(llama_run(60 * second)).ettr();
  MESSAGE("ETTR with 1 s blocking ", behind, ", with 60 s ", minute_long);
  CHECK(behind >= 0.90);
  CHECK(behind < 0.97);
  CHECK(minute_long < 0.90);
  // Writes and work done again alone cost about sqrt(2 w / M) = 10 %.
  const RunOverheads overheads = expected_overheads(llama_run(60 * second));
  CHECK((overheads.checkpoint + overheads.redone) / 0.104 == doctest::Approx(1).epsilon(0.05));
}

TEST_CASE("Meta's research clusters: every row of the published formula to its digits") {
  const CsvTable grid = csv_named("../../../validation/meta_ettr_grid.csv");
  CHECK(grid.rows().size() == 54);
  for (const CsvRow& row : grid.rows()) {
    CAPTURE(row.line);
    const Hertz rate = number(grid, row, "nodes") * number(grid, row, "r_f_per_node_day") / day;
    const Seconds write = number(grid, row, "w_s") * second;
    const Seconds start_up = number(grid, row, "u0_s") * second;
    const Seconds interval = young_interval(write, 1.0 / rate);
    CHECK(std::abs(interval / second - number(grid, row, "dt_opt_s")) <= 0.0501);
    CHECK(std::abs(1.0 / rate / hour - number(grid, row, "MTTF_h")) <= 0.0000501);
    CHECK(std::abs(first_order_ettr(rate, start_up, write, interval) -
                   number(grid, row, "E_ETTR")) <= 0.0000501);
  }
}

TEST_CASE("Meta's research clusters: the claims") {
  const auto ettr = [](double per_thousand_node_days, double write) {
    const Hertz rate = 1500 * per_thousand_node_days / 1000 / day;  // 12,000 GPUs
    return first_order_ettr(rate, 300 * second, write * second,
                            young_interval(write * second, 1.0 / rate));
  };
  CHECK(ettr(6.5, 10) == doctest::Approx(0.9205).epsilon(1e-4));
  CHECK(ettr(1.0, 300) == doctest::Approx(0.8979).epsilon(1e-4));
  CHECK(ettr(6.5, 300) == doctest::Approx(0.7398).epsilon(1e-4));
  const auto mean_time = [](double gpus) { return on_h100(gpus, "rsc1").mean_time_between(); };
  const auto of_nodes = [](double gpus) { return 1.0 / on_h100(gpus, "rsc1").hardware; };
  CHECK(of_nodes(16384) / hour == doctest::Approx(1.8).epsilon(0.01));
  CHECK(of_nodes(131072) / (0.23 * hour) == doctest::Approx(1).epsilon(0.015));
  // The trap: nodes alone say 28.8 h where 7.9 h were measured.
  CHECK(of_nodes(1024) / hour == doctest::Approx(28.8).epsilon(0.01));
  CHECK(mean_time(1024) / hour == doctest::Approx(7.9).epsilon(0.001));
  // Not fitted: eight GPUs, 47.7 days measured.
  CHECK(mean_time(8) / day == doctest::Approx(47.7).epsilon(0.15));
}

TEST_CASE(
    "the published first-order form is within 5 % of the simulation where failures are rare") {
  const CsvTable grid = csv_named("../../../validation/meta_ettr_grid.csv");
  int inside = 0, outside_and_wrong = 0;
  for (const CsvRow& row : grid.rows()) {
    const Hertz rate = number(grid, row, "nodes") * number(grid, row, "r_f_per_node_day") / day;
    const Seconds write = number(grid, row, "w_s") * second;
    const Seconds start_up = number(grid, row, "u0_s") * second;
    RunProcess process;
    process.failure_rate = rate;
    process.work = 400.0 / rate;  // 400 failures and more
    process.recovery = {{1.0, start_up}};
    process.blocking = write;
    process.interval = young_interval(write, 1.0 / rate);
    const SimulatedRuns runs = simulate_runs(process, 40, 20261122, 1);
    const double formula = first_order_ettr(rate, start_up, write, process.interval);
    const double error = std::abs(formula / runs.ettr.mean() - 1);
    const double lost = rate * (start_up + process.interval + write);
    CAPTURE(row.line);
    CAPTURE(lost);
    if (lost < 0.35) {  // its validity: recovery and interval within a third of the time between
      ++inside;
      CHECK(error < 0.05);
    } else {
      outside_and_wrong += error > 0.05 ? 1 : 0;
    }
    // The exact expectation holds everywhere.
    const double exact = expected_overheads(process).ettr();
    CHECK(std::abs(exact - runs.ettr.mean()) < 5 * runs.ettr.standard_error() + 0.002 * exact);
  }
  MESSAGE(inside, " rows inside, ", outside_and_wrong, " outside and over 5 % off");
  CHECK(inside >= 40);
  CHECK(outside_and_wrong > 0);
}

TEST_CASE("closed form and simulation agree for every kind of run") {
  int cases = 0;
  for (const double mean_hours : {0.4, 3.0, 40.0}) {
    for (const double blocking : {0.5, 60.0}) {
      for (const double background : {0.0, 300.0}) {
        for (const int spares : {1, 4}) {
          for (const double planned_days : {0.0, 1.0}) {
            RunProcess process;
            process.failure_rate = 1.0 / (mean_hours * hour);
            process.work = 300 * mean_hours * hour;
            process.recovery = {{0.89, 3 * minute}, {0.1, 25 * minute}, {0.01, 2 * hour}};
            process.blocking = blocking * second;
            process.background = background * second;
            process.interval = max(exact_interval(process.blocking, mean_hours * hour),
                                   process.background + 1 * second);
            if (planned_days > 0) process.planned_rate = 1.0 / (planned_days * day);
            process.planned_stop = 15 * minute;
            process.replacing_share = 0.8;
            process.spare_nodes = spares;
            process.repair = mean_hours * hour;  // a node is away for about one failure
            const SimulatedRuns runs = simulate_runs(process, 60, 7, 1);
            const double expected = expected_overheads(process).ettr();
            CAPTURE(mean_hours);
            CAPTURE(blocking);
            CAPTURE(background);
            CAPTURE(spares);
            CAPTURE(planned_days);
            CHECK(runs.given_up == 0);
            CHECK(std::abs(runs.ettr.mean() - expected) <
                  4 * runs.ettr.standard_error() + 0.005 * expected);
            ++cases;
          }
        }
      }
    }
  }
  CHECK(cases == 48);
}

TEST_CASE("Delta: spares for a month on 608 GPUs in nodes of four") {
  // 99.9 % to its printed digit; published: 31 GPUs (5 %) at 2.2 h, 2 % at 5 min
  const Hertz rate = 1.0 / (1.9 * hour);
  const auto share = [&](Seconds recovery) {
    return spares_for_horizon(0.9985, rate, recovery, 30 * day) * 4 / 608.0;
  };
  MESSAGE("spares: ", share(2.2 * hour), " and ", share(5 * minute));
  CHECK(share(2.2 * hour) / 0.05 == doctest::Approx(1).epsilon(0.05));
  CHECK(share(5 * minute) / 0.02 == doctest::Approx(1).epsilon(0.05));
  // Its mean over time needs fewer: six nodes.
  CHECK(spares_for_availability(0.999, rate, 2.2 * hour) == 6);
}
