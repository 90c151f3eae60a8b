#include "workload/flops.hpp"

#include <algorithm>

#include "workload/layer_builder.hpp"

namespace polyfleet {

namespace {

/// Sums over the lists of the whole model on one device.
struct WorkSums {
  double forward = 0;  ///< as it runs
  double backward = 0;
  double model_causal = 0;    ///< both passes, attention backward counted as twice its forward
  double model_full = 0;      ///< the same with the whole score square
  double attention_core = 0;  ///< forward operators of selective recompute
  double layers_forward = 0;  ///< what full recompute runs again: not embedding and head
};

double full_square(Op op) {
  op.causal = false;
  op.window = 0;
  return op.flops() / flop;
}

/// Work as model definitions count it: one forward's worth for any attention operator here; its
/// backward adds the same twice, whatever the kernel computes again.
void add_op(WorkSums& sums, const Op& op, double count, bool is_backward) {
  const double flops = op.flops() / flop;
  (is_backward ? sums.backward : sums.forward) += count * flops;
  if (op.kind != OpKind::attention) {
    sums.model_causal += count * flops;
    sums.model_full += count * flops;
    return;
  }
  Op forward = op;
  forward.backward = false;
  const double share = count * (is_backward ? 2 : 1);
  sums.model_causal += share * (forward.flops() / flop);
  sums.model_full += share * full_square(forward);
}

void add_work(WorkSums& sums, const LayerWork& work, double count, bool is_layer) {
  const double before = sums.forward;
  for (const Op& op : work.ops[0]) add_op(sums, op, count, false);
  if (is_layer) sums.layers_forward += sums.forward - before;
  for (const Pass pass : {Pass::backward_input, Pass::backward_weight}) {
    for (const Op& op : work.ops[static_cast<std::size_t>(pass)]) add_op(sums, op, count, true);
  }
  for (const Op& op : work.recomputed_selective) sums.attention_core += count * (op.flops() / flop);
}

WorkSums work_sums(const ModelSpec& model, const StepWorkload& step) {
  static const ParallelLayout kOneDevice;
  static const PrecisionRecipe kPlain;
  const BuildContext context{model, kOneDevice, kPlain, step.batch, step.lora};
  std::array<double, kLayerKindCount> layers{};
  for (const LayerRun& run : layer_runs(model))
    layers[static_cast<std::size_t>(run.kind)] += static_cast<double>(run.count);
  WorkSums sums;
  for (std::size_t kind = 0; kind < kLayerKindCount; ++kind) {
    if (layers[kind] > 0)
      add_work(sums, layer_work(static_cast<LayerKind>(kind), context), layers[kind], true);
  }
  add_work(sums, embedding_work(context), 1, false);
  add_work(sums, head_work(context), 1, false);
  if (model.mtp_layers > 0)
    add_work(sums, mtp_work(context), static_cast<double>(model.mtp_layers), false);
  return sums;
}

double hardware_flops(const WorkSums& sums, RecomputedPart recomputed) {
  switch (recomputed) {
    case RecomputedPart::nothing:
      return sums.forward + sums.backward;
    case RecomputedPart::attention_core:
      return sums.forward + sums.backward + sums.attention_core;
    case RecomputedPart::everything:
      return sums.forward + sums.layers_forward + sums.backward;
  }
  return 0;
}

// Lookups as a one-hot product (2 s V h) and 3 operations a score for softmax, forward; the
// positional terms of the paper are left out, as it does.
double chinchilla_extra(const ModelSpec& model, double tokens, double length) {
  const double lookup =
      2 * tokens * static_cast<double>(model.vocab) * static_cast<double>(model.hidden);
  const double softmax =
      3 * static_cast<double>(model.softmax_layers() * model.heads) * tokens * length;
  return lookup + softmax;
}

}  // namespace

std::string_view name_of(FlopDefinition definition) {
  static constexpr std::array<std::string_view, kFlopDefinitionCount> kNames{
      "hardware", "model, full attention", "model, causal", "6ND total", "6ND active",
      "PaLM",     "llm-foundry",           "Chinchilla"};
  return kNames[static_cast<std::size_t>(definition)];
}

FlopCounts flop_counts(const ModelSpec& model, const StepWorkload& step) {
  const WorkSums sums = work_sums(model, step);
  const ParameterCounts weights = parameter_counts(model);
  const double length = step.batch.sequence_length;
  const double tokens = step.batch.sequences * length;
  const double layers = static_cast<double>(model.softmax_layers());
  const double head_width = static_cast<double>(model.heads * model.head_dim);
  // a tied table is met as the head, not as the lookup
  const double looked_up = model.tied_embeddings ? 0 : weights.embedding;
  FlopCounts counts;
  const auto set = [&counts](FlopDefinition definition, double value) {
    counts.by_definition[static_cast<std::size_t>(definition)] = value * flop;
  };
  set(FlopDefinition::hardware, hardware_flops(sums, step.recomputed));
  set(FlopDefinition::model_full_attention, sums.model_full);
  set(FlopDefinition::model_causal, sums.model_causal);
  set(FlopDefinition::six_nd_total, 6 * weights.total * tokens);
  set(FlopDefinition::six_nd_active, 6 * weights.active * tokens);
  set(FlopDefinition::palm,
      (6 * (weights.active - looked_up) + 12 * layers * head_width * length) * tokens);
  set(FlopDefinition::llm_foundry,
      (6 * weights.total + 12 * layers * static_cast<double>(model.hidden) * length) * tokens);
  set(FlopDefinition::chinchilla, sums.model_full + 3 * chinchilla_extra(model, tokens, length));
  return counts;
}

ParameterCounts parameter_counts(const ModelSpec& model) {
  static const ParallelLayout kOneDevice;
  static const PrecisionRecipe kPlain;
  static const LoraSettings kFullTraining;
  MicroBatch batch;
  batch.sequence_length = 1;
  const BuildContext context{model, kOneDevice, kPlain, batch, kFullTraining};
  ParameterCounts counts;
  for (const LayerRun& run : layer_runs(model)) {
    const LayerWork work = layer_work(run.kind, context);
    const double count = static_cast<double>(run.count);
    counts.total += count * (work.parameters + work.expert_parameters);
    counts.expert += count * work.expert_parameters;
  }
  counts.embedding = embedding_work(context).parameters;
  counts.head = head_work(context).parameters;
  counts.total += counts.embedding + counts.head;
  const double met =
      model.is_moe() ? static_cast<double>(model.moe.top_k) / static_cast<double>(model.moe.experts)
                     : 1;
  counts.active = counts.total - counts.expert * (1 - std::min(met, 1.0));
  if (model.mtp_layers > 0) {
    const LayerWork module = mtp_work(context);
    counts.mtp =
        static_cast<double>(model.mtp_layers) * (module.parameters + module.expert_parameters);
  }
  return counts;
}

}  // namespace polyfleet
