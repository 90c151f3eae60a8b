#include "app/what_if.hpp"

#include <fmt/format.h>

#include <array>

#include "app/scenario_prices.hpp"
#include "catalogue/accelerator_fields.hpp"
#include "training/hypothetical_machine.hpp"

namespace polyfleet {
namespace {

constexpr std::string_view kPart = "accelerator.";
constexpr std::string_view kSystem = "system.";
constexpr std::string_view kCosts = "costs.";

/// A factor beyond this is a slip of the keyboard, not a question.
constexpr Range kFactor{1e-3, 1e3};

/// Lays settings (their keys without the prefix) over an object; a figure is replaced whole.
template <class T>
void lay_over(const std::vector<Setting>& settings, std::string_view prefix,
              const FieldTable<T>& fields, T& object, Diagnostics& out) {
  std::vector<Setting> inner;
  for (Setting each : settings) {
    if (!each.key.starts_with(prefix)) continue;
    each.key.erase(0, prefix.size());
    inner.push_back(std::move(each));
  }
  const Result<Value> document = with_settings(Value(Table{}), inner);
  if (!document) {
    out.insert(out.end(), document.problems().begin(), document.problems().end());
    return;
  }
  for (const auto& [key, value] : *document->table()) {
    if (const Field<T>* field = field_named(fields, key)) {
      field->read(object, value, out);
    } else {
      detail::unknown_key(key, value, keys_of(fields), out);
    }
  }
}

/// Figures of a part that a system states again: there its own wins.
void diagnose_overridden(const std::vector<Setting>& settings, const System& system,
                         Diagnostics& out) {
  const std::array<std::pair<std::string_view, bool>, 5> stated{{
      {"scale_up_rate", system.scale_up_rate.has_value()},
      {"pair_rate", system.pair_rate.has_value()},
      {"scale_out_rate", system.scale_out_rate.has_value()},
      {"all_in_power", system.all_in_power.has_value()},
      {"scale_up_domain", true},
  }};
  for (const Setting& each : settings) {
    for (const auto& [key, is_stated] : stated) {
      if (!is_stated || each.key != fmt::format("accelerator.{}", key)) continue;
      out.push_back(problem_at(
          {each.flag, 0, 0},
          fmt::format("{} states its own {}, which wins over the part's", system.id, key),
          fmt::format("set system.{} instead", key)));
    }
  }
}

/// The machine with the settings laid over it, or null when they say nothing about it.
Result<std::shared_ptr<const Machine>> changed_machine(const Workspace& workspace,
                                                       const Machine& real,
                                                       const std::vector<Setting>& settings,
                                                       CostFactors& factors) {
  PartInSystem changed{real.accelerator, real.system};
  Diagnostics problems;
  diagnose_overridden(settings, real.system, problems);
  lay_over(settings, kPart, accelerator_fields(), changed.accelerator, problems);
  lay_over(settings, kSystem, system_fields(), changed.system, problems);
  lay_over(settings, kCosts, cost_factor_fields(), factors, problems);
  if (!problems.empty()) return problems;
  Result<Machine> machine = load_hypothetical_machine(
      {real.accelerator, real.system}, changed, scaling_of(factors), workspace.data_directory());
  if (!machine) return machine.problems();
  return std::shared_ptr<const Machine>(std::make_shared<Machine>(*std::move(machine)));
}

}  // namespace

const FieldTable<CostFactors>& cost_factor_fields() {
  using C = CostFactors;
  static const FieldTable<C> fields{
      number_field("gemm", &C::gemm, kFactor, "time of dense matrix products"),
      number_field("grouped_gemm", &C::grouped_gemm, kFactor, "time of expert products"),
      number_field("attention", &C::attention, kFactor, "time of attention kernels"),
      number_field("traffic", &C::traffic, kFactor, "time of memory-bound kernels"),
      number_field("kernel_launch", &C::kernel_launch, kFactor,
                   "time from one kernel to the next on the device"),
      number_field("scale_up", &C::scale_up, kFactor,
                   "time of collectives inside a scale-up domain"),
      number_field("scale_up_latency", &C::scale_up_latency, kFactor, "their latencies alone"),
      number_field("scale_out", &C::scale_out, kFactor, "time of collectives over NICs"),
      number_field("scale_out_latency", &C::scale_out_latency, kFactor, "their latencies alone"),
      number_field("host", &C::host, kFactor, "launch floors and other host work"),
  };
  return fields;
}

CostScaling scaling_of(const CostFactors& factors) {
  CostScaling scaling;
  scaling.kernels.gemm = factors.gemm;
  scaling.kernels.grouped_gemm = factors.grouped_gemm;
  scaling.kernels.attention = factors.attention;
  scaling.kernels.traffic = factors.traffic;
  scaling.kernels.launch = factors.kernel_launch;
  scaling.scale_up.latency = factors.scale_up_latency;
  scaling.scale_up.time.fill(factors.scale_up);
  scaling.scale_out.latency = factors.scale_out_latency;
  scaling.scale_out.time.fill(factors.scale_out);
  return scaling;
}

TrainingPlan with_host_factor(TrainingPlan plan, double factor) {
  plan.host_seconds_per_layer *= factor;
  plan.host_seconds_per_micro_batch *= factor;
  plan.host_seconds_per_step *= factor;
  return plan;
}

bool reaches_into_machine(std::string_view key) {
  return key.starts_with(kPart) || key.starts_with(kSystem) || key.starts_with(kCosts);
}

Result<Setting> what_if_setting(std::string_view text, const std::string& flag) {
  Result<Setting> setting = setting_of(text);
  if (!setting) {
    Diagnostics problems = setting.problems();
    for (Diagnostic& each : problems) each.where.file = flag;
    return problems;
  }
  setting->flag = fmt::format("{} {}", flag, setting->key);
  return setting;
}

Result<HypotheticalTraining> resolve_what_if(Workspace& workspace, const Value& document,
                                             const std::vector<Setting>& settings) {
  std::vector<Setting> of_scenario, of_machine;
  for (const Setting& each : settings)
    (reaches_into_machine(each.key) ? of_machine : of_scenario).push_back(each);
  const Result<Value> laid = with_settings(document, of_scenario);
  if (!laid) return laid.problems();
  Result<ResolvedTraining> resolved = resolve_training(workspace, *laid);
  if (!resolved) return resolved.problems();
  HypotheticalTraining training{*std::move(resolved), nullptr};
  if (of_machine.empty()) return training;
  CostFactors factors;
  Result<std::shared_ptr<const Machine>> machine =
      changed_machine(workspace, *training.resolved.machine, of_machine, factors);
  if (!machine) return machine.problems();
  training.own = *std::move(machine);
  training.resolved.machine = training.own.get();
  TrainingScenario& scenario = training.resolved.scenario;
  scenario.plan = with_host_factor(std::move(scenario.plan), factors.host);
  const Result<StatedScenario> stated = read_stated(*laid, {});
  if (!stated) return stated.problems();
  const Result<PricedTraining> priced = training_prices(workspace, *stated, *training.own);
  if (!priced) return priced.problems();
  training.resolved.prices = priced->prices;
  return training;
}

}  // namespace polyfleet
