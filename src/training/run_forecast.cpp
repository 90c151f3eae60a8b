#include "training/run_forecast.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "training/recovery.hpp"
#include "training/spares.hpp"
#include "training/straggler.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

/// Draw at the meter of an accelerator that waits, with its share of the host.
Watts idle_power(const TrainingEstimate& estimate, const Machine& machine,
                 const PowerActivity& activity) {
  const Accelerator& part = machine.accelerator;
  if (!part.tdp) return estimate.energy.facility_per_accelerator;
  const Watts tdp = part.tdp->value;
  const Watts idle = part.idle ? part.idle->value : tdp * activity.idle_of_tdp.value;
  const Watts rated_host = machine.system.host_power ? machine.system.host_power->value
                                                     : tdp * activity.host_of_accelerators.value;
  return (idle + rated_host * activity.host_use_of_rating.value) * estimate.energy.pue;
}

/// Builds the forecast part by part; each function fills what its name says.
class Forecaster {
 public:
  Forecaster(const TrainingEstimate& estimate, const TrainingScenario& scenario,
             const Machine& machine, const RunQuestion& question, const ReliabilityData& data)
      : estimate_(estimate),
        scenario_(scenario),
        machine_(machine),
        question_(question),
        data_(data),
        devices_(static_cast<double>(scenario.devices)) {}

  RunForecast forecast() {
    run_.tokens = question_.tokens;
    run_.steps = std::ceil(question_.tokens / estimate_.tokens_per_step);
    run_.straggler_factor = straggler_factor(data_.jitter, devices_);
    run_.failures = failure_model(data_, machine_.accelerator, machine_.system, devices_,
                                  question_.failure_record);
    run_.checkpoint = checkpoint_cost(question_.checkpoint, scenario_, machine_, data_.checkpoint);
    recovery_ = recovery_parts(data_.recovery, run_.checkpoint.load, devices_);
    choose_snapshots();
    choose_spares();
    run_.process = process_at(estimate_.time, 1);
    const RunOverheads overheads = expected_overheads(run_.process);
    run_.expected = case_of(run_.process);
    run_.best = case_of(process_at(estimate_.time_low, run_.failures.rate_low));
    run_.worst = case_of(process_at(estimate_.time_high, run_.failures.rate_high));
    const double work = run_.process.work / second;
    run_.expected_failures = overheads.failures * work;
    run_.expected_planned = overheads.planned_stops * work;
    run_.spares.waiting_share = overheads.waiting / overheads.total();
    list_parts(overheads);
    explain();
    return std::move(run_);
  }

 private:
  Seconds step() const { return estimate_.time * run_.straggler_factor; }

  void choose_snapshots() {
    const CheckpointCost& cost = run_.checkpoint;
    run_.interval =
        choose_interval(cost.blocking, cost.background, step(), run_.failures.mean_time_between());
    if (!question_.checkpoint.interval) return;
    const double fewest = std::max(1.0, std::ceil(cost.background / step()));
    const double asked = std::round(*question_.checkpoint.interval / step());
    run_.interval.pinned = true;
    run_.interval.steps = std::max(fewest, asked);
    run_.interval.chosen = run_.interval.steps * step();
    run_.interval.held_by_write = asked < fewest && cost.background > step();
  }

  void choose_spares() {
    SpareNodes& spares = run_.spares;
    spares.accelerators_per_node = std::max(1, machine_.system.accelerators_per_node);
    spares.needed = spares_for_availability(question_.spare_availability, run_.failures.replacing,
                                            data_.recovery.repair.value);
    spares.stated = question_.spare_nodes.has_value();
    spares.nodes = question_.spare_nodes.value_or(spares.needed);
  }

  /// The process with another step time and other failure rates, the plan of the run kept.
  RunProcess process_at(Seconds step_time, double rate_factor) const {
    const FailureModel& failures = run_.failures;
    const Seconds one = step_time * run_.straggler_factor;
    RunProcess process;
    process.work = run_.steps * one;
    process.failure_rate = failures.unplanned * rate_factor;
    process.recovery = recovery_classes(data_.recovery, recovery_);
    process.interval = max(run_.interval.steps * one, run_.checkpoint.background);
    process.blocking = run_.checkpoint.blocking;
    process.background = run_.checkpoint.background;
    process.planned_rate = failures.planned * rate_factor;
    process.planned_stop =
        run_.checkpoint.blocking + run_.checkpoint.background + restart_time(recovery_);
    process.replacing_share =
        failures.unplanned > 0 * hertz ? failures.replacing / failures.unplanned : 0;
    process.spare_nodes = run_.spares.nodes;
    process.repair = data_.recovery.repair.value;
    return process;
  }

  RunCase case_of(const RunProcess& process) const {
    const RunOverheads overheads = expected_overheads(process);
    RunCase answer;
    answer.step = process.work / run_.steps;
    answer.failure_rate = process.failure_rate;
    answer.length = process.work * overheads.total();
    answer.ettr = overheads.ettr();
    answer.goodput = answer.ettr / run_.straggler_factor;
    const bool dated = question_.start && answer.length < kLongestDated;
    if (dated) answer.end = date_after(*question_.start, answer.length);
    add_energy_and_cost(process, overheads, answer);
    return answer;
  }

  void add_energy_and_cost(const RunProcess& process, const RunOverheads& overheads,
                           RunCase& answer) const {
    const double spare_devices = run_.spares.nodes * run_.spares.accelerators_per_node;
    if (estimate_.cost_per_step) {
      const UsdPerSecond price = *estimate_.cost_per_step / (estimate_.time * devices_);
      answer.cost = price * answer.length * (devices_ + spare_devices);
    }
    if (!estimate_.energy.known) return;
    const Seconds busy = process.work * (1 + overheads.redone);
    const Watts idle = idle_power(estimate_, machine_, data_.power);
    answer.energy = estimate_.energy.facility_per_accelerator * busy * devices_ +
                    idle * (answer.length - busy) * devices_ + idle * answer.length * spare_devices;
    const double steps_worth = *answer.energy / estimate_.energy.facility;
    if (estimate_.energy_cost_per_step)
      answer.electricity = *estimate_.energy_cost_per_step * steps_worth;
    if (estimate_.carbon_per_step) answer.carbon = *estimate_.carbon_per_step * steps_worth;
  }

  void list_parts(const RunOverheads& overheads) {
    const Seconds work = run_.process.work;
    const Seconds productive = work / run_.straggler_factor;
    const auto add = [&](std::string name, Seconds time) {
      run_.parts.push_back({std::move(name), time});
    };
    add("productive steps", productive);
    add("slowest of all devices", work - productive);
    add("checkpoints, training stands", work * overheads.checkpoint);
    add("work done again", work * overheads.redone);
    const Seconds recovery = work * overheads.recovery;
    const auto share = [&](Seconds part) { return recovery * (part / recovery_.total()); };
    add("failure detection", share(recovery_.detection));
    add("diagnosis and exclusion", share(recovery_.diagnosis));
    add("start of processes", share(recovery_.start));
    add("start of communicators", share(recovery_.communicators));
    add("checkpoint load", share(recovery_.load));
    add("work of people", share(recovery_.manual));
    add("waiting for a spare node", work * overheads.waiting);
    add("announced stops", work * overheads.planned);
  }

  void explain();
  void explain_failures();

  /// Dates beyond are not told (and the calendar's years end).
  static constexpr Seconds kLongestDated = 1000 * 365.25 * day;

  const TrainingEstimate& estimate_;
  const TrainingScenario& scenario_;
  const Machine& machine_;
  const RunQuestion& question_;
  const ReliabilityData& data_;
  const double devices_;
  RecoveryParts recovery_;
  RunForecast run_;
};

void Forecaster::explain_failures() {
  const FailureModel& failures = run_.failures;
  run_.assumptions.push_back(
      {"failure rates", failures.record->name,
       fmt::format("{} ({}), x {:.2f} to x {:.2f}",
                   question_.failure_record.empty() ? failures.borrowed
                                                          ? "nothing is published for this family"
                                                          : "recorded on this family"
                                                    : "as stated",
                   failures.record->source, failures.rate_low, failures.rate_high)});
  if (failures.hardware > 0 * hertz)
    run_.assumptions.push_back({"software and users",
                                fmt::format("{:.0f} % of the failures",
                                            100 * (1 - failures.hardware / failures.unplanned)),
                                fmt::format("a rate of the job; hardware alone would fail every {}",
                                            print_quantity(1.0 / failures.hardware))});
}

void Forecaster::explain() {
  explain_failures();
  const CheckpointCost& cost = run_.checkpoint;
  run_.assumptions.push_back({"checkpoint", std::string(name_of(cost.mode)), cost.basis});
  run_.assumptions.push_back(
      {"recovery", print_quantity(recovery_.total()),
       fmt::format("mean without further failures; {} % found without a timeout, start {}",
                   100 * data_.recovery.automatic_share.value,
                   print_quantity(data_.recovery.start.value))});
  if (!run_.spares.stated)
    run_.assumptions.push_back(
        {"spare nodes", fmt::format("{}", run_.spares.nodes),
         fmt::format("not stated: the run waits at most {:.2g} % of the time, repair {}",
                     100 * (1 - question_.spare_availability),
                     print_quantity(data_.recovery.repair.value))});
  const auto warn = [&](std::string text) { run_.warnings.push_back(std::move(text)); };
  if (run_.failures.borrowed && question_.failure_record.empty())
    warn(fmt::format("no failure rates of {} parts are published: those of {} are used",
                     machine_.accelerator.family, run_.failures.record->name));
  if (run_.interval.held_by_write)
    warn(fmt::format("checkpoints are further apart than they should be: one write takes {}",
                     print_quantity(cost.background)));
  if (run_.spares.stated && run_.spares.nodes < run_.spares.needed)
    warn(fmt::format("{} spare nodes: the run waits {:.2g} % of the time for repairs; {} would do",
                     run_.spares.nodes, 100 * run_.spares.waiting_share, run_.spares.needed));
  const double crowded = run_.process.failure_rate * (run_.process.interval + recovery_.total());
  constexpr double kCrowded = 0.5;  // beyond it the tail of recoveries decides, not their mean
  if (crowded > kCrowded)
    warn(
        fmt::format("a failure comes every {}: little more than an interval and a recovery; the "
                    "forecast hangs on the tail of recovery times, which is not published",
                    print_quantity(run_.failures.mean_time_between())));
  if (devices_ > data_.jitter.calibrated_devices.value)
    run_.assumptions.push_back(
        {"slowest of all devices", fmt::format("x {:.4f}", run_.straggler_factor),
         fmt::format("spread {:.1f} % ({}); measured steps contain it up to {} accelerators",
                     100 * data_.jitter.spread.value, data_.jitter.spread.source,
                     data_.jitter.calibrated_devices.value)});
}

}  // namespace

Diagnostics question_problems(const RunQuestion& question, const ReliabilityData& data) {
  Diagnostics problems;
  const auto refuse = [&](std::string what, std::string fix) {
    problems.push_back(problem(std::move(what), std::move(fix)));
  };
  constexpr double kMostTokens = 1e18;
  if (!(question.tokens > 0) || question.tokens > kMostTokens)
    refuse(fmt::format("a run of {} tokens", question.tokens),
           "give --tokens as a positive number, such as 15e12");
  if (question.spare_nodes && *question.spare_nodes < 0)
    refuse(fmt::format("{} spare nodes", *question.spare_nodes), "give 0 or more");
  if (!(question.spare_availability > 0 && question.spare_availability < 1))
    refuse("the availability that spares are for must lie between 0 and 1", "such as 0.999");
  const CheckpointRequest& checkpoint = question.checkpoint;
  if (checkpoint.write_time && !(*checkpoint.write_time > 0 * second))
    refuse("a checkpoint is written in no time", "give a positive time, such as \"60 s\"");
  if (checkpoint.storage && !(*checkpoint.storage > 0 * byte_per_second))
    refuse("storage without a rate", "give a positive rate, such as \"2 TB/s\"");
  if (checkpoint.interval && !(*checkpoint.interval > 0 * second))
    refuse("checkpoints at no distance", "give a positive time, such as \"30 min\"");
  if (!question.failure_record.empty()) {
    const Diagnostics unknown = record_problems(data, question.failure_record);
    problems.insert(problems.end(), unknown.begin(), unknown.end());
  }
  return problems;
}

RunForecast forecast_run(const TrainingEstimate& estimate, const TrainingScenario& scenario,
                         const Machine& machine, const RunQuestion& question,
                         const ReliabilityData& data) {
  return Forecaster(estimate, scenario, machine, question, data).forecast();
}

}  // namespace polyfleet
