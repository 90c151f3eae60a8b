#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "launch/layer_pattern.hpp"
#include "launch/megatron_settings.hpp"
#include "training/stages.hpp"

namespace polyfleet {
namespace {

constexpr std::string_view kShareIsPrediction =
    "switched on, but the share that hides is a prediction, no setting";

class MegatronPlanSayer {
 public:
  MegatronPlanSayer(const ModelSpec& model, PlanSettings& into)
      : model_(model), into_(into), plan_(into.plan()), layout_(plan_.layout) {}

  void run() {
    say_batch();
    say_degrees();
    say_pipeline();
    say_sharding();
    say_recompute();
    say_overlaps();
    say_kernels();
    say_offload();
  }

 private:
  void say_batch() {
    into_.put("micro_batch_size", plan_.micro_batch, "micro_batch");
    into_.put("global_batch_size", plan_.global_batch, "global_batch");
    into_.put("seq_length", plan_.sequence_length, "sequence_length");
  }

  void say_degrees() {
    into_.put("tensor_model_parallel_size", layout_.tensor, "layout.tensor");
    into_.put("pipeline_model_parallel_size", layout_.pipeline, "layout.pipeline");
    into_.put("context_parallel_size", layout_.context, "layout.context");
    into_.said("layout.data");  // what the devices leave over
    if (model_.is_moe()) {
      into_.put("expert_model_parallel_size", layout_.expert, "layout.expert");
      into_.put("expert_tensor_parallel_size", layout_.expert_tensor, "layout.expert_tensor");
    }
    into_.put("sequence_parallel", is_sequence_parallel(), "layout.sequence_parallel");
    if (is_sequence_parallel() != layout_.sequence_parallel)
      into_.leave_out("layout.sequence_parallel",
                      "Megatron-Core demands it of experts with tensor parallelism: written as on");
  }

  /// Megatron-Core splits evenly what divides; all else is written as a layout.
  void say_pipeline() {
    if (layout_.pipeline == 1) return;
    say_schedule();
    const bool counts = plan_.embedding_counts_as_layer;
    const std::int64_t chunks = std::int64_t{layout_.pipeline} * layout_.virtual_stages;
    const std::int64_t slots = model_.layers + (counts ? 2 : 0);
    into_.put("account_for_embedding_in_pipeline_split", counts, "embedding_counts_as_layer");
    into_.put("account_for_loss_in_pipeline_split", counts);
    const bool even = plan_.stage_layers.empty() && slots % chunks == 0;
    into_.put("num_virtual_stages_per_pipeline_rank",
              even && layout_.virtual_stages > 1 ? Value(layout_.virtual_stages) : Value(),
              "layout.virtual_stages");
    if (even) return into_.put("pipeline_model_parallel_layout", Value());
    into_.put("pipeline_model_parallel_layout",
              layout_of(chunk_layer_counts(model_.layers, plan_), model_.mtp_layers),
              "stage_layers");
  }

  void say_schedule() {
    switch (plan_.schedule) {
      case Schedule::one_forward_one_backward:
      case Schedule::interleaved:
        return into_.said("schedule");
      case Schedule::zero_bubble:
        return into_.put("enable_zero_bubble", true, "schedule");
      case Schedule::gpipe:
      case Schedule::dual_pipe:
        return into_.leave_out("schedule", "Megatron-Core runs 1F1B, plain or interleaved");
    }
  }

  void say_sharding() {
    const Sharding sharding = plan_.sharding;
    into_.put("use_distributed_optimizer", sharding != Sharding::none, "sharding");
    if (sharding == Sharding::zero2 || sharding == Sharding::zero3) {
      into_.put("use_megatron_fsdp", true, "sharding");
      into_.put("data_parallel_sharding_strategy",
                sharding == Sharding::zero3 ? "optim_grads_params" : "optim_grads", "sharding");
      into_.put("ckpt_format", "fsdp_dtensor");
    }
    const int group = plan_.hybrid_shard;
    if (sharding == Sharding::none || group == 0) return;
    const int ranks = layout_.data * layout_.context;
    if (ranks % group == 0)
      into_.put("num_distributed_optimizer_instances", ranks / group, "hybrid_shard");
    else
      into_.leave_out("hybrid_shard",
                      fmt::format("{} ranks do not divide into groups of {}", ranks, group));
  }

  void say_recompute() {
    if (plan_.recompute == Recompute::none)
      return into_.put("recompute_granularity", Value(), "recompute");
    const bool full = plan_.recompute == Recompute::full;
    into_.put("recompute_granularity", full ? "full" : "selective", "recompute");
    if (full)
      say_full_recompute();
    else
      say_selective_recompute();
  }

  void say_full_recompute() {
    const int layers = plan_.recompute_layers;
    into_.put("recompute_method", layers == 0 ? "uniform" : "block", "recompute_layers");
    const int per_chunk = (layers + layout_.virtual_stages - 1) / layout_.virtual_stages;
    into_.put("recompute_num_layers", layers == 0 ? 1 : per_chunk, "recompute_layers");
    if (per_chunk * layout_.virtual_stages != layers)
      into_.leave_out("recompute_layers",
                      fmt::format("counted per virtual stage: rounded up to {} x {}", per_chunk,
                                  layout_.virtual_stages));
  }

  void say_selective_recompute() {
    const RecomputeModules& modules = plan_.recompute_modules;
    Value names{Array{}};
    const auto add = [&](bool chosen, std::string_view key, const char* name) {
      if (chosen) names.push(name);
      into_.said(fmt::format("recompute_modules.{}", key));
    };
    add(modules.core_attention, "core_attention", "core_attn");
    add(modules.latent_up, "latent_up", "mla_up_proj");
    add(modules.norm, "norm", "layernorm");
    add(modules.mlp, "mlp", "mlp");
    if (modules.mlp && model_.is_moe()) names.push("moe");
    add(modules.activation && model_.is_moe(), "activation", "moe_act");
    if (modules.activation && !model_.is_moe())
      into_.leave_out("recompute_modules.activation",
                      "Megatron-Core recomputes the activation function of experts only");
    if (names.array()->empty()) {
      names.push("core_attn");
      into_.leave_out("recompute_modules.core_attention",
                      "selective recomputation runs at least this again");
    }
    into_.put("recompute_modules", names);
  }

  void say_share(double share, std::string_view key, const char* concept_id, double whole) {
    into_.put(concept_id, share > 0, key);
    if (share > 0 && share != whole) into_.leave_out(key, std::string(kShareIsPrediction));
  }

  void say_overlaps() {
    const OverlapSettings& overlap = plan_.overlap;
    into_.put("overlap_grad_reduce", overlap.gradient_reduce, "overlap.gradient_reduce");
    say_parameter_gather();
    if (layout_.tensor > 1) say_tensor_overlap();
    if (model_.is_moe() && layout_.expert > 1)
      say_share(overlap.expert, "overlap.expert", "overlap_moe_expert_parallel_comm", 1);
    if (layout_.pipeline == 1) return;
    if (layout_.virtual_stages > 1)
      into_.put("overlap_p2p_comm", overlap.pipeline, "overlap.pipeline");
    else if (overlap.pipeline)
      into_.leave_out("overlap.pipeline",
                      "Megatron-Core overlaps the hand-over with virtual stages only");
  }

  /// Megatron-LM refuses the gather's overlap without a sharded optimizer and the reduction's.
  void say_parameter_gather() {
    const bool allowed = plan_.sharding != Sharding::none && plan_.overlap.gradient_reduce;
    const bool wanted = plan_.overlap.parameter_gather;
    into_.put("overlap_param_gather", wanted && allowed, "overlap.parameter_gather");
    if (wanted && !allowed && has_effect("overlap.parameter_gather", plan_, model_))
      into_.leave_out("overlap.parameter_gather",
                      "only with a sharded optimizer and the reduction's overlap");
  }

  /// Nor that of tensor parallelism without sequence parallelism.
  void say_tensor_overlap() {
    const bool wanted = plan_.overlap.tensor > 0;
    if (!wanted || is_sequence_parallel())
      return say_share(plan_.overlap.tensor, "overlap.tensor", "tp_comm_overlap", 1);
    into_.put("tp_comm_overlap", false, "overlap.tensor");
    into_.leave_out("overlap.tensor", "only with sequence parallelism");
  }

  /// Megatron-LM refuses experts with tensor parallelism but without sequence parallelism.
  bool is_sequence_parallel() const {
    return layout_.sequence_parallel || (model_.is_moe() && layout_.tensor > 1);
  }

  void say_kernels() {
    into_.put("attention_backend", plan_.fused_attention ? "auto" : "unfused", "fused_attention");
    constexpr double kUsualDropout = 0.1;  // the default of --attention-dropout
    const double dropout = plan_.dropout ? kUsualDropout : 0;
    into_.put("attention_dropout", dropout, "dropout");
    into_.put("hidden_dropout", dropout, "dropout");
    into_.put("cross_entropy_loss_fusion", plan_.fused_loss, "fused_loss");
    if (plan_.fused_loss) into_.put("cross_entropy_fusion_impl", "te", "fused_loss");
    if (model_.is_moe()) {
      into_.put("moe_grouped_gemm", true);
      into_.put("moe_token_dispatcher_type", plan_.merged_dispatch ? "flex" : "alltoall",
                "merged_dispatch");
      if (plan_.merged_dispatch) into_.put("moe_enable_deepep", true, "merged_dispatch");
    }
    const bool graph = plan_.host_launch == HostLaunch::graph;
    into_.put("cuda_graph_impl", graph ? "transformer_engine" : "none", "host_launch");
    if (graph) into_.put("cuda_graph_scope", "full", "host_launch");
  }

  void say_offload() {
    const bool allowed = plan_.sharding != Sharding::none;
    into_.put("optimizer_cpu_offload", plan_.optimizer_offload && allowed, "optimizer_offload");
    if (plan_.optimizer_offload && !allowed)
      into_.leave_out("optimizer_offload", "only with the distributed optimizer");
    if (plan_.activation_offload <= 0) return;
    const double layers = plan_.activation_offload * static_cast<double>(model_.layers);
    if (layout_.pipeline > 1)
      return into_.leave_out("activation_offload",
                             "Megatron-Core offloads activations without pipeline stages only");
    into_.put("cpu_offloading_num_layers", static_cast<std::int64_t>(std::lround(layers)),
              "activation_offload");
    if (static_cast<double>(std::lround(layers)) / static_cast<double>(model_.layers) !=
        plan_.activation_offload)
      into_.leave_out("activation_offload",
                      fmt::format("offloaded in whole layers: {}", std::lround(layers)));
  }

  const ModelSpec& model_;
  PlanSettings& into_;
  const TrainingPlan& plan_;
  const ParallelLayout& layout_;
};

}  // namespace

void put_megatron_plan(const ModelSpec& model, const ToolTables& tables, PlanSettings& into) {
  MegatronPlanSayer(model, into).run();
  put_megatron_formats(tables, into);
}

}  // namespace polyfleet
