#include "report/mixed_json.hpp"

#include <cmath>

#include "report/json_parts.hpp"
#include "report/plan_rows.hpp"
#include "report/training_json.hpp"

namespace polyfleet {
namespace {

Value finite_or_null(double number) { return std::isfinite(number) ? Value(number) : Value(); }

Value pools_json(const MixedAnswer& answer) {
  Value list{Array{}};
  for (std::size_t i = 0; i < answer.question.pools.size(); ++i) {
    const SearchedPool& pool = answer.question.pools[i];
    const TrainingScenario& scenario = pool.question.scenario;
    Value one{Table{}};
    one.set("name", pool.name);
    one.set("accelerator", scenario.accelerator);
    one.set("system", scenario.system);
    one.set("vendor", pool.question.machine->accelerator.vendor);
    one.set("devices", scenario.devices);
    one.set("framework", scenario.framework);
    one.set("release", scenario.release_date);
    one.set("price_usd_per_s", base_or_null(pool.question.prices.device));
    one.set("limits", assumptions_json(answer.limits[i]));
    list.push(std::move(one));
  }
  return list;
}

Value links_json(const MixedAnswer& answer) {
  Value list{Array{}};
  for (const PoolLinkNote& note : answer.links) {
    Value one{Table{}};
    one.set("between", note.between);
    one.set("rate_bytes_per_s", note.link.rate.base());
    one.set("aggregate_bytes_per_s", base_or_null(note.link.aggregate));
    one.set("latency_s", note.link.latency / second);
    one.set("path", name_of(note.link.route));
    one.set("basis", note.link.basis);
    list.push(std::move(one));
  }
  return list;
}

Value question_json(const MixedAnswer& answer) {
  const MixedSearchQuestion& question = answer.question;
  const TrainingScenario& scenario = question.pools.front().question.scenario;
  const PlanConstraints& limits = question.constraints.common;
  Value json{Table{}};
  json.set("name", scenario.name);
  json.set("model", scenario.model.id.empty() ? scenario.model.name : scenario.model.id);
  json.set("precision", scenario.plan.precision.name);
  json.set("global_batch", scenario.plan.global_batch);
  json.set("sequence_length", scenario.plan.sequence_length);
  json.set("objective", name_of(question.objective));
  json.set("memory_head_room", limits.memory_head_room);
  json.set("use_all_devices", limits.use_all_devices);
  json.set("power_cap_w", base_or_null(limits.power_cap));
  Value shares{Array{}};
  for (const VendorShare& share : question.constraints.vendors) {
    Value one{Table{}};
    one.set("vendor", share.vendor);
    one.set("of", share.of == ShareOf::devices ? "devices" : "tokens");
    one.set("least", share.least);
    one.set("most", share.most);
    shares.push(std::move(one));
  }
  json.set("vendor_shares", std::move(shares));
  Value pinned{Array{}};
  for (const std::string& each : answer.pinned) pinned.push(each);
  json.set("pinned", std::move(pinned));
  json.set("pools", pools_json(answer));
  json.set("links", links_json(answer));
  return json;
}

Value stage_json(const MixedAnswer& answer, const StageGroup& stages,
                 const StageGroupResult& result) {
  Value json{Table{}};
  json.set("pool", answer.question.pools[stages.pool].name);
  json.set("devices", result.devices);
  Value layers{Array{}};
  for (const int count : stages.stage_layers) layers.push(count);
  json.set("stage_layers", std::move(layers));
  json.set("plan", settings_json(stages.plan));
  json.set("software_maturity", result.software);
  json.set("busy_s", result.busy / second);
  if (!result.memory.empty())
    json.set("memory_bytes", result.memory[fullest_stage(result.memory)].total / byte);
  json.set("capacity_bytes", result.capacity / byte);
  json.set("energy_j", result.energy.known ? Value(result.energy.facility / joule) : Value());
  json.set("cost_usd", base_or_null(result.cost));
  return json;
}

Value group_json(const MixedAnswer& answer, const ReplicaGroup& group,
                 const ReplicaGroupResult& result) {
  Value json{Table{}};
  json.set("replicas", group.replicas);
  json.set("micro_batch", group.micro_batch);
  json.set("micro_batches", group.micro_batches);
  json.set("sequences", group.sequences());
  Value where = step_parts_json(result.where.own);
  where.set("border", result.where.border / second);
  where.set("cross_gradient", result.where.cross_gradient / second);
  where.set("staging", result.where.staging / second);
  where.set("waiting", result.where.waiting / second);
  where.set("total", result.where.total() / second);
  json.set("where_s", std::move(where));
  Value stages{Array{}};
  for (std::size_t i = 0; i < group.stages.size(); ++i)
    stages.push(stage_json(answer, group.stages[i], result.stages[i]));
  json.set("stages", std::move(stages));
  return json;
}

Value mix_json(const MixedAnswer& answer, const PlannedMix& mix) {
  Value json{Table{}};
  json.set("kind", name_of(mix.kind));
  json.set("composition", mix.composition);
  json.set("objective", mix.objective);
  json.set("step_time_s", mix.step.total / second);
  json.set("interval_low_s", mix.step.low / second);
  json.set("interval_high_s", mix.step.high / second);
  json.set("tokens_per_s", mix.step.tokens_per_second);
  json.set("of_sum_of_pools", answer.of_sum(mix));
  json.set("memory_head_room", mix.head_room);
  if (answer.tokens > 0) {
    Value run{Table{}};
    run.set("tokens", answer.tokens);
    run.set("steps", std::ceil(answer.tokens / mix.step.tokens));
    run.set("length_without_failures_s",
            std::ceil(answer.tokens / mix.step.tokens) * (mix.step.total / second));
    json.set("run", std::move(run));
  }
  json.set("energy_j", mix.step.energy.known ? Value(mix.step.energy.facility / joule) : Value());
  json.set("cost_usd", base_or_null(mix.step.cost));
  json.set("power_w", base_or_null(mix.power));
  Value limits{Table{}};
  for (const MixLimit& limit : mix.limits) limits.set(limit.cause, limit.share);
  json.set("limited_by", std::move(limits));
  Value vendors{Array{}};
  for (const VendorPart& part : mix.vendors) {
    Value one{Table{}};
    one.set("vendor", part.vendor);
    one.set("devices", part.devices);
    one.set("of_devices", part.of_devices);
    one.set("of_tokens", part.of_tokens);
    vendors.push(std::move(one));
  }
  json.set("vendors", std::move(vendors));
  Value groups{Array{}};
  for (std::size_t i = 0; i < mix.plan.groups.size(); ++i)
    groups.push(group_json(answer, mix.plan.groups[i], mix.step.groups[i]));
  json.set("groups", std::move(groups));
  return json;
}

Value alone_json(const MixedAnswer& answer) {
  Value list{Array{}};
  for (const PoolAlone& alone : answer.result.alone) {
    Value one{Table{}};
    one.set("pool", answer.question.pools[alone.pool].name);
    one.set("tokens_per_s", answer.rate_alone(alone.pool));
    const std::optional<PlannedPlan>& own = answer.alone[alone.pool];
    one.set("best_of_one_pool_search", own ? planned_json(*own) : Value());
    one.set("gap", alone.gap);
    one.set("why", alone.why);
    one.set("best", alone.best ? mix_json(answer, *alone.best) : Value());
    list.push(std::move(one));
  }
  return list;
}

Value families_json(const MixedSearchResult& result) {
  Value list{Array{}};
  for (const MixFamily& family : result.families) {
    Value one{Table{}};
    one.set("kind", name_of(family.kind));
    one.set("composition", family.composition);
    one.set("lower_bound", finite_or_null(family.lower_bound));
    one.set("best", family.best ? Value(*family.best) : Value());
    one.set("feasible", family.feasible);
    one.set("why", family.why);
    list.push(std::move(one));
  }
  return list;
}

Value counts_json(const MixedCounts& counts) {
  Value json{Table{}};
  json.set("cuts", counts.cuts);
  json.set("impossible", counts.impossible);
  json.set("too_large", counts.too_large);
  json.set("group_plans", counts.group_plans);
  json.set("timed", counts.timed);
  json.set("plans_built", counts.plans_built);
  json.set("bound_rounds", counts.bound_rounds);
  json.set("work", counts.work);
  return json;
}

}  // namespace

Value mixed_json(const MixedAnswer& answer) {
  const MixedSearchResult& result = answer.result;
  Value json{Table{}};
  json.set("question", question_json(answer));
  json.set("counts", counts_json(result.counts));
  json.set("gap", result.gap);
  json.set("gap_without_pipelines",
           result.gap_without_pipelines ? Value(*result.gap_without_pipelines) : Value());
  json.set("lower_bound", finite_or_null(result.lower_bound));
  json.set("interrupted", result.interrupted);
  json.set("work_ended", result.work_ended);
  json.set("better_not_to_mix",
           result.better_not_to_mix ? Value(*result.better_not_to_mix) : Value());
  double sum = 0;
  for (std::size_t pool = 0; pool < answer.alone.size(); ++pool) sum += answer.rate_alone(pool);
  json.set("sum_of_own_tokens_per_s", sum);
  Value best{Array{}};
  for (const PlannedMix& mix : result.best) best.push(mix_json(answer, mix));
  json.set("best", std::move(best));
  json.set("alone", alone_json(answer));
  json.set("families", families_json(result));
  Value nothing{Array{}};
  for (const std::string& why : result.why_nothing) nothing.push(why);
  json.set("why_nothing", std::move(nothing));
  Value changes{Array{}};
  for (const QuestionChange& change : answer.would_fit) {
    Value one{Table{}};
    one.set("change", change.change);
    one.set("step_time_s", base_or_null(change.time));
    changes.push(std::move(one));
  }
  json.set("would_fit", std::move(changes));
  return json;
}

}  // namespace polyfleet
