#include "launch/megatron_reading.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "launch/layer_pattern.hpp"
#include "training/stages.hpp"

namespace polyfleet {
namespace {

class PlanReader {
 public:
  PlanReader(ForeignSettings& settings, const ImportContext& context)
      : settings_(settings), given_(context), devices_(context.devices) {}

  void run() {
    read_batch();
    read_degrees();
    read_pipeline();
    read_sharding();
    read_recompute();
    read_overlaps();
    read_kernels();
    read_offload();
    read_megatron_formats(settings_);
  }

 private:
  bool is_moe() const { return settings_.is_given("num_experts"); }
  std::int64_t degree(std::string_view concept_id) {
    return settings_.whole(concept_id, 1).value_or(1);
  }

  void read_batch() {
    const std::pair<const char*, const char*> keys[] = {{"micro_batch_size", "plan.micro_batch"},
                                                        {"global_batch_size", "plan.global_batch"},
                                                        {"seq_length", "plan.sequence_length"}};
    for (const auto& [concept_id, key] : keys) {
      if (const auto n = settings_.whole(concept_id, 1)) settings_.state(key, *n, {concept_id});
    }
  }

  void read_degrees() {
    tensor_ = degree("tensor_model_parallel_size");
    pipeline_ = degree("pipeline_model_parallel_size");
    context_ = degree("context_parallel_size");
    settings_.state("plan.layout.tensor", tensor_, {"tensor_model_parallel_size"});
    settings_.state("plan.layout.pipeline", pipeline_, {"pipeline_model_parallel_size"});
    settings_.state("plan.layout.context", context_, {"context_parallel_size"});
    const std::int64_t expert = degree("expert_model_parallel_size");
    if (is_moe() || expert > 1) {
      settings_.state("plan.layout.expert", expert, {"expert_model_parallel_size"});
      const std::int64_t inner = settings_.is_given("expert_tensor_parallel_size")
                                     ? degree("expert_tensor_parallel_size")
                                     : tensor_;
      settings_.state("plan.layout.expert_tensor", inner, {"expert_tensor_parallel_size"});
    }
    settings_.state("plan.layout.sequence_parallel",
                    tensor_ > 1 && settings_.is_on("sequence_parallel"), {"sequence_parallel"});
    const std::int64_t replica = tensor_ * pipeline_ * context_;
    if (devices_ > 0 && devices_ % replica == 0)
      settings_.state_from("plan.layout.data", devices_ / replica,
                           fmt::format("{} devices / {} a replica", devices_, replica), {});
  }

  void read_pipeline() {
    const bool counts = settings_.is_on("account_for_embedding_in_pipeline_split") ||
                        settings_.is_on("account_for_loss_in_pipeline_split");
    if (pipeline_ > 1)
      settings_.state(
          "plan.embedding_counts_as_layer", counts,
          {"account_for_embedding_in_pipeline_split", "account_for_loss_in_pipeline_split"});
    if (pipeline_ > 1) read_split(counts);
    settings_.state("plan.layout.virtual_stages", virtual_,
                    {"num_virtual_stages_per_pipeline_rank",
                     "num_layers_per_virtual_pipeline_stage", "pipeline_model_parallel_layout"});
    const bool zero_bubble = settings_.is_on("enable_zero_bubble") && virtual_ == 1;
    settings_.state("plan.schedule",
                    virtual_ > 1  ? "interleaved"
                    : zero_bubble ? "zero-bubble"
                                  : "1f1b",
                    {"enable_zero_bubble", "num_virtual_stages_per_pipeline_rank",
                     "num_layers_per_virtual_pipeline_stage", "pipeline_model_parallel_size"});
  }

  void read_split(bool counts) {
    const std::int64_t layers = settings_.whole("num_layers").value_or(0);
    if (const auto stages = settings_.whole("num_virtual_stages_per_pipeline_rank", 1))
      virtual_ = *stages;
    if (const auto each = settings_.whole("num_layers_per_virtual_pipeline_stage", 1)) {
      if (layers > 0)
        virtual_ = std::max<std::int64_t>(1, layers / (pipeline_ * *each));
      else
        settings_.not_modelled("num_layers_per_virtual_pipeline_stage",
                               "the number of layers is not given");
    }
    const char* layout = "pipeline_model_parallel_layout";
    if (settings_.is_given(layout)) return read_layout(counts);
    const auto first = settings_.whole("decoder_first_pipeline_num_layers");
    const auto last = settings_.whole("decoder_last_pipeline_num_layers");
    if (first || last) read_outer_stages(layers, first, last);
  }

  void read_layout(bool counts) {
    const std::string text = settings_.text("pipeline_model_parallel_layout");
    const auto chunks = layout_layers(text);
    if (!chunks || chunks->size() % static_cast<std::size_t>(pipeline_) != 0)
      return settings_.not_modelled("pipeline_model_parallel_layout",
                                    "the stages of the layout could not be read");
    virtual_ = static_cast<std::int64_t>(chunks->size()) / pipeline_;
    TrainingPlan even;
    even.layout.pipeline = static_cast<int>(pipeline_);
    even.layout.virtual_stages = static_cast<int>(virtual_);
    even.embedding_counts_as_layer = counts;
    const std::int64_t layers = std::accumulate(chunks->begin(), chunks->end(), std::int64_t{0});
    if (chunk_layer_counts(layers, even) != *chunks)
      state_stages(*chunks, "pipeline_model_parallel_layout");
  }

  void read_outer_stages(std::int64_t layers, std::optional<std::int64_t> first,
                         std::optional<std::int64_t> last) {
    const std::int64_t inner = pipeline_ - (first ? 1 : 0) - (last ? 1 : 0);
    const std::int64_t left = layers - first.value_or(0) - last.value_or(0);
    std::vector<std::int64_t> stages(static_cast<std::size_t>(pipeline_),
                                     inner > 0 ? left / inner : 0);
    if (first) stages.front() = *first;
    if (last) stages.back() = *last;
    const bool divides = (inner == 0 ? left == 0 : left >= 0 && left % inner == 0) &&
                         std::all_of(stages.begin(), stages.end(),
                                     [&](std::int64_t n) { return n % virtual_ == 0; });
    if (!divides)
      return settings_.not_modelled(
          first ? "decoder_first_pipeline_num_layers" : "decoder_last_pipeline_num_layers",
          "the other layers do not divide over the other stages");
    std::vector<int> chunks;
    for (std::int64_t c = 0; c < pipeline_ * virtual_; ++c)
      chunks.push_back(
          static_cast<int>(stages[static_cast<std::size_t>(c % pipeline_)] / virtual_));
    state_stages(chunks,
                 first ? "decoder_first_pipeline_num_layers" : "decoder_last_pipeline_num_layers");
  }

  void state_stages(const std::vector<int>& chunks, std::string_view from) {
    Value list{Array{}};
    for (const int n : chunks) list.push(n);
    settings_.state("plan.stage_layers", list, {from});
  }

  void read_sharding() {
    const std::string strategy = settings_.text("data_parallel_sharding_strategy");
    std::string sharding = settings_.is_on("use_distributed_optimizer") ? "zero1" : "none";
    if (settings_.is_on("use_megatron_fsdp")) {
      if (strategy == "optim") sharding = "zero1";
      if (strategy == "optim_grads") sharding = "zero2";
      if (strategy == "optim_grads_params") sharding = "zero3";
    }
    if (settings_.is_on("use_torch_fsdp2")) {
      const Value* reshard = settings_.value("torch_fsdp2_reshard_after_forward");
      const bool keeps = reshard != nullptr && reshard->boolean() && !*reshard->boolean();
      sharding = keeps ? "zero2" : "zero3";
    }
    settings_.state("plan.sharding", sharding,
                    {"use_torch_fsdp2", "data_parallel_sharding_strategy", "use_megatron_fsdp",
                     "use_distributed_optimizer"});
    const auto copies = settings_.whole("num_distributed_optimizer_instances", 1);
    if (!copies || *copies == 1) return;
    const std::int64_t ranks = devices_ / std::max<std::int64_t>(1, tensor_ * pipeline_);
    if (ranks % *copies == 0 && ranks > 0)
      settings_.state("plan.hybrid_shard", ranks / *copies,
                      {"num_distributed_optimizer_instances"});
    else
      settings_.not_modelled("num_distributed_optimizer_instances",
                             "needs the number of devices (--devices)");
  }

  void read_recompute() {
    std::string granularity = settings_.text("recompute_granularity");
    if (settings_.is_on("recompute_activations")) granularity = "selective";
    if (settings_.is_on("moe_layer_recompute") && granularity != "full") granularity = "selective";
    if (granularity.empty() || granularity == "null") granularity = "none";
    settings_.state("plan.recompute", granularity,
                    {"recompute_granularity", "recompute_activations", "moe_layer_recompute"});
    if (granularity == "full") read_full_recompute();
    if (granularity == "selective") read_selective_recompute();
  }

  void read_full_recompute() {
    const auto layers = settings_.whole("recompute_num_layers");
    if (settings_.text("recompute_method") != "block" || !layers) {
      if (settings_.is_given("recompute_method"))
        settings_.state("plan.recompute_layers", 0, {"recompute_method"});
      return;
    }
    const std::int64_t all = settings_.whole("num_layers").value_or(0);
    std::int64_t per_stage = *layers * virtual_;
    if (all > 0 && per_stage * pipeline_ >= all && all % pipeline_ == 0 &&
        per_stage > all / pipeline_)
      per_stage = 0;  // more than there are: all of them
    settings_.state("plan.recompute_layers", per_stage, {"recompute_num_layers"});
  }

  void read_selective_recompute() {
    std::vector<std::string> names = settings_.words("recompute_modules");
    if (names.empty() && !settings_.is_on("moe_layer_recompute")) names = {"core_attn"};
    if (settings_.is_on("moe_layer_recompute")) names.push_back("moe");
    const auto has = [&](std::string_view name) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    const std::initializer_list<std::string_view> from{"recompute_modules", "moe_layer_recompute",
                                                       "recompute_granularity",
                                                       "recompute_activations"};
    settings_.state("plan.recompute_modules.core_attention", has("core_attn"), from);
    settings_.state("plan.recompute_modules.latent_up", has("mla_up_proj"), from);
    settings_.state("plan.recompute_modules.norm", has("layernorm"), from);
    settings_.state("plan.recompute_modules.activation", has("moe_act"), from);
    settings_.state("plan.recompute_modules.mlp", has("mlp") || has("moe"), from);
    for (const std::string& name : names) {
      constexpr std::string_view kKnown[] = {"core_attn", "mla_up_proj", "layernorm",
                                             "moe_act",   "mlp",         "moe"};
      if (std::find(std::begin(kKnown), std::end(kKnown), name) == std::end(kKnown))
        settings_.not_modelled("recompute_modules",
                               fmt::format("'{}' is recomputed too, which no key says", name));
    }
  }

  void read_overlaps() {
    settings_.state("plan.overlap.gradient_reduce", settings_.is_on("overlap_grad_reduce"),
                    {"overlap_grad_reduce"});
    settings_.state("plan.overlap.parameter_gather", settings_.is_on("overlap_param_gather"),
                    {"overlap_param_gather"});
    if (!settings_.is_on("tp_comm_overlap") || tensor_ == 1)
      settings_.state("plan.overlap.tensor", 0, {"tp_comm_overlap"});
    else
      state_share("plan.overlap.tensor", "tp_comm_overlap", given_.tensor_overlap_share);
    if (is_moe() && !settings_.is_on("overlap_moe_expert_parallel_comm"))
      settings_.state("plan.overlap.expert", 0, {"overlap_moe_expert_parallel_comm"});
    else if (is_moe())
      state_share("plan.overlap.expert", "overlap_moe_expert_parallel_comm",
                  given_.expert_overlap_share);
    const bool hands_over = virtual_ > 1 && settings_.is_on("overlap_p2p_comm");
    settings_.state("plan.overlap.pipeline", hands_over, {"overlap_p2p_comm"});
  }

  /// Switched on: as much hides as the framework's profile says.
  void state_share(const std::string& key, std::string_view concept_id, double share) {
    settings_.state(key, share, {concept_id});
    if (const auto why = settings_.into().why.find(key); why != settings_.into().why.end())
      why->second += "; the share that hides is the framework profile's";
  }

  void read_kernels() {
    const std::string backend = settings_.text("attention_backend");
    const bool local = settings_.text("transformer_impl") == "local";
    const bool unfused = backend == "unfused" || backend == "local" ||
                         (backend.empty() && local && !settings_.is_on("use_flash_attn"));
    settings_.state("plan.fused_attention", !unfused,
                    {"attention_backend", "use_flash_attn", "transformer_impl"});
    const double attention = settings_.number("attention_dropout").value_or(0);
    const double hidden = settings_.number("hidden_dropout").value_or(0);
    settings_.state("plan.dropout", attention > 0 || hidden > 0,
                    {"attention_dropout", "hidden_dropout"});
    settings_.state("plan.fused_loss", settings_.is_on("cross_entropy_loss_fusion"),
                    {"cross_entropy_loss_fusion"});
    if (is_moe()) read_experts();
    const std::string graphs = settings_.text("cuda_graph_impl");
    const bool captured = (!graphs.empty() && graphs != "none") ||
                          settings_.is_on("enable_cuda_graph") ||
                          settings_.is_on("external_cuda_graph");
    const std::string scope = settings_.text("cuda_graph_scope");
    const bool whole = captured && (scope.empty() || scope.starts_with("full"));
    settings_.state("plan.host_launch", whole ? "graph" : "eager",
                    {"cuda_graph_impl", "enable_cuda_graph", "external_cuda_graph"});
    if (captured && !whole)
      settings_.not_modelled("cuda_graph_scope",
                             "a part of each layer is captured; taken as launched one by one");
  }

  void read_experts() {
    const bool flex = settings_.text("moe_token_dispatcher_type") == "flex" ||
                      settings_.is_on("moe_enable_deepep") || settings_.is_on("use_turbo_deepep");
    settings_.state("plan.merged_dispatch", flex,
                    {"moe_enable_deepep", "use_turbo_deepep", "moe_flex_dispatcher_backend",
                     "moe_token_dispatcher_type"});
    if (settings_.is_on("moe_router_force_load_balancing"))
      settings_.state("plan.expert_imbalance", 1, {"moe_router_force_load_balancing"});
  }

  void read_offload() {
    const double share = settings_.number("optimizer_offload_fraction").value_or(1);
    const bool offloads = settings_.is_on("optimizer_cpu_offload") && share > 0;
    settings_.state("plan.optimizer_offload", offloads, {"optimizer_cpu_offload"});
    if (offloads && share < 1)
      settings_.not_modelled("optimizer_offload_fraction", "taken as offloading all states");
    const auto layers = settings_.whole("cpu_offloading_num_layers");
    const std::int64_t all = settings_.whole("num_layers").value_or(0);
    if (layers && *layers > 0 && all > 0)
      settings_.state("plan.activation_offload",
                      std::min(1.0, static_cast<double>(*layers) / static_cast<double>(all)),
                      {"cpu_offloading_num_layers"});
  }

  ForeignSettings& settings_;
  const ImportContext& given_;
  std::int64_t devices_;
  std::int64_t tensor_ = 1, pipeline_ = 1, context_ = 1, virtual_ = 1;
};

}  // namespace

void read_megatron_plan(ForeignSettings& settings, const ImportContext& context) {
  PlanReader(settings, context).run();
}

}  // namespace polyfleet
