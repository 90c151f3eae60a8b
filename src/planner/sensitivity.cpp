#include "planner/sensitivity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "planner/sensitivity_inputs.hpp"

namespace polyfleet {
namespace {

constexpr double kNormalQuantile90 = 1.2816;  // one-sided 90 % of the normal distribution
/// Half width of a central difference, in the logarithm (or in the share): far above rounding, far
/// below where a library would change its kernel.
constexpr double kDifferenceStep = 0.01;
/// Elasticities below this are the noise of a difference.
constexpr double kNoEffect = 1e-6;

double square(double x) { return x * x; }

class Analysis {
 public:
  explicit Analysis(const SensitivityQuestion& question)
      : question_(question),
        real_{question.machine->accelerator, question.machine->system},
        shares_(cost_shares(*question.scenario, *question.machine)) {}

  Result<Sensitivity> run() {
    base_ = estimate_training(*question_.scenario, *question_.machine, *question_.models, {},
                              options());
    out_.time = base_.time;
    out_.low = base_.interval.low;
    out_.high = base_.interval.high;
    out_.variance = square(std::log(out_.high / out_.low) / (2 * kNormalQuantile90));
    inputs_ = varied_inputs(question_, shares_);
    for (VariedInput& input : inputs_) {
      Diagnostics problems = vary(input);
      if (!problems.empty()) return problems;
    }
    Diagnostics problems = vary_domain();
    if (!problems.empty()) return problems;
    add_software();
    share_out();
    offer_measurements();
    rank();
    return std::move(out_);
  }

 private:
  EstimateOptions options() const {
    return {.software_maturity = !question_.strict,
            .with_memory = false,
            .with_energy = false,
            .with_flops = false};
  }

  /// ln(time) with the inputs moved.
  Result<double> log_time(const Variation& variation) const {
    const Result<Machine> machine = load_hypothetical_machine(
        real_, variation.changed, variation.scaling, question_.data_directory);
    if (!machine) return machine.problems();
    TrainingScenario scenario = *question_.scenario;
    scenario.plan = variation.plan;
    return std::log(estimate_training(scenario, *machine, *question_.models, {}, options()).time /
                    second);
  }

  Variation unmoved() const { return {real_, {}, question_.scenario->plan}; }

  /// A share may not leave 0..1: then the difference is one-sided.
  static double room(const VariedInput& input, double step) {
    if (input.input.kind != InputKind::share) return step;
    return std::clamp(input.at + step, 0.0, 1.0) - input.at;
  }

  Diagnostics vary(VariedInput& varied) {
    const bool is_share = varied.input.kind == InputKind::share;
    double ends[2], steps[2];
    for (const int side : {0, 1}) {
      steps[side] = room(varied, side == 0 ? -kDifferenceStep : kDifferenceStep);
      Variation variation = unmoved();
      varied.move(variation, is_share ? steps[side] : std::exp(steps[side]));
      const Result<double> moved = log_time(variation);
      if (!moved) return moved.problems();
      ends[side] = *moved;
    }
    SensitivityInput& input = varied.input;
    input.elasticity = (ends[1] - ends[0]) / (steps[1] - steps[0]);
    if (std::abs(input.elasticity) < kNoEffect) input.elasticity = 0;
    if (input.kind == InputKind::rate) out_.sum_of_rates += input.elasticity;
    if (input.kind == InputKind::latency) out_.sum_of_rates -= input.elasticity;
    return {};
  }

  Diagnostics vary_domain() {
    const int domain = question_.machine->network.scale_up_domain;
    for (const int other : {domain / 2, domain * 2}) {
      if (other < 1) continue;
      Variation variation = unmoved();
      variation.changed.system.scale_up_domain = other;
      const Result<double> moved = log_time(variation);
      if (!moved) return moved.problems();
      out_.domains.push_back({other, std::exp(*moved) / (base_.time / second)});
    }
    return {};
  }

  void add_software() {
    VariedInput varied;
    varied.input.kind = InputKind::software;
    varied.input.key = "software maturity";
    varied.input.value = fmt::format("x {:.3f}", base_.maturity.factor);
    varied.input.elasticity = 1;
    varied.input.known_from = "validated runs of this kind, beyond the rest";
    inputs_.push_back(std::move(varied));
  }

  /// Kernels and collectives err together, as the interval takes them: their deviations add. Other
  /// inputs are independent. What the interval has beyond all of them is the software's; where the
  /// inputs say more than the interval, validated runs say that they err less, in proportion.
  void share_out() {
    for (const VariedInput& varied : inputs_) {
      if (varied.input.kind == InputKind::cost)
        deviations_ += std::abs(varied.input.elasticity) * varied.input.sigma;
    }
    const double models = square(base_.step.log_sigma);
    double sum = 0;
    for (VariedInput& varied : inputs_) {
      SensitivityInput& input = varied.input;
      const double deviation = std::abs(input.elasticity) * input.sigma;
      input.variance = input.kind != InputKind::cost ? square(deviation)
                       : deviations_ > 0             ? models * deviation / deviations_
                                                     : 0;
      sum += input.variance;
    }
    scale_ = sum > out_.variance ? out_.variance / sum : 1;
    for (VariedInput& varied : inputs_) varied.input.variance *= scale_;
    out_.unexplained = std::max(0.0, out_.variance - sum);
    inputs_.back().input.variance = out_.unexplained;
  }

  Narrowing narrowed(double variance) const {
    const double middle = std::sqrt(out_.low * out_.high);
    const double half = kNormalQuantile90 * std::sqrt(std::max(0.0, variance));
    return {"", "", middle * std::exp(-half), middle * std::exp(half)};
  }

  /// What the program would print once the measurement is in its tables.
  Narrowing after_measuring(const VariedInput& varied) const {
    const SensitivityInput& input = varied.input;
    const double left = std::min(input.sigma, question_.uncertainties->after(varied.after).sigma);
    if (input.kind != InputKind::cost) {
      const double gone = square(input.elasticity) * (square(input.sigma) - square(left)) * scale_;
      return narrowed(out_.variance - gone);
    }
    const double gone = std::abs(input.elasticity) * (input.sigma - left);
    const double model_sigma =
        deviations_ > 0 ? base_.step.log_sigma * (1 - gone / deviations_) : base_.step.log_sigma;
    const Accelerator& part = question_.machine->accelerator;
    const IntervalBasis interval = question_.models->intervals.interval(
        part.vendor, part.family, question_.scenario->framework,
        question_.scenario->workload_class(), model_sigma);
    return {"", "", interval.low, interval.high};
  }

  void offer(Narrowing narrowing, std::string input, std::string what) {
    constexpr double kNoticeable = 1e-4;
    if (std::log(narrowing.high / narrowing.low) > std::log(out_.high / out_.low) - kNoticeable)
      return;
    narrowing.input = std::move(input);
    narrowing.what = std::move(what);
    out_.measurements.push_back(std::move(narrowing));
  }

  void offer_measurements() {
    for (const VariedInput& varied : inputs_) {
      if (!varied.after.empty()) offer(after_measuring(varied), varied.input.key, varied.measured);
    }
    const double run = kNormalQuantile90 * question_.uncertainties->after("run").sigma;
    offer({"", "", std::exp(-run), std::exp(run)}, "run",
          fmt::format("one measured step of this or a like plan on {}, to scale by",
                      question_.machine->accelerator.name));
  }

  void rank() {
    for (VariedInput& varied : inputs_) {
      if (varied.input.elasticity != 0) out_.inputs.push_back(std::move(varied.input));
    }
    std::stable_sort(out_.inputs.begin(), out_.inputs.end(), [](const auto& a, const auto& b) {
      if (a.variance != b.variance) return a.variance > b.variance;
      return std::abs(a.elasticity) > std::abs(b.elasticity);
    });
    std::stable_sort(
        out_.measurements.begin(), out_.measurements.end(),
        [](const Narrowing& a, const Narrowing& b) { return a.high / a.low < b.high / b.low; });
  }

  const SensitivityQuestion& question_;
  PartInSystem real_;
  std::array<CostShare, kCostClassCount> shares_;
  TrainingEstimate base_;
  std::vector<VariedInput> inputs_;
  double deviations_ = 0;  ///< of kernels and collectives, added up
  double scale_ = 1;       ///< of variances, so that they sum to the interval's
  Sensitivity out_;
};

}  // namespace

Result<Sensitivity> sensitivity_of(const SensitivityQuestion& question) {
  return Analysis(question).run();
}

}  // namespace polyfleet
