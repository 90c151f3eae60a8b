#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "training/run_forecast.hpp"
#include "training/straggler.hpp"
#include "unit/training/machine_fixture.hpp"
#include "unit/training/reliability_fixture.hpp"

using namespace polyfleet;

namespace {

TrainingScenario scenario_on(int data_parallel) {
  TrainingScenario scenario;
  scenario.model = dense_model();
  scenario.plan = dense_plan();
  scenario.plan.layout.data = data_parallel;
  scenario.plan.global_batch = 4 * data_parallel;
  scenario.devices = 2 * data_parallel;
  return scenario;
}

TrainingEstimate estimate_of(const TrainingScenario& scenario) {
  static const TrainingModels models = load_training_models(POLYFLEET_SOURCE_DIR "/data").value();
  TrainingPrices prices;
  prices.device = 2 * usd_per_hour;
  prices.energy = 0.08 * usd_per_kilowatt_hour;
  prices.carbon = 300 * gram_co2e_per_kilowatt_hour;
  return estimate_training(scenario, h100_machine(), models, prices, {.with_flops = false});
}

RunQuestion question_of(double tokens) {
  RunQuestion question;
  question.tokens = tokens;
  return question;
}

struct Case {
  TrainingScenario scenario = scenario_on(512);
  TrainingEstimate estimate = estimate_of(scenario);
  RunQuestion question = question_of(1e12);
  RunForecast forecast() const {
    return forecast_run(estimate, scenario, h100_machine(), question, shipped_reliability());
  }
};

}  // namespace

TEST_CASE("the parts of a run sum to its length, and the steps to its tokens") {
  for (const CheckpointMode mode :
       {CheckpointMode::blocking, CheckpointMode::asynchronous, CheckpointMode::in_memory}) {
    Case each;
    each.question.checkpoint.mode = mode;
    const RunForecast run = each.forecast();
    Seconds sum;
    for (const RunPart& part : run.parts) {
      CHECK(part.time >= 0 * second);
      sum += part.time;
    }
    CHECK(sum / run.expected.length == doctest::Approx(1).epsilon(1e-12));
    CHECK(run.steps == std::ceil(1e12 / each.estimate.tokens_per_step));
    CHECK(run.parts.front().time / (run.steps * each.estimate.time) ==
          doctest::Approx(1).epsilon(1e-12));
    CHECK(run.expected.ettr == doctest::Approx(run.process.work / run.expected.length));
  }
}

TEST_CASE("best, expected and worst are in order") {
  const RunForecast run = Case().forecast();
  CHECK(run.best.length < run.expected.length);
  CHECK(run.expected.length < run.worst.length);
  CHECK(run.best.ettr > run.expected.ettr);
  CHECK(run.expected.ettr > run.worst.ettr);
  CHECK(*run.best.energy < *run.expected.energy);
  CHECK(*run.expected.cost < *run.worst.cost);
  const FailureRecord& record = *run.failures.record;
  CHECK(run.worst.failure_rate / run.expected.failure_rate == doctest::Approx(record.rate_high));
  CHECK(run.best.failure_rate / run.expected.failure_rate == doctest::Approx(record.rate_low));
  CHECK(run.worst.step / run.expected.step == doctest::Approx(Case().estimate.interval.high));
}

TEST_CASE("an announced stop writes a checkpoint and starts again") {
  Case each;
  each.question.checkpoint.write_time = 1000 * second;
  const RunForecast plain = each.forecast();
  const RecoveryTimes& times = shipped_reliability().recovery;
  const Seconds restart = times.start.value + plain.checkpoint.load +
                          1024.0 * times.communicators_per_accelerator.value;
  CHECK(plain.process.planned_stop / second == doctest::Approx((1000 * second + restart) / second));
  each.question.checkpoint.mode = CheckpointMode::asynchronous;
  const RunForecast behind = each.forecast();
  CHECK(behind.process.planned_stop / second ==
        doctest::Approx((1000 * second + behind.checkpoint.blocking + restart) / second));
  // Detection and diagnosis only after failures
  const RecoveryClass& monitored = plain.process.recovery.front();
  CHECK(monitored.duration / second ==
        doctest::Approx((restart + times.automatic_detection.value + times.diagnosis.value) /
                        second));
  double shares = 0;
  for (const RecoveryClass& kind : plain.process.recovery) shares += kind.share;
  CHECK(shares == doctest::Approx(1));
}

TEST_CASE("cost, energy and carbon by hand") {
  Case each;
  each.question.spare_nodes = 2;
  const RunForecast run = each.forecast();
  const double paid = 1024 + 2 * 8;  // spares are rented too
  CHECK(*run.expected.cost / usd ==
        doctest::Approx(2 * paid * (run.expected.length / hour)).epsilon(1e-12));
  // Full draw in training (also when it is done again), else the idle one: 12 % of the TDP or the
  // part's own figure, with the host's share, at the meter.
  const Accelerator& part = h100_machine().accelerator;
  const System& system = h100_machine().system;
  REQUIRE(part.tdp);
  const PowerActivity& activity = shipped_reliability().power;
  const Watts idle = part.idle ? part.idle->value : part.tdp->value * activity.idle_of_tdp.value;
  const Watts host = (system.host_power ? system.host_power->value
                                        : part.tdp->value * activity.host_of_accelerators.value) *
                     activity.host_use_of_rating.value;
  Seconds training;
  for (const RunPart& row : run.parts) {
    if (row.name == "productive steps" || row.name == "work done again") training += row.time;
  }
  const Watts at_rest = (idle + host) * each.estimate.energy.pue;
  const Joules by_hand = each.estimate.energy.facility_per_accelerator * training * 1024.0 +
                         at_rest * (run.expected.length - training) * 1024.0 +
                         at_rest * run.expected.length * 16.0;
  CHECK(*run.expected.energy / by_hand == doctest::Approx(1).epsilon(1e-12));
  CHECK(*run.expected.electricity / usd ==
        doctest::Approx(0.08 * (*run.expected.energy / kilowatt_hour)));
  CHECK(*run.expected.carbon / gram_co2e ==
        doctest::Approx(300 * (*run.expected.energy / kilowatt_hour)));
}

TEST_CASE("what makes a run longer") {
  const Seconds plain = Case().forecast().expected.length;
  const auto length = [](auto change) {
    Case each;
    change(each);
    return each.forecast().expected.length;
  };
  CHECK(length([](Case& c) { c.question.tokens *= 2; }) / plain ==
        doctest::Approx(2).epsilon(1e-3));
  CHECK(length([](Case& c) { c.question.checkpoint.write_time = 10 * minute; }) > plain);
  CHECK(length([](Case& c) { c.question.checkpoint.mode = CheckpointMode::asynchronous; }) < plain);
  CHECK(length([](Case& c) { c.question.checkpoint.interval = 10 * hour; }) > plain);
  CHECK(length([](Case& c) { c.question.spare_nodes = 0; }) > plain);
  CHECK(length([](Case& c) { c.question.spare_nodes = 100; }) <= plain);
  CHECK(length([](Case& c) { c.question.failure_record = "rsc1"; }) > plain);
}

TEST_CASE("the end is a date only where a start is stated") {
  Case each;
  CHECK_FALSE(each.forecast().expected.end.has_value());
  each.question.start = CalendarDate{2026, 12, 1};
  const RunForecast run = each.forecast();
  CHECK(*run.expected.end == date_after({2026, 12, 1}, run.expected.length));
  each.question.tokens = 1e18;
  CHECK_FALSE(each.forecast().worst.end.has_value());
}

TEST_CASE("pinned intervals are whole steps and never shorter than the write behind them") {
  Case each;
  each.question.checkpoint.interval = 1000 * second;
  RunForecast run = each.forecast();
  CHECK(run.interval.pinned);
  CHECK(run.interval.steps == std::round(1000 * second / run.expected.step));
  each.question.checkpoint.mode = CheckpointMode::asynchronous;
  each.question.checkpoint.write_time = 1 * hour;
  run = each.forecast();
  CHECK(run.interval.chosen >= 1 * hour);
  CHECK(run.interval.held_by_write);
  CHECK(std::any_of(run.warnings.begin(), run.warnings.end(), [](const std::string& text) {
    return text.find("one write takes") != std::string::npos;
  }));
}

TEST_CASE("too few spares, borrowed rates and failures as frequent as recoveries are said") {
  const auto says = [](const RunForecast& run, const std::string& part) {
    return std::any_of(run.warnings.begin(), run.warnings.end(), [&](const std::string& text) {
      return text.find(part) != std::string::npos;
    });
  };
  Case each;
  CHECK(each.forecast().warnings.empty());
  each.question.spare_nodes = 0;
  CHECK(says(each.forecast(), "would do"));
  ReliabilityData bad = shipped_reliability();
  for (FailureRecord& record : bad.records) {
    for (FailureCause& cause : record.causes) cause.events *= 100;
  }
  const RunForecast crowded =
      forecast_run(each.estimate, each.scenario, h100_machine(), each.question, bad);
  CHECK(says(crowded, "tail of recovery times"));
}

TEST_CASE("the slowest device counts beyond what steps were measured at") {
  Case each;
  CHECK(each.forecast().straggler_factor == 1);
  each.scenario = scenario_on(4096);
  each.estimate = estimate_of(each.scenario);
  const RunForecast run = each.forecast();
  CHECK(run.straggler_factor == straggler_factor(shipped_reliability().jitter, 8192));
  CHECK(run.expected.step / each.estimate.time == doctest::Approx(run.straggler_factor));
  CHECK(run.expected.goodput == doctest::Approx(run.expected.ettr / run.straggler_factor));
}

TEST_CASE("every mistake of a question is told") {
  RunQuestion question = question_of(-1);
  question.spare_nodes = -1;
  question.spare_availability = 1;
  question.checkpoint.write_time = 0 * second;
  question.checkpoint.storage = -1 * byte_per_second;
  question.checkpoint.interval = 0 * second;
  question.failure_record = "nothing";
  CHECK(question_problems(question, shipped_reliability()).size() == 7);
  CHECK(question_problems(question_of(std::nan("")), shipped_reliability()).size() == 1);
  CHECK(question_problems(question_of(1e12), shipped_reliability()).empty());
}
