#include "report/plan_json.hpp"

#include "report/plan_rows.hpp"
#include "report/run_report.hpp"
#include "report/training_json.hpp"

namespace polyfleet {
namespace {

Value question_json(const PlanAnswer& answer) {
  const PlanSearchQuestion& question = answer.question;
  const TrainingScenario& scenario = question.pool.scenario;
  const PlanConstraints& limits = question.constraints;
  Value json{Table{}};
  json.set("name", scenario.name);
  json.set("model", scenario.model.id.empty() ? scenario.model.name : scenario.model.id);
  json.set("accelerator", scenario.accelerator);
  json.set("system", scenario.system);
  json.set("devices", scenario.devices);
  json.set("framework", scenario.framework);
  json.set("release", scenario.release_date);
  json.set("precision", scenario.plan.precision.name);
  json.set("global_batch", scenario.plan.global_batch);
  json.set("sequence_length", scenario.plan.sequence_length);
  json.set("objective", name_of(question.objective));
  json.set("memory_head_room", limits.memory_head_room);
  json.set("use_all_devices", limits.use_all_devices);
  json.set("power_cap_w", limits.power_cap ? Value(*limits.power_cap / watt) : Value());
  Value pinned{Array{}};
  for (const std::string& each : answer.pinned) pinned.push(each);
  json.set("pinned", std::move(pinned));
  json.set("limits", assumptions_json(answer.limits));
  return json;
}

Value plans_json(const std::vector<PlannedPlan>& plans) {
  Value list{Array{}};
  for (const PlannedPlan& plan : plans) list.push(planned_json(plan));
  return list;
}

Value families_json(const std::vector<PlanFamily>& families) {
  Value list{Array{}};
  for (const PlanFamily& family : families) {
    Value one{Table{}};
    one.set("dimension", family.dimension);
    one.set("value", family.value);
    one.set("plans", family.plans);
    one.set("fitting", family.fitting);
    one.set("best_time_s", family.best_time ? Value(*family.best_time / second) : Value());
    one.set("exact", family.exact);
    one.set("best", family.best ? planned_json(*family.best) : Value());
    one.set("least_memory_bytes", family.least_memory / byte);
    one.set("why", family.why);
    list.push(std::move(one));
  }
  return list;
}

Value stated_json(const StatedPlan& stated, bool has_best) {
  Value json{Table{}};
  json.set("over_best", has_best ? Value(stated.over_best) : Value());
  json.set("place", stated.place ? Value(*stated.place) : Value());
  json.set("estimate", training_json(stated.answer));
  return json;
}

Value changes_json(const std::vector<QuestionChange>& changes) {
  Value list{Array{}};
  for (const QuestionChange& change : changes) {
    Value one{Table{}};
    one.set("change", change.change);
    one.set("step_time_s", change.time ? Value(*change.time / second) : Value());
    one.set("memory_head_room", change.head_room ? Value(*change.head_room) : Value());
    list.push(std::move(one));
  }
  return list;
}

}  // namespace

Value counts_json(const PlanCounts& counts) {
  Value json{Table{}};
  json.set("plans", counts.plans);
  json.set("evaluated", counts.evaluated);
  json.set("bounded", counts.bounded);
  json.set("equal", counts.equal);
  json.set("too_large", counts.too_large);
  json.set("refused", counts.refused);
  json.set("impossible", counts.impossible);
  json.set("untouched", counts.untouched);
  return json;
}

Value plan_json(const PlanAnswer& answer) {
  const PlanSearchResult& result = answer.result;
  Value json{Table{}};
  json.set("question", question_json(answer));
  json.set("counts", counts_json(result.counts));
  json.set("gap", result.gap);
  json.set("interrupted", result.interrupted);
  json.set("estimate", answer.best ? training_json(*answer.best) : Value());
  if (answer.run != nullptr && answer.best) {
    Value run = run_json({*answer.best, answer.run_question, *answer.run});
    run.set("training", Value());  // is "estimate"
    json.set("run", std::move(run));
  }
  json.set("best", plans_json(result.best));
  // Null: not searched, as text alone was wanted.
  json.set("front", answer.question.with_front ? plans_json(result.front) : Value());
  json.set("families", families_json(result.families));
  if (answer.stated) json.set("stated", stated_json(*answer.stated, answer.best.has_value()));
  if (result.best.empty()) {
    json.set("leanest", result.leanest ? planned_json(*result.leanest) : Value());
    json.set("would_fit", changes_json(answer.would_fit));
  }
  return json;
}

}  // namespace polyfleet
