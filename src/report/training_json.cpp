#include "report/training_json.hpp"

#include <algorithm>

#include "report/json_parts.hpp"
#include "report/step_parts.hpp"
#include "training/plan_fields.hpp"

namespace polyfleet {
namespace {

Value scenario_json(const TrainingAnswer& answer) {
  const TrainingScenario& scenario = answer.scenario;
  Value json{Table{}};
  json.set("name", scenario.name);
  json.set("model", scenario.model.id.empty() ? scenario.model.name : scenario.model.id);
  json.set("accelerator", scenario.accelerator);
  json.set("system", scenario.system);
  json.set("devices", scenario.devices);
  json.set("framework", scenario.framework);
  json.set("release", scenario.release_date);
  json.set("workload", name_of(scenario.workload_class()));
  json.set("plan", print_fields(plan_fields(), scenario.plan));
  return json;
}

Value interval_json(const TrainingEstimate& estimate) {
  Value json{Table{}};
  json.set("low_s", estimate.time_low / second);
  json.set("high_s", estimate.time_high / second);
  json.set("level", 0.8);
  json.set("basis", estimate.interval.basis);
  return json;
}

Value flops_json(const TrainingEstimate& estimate) {
  Value json{Table{}};
  for (std::size_t i = 0; i < kFlopDefinitionCount; ++i) {
    const auto definition = static_cast<FlopDefinition>(i);
    json.set(std::string(name_of(definition)), estimate.flops[definition] / flop);
  }
  json.set("executed", estimate.step.hardware_flops / flop);
  return json;
}

Value utilisation_json(double share, std::string_view flops, const TrainingEstimate& estimate) {
  Value json{Table{}};
  json.set("value", share);
  json.set("flops", flops);
  json.set("peak", name_of(estimate.mfu_dtype));
  return json;
}

Value memory_json(const TrainingAnswer& answer) {
  const TrainingEstimate& estimate = answer.estimate;
  Value json{Table{}};
  json.set("capacity_bytes",
           estimate.memory_capacity > 0 * byte ? Value(estimate.memory_capacity / byte) : Value());
  json.set("fits", estimate.fits_in_memory);
  if (!estimate.memory.empty()) {
    const std::size_t fullest = fullest_stage(estimate.memory);
    json.set("fullest_stage", fullest);
    json.set("needed_bytes", estimate.memory[fullest].total / byte);
  }
  Value stages{Array{}};
  for (const StageMemory& stage : estimate.memory) {
    Value one{Table{}};
    one.set("total_bytes", stage.total / byte);
    one.set("host_bytes", stage.host / byte);
    Value parts{Table{}};
    for (std::size_t i = 0; i < kMemoryPartCount; ++i)
      parts.set(std::string(name_of(static_cast<MemoryPartKind>(i))), stage.parts[i] / byte);
    one.set("parts_bytes", std::move(parts));
    stages.push(std::move(one));
  }
  json.set("stages", std::move(stages));
  Value changes{Array{}};
  for (const FittingChange& change : answer.would_fit) {
    Value one{Table{}};
    one.set("change", change.change);
    one.set("needed_bytes", change.need / byte);
    one.set("slowdown", change.slowdown);
    changes.push(std::move(one));
  }
  if (!estimate.fits_in_memory) json.set("would_fit", std::move(changes));
  return json;
}

Value energy_json(const StepEnergy& energy) {
  Value json{Table{}};
  json.set("known", energy.known);
  if (energy.known) {
    json.set("accelerators_j", energy.accelerators / joule);
    json.set("it_j", energy.it / joule);
    json.set("facility_j", energy.facility / joule);
    json.set("per_accelerator_w", energy.per_accelerator / watt);
    json.set("facility_per_accelerator_w", energy.facility_per_accelerator / watt);
    json.set("pue", energy.pue);
  }
  json.set("basis", energy.basis);
  return json;
}

Value cost_json(const TrainingAnswer& answer) {
  const TrainingEstimate& estimate = answer.estimate;
  Value json{Table{}};
  json.set("per_step_usd", base_or_null(estimate.cost_per_step));
  json.set("per_million_tokens_usd", base_or_null(estimate.cost_per_million_tokens));
  json.set("energy_per_step_usd", base_or_null(estimate.energy_cost_per_step));
  json.set("carbon_per_step_g", base_or_null(estimate.carbon_per_step));
  json.set("basis", answer.prices.basis);
  return json;
}

}  // namespace

Value step_parts_json(const StepBreakdown& where) {
  Value json{Table{}};
  for (const StepPart& part : step_parts(where)) json.set(part.key, part.time / second);
  json.set("total", where.total / second);
  return json;
}

Value assumptions_json(const std::vector<Assumption>& assumptions) {
  Value list{Array{}};
  for (const Assumption& each : assumptions) {
    Value one{Table{}};
    one.set("setting", each.setting);
    one.set("value", each.value);
    one.set("basis", each.basis);
    list.push(std::move(one));
  }
  return list;
}

Value training_json(const TrainingAnswer& answer) {
  const TrainingEstimate& estimate = answer.estimate;
  const double devices = static_cast<double>(answer.scenario.devices);
  Value json{Table{}};
  json.set("scenario", scenario_json(answer));
  json.set("strict", answer.strict);
  json.set("step_time_s", estimate.time / second);
  json.set("interval", interval_json(estimate));
  json.set("tokens_per_step", estimate.tokens_per_step);
  json.set("tokens_per_s", estimate.tokens_per_second_per_device * devices);
  json.set("tokens_per_s_per_accelerator", estimate.tokens_per_second_per_device);
  json.set("micro_batches", estimate.step.micro_batches);
  json.set("where_s", step_parts_json(estimate.step.where));
  json.set("hidden_communication_s", estimate.step.where.hidden / second);
  json.set("mfu", utilisation_json(estimate.mfu, name_of(FlopDefinition::model_causal), estimate));
  json.set("hfu", utilisation_json(estimate.hfu, name_of(FlopDefinition::hardware), estimate));
  json.set("flops", flops_json(estimate));
  json.set("memory", memory_json(answer));
  json.set("energy", energy_json(estimate.energy));
  json.set("cost", cost_json(answer));
  Value maturity{Table{}};
  maturity.set("factor", estimate.maturity.factor);
  maturity.set("basis", estimate.maturity.basis);
  json.set("software_maturity", std::move(maturity));
  json.set("assumptions", assumptions_json(answer.scenario.assumptions));
  return json;
}

}  // namespace polyfleet
