// The JSON forms of report/run_report.hpp.
#include "report/json_parts.hpp"
#include "report/run_report.hpp"
#include "report/training_json.hpp"

namespace polyfleet {
namespace {

Value case_json(const RunCase& each) {
  Value json{Table{}};
  json.set("step_time_s", each.step / second);
  json.set("failures_per_s", each.failure_rate.base());
  json.set("length_s", each.length / second);
  json.set("ettr", each.ettr);
  json.set("goodput", each.goodput);
  json.set("end", each.end ? Value(print_date(*each.end)) : Value());
  json.set("energy_j", base_or_null(each.energy));
  json.set("cost_usd", base_or_null(each.cost));
  json.set("electricity_usd", base_or_null(each.electricity));
  json.set("carbon_g", base_or_null(each.carbon));
  return json;
}

Value failures_json(const RunForecast& run) {
  const FailureModel& failures = run.failures;
  Value json{Table{}};
  json.set("record", failures.record->id);
  json.set("borrowed", failures.borrowed);
  json.set("rate_low", failures.rate_low);
  json.set("rate_high", failures.rate_high);
  json.set("mean_time_between_s", failures.mean_time_between() / second);
  json.set("expected", run.expected_failures);
  json.set("announced_stops", run.expected_planned);
  Value causes{Array{}};
  for (const ScaledCause& each : failures.causes) {
    Value one{Table{}};
    one.set("name", each.cause->name);
    one.set("component", each.cause->component);
    one.set("units", each.units);
    one.set("per_day", each.rate * (1 * day));
    one.set("planned", each.cause->planned);
    causes.push(std::move(one));
  }
  json.set("causes", std::move(causes));
  return json;
}

Value checkpoint_json(const RunForecast& run) {
  const CheckpointCost& cost = run.checkpoint;
  const IntervalChoice& interval = run.interval;
  Value json{Table{}};
  json.set("mode", name_of(cost.mode));
  json.set("bytes", cost.size.total / byte);
  json.set("blocking_s", cost.blocking / second);
  json.set("background_s", cost.background / second);
  json.set("load_s", cost.load / second);
  json.set("interval_s", interval.chosen / second);
  json.set("interval_steps", interval.steps);
  json.set("exact_s", interval.exact / second);
  json.set("young_s", interval.young / second);
  json.set("daly_s", interval.daly / second);
  json.set("pinned", interval.pinned);
  json.set("held_by_write", interval.held_by_write);
  json.set("basis", cost.basis);
  return json;
}

Value spares_json(const SpareNodes& spares) {
  Value json{Table{}};
  json.set("nodes", spares.nodes);
  json.set("accelerators_per_node", spares.accelerators_per_node);
  json.set("needed", spares.needed);
  json.set("waiting_share", spares.waiting_share);
  json.set("stated", spares.stated);
  return json;
}

Value simulation_json(const SimulatedRuns& runs) {
  const ConfidenceInterval interval = runs.ettr.interval(0.95);
  Value json{Table{}};
  json.set("runs", runs.ettr.count());
  json.set("ettr", runs.ettr.mean());
  json.set("ettr_low", interval.low);
  json.set("ettr_high", interval.high);
  json.set("length_mean_s", runs.length.mean());
  json.set("length_p10_s", runs.length_quantile(0.1) / second);
  json.set("length_p50_s", runs.length_quantile(0.5) / second);
  json.set("length_p90_s", runs.length_quantile(0.9) / second);
  json.set("failures", runs.failures.mean());
  json.set("given_up", runs.given_up);
  return json;
}

Value sized_json(const SizedRun& run) {
  Value json{Table{}};
  json.set("devices", run.devices);
  json.set("data_parallel", run.data);
  json.set("global_batch", run.global_batch);
  json.set("spare_accelerators", run.spare_accelerators);
  json.set("power_w", run.power / watt);
  json.set("fits_in_memory", run.fits_in_memory);
  json.set("step_time_s", run.step / second);
  json.set("expected", case_json(run.expected));
  json.set("best", case_json(run.best));
  json.set("worst", case_json(run.worst));
  return json;
}

std::string_view name_of(SizeVerdict verdict) {
  switch (verdict) {
    case SizeVerdict::meets:
      return "meets";
    case SizeVerdict::too_slow:
      return "too slow";
    case SizeVerdict::too_much_power:
      return "too much power";
    case SizeVerdict::no_power:
      return "not one replica within the power";
    case SizeVerdict::no_memory:
      return "does not fit in memory";
  }
  return "";
}

}  // namespace

Value run_json(const RunAnswer& answer) {
  const RunForecast& run = answer.forecast;
  Value json{Table{}};
  json.set("tokens", run.tokens);
  json.set("steps", run.steps);
  json.set("start", answer.question.start ? Value(print_date(*answer.question.start)) : Value());
  json.set("straggler_factor", run.straggler_factor);
  json.set("expected", case_json(run.expected));
  json.set("best", case_json(run.best));
  json.set("worst", case_json(run.worst));
  Value parts{Table{}};
  for (const RunPart& part : run.parts) parts.set(part.name, part.time / second);
  json.set("where_s", std::move(parts));
  json.set("failures", failures_json(run));
  json.set("checkpoint", checkpoint_json(run));
  json.set("spares", spares_json(run.spares));
  if (answer.simulated != nullptr) json.set("simulated", simulation_json(*answer.simulated));
  json.set("assumptions", assumptions_json(run.assumptions));
  Value warnings{Array{}};
  for (const std::string& warning : run.warnings) warnings.push(Value(warning));
  json.set("warnings", std::move(warnings));
  json.set("training", training_json(answer.training));
  return json;
}

Value size_json(const SizeAnswer& answer, const TrainingAnswer& training) {
  Value json{Table{}};
  json.set("verdict", name_of(answer.verdict));
  json.set("answer", sized_json(answer.answer));
  if (answer.verdict == SizeVerdict::too_much_power)
    json.set("in_time", sized_json(answer.in_time));
  Value around{Array{}};
  for (const SizedRun& each : answer.around) around.push(sized_json(each));
  json.set("around", std::move(around));
  json.set("multiple_of", answer.replica);
  json.set("asked_global_batch", answer.asked_batch);
  json.set("sizes_tried", answer.tried);
  json.set("allowed_time_s",
           answer.allowed_time > 0 * second ? Value(answer.allowed_time / second) : Value());
  json.set("allowed_power_w",
           answer.allowed_power > 0 * watt ? Value(answer.allowed_power / watt) : Value());
  json.set("power_basis", answer.power_basis);
  json.set("training", training_json(training));
  return json;
}

}  // namespace polyfleet
