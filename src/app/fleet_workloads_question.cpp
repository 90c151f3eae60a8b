#include "app/fleet_workloads_question.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/spelling.hpp"
#include "workload/flops.hpp"

namespace polyfleet {
namespace {

/// Keys of the question by kind: needed, and allowed beside.
struct KindKeys {
  WorkloadKind kind;
  std::vector<std::string_view> needed, allowed;
};

const std::vector<KindKeys>& kind_keys() {
  static const std::vector<KindKeys> keys{
      {WorkloadKind::pretraining, {"sequence", "batch_tokens", "accelerators", "precisions"}, {}},
      {WorkloadKind::research, {"sequence", "batch_tokens", "accelerators", "precisions"}, {}},
      {WorkloadKind::posttraining,
       {"sequence", "batch_tokens", "accelerators", "precisions"},
       {"input_tokens", "output_tokens", "cached_share", "ttft", "tpot", "formats",
        "rollout_tokens_per_trained"}},
      {WorkloadKind::chat,
       {"input_tokens", "output_tokens"},
       {"cached_share", "ttft", "tpot", "formats"}},
      {WorkloadKind::agents,
       {"input_tokens", "output_tokens"},
       {"cached_share", "ttft", "tpot", "formats"}},
      {WorkloadKind::video, {"frames", "width", "height", "steps"}, {}},
  };
  return keys;
}

bool has(const std::vector<std::string_view>& keys, std::string_view key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

const ModelSpec* model_of(const StatedWorkload& stated, Workspace& workspace, Diagnostics& out) {
  if (stated.model.empty()) return nullptr;  // diagnosed as missing
  const Result<const ModelSpec*> model = workspace.model(stated.model);
  if (!model) {
    for (Diagnostic each : model.problems()) {
      if (each.where.line == 0) each.where = place_of(stated, "model");
      out.push_back(std::move(each));
    }
    return nullptr;
  }
  const bool diffusion = (*model)->kind == ModelKind::diffusion_transformer;
  if (diffusion == (*stated.kind == WorkloadKind::video)) return *model;
  out.push_back(problem_at(
      place_of(stated, "model"),
      fmt::format("'{}' is {} model, which kind = \"{}\" is not for", stated.model,
                  diffusion ? "a diffusion" : "a language", name_of(*stated.kind)),
      diffusion ? "write kind = \"video\"" : "name a diffusion model such as wan2.2-t2v-a14b"));
  return nullptr;
}

void check_formats(const StatedWorkload& stated, Workspace& workspace, Diagnostics& out) {
  if (stated.formats.empty()) return;
  const auto known = workspace.inference_formats();
  if (!known) {
    out.insert(out.end(), known.problems().begin(), known.problems().end());
    return;
  }
  std::vector<std::string> names;
  for (const InferenceFormats& each : **known) names.push_back(each.name);
  for (const std::string& format : stated.formats) {
    if (std::find(names.begin(), names.end(), format) == names.end())
      out.push_back(problem_at(place_of(stated, "formats"),
                               fmt::format("unknown set of formats '{}'", format),
                               name_suggestion(format, names)));
  }
}

void check_precisions(const StatedWorkload& stated, Workspace& workspace, Diagnostics& out) {
  if (stated.precisions.empty()) return;
  const auto tables = workspace.mapping_tables();
  if (!tables) {
    out.insert(out.end(), tables.problems().begin(), tables.problems().end());
    return;
  }
  std::vector<std::string> names;
  for (const auto& [name, recipe] : (*tables)->precisions) names.push_back(name);
  for (const std::string& precision : stated.precisions) {
    if (std::find(names.begin(), names.end(), precision) == names.end())
      out.push_back(problem_at(place_of(stated, "precisions"),
                               fmt::format("unknown precision recipe '{}'", precision),
                               name_suggestion(precision, names)));
  }
}

/// Both passes over one token of a sequence.
double training_flops(const ModelSpec& model, std::int64_t sequence) {
  StepWorkload step;
  step.batch.sequences = 1;
  step.batch.sequence_length = static_cast<double>(sequence);
  const Flops flops = flop_counts(model, step)[FlopDefinition::model_causal];
  return flops / flop / static_cast<double>(sequence);
}

void count_unit(const StatedWorkload& stated, const ModelSpec& model, FleetWorkload& workload) {
  constexpr double kForward = 2;  // FLOPs of a parameter that a token meets
  const double forward = kForward * parameter_counts(model).active;
  if (is_training(workload.kind)) {
    const double rollouts = stated.rollout_tokens_per_trained;
    if (stated.sequence > 0) workload.flops_per_unit = training_flops(model, stated.sequence);
    workload.flops_per_unit += rollouts * forward;
    workload.total_per_unit = 1 + rollouts;
  } else if (workload.kind == WorkloadKind::video) {
    workload.total_per_unit = 0;
  } else if (stated.output_tokens > 0) {
    const double fresh = stated.input_tokens * (1 - stated.cached_share);
    workload.flops_per_unit = forward * (1 + fresh / stated.output_tokens);
    workload.total_per_unit = 1 + stated.input_tokens / stated.output_tokens;
  }
}

}  // namespace

/// Keys that some other kind has and this one does not look at; keys that this one lacks.
void check_question_keys(const StatedWorkload& stated, Diagnostics& out) {
  const auto mine = std::find_if(kind_keys().begin(), kind_keys().end(),
                                 [&](const KindKeys& each) { return each.kind == *stated.kind; });
  for (const std::string_view key : mine->needed) {
    if (stated.written.find(key) == nullptr)
      detail::missing_key(stated.where, fmt::format("workload of kind {}", name_of(*stated.kind)),
                          std::string(key), field_named(workload_fields(), key)->type, out);
  }
  std::set<std::string_view> refused;
  for (const KindKeys& each : kind_keys()) {
    for (const auto* keys : {&each.needed, &each.allowed}) {
      for (const std::string_view key : *keys) {
        if (!has(mine->needed, key) && !has(mine->allowed, key) &&
            stated.written.find(key) != nullptr)
          refused.insert(key);
      }
    }
  }
  for (const std::string_view key : refused)
    out.push_back(
        problem_at(place_of(stated, key),
                   fmt::format("{} has no meaning with kind = \"{}\"", key, name_of(*stated.kind)),
                   "remove it, or choose another kind"));
}

RateQuestion question_of(const StatedWorkload& stated, const WorkloadContext& context,
                         FleetWorkload& workload, Diagnostics& out) {
  RateQuestion question;
  question.workload = stated.id;
  question.kind = *stated.kind;
  question.model = stated.model;
  question.where = stated.where;
  question.sequence = static_cast<int>(stated.sequence);
  question.batch_tokens = stated.batch_tokens;
  question.accelerators = static_cast<int>(stated.accelerators);
  question.precisions = stated.precisions;
  question.input_tokens = stated.input_tokens;
  question.output_tokens = stated.output_tokens;
  question.cached_share = stated.cached_share;
  question.ttft = stated.ttft.value_or(Seconds());
  question.tpot = stated.tpot.value_or(Seconds());
  question.formats = stated.formats;
  question.rollout_tokens_per_trained = stated.rollout_tokens_per_trained;
  question.frames = static_cast<int>(stated.frames);
  question.width = static_cast<int>(stated.width);
  question.height = static_cast<int>(stated.height);
  question.steps = static_cast<int>(stated.steps);
  check_formats(stated, context.workspace, out);
  check_precisions(stated, context.workspace, out);
  const ModelSpec* model = model_of(stated, context.workspace, out);
  if (model != nullptr) count_unit(stated, *model, workload);
  return question;
}

}  // namespace polyfleet
