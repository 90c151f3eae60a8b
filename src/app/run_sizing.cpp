#include "app/run_sizing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "base/csv.hpp"
#include "training/layer_table.hpp"
#include "training/plan_check.hpp"

namespace polyfleet {
namespace {

struct Limits {
  Seconds time;  ///< zero: none
  Watts power;   ///< zero: none
};

Result<Limits> limits_of(const SizingTexts& texts) {
  Limits limits;
  Diagnostics problems;
  if (!texts.days.empty()) {
    const std::optional<double> days = parse_number(texts.days);
    if (days && *days > 0) {
      limits.time = *days * day;
    } else {
      problems.push_back(problem(fmt::format("--days: '{}' is not a positive number", texts.days),
                                 "such as --days 90"));
    }
  }
  if (!texts.power.empty()) {
    const Result<Watts> power = parse_quantity<Watts>(texts.power);
    if (power && *power > 0 * watt) {
      limits.power = *power;
    } else {
      problems.push_back(problem(fmt::format("--power: {}", power ? "not a positive power"
                                                                  : power.problems().front().what),
                                 "such as --power \"50 MW\""));
    }
  }
  if (texts.days.empty() && texts.power.empty())
    problems.push_back(problem("neither a time nor a power is given",
                               "give --days 90, --power \"50 MW\" or both"));
  if (!problems.empty()) return problems;
  return limits;
}

/// The scenario with a device count where it states none: one replica's, with its experts.
Result<Value> with_devices(const Value& document) {
  if (stated(document, "devices") != nullptr) return document;
  const Result<StatedScenario> read = read_stated(document, {});
  if (!read) return read.problems();
  const ParallelLayout& layout = read->plan.layout;
  const std::int64_t replica = std::int64_t{layout.tensor} * layout.pipeline * layout.context *
                               layout.expert * std::max(1, layout.data);
  return with_settings(document, {{"devices", Value(replica), "one replica"}});
}

/// Searches over the number of replicas; every size is estimated once.
class Sizer {
 public:
  Sizer(RunSizing& sizing, const TrainingModels& models, Limits limits)
      : sizing_(sizing),
        models_(models),
        limits_(limits),
        scenario_(sizing.training.resolved.scenario),
        machine_(*sizing.training.resolved.machine),
        table_(scenario_.model, scenario_.plan, machine_) {
    const ParallelLayout& layout = scenario_.plan.layout;
    replica_ = std::int64_t{layout.tensor} * layout.pipeline * layout.context;
    rounds_of_one_ =
        scenario_.plan.micro_batch * std::int64_t{layout.virtual_stages > 1 ? layout.pipeline : 1};
    asked_batch_ = scenario_.plan.global_batch;
  }

  Diagnostics search() {
    find_group();
    if (group_ == 0) return plan_problems(scenario_.model, scenario_.plan, scenario_.devices);
    most_ = std::max<std::int64_t>(1, asked_batch_ / (rounds_of_one_ * group_));
    limits_.time > 0 * second ? search_time() : search_power();
    return fill_answer();
  }

 private:
  std::int64_t data_at(std::int64_t units) const { return units * group_; }

  /// Global batch in whole rounds of this many replicas, nearest to the one asked for.
  std::int64_t batch_at(std::int64_t data) const {
    const std::int64_t round = data * rounds_of_one_;
    return std::max<std::int64_t>(1, (asked_batch_ + round / 2) / round) * round;
  }

  TrainingScenario scenario_at(std::int64_t data) const {
    TrainingScenario scenario = scenario_;
    scenario.plan.layout.data = static_cast<int>(data);
    scenario.devices = replica_ * data;
    scenario.plan.global_batch = batch_at(data);
    return scenario;
  }

  /// The fewest replicas, and with them the multiple, for which the plan can run at all (experts
  /// and shard groups have to divide).
  void find_group() {
    constexpr std::int64_t kLargestGroup = 4096;
    for (std::int64_t group = 1; group <= kLargestGroup; ++group) {
      const TrainingScenario scenario = scenario_at(group);
      const TrainingScenario twice = scenario_at(2 * group);
      if (!plan_problems(scenario.model, scenario.plan, scenario.devices).empty()) continue;
      if (!plan_problems(twice.model, twice.plan, twice.devices).empty()) continue;
      group_ = group;
      return;
    }
  }

  const SizedRun& at(std::int64_t units) {
    const auto known = tried_.find(units);
    if (known != tried_.end()) return known->second;
    const TrainingScenario scenario = scenario_at(data_at(units));
    if (!plan_problems(scenario.model, scenario.plan, scenario.devices).empty())
      return tried_.emplace(units, impossible(scenario)).first->second;
    const TrainingEstimate estimate =
        estimate_training(scenario, table_, models_, sizing_.training.resolved.prices,
                          {.software_maturity = !sizing_.training.strict, .with_flops = false});
    const RunForecast run =
        forecast_run(estimate, scenario, machine_, sizing_.question, *sizing_.data);
    SizedRun sized;
    sized.devices = scenario.devices;
    sized.data = scenario.plan.layout.data;
    sized.global_batch = scenario.plan.global_batch;
    sized.step = run.expected.step;
    sized.expected = run.expected;
    sized.best = run.best;
    sized.worst = run.worst;
    sized.fits_in_memory = estimate.fits_in_memory;
    sized.spare_accelerators = std::int64_t{run.spares.nodes} * run.spares.accelerators_per_node;
    sized.power = power_of(sized, estimate);
    return tried_.emplace(units, sized).first->second;
  }

  /// A size at which the schedule has too few micro-batches: counted as one that does not fit.
  static SizedRun impossible(const TrainingScenario& scenario) {
    SizedRun sized;
    sized.devices = scenario.devices;
    sized.data = scenario.plan.layout.data;
    sized.global_batch = scenario.plan.global_batch;
    sized.fits_in_memory = false;
    sized.expected.length = sized.best.length = sized.worst.length =
        std::numeric_limits<double>::infinity() * second;
    return sized;
  }

  /// Provisioned power where it is published, else the mean draw of a step; spares count in full.
  Watts power_of(const SizedRun& sized, const TrainingEstimate& estimate) {
    const auto& all_in = machine_.system.all_in_power ? machine_.system.all_in_power
                                                      : machine_.accelerator.all_in_power;
    const double devices = static_cast<double>(sized.devices + sized.spare_accelerators);
    if (all_in) {
      power_basis_ =
          fmt::format("{} an accelerator, facility included ({}, {})",
                      print_quantity(all_in->value), name_of(all_in->status), all_in->source);
      return all_in->value * devices;
    }
    power_basis_ = "mean draw of a training step at the meter: no provisioned power is published";
    return estimate.energy.facility_per_accelerator * devices;
  }

  bool in_time(const SizedRun& run) const {
    return run.fits_in_memory && run.expected.length <= limits_.time;
  }
  bool within_power(const SizedRun& run) const {
    return limits_.power == 0 * watt || run.power <= limits_.power;
  }

  /// Last of the sizes with as many rounds as this one.
  std::int64_t band_end(std::int64_t units) const {
    const auto rounds = [&](std::int64_t u) {
      return batch_at(data_at(u)) / (data_at(u) * rounds_of_one_);
    };
    const std::int64_t own = rounds(units);
    std::int64_t low = units, high = most_;  // rounds never grow with the size
    while (low < high) {
      const std::int64_t middle = high - (high - low) / 2;
      (rounds(middle) == own ? low : high) = rounds(middle) == own ? middle : middle - 1;
    }
    return low;
  }

  /// First of [low, high] that ends in time; precondition: `high` does.
  std::int64_t first_in_time(std::int64_t low, std::int64_t high) {
    while (low < high) {
      const std::int64_t middle = low + (high - low) / 2;
      if (in_time(at(middle))) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /// Last size within the power, 0 where not even one is.
  std::int64_t most_within_power() {
    if (!within_power(at(1))) return 0;
    std::int64_t low = 1, high = most_;
    while (low < high) {
      const std::int64_t middle = high - (high - low) / 2;
      if (within_power(at(middle))) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /// The fastest that fits in memory among the ends of all ranges up to `last`, else 0.
  std::int64_t fastest_up_to(std::int64_t last) {
    std::int64_t fastest = 0;
    for (std::int64_t first = 1; first <= last; first = band_end(first) + 1) {
      const std::int64_t end = std::min(band_end(first), last);
      const SizedRun& run = at(end);
      if (!run.fits_in_memory) continue;
      if (fastest == 0 || run.expected.length < at(fastest).expected.length) fastest = end;
    }
    return fastest;
  }

  void search_time() {
    for (std::int64_t first = 1; first <= most_;) {
      const std::int64_t end = band_end(first);
      if (in_time(at(end))) {
        const std::int64_t units = first_in_time(first, end);
        if (within_power(at(units))) return answer(SizeVerdict::meets, units);
        sizing_.answer.in_time = at(units);
        return answer_within_power(SizeVerdict::too_much_power);
      }
      first = end + 1;
    }
    const std::int64_t fastest = fastest_up_to(most_);
    if (fastest == 0) return answer(SizeVerdict::no_memory, most_);
    answer(SizeVerdict::too_slow, fastest);
  }

  void search_power() { answer_within_power(SizeVerdict::meets); }

  void answer_within_power(SizeVerdict verdict) {
    const std::int64_t last = most_within_power();
    if (last == 0) return answer(SizeVerdict::no_power, 1);
    const std::int64_t fastest = fastest_up_to(last);
    if (fastest == 0) return answer(SizeVerdict::no_memory, last);
    answer(verdict, fastest);
  }

  void answer(SizeVerdict verdict, std::int64_t units) {
    sizing_.answer.verdict = verdict;
    chosen_ = units;
  }

  Diagnostics fill_answer() {
    SizeAnswer& answer = sizing_.answer;
    answer.answer = at(chosen_);
    const TrainingScenario scenario = scenario_at(data_at(chosen_));
    if (Diagnostics problems = plan_problems(scenario.model, scenario.plan, scenario.devices);
        !problems.empty())
      return problems;
    for (const double factor : {0.5, 0.75, 1.0, 1.5, 2.0}) {
      const auto near = static_cast<std::int64_t>(std::llround(factor * double(chosen_)));
      const SizedRun& run = at(std::clamp<std::int64_t>(near, 1, most_));
      const bool is_new = answer.around.empty() || answer.around.back().devices != run.devices;
      if (is_new) answer.around.push_back(run);
    }
    answer.replica = replica_ * group_;
    answer.asked_batch = asked_batch_;
    answer.tried = tried_.size();
    answer.allowed_time = limits_.time;
    answer.allowed_power = limits_.power;
    answer.power_basis = power_basis_;
    sizing_.training.resolved.scenario = scenario;
    sizing_.training.estimate =
        estimate_training(scenario, table_, models_, sizing_.training.resolved.prices,
                          {.software_maturity = !sizing_.training.strict});
    return {};
  }

  RunSizing& sizing_;
  const TrainingModels& models_;
  Limits limits_;
  TrainingScenario scenario_;
  const Machine& machine_;
  LayerTable table_;
  std::int64_t replica_ = 1, rounds_of_one_ = 1, asked_batch_ = 0;
  std::int64_t group_ = 0;  ///< replicas that sizes are multiples of
  std::int64_t most_ = 1;   ///< in groups: every replica has work for a round
  std::int64_t chosen_ = 1;
  std::string power_basis_;
  std::map<std::int64_t, SizedRun> tried_;
};

}  // namespace

Result<std::unique_ptr<RunSizing>> run_sizing(Workspace& workspace, const Value& document,
                                              const SizingTexts& texts, bool strict) {
  const Result<Limits> limits = limits_of(texts);
  Result<ReliabilityData> data = load_reliability(workspace.data_directory());
  if (!data) return data.problems();
  auto sizing = std::make_unique<RunSizing>();
  sizing->data = std::make_unique<const ReliabilityData>(*std::move(data));
  const Result<RunQuestion> question = run_question(texts.run, *sizing->data);
  Diagnostics problems = limits ? Diagnostics{} : limits.problems();
  if (!question)
    problems.insert(problems.end(), question.problems().begin(), question.problems().end());
  if (!problems.empty()) return problems;
  sizing->question = *question;
  const Result<Value> sized = with_devices(document);
  if (!sized) return sized.problems();
  Result<ResolvedTraining> resolved = resolve_training(workspace, *sized);
  if (!resolved) return resolved.problems();
  const Result<const TrainingModels*> models = workspace.training_models();
  if (!models) return models.problems();
  sizing->training.resolved = *std::move(resolved);
  sizing->training.strict = strict;
  Sizer sizer(*sizing, **models, *limits);
  problems = sizer.search();
  if (!problems.empty()) return problems;
  return sizing;
}

}  // namespace polyfleet
