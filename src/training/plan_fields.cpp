#include "training/plan_fields.hpp"

namespace polyfleet {
namespace {

constexpr Range kDegree{1, 1 << 24};
constexpr Range kFraction{0, 1};
constexpr Range kNotNegative{0, 1e15};

std::vector<std::pair<std::string, Dtype>> dtypes() {
  std::vector<std::pair<std::string, Dtype>> choices;
  for (std::size_t i = 0; i < kDtypeCount; ++i)
    choices.emplace_back(kDtypeNames[i], static_cast<Dtype>(i));
  return choices;
}

Field<TrainingPlan> stage_layers_field() {
  return {"stage_layers",
          "array of integers",
          "layers of each pipeline chunk in model order; empty = even",
          false,
          [](TrainingPlan& into, const Value& value, Diagnostics& out) {
            const Array* list = value.array();
            if (list == nullptr) {
              out.push_back(
                  problem_at(value.where(), "stage_layers must be an array of whole numbers"));
              return;
            }
            into.stage_layers.clear();
            for (const Value& entry : *list) {
              if (auto n = detail::read_number(entry, {0, 1e6}, true, "stage_layers", out))
                into.stage_layers.push_back(static_cast<int>(*n));
            }
          },
          [](const TrainingPlan& from) {
            Value list{Array{}};
            for (const int n : from.stage_layers) list.push(n);
            return list;
          }};
}

}  // namespace

const FieldTable<ParallelLayout>& layout_fields() {
  using L = ParallelLayout;
  static const FieldTable<L> fields{
      integer_field("tensor", &L::tensor, kDegree, "tensor-parallel degree (TP)"),
      integer_field("pipeline", &L::pipeline, kDegree, "pipeline-parallel degree (PP)"),
      integer_field("virtual_stages", &L::virtual_stages, kDegree,
                    "virtual stages per pipeline rank"),
      integer_field("context", &L::context, kDegree, "context-parallel degree (CP)"),
      integer_field("expert", &L::expert, kDegree, "expert-parallel degree (EP)"),
      integer_field("expert_tensor", &L::expert_tensor, kDegree,
                    "tensor parallel inside an expert (ETP)"),
      integer_field("data", &L::data, kDegree, "data-parallel degree (DP)"),
      bool_field("sequence_parallel", &L::sequence_parallel,
                 "shard norms and residuals over the tensor group"),
  };
  return fields;
}

const FieldTable<PrecisionRecipe>& precision_fields() {
  using P = PrecisionRecipe;
  static const FieldTable<P> fields{
      text_field("name", &P::name, "name of the recipe"),
      choice_field("linear", &P::linear, dtypes(), "operands of the layers' GEMMs"),
      choice_field("attention", &P::attention, dtypes(), "operands of the attention core"),
      choice_field("activation", &P::activation, dtypes(), "residual stream and saved activations"),
      choice_field("head", &P::head, dtypes(), "operands of the logits GEMM"),
      bool_field("weight_gradient_narrow", &P::weight_gradient_narrow,
                 "the weight gradient's GEMM uses the narrow format too"),
      bool_field("linear_backward_narrow", &P::linear_backward_narrow,
                 "gradients' GEMMs use the narrow format too"),
      number_field("cast_bytes_per_element", &P::cast_bytes_per_element, {0, 64},
                   "memory traffic to quantise and transpose one operand element"),
      integer_field("first_layers_wide", &P::first_layers_wide, {0, 1e6},
                    "leading layers kept wide"),
      integer_field("last_layers_wide", &P::last_layers_wide, {0, 1e6},
                    "trailing layers kept wide"),
  };
  return fields;
}

const FieldTable<OverlapSettings>& overlap_fields() {
  using O = OverlapSettings;
  static const FieldTable<O> fields{
      number_field("tensor", &O::tensor, kFraction,
                   "share of tensor-parallel communication hidden behind GEMMs"),
      bool_field("gradient_reduce", &O::gradient_reduce, "gradient reduction runs behind backward"),
      bool_field("parameter_gather", &O::parameter_gather, "parameter gather runs behind forward"),
      bool_field("pipeline", &O::pipeline, "stage hand-over runs behind compute"),
      number_field("expert", &O::expert, kFraction,
                   "share of expert all-to-all hidden behind compute"),
      number_field("context", &O::context, kFraction,
                   "share of attention time that may hide context-parallel exchange"),
  };
  return fields;
}

const FieldTable<RecomputeModules>& recompute_module_fields() {
  using M = RecomputeModules;
  static const FieldTable<M> fields{
      bool_field("core_attention", &M::core_attention, "scores, softmax, values"),
      bool_field("latent_up", &M::latent_up, "up-projections of latent attention"),
      bool_field("norm", &M::norm, "norm outputs"),
      bool_field("activation", &M::activation, "output of the MLP's activation function"),
      bool_field("mlp", &M::mlp, "the whole MLP"),
  };
  return fields;
}

const FieldTable<LoraSettings>& lora_fields() {
  using L = LoraSettings;
  static const FieldTable<L> fields{
      integer_field("rank", &L::rank, {0, 65536}, "LoRA rank; 0 = all weights train"),
      bool_field("qkv", &L::qkv, "adapters on the QKV projection"),
      bool_field("output", &L::output, "adapters on the attention output projection"),
      bool_field("mlp_up", &L::mlp_up, "adapters on the MLP input projection"),
      bool_field("mlp_down", &L::mlp_down, "adapters on the MLP output projection"),
  };
  return fields;
}

const FieldTable<TrainingPlan>& plan_fields() {
  using P = TrainingPlan;
  static const FieldTable<P> fields{
      table_field("layout", &P::layout, layout_fields(), "parallel degrees"),
      integer_field("micro_batch", &P::micro_batch, kDegree, "sequences per micro-batch"),
      integer_field("global_batch", &P::global_batch, kDegree, "sequences per step"),
      integer_field("sequence_length", &P::sequence_length, {1, 1e9}, "tokens per sequence"),
      choice_field("schedule", &P::schedule,
                   {{"gpipe", Schedule::gpipe},
                    {"1f1b", Schedule::one_forward_one_backward},
                    {"interleaved", Schedule::interleaved},
                    {"zero-bubble", Schedule::zero_bubble},
                    {"dual-pipe", Schedule::dual_pipe}},
                   "pipeline schedule"),
      choice_field("sharding", &P::sharding,
                   {{"none", Sharding::none},
                    {"zero1", Sharding::zero1},
                    {"zero2", Sharding::zero2},
                    {"zero3", Sharding::zero3}},
                   "what the data-parallel group shards: optimiser states (zero1), gradients "
                   "(zero2), parameters (zero3, FSDP)"),
      integer_field("hybrid_shard", &P::hybrid_shard, kNotNegative,
                    "HSDP: devices that share one sharded copy; 0 = all"),
      choice_field("recompute", &P::recompute,
                   {{"none", Recompute::none},
                    {"selective", Recompute::selective},
                    {"full", Recompute::full}},
                   "activation recomputation"),
      integer_field("recompute_layers", &P::recompute_layers, kNotNegative,
                    "full recompute: layers per stage; 0 = all"),
      table_field("recompute_modules", &P::recompute_modules, recompute_module_fields(),
                  "selective recompute: what runs again"),
      number_field("images_per_sequence", &P::images_per_sequence, kNotNegative,
                   "vision-language models: images per sequence"),
      table_field("overlap", &P::overlap, overlap_fields(),
                  "what communication hides behind compute"),
      table_field("precision", &P::precision, precision_fields(), "number formats"),
      choice_field("gradient_reduce_dtype", &P::gradient_reduce_dtype, dtypes(),
                   "format in which gradients are reduced"),
      bool_field("main_gradient_fp32", &P::main_gradient_fp32, "gradients accumulate in FP32"),
      bool_field("low_precision_parameters", &P::low_precision_parameters,
                 "working weights are kept and gathered in 8 bits"),
      number_field("optimizer_bytes_per_parameter", &P::optimizer_bytes_per_parameter, {0, 64},
                   "master weight and moments; Adam in FP32 is 12"),
      bool_field("optimizer_offload", &P::optimizer_offload,
                 "optimiser states and update on the host"),
      number_field("activation_offload", &P::activation_offload, kFraction,
                   "share of saved activations sent to the host"),
      table_field("lora", &P::lora, lora_fields(), "low-rank adapters"),
      bool_field("fused_attention", &P::fused_attention, "flash-style attention"),
      number_field("attention_generation", &P::attention_generation, {0.05, 4},
                   "speed of the attention library relative to the measured kernels"),
      bool_field("dropout", &P::dropout, "dropout is active"),
      bool_field("fused_loss", &P::fused_loss, "cross-entropy in one fused pass"),
      number_field("elementwise_factor", &P::elementwise_factor, {0.1, 20},
                   "memory-bound work relative to fused kernels"),
      number_field("expert_imbalance", &P::expert_imbalance, {1, 1e4},
                   "busiest expert rank over the mean"),
      bool_field("merged_dispatch", &P::merged_dispatch,
                 "expert dispatch sends a token once to each domain (DeepEP, HybridEP)"),
      number_field("mean_document", &P::mean_document, kNotNegative,
                   "packed sequences: mean attended length; 0 = whole"),
      choice_field("host_launch", &P::host_launch,
                   {{"eager", HostLaunch::eager}, {"graph", HostLaunch::graph}},
                   "kernels launched one by one or as a captured graph"),
      number_field("host_seconds_per_layer", &P::host_seconds_per_layer, {0, 10},
                   "launch floor per layer and micro-batch, seconds"),
      number_field("host_seconds_per_micro_batch", &P::host_seconds_per_micro_batch, {0, 100},
                   "host work per micro-batch, seconds"),
      number_field("host_seconds_per_step", &P::host_seconds_per_step, {0, 1000},
                   "host work per step, seconds"),
      bool_field("embedding_counts_as_layer", &P::embedding_counts_as_layer,
                 "pipeline split counts embedding and head"),
      stage_layers_field(),
  };
  return fields;
}

}  // namespace polyfleet
