#include "validation/measured.hpp"

#include <fmt/format.h>

#include <cmath>

#include "base/csv.hpp"
#include "validation/wording.hpp"
#include "workload/flops.hpp"

namespace polyfleet {
namespace {

constexpr double kTera = 1e12;

FlopCount count_of(RowReading& reading) {
  const TruthRow& row = reading.row;
  const std::string_view notes = row.text("notes");
  if (mentions(notes, "8*params*tokens")) return FlopCount::eight_parameters;
  if (mentions(row.text("measured_metric"), "hw_tflops")) return FlopCount::with_recompute;
  if (mentions(notes, "causally") || mentions(notes, "6*s^2")) return FlopCount::causal_attention;
  reading.inferred(
      "flop_count", "full attention",
      "how NeMo 24.x, Megatron-LM and most published TFLOP/s count; the row says no other");
  return FlopCount::full_attention;
}

double parameters_of(const TruthRow& row, const ModelSpec& model) {
  if (const auto billions = row.number("model_params_b")) return *billions * 1e9;
  return parameter_counts(model).total;
}

class Measure {
 public:
  Measure(RowReading& reading, const TrainingScenario& scenario)
      : reading_(reading), row_(reading.row), scenario_(scenario) {}

  MeasuredStep run() {
    const auto value = row_.number("measured_value");
    if (!value || *value <= 0) return leave_out("no measured value");
    const std::string metric(row_.text("measured_metric"));
    const double batch = static_cast<double>(scenario_.plan.global_batch);
    const double tokens = batch * static_cast<double>(scenario_.plan.sequence_length);
    const double devices = static_cast<double>(scenario_.devices);
    if (metric == "step_time_s") return seconds(*value);
    if (metric == "tokens_per_s_per_gpu") return seconds(tokens / (*value * devices));
    if (metric == "tokens_per_s_total") return seconds(tokens / *value);
    if (metric == "train_samples_per_s") return seconds(batch / *value);
    if (metric == "model_tflops_per_gpu" || metric == "hw_tflops_per_gpu")
      return from_rate(*value * kTera, tokens, devices);
    if (metric == "mfu_pct") return from_utilisation(*value, tokens, devices);
    if (metric == "time_to_train_min") return from_run(*value * 60, batch);
    return leave_out("unknown metric: " + metric);
  }

 private:
  MeasuredStep leave_out(std::string reason) {
    reading_.leave_out(std::move(reason));
    return {};
  }

  static MeasuredStep seconds(double value, double uncertainty = 0) {
    return {value * second, uncertainty};
  }

  MeasuredStep from_rate(double flops_per_second, double tokens, double devices) {
    const FlopCount count = count_of(reading_);
    const double sequence = static_cast<double>(scenario_.plan.sequence_length);
    double per_token = flops_per_token(scenario_.model, sequence, count);
    if (count == FlopCount::eight_parameters) per_token = 8 * parameters_of(row_, scenario_.model);
    return seconds(per_token * tokens / (flops_per_second * devices));
  }

  /// "% of 989 TFLOP/s": the peak has to be printed.
  MeasuredStep from_utilisation(double percent, double tokens, double devices) {
    const auto printed = number_after(row_.text("measured_unit"), "% of ");
    double peak = printed ? static_cast<double>(*printed) : 0;
    if (!printed && mentions(row_.text("measured_unit"), "bf16 peak")) {
      constexpr double kHopperBf16 = 989;  // dense BF16 of H100 and H800 SXM, TFLOP/s
      const bool hopper =
          mentions(row_.text("accelerator"), "h800") || mentions(row_.text("accelerator"), "h100");
      if (hopper) peak = kHopperBf16;
    }
    if (peak == 0) return leave_out("utilisation of an unprinted peak");
    return from_rate(percent / 100 * peak * kTera, tokens, devices);
  }

  /// Samples to the target come from the log, else from the benchmark's reference runs.
  MeasuredStep from_run(double run_seconds, double batch) {
    for (const ConvergenceRule& rule : reading_.tables.convergence) {
      if (!mentions(row_.text("id"), rule.benchmark)) continue;
      const auto logged = whole_numbers(row_.remark("samples_to_target_median"));
      std::optional<double> samples;
      if (!logged.empty()) samples = static_cast<double>(logged.front());
      if (!samples) samples = rule.samples_at(batch);
      if (!samples) break;
      const double steps = *samples / batch;
      const double spread = (rule.overhead_high - rule.overhead_low) / 2 / rule.overhead;
      reading_.inferred("step_time", fmt::format("{:.4g} s", run_seconds / steps / rule.overhead),
                        fmt::format("time to train over {:.0f} steps and {} for evaluation: {}",
                                    steps, rule.overhead, rule.source));
      return seconds(run_seconds / steps / rule.overhead, spread);
    }
    return leave_out("time to train without a number of steps");
  }

  RowReading& reading_;
  const TruthRow& row_;
  const TrainingScenario& scenario_;
};

}  // namespace

double flops_per_token(const ModelSpec& model, double sequence_length, FlopCount count) {
  StepWorkload step;
  step.batch.sequence_length = sequence_length;
  const FlopCounts counts = flop_counts(model, step);
  const double full = counts[FlopDefinition::model_full_attention] / flop / sequence_length;
  switch (count) {
    case FlopCount::full_attention:
      return full;
    case FlopCount::causal_attention:
      return counts[FlopDefinition::model_causal] / flop / sequence_length;
    case FlopCount::with_recompute: {
      const double logits = 2 * static_cast<double>(model.vocab * model.hidden);
      return full + full / 3 - logits;  // the layers' forward pass once more, the logits not
    }
    case FlopCount::eight_parameters:
      return 8 * parameter_counts(model).total;
  }
  return 0;
}

MeasuredStep read_measured(RowReading& reading, const TrainingScenario& scenario) {
  return Measure(reading, scenario).run();
}

}  // namespace polyfleet
