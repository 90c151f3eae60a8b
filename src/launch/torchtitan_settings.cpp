#include "launch/torchtitan_settings.hpp"

#include <fmt/format.h>

#include "training/stages.hpp"

namespace polyfleet {
namespace {

class TorchtitanPlanSayer {
 public:
  TorchtitanPlanSayer(const ModelSpec& model, PlanSettings& into)
      : model_(model), into_(into), plan_(into.plan()), layout_(plan_.layout) {}

  void run() {
    say_batch();
    say_data();
    say_degrees();
    if (layout_.pipeline > 1) say_pipeline();
    say_formats();
    say_rest();
  }

 private:
  /// With a pipeline a rank's whole batch is cut into the pipeline's micro-batches; without one it
  /// is a micro-batch and accumulates up to the global batch.
  void say_batch() {
    const bool pipelined = layout_.pipeline > 1;
    const std::int64_t local = plan_.global_batch / layout_.data;
    into_.put("local_batch_size", pipelined ? local : plan_.micro_batch, "micro_batch");
    if (pipelined) into_.put("pipeline_parallel_microbatch_size", plan_.micro_batch, "micro_batch");
    into_.put("global_batch_size", plan_.global_batch, "global_batch");
    into_.put("seq_len", plan_.sequence_length, "sequence_length");
  }

  void say_data() {
    const bool sharded = plan_.sharding != Sharding::none;
    int copies = sharded ? 1 : layout_.data;
    const int group = plan_.hybrid_shard;
    const int ranks = layout_.data * layout_.context;
    if (sharded && group > 0 && group < ranks) {
      if (group % layout_.context == 0 && ranks % group == 0)
        copies = ranks / group;
      else
        into_.leave_out("hybrid_shard", "groups hold whole context-parallel rings");
    }
    into_.said("hybrid_shard");
    into_.said("sharding");
    into_.put("data_parallel_replicate_degree", copies, "layout.data");
    into_.put("data_parallel_shard_degree", layout_.data / copies, "layout.data");
    const bool whole = plan_.sharding == Sharding::zero3;
    into_.put("fsdp_reshard_after_forward", whole ? "always" : "never", "sharding");
    say_what_is_sharded();
    if (has_effect("overlap.gradient_reduce", plan_, model_) && !plan_.overlap.gradient_reduce)
      into_.leave_out("overlap.gradient_reduce", "torchtitan always reduces behind backward");
    const bool gathers = layout_.context > 1 || layout_.data / copies > 1;
    if (has_effect("overlap.parameter_gather", plan_, model_) &&
        plan_.overlap.parameter_gather != gathers)
      into_.leave_out("overlap.parameter_gather", "FSDP always gathers ahead, replicas never");
    into_.said("overlap.gradient_reduce");
    into_.said("overlap.parameter_gather");
  }

  /// FSDP shards over data and context ranks together; one rank of both shards nothing.
  void say_what_is_sharded() {
    const bool sharded = plan_.sharding != Sharding::none;
    const bool fsdp = layout_.context > 1 || layout_.data > 1;
    if (plan_.sharding == Sharding::zero1)
      into_.leave_out("sharding", "FSDP shards gradients too; written as ZeRO-2 (no resharding)");
    else if (!sharded && layout_.context > 1)
      into_.leave_out("sharding", "context-parallel ranks always shard (FSDP)");
    else if (sharded && !fsdp)
      into_.leave_out("sharding", "there is one rank to shard over");
  }

  void say_degrees() {
    into_.put("tensor_parallel_degree", layout_.tensor, "layout.tensor");
    into_.put("enable_sequence_parallel", layout_.sequence_parallel, "layout.sequence_parallel");
    into_.put("pipeline_parallel_degree", layout_.pipeline, "layout.pipeline");
    into_.put("context_parallel_degree", layout_.context, "layout.context");
    if (!model_.is_moe()) return;
    into_.put("expert_parallel_degree", layout_.expert, "layout.expert");
    if (layout_.expert_tensor > 1)
      into_.leave_out("layout.expert_tensor",
                      "expert ranks are borrowed from FSDP and TP; experts are not cut");
  }

  void say_pipeline() {
    const char* schedule = "1F1B";
    if (plan_.schedule == Schedule::gpipe) schedule = "GPipe";
    if (plan_.schedule == Schedule::interleaved) schedule = "Interleaved1F1B";
    into_.put("pipeline_parallel_schedule", schedule, "schedule");
    if (plan_.schedule == Schedule::zero_bubble || plan_.schedule == Schedule::dual_pipe)
      into_.leave_out("schedule", "torchtitan's such schedules hold two stages a rank");
    const int less = plan_.embedding_counts_as_layer ? 1 : 0;
    into_.put("pipeline_parallel_first_stage_less_layers", less, "embedding_counts_as_layer");
    into_.put("pipeline_parallel_last_stage_less_layers", less, "embedding_counts_as_layer");
    into_.put("module_fqns_per_model_part", parts(), "stage_layers");
    into_.said("layout.virtual_stages");
    if (plan_.overlap.pipeline)
      into_.leave_out("overlap.pipeline", "PyTorch's schedules decide it");
  }

  Value parts() const {
    const std::vector<int> counts = chunk_layer_counts(model_.layers, plan_);
    Value all{Array{}};
    int layer = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      Value part{Array{}};
      if (i == 0) part.push("tok_embeddings");
      for (int n = 0; n < counts[i]; ++n) part.push(fmt::format("layers.{}", layer++));
      if (i + 1 == counts.size()) {
        part.push("norm");
        part.push("output");
      }
      all.push(part);
    }
    return all;
  }

  void say_formats() {
    const std::string& recipe = plan_.precision.name;
    into_.put("mixed_precision_param", recipe == "fp32" ? "float32" : "bfloat16", "precision.name");
    if (recipe != "bf16" && recipe != "fp32")
      into_.leave_out("precision.name",
                      "quantisation is part of the model's configuration: give converters (such "
                      "as Float8LinearConverter.Config) to model_registry");
    into_.put("mixed_precision_reduce", "float32", "gradient_reduce_dtype");
    if (plan_.gradient_reduce_dtype != Dtype::fp32)
      into_.leave_out("gradient_reduce_dtype", "gradients are reduced in FP32");
    if (plan_.optimizer_bytes_per_parameter == kFullOptimizerBytes)
      into_.put("dtype", "float32", "optimizer_bytes_per_parameter");
  }

  void say_rest() {
    constexpr const char* kModes[] = {"none", "selective", "full"};
    into_.put("activation_checkpoint_mode", kModes[static_cast<int>(plan_.recompute)], "recompute");
    if (plan_.recompute == Recompute::selective)
      into_.leave_out_other("plan.recompute_modules", "",
                            "the selective mode chooses single operations by its own policy");
    const bool async = layout_.tensor > 1 && plan_.overlap.tensor > 0;
    into_.put("enable_async_tensor_parallel", async, "overlap.tensor");
    if (async && plan_.overlap.tensor != 1)
      into_.leave_out("overlap.tensor",
                      "switched on, but the share that hides is a prediction, no setting");
    into_.put("compile_enable", async || plan_.fused_loss, "fused_loss");
    Value components{Array{}};
    if (async) components.push("model");
    if (plan_.fused_loss) components.push("loss");
    into_.put("compile_components", components, "fused_loss");
    if (plan_.optimizer_offload)
      into_.leave_out("optimizer_offload",
                      "enable_cpu_offload moves parameters and gradients to the host as well");
  }

  const ModelSpec& model_;
  PlanSettings& into_;
  const TrainingPlan& plan_;
  const ParallelLayout& layout_;
};

}  // namespace

void put_torchtitan_plan(const ModelSpec& model, PlanSettings& into) {
  TorchtitanPlanSayer(model, into).run();
}

std::vector<int> torchtitan_part_layers(const Array& parts) {
  std::vector<int> layers;
  for (const Value& part : parts) {
    int count = 0;
    if (part.array() != nullptr) {
      for (const Value& name : *part.array())
        count += name.text() != nullptr && name.text()->starts_with("layers.") ? 1 : 0;
    }
    layers.push_back(count);
  }
  return layers;
}

}  // namespace polyfleet
