#include "validation/row_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/csv.hpp"
#include "validation/row_formats.hpp"
#include "validation/wording.hpp"

namespace polyfleet {
namespace {

constexpr int kDefaultLoraRank = 16;

struct ShardingWording {
  Sharding sharding = Sharding::none;
  int group = 0;  ///< devices that share one copy; 0 = all replicas
};

int shard_group(const std::string& text) {
  for (const std::string_view mark : {"fsdp=", "degree ", "sharding group ", ") over "}) {
    if (const auto size = number_after(text, mark)) return static_cast<int>(*size);
  }
  const auto inner = number_after(text, "ici_fsdp "), outer = number_after(text, "dcn_fsdp ");
  if (inner && outer) return static_cast<int>(*inner * *outer);
  const auto mesh = number_after(text, "fsdp ");
  constexpr int kPaxIciShard = 8;  // Paxml synthetic configurations shard over the node's 8 GPUs
  if (mesh && mentions(text, "ici mesh")) return static_cast<int>(*mesh) * kPaxIciShard;
  return 0;
}

std::optional<ShardingWording> sharding_named(std::string_view wording) {
  const std::string text = lower(wording);
  if (text.empty()) return {};
  if (mentions(text, "zero-2") || mentions(text, "shard_grad_op")) return {{Sharding::zero2, 0}};
  if (mentions(text, "zero-1") || mentions(text, "distributed optimizer") ||
      mentions(text, "shards its own"))
    return {{Sharding::zero1, 0}};
  if (mentions(text, "fsdp=0")) return {{Sharding::zero1, 0}};  // Megatron-Bridge: plain optimizer
  if (mentions(text, "zero-3") || mentions(text, "fsdp"))
    return {{Sharding::zero3, shard_group(text)}};
  return {{Sharding::none, 0}};
}

/// "core_attn+layernorm+moe_act" as Megatron-Core names modules.
RecomputeModules modules_named(std::string_view names) {
  RecomputeModules modules;
  modules.core_attention = mentions(names, "core_attn");
  modules.latent_up = mentions(names, "mla_up_proj");
  modules.norm = mentions(names, "layernorm");
  modules.activation =
      mentions(names, "moe_act") || lower(names).ends_with("+act") || mentions(names, "+act+");
  modules.mlp = mentions(names, "mlp") || lower(names).starts_with("moe+");
  return modules;
}

class Settings {
 public:
  Settings(RowReading& reading, const ModelSpec& model, TrainingPlan& plan)
      : reading_(reading), row_(reading.row), model_(model), plan_(plan) {}

  void run() {
    read_sharding();
    read_recompute();
    read_overlaps();
    read_schedule();
    read_attention();
    read_adapters();
    read_moe();
    read_offload();
    read_host();
  }

 private:
  void read_sharding() {
    auto stated = sharding_named(row_.text("zero_or_fsdp"));
    if (!stated) stated = sharding_named(row_.remark("dp_sharding"));
    if (!stated) {
      const std::string usual = reading_.from_profile("data_sharding");
      stated = ShardingWording{usual == "zero3"   ? Sharding::zero3
                               : usual == "zero2" ? Sharding::zero2
                               : usual == "zero1" ? Sharding::zero1
                                                  : Sharding::none,
                               0};
    }
    plan_.sharding = stated->sharding;
    const int replicas = plan_.layout.data * plan_.layout.context;
    if (stated->group > 1 && stated->group < replicas) plan_.hybrid_shard = stated->group;
  }

  const RecomputeWording* recompute_wording(const std::string& text) const {
    for (const RecomputeWording& wording : reading_.tables.recomputes) {
      if (mentions(text, wording.text)) return &wording;
    }
    return nullptr;
  }

  std::string recompute_text() {
    std::string text(row_.text("recompute"));
    if (text.starts_with("remat_policy=custom")) text = std::string(row_.remark("recompute"));
    if (text.empty()) text = std::string(row_.text("recompute"));
    return text.empty() ? reading_.from_profile("recompute") : text;
  }

  void read_recompute() {
    const std::string text = recompute_text();
    const RecomputeWording* wording = recompute_wording(text);
    if (wording == nullptr)
      return reading_.inferred("recompute", "none", "wording not known: " + text);
    const std::string& mode = wording->mode;
    if (mode == "none") return;
    if (mode == "selective") {
      plan_.recompute = Recompute::selective;
      const std::size_t named = text.find("selective:");
      plan_.recompute_modules =
          modules_named(named == std::string::npos ? wording->modules : text.substr(named + 10));
      return;
    }
    plan_.recompute = Recompute::full;
    if (mode == "full") return;
    const double per_stage =
        static_cast<double>(model_.layers) / std::max(1, plan_.layout.pipeline);
    double layers = std::round(wording->share * per_stage);
    const double stated = static_cast<double>(number_after(text, "full:").value_or(0));
    if (mode == "layers") layers = stated;
    if (mode == "layers_per_chunk") layers = stated * plan_.layout.virtual_stages;
    plan_.recompute_layers = static_cast<int>(std::clamp(layers, 1.0, per_stage));
    if (plan_.recompute_layers >= per_stage) plan_.recompute_layers = 0;
    reading_.inferred("recompute", fmt::format("full, {} layers a stage", layers), text);
  }

  void read_overlaps() {
    ParallelLayout& layout = plan_.layout;
    const int tensor = layout.tensor;
    layout.sequence_parallel =
        tensor > 1 && reading_.flag_or_profile("sequence_parallel", "sequence_parallel", tensor);
    if (tensor > 1 && reading_.flag_or_profile("tp_comm_overlap", "tp_overlap", tensor))
      plan_.overlap.tensor = reading_.number_from_profile("tp_overlap_share", 0);
    plan_.overlap.gradient_reduce =
        reading_.flag_or_profile("overlap_grad_reduce", "overlap_grad_reduce", tensor);
    plan_.overlap.parameter_gather =
        reading_.flag_or_profile("overlap_param_gather", "overlap_param_gather", tensor);
    // torch FSDP always gathers ahead; the Megatron switch of that name is about its own optimiser.
    if (plan_.sharding == Sharding::zero3 && mentions(row_.text("zero_or_fsdp"), "fsdp"))
      plan_.overlap.parameter_gather = true;
    if (layout.context > 1 && row_.remark("cp_comm_type") != "a2a")
      plan_.overlap.context = reading_.number_from_profile("cp_overlap_share", 0);
    if (layout.pipeline == 1) return;
    if (const auto stated = row_.flag("pp_p2p_overlap")) {
      plan_.overlap.pipeline = *stated;
      return;
    }
    const std::string usual = reading_.from_profile("overlap_p2p");
    plan_.overlap.pipeline =
        usual == "true" || (usual == "with_virtual_stages" && layout.virtual_stages > 1);
  }

  void read_schedule() {
    if (plan_.layout.pipeline == 1) plan_.layout.virtual_stages = 1;
    if (plan_.layout.virtual_stages > 1) plan_.schedule = Schedule::interleaved;
    if (mentions(row_.text("framework"), "dualpipe")) {
      plan_.schedule = Schedule::dual_pipe;
      plan_.layout.virtual_stages = 1;
    }
    plan_.embedding_counts_as_layer = mentions(row_.text("pp_layout"), "embedding") ||
                                      !row_.remark("pp_embedding_loss_split").empty();
    const std::int64_t chunks = std::int64_t{plan_.layout.pipeline} * plan_.layout.virtual_stages;
    if (!plan_.embedding_counts_as_layer && model_.layers % chunks != 0 &&
        (model_.layers + 2) % chunks == 0) {
      plan_.embedding_counts_as_layer = true;
      reading_.inferred("embedding_counts_as_layer", "true",
                        "the layers divide over the stages only with embedding and loss");
    }
  }

  void read_attention() {
    const std::string backend = lower(row_.text("attention_backend"));
    if (backend.empty()) {
      plan_.fused_attention = reading_.from_profile("attention") != "unfused";
    } else {
      plan_.fused_attention = !mentions(backend, "unfused");
    }
    plan_.attention_generation = reading_.number_from_profile("attention_generation", 1);
    plan_.dropout = reading_.peek_profile("dropout") == "true" && !plan_.fused_attention;
    const std::string fusion = lower(row_.text("cross_entropy_fusion"));
    plan_.fused_loss = fusion.empty() ? reading_.from_profile("cross_entropy_fusion") == "true"
                                      : fusion != "false";
    plan_.elementwise_factor = reading_.number_from_profile("elementwise_factor", 1);
    const bool tuned = reading_.is_lora() || reading_.context.workload == "sft";
    if (!tuned) return;
    const double share = reading_.number_from_profile("packed_attention", 1);
    if (share < 1) plan_.mean_document = share * static_cast<double>(plan_.sequence_length);
  }

  void read_adapters() {
    if (!reading_.is_lora()) return;
    plan_.lora.rank = static_cast<int>(row_.count("lora_rank").value_or(0));
    if (plan_.lora.rank == 0)
      plan_.lora.rank =
          static_cast<int>(reading_.number_from_profile("lora_rank", kDefaultLoraRank));
    const std::string targets = lower(row_.text("lora_targets"));
    plan_.lora.output = targets != "linear_qkv";
    plan_.lora.mlp_up = mentions(targets, "fc1");
    plan_.lora.mlp_down = mentions(targets, "fc2");
  }

  void read_moe() {
    if (!model_.is_moe()) return;
    const bool overlapped = reading_.flag_or_profile("moe_ep_overlap", "moe_ep_overlap", 1);
    if (overlapped && plan_.layout.expert > 1)
      plan_.overlap.expert = reading_.number_from_profile("ep_overlap_share", 0);
    std::string dispatcher(row_.text("moe_dispatcher"));
    if (dispatcher.empty()) dispatcher = reading_.from_profile("moe_dispatcher");
    plan_.merged_dispatch = mentions(dispatcher, "hybridep") || mentions(dispatcher, "deepep");
    const bool balanced = reading_.flag_or_profile("moe_force_balance", "moe_force_balance", 1) ||
                          !row_.text("moe_token_drop").empty() ||
                          !row_.remark("moe_capacity_factor").empty();
    if (!balanced) plan_.expert_imbalance = reading_.number_from_profile("expert_imbalance", 1);
  }

  void read_offload() {
    const std::string offload = lower(row_.text("activation_offload"));
    if (offload.empty() || offload == "none") return;
    const auto layers = number_after(offload, "cpu: ");
    plan_.activation_offload =
        layers ? std::min(1.0, static_cast<double>(*layers) / static_cast<double>(model_.layers))
               : 1.0;
    if (mentions(offload, "fine-grained")) plan_.activation_offload = 0.2;
    reading_.inferred("activation_offload", fmt::format("{:.2f}", plan_.activation_offload),
                      offload);
  }

  void read_host() {
    const std::string graphs = lower(row_.text("cuda_graph"));
    const bool whole = mentions(graphs, "full") || mentions(graphs, "per-layer") ||
                       (graphs.empty() && reading_.from_profile("cuda_graph") == "layer");
    if (whole) plan_.host_launch = HostLaunch::graph;
    std::string setting = "host_layer_pass";
    const std::string per_degree = fmt::format("host_layer_pass_tp{}", plan_.layout.tensor);
    if (!reading_.peek_profile(per_degree).empty()) setting = per_degree;
    const double passes = plan_.recompute == Recompute::full ? 3 : 2;
    plan_.host_seconds_per_layer = passes * reading_.seconds_from_profile(setting);
    const bool partly = mentions(graphs, "transformer_engine");
    if (partly) {
      plan_.host_seconds_per_layer /= 2;
      reading_.inferred("host_seconds_per_layer", "halved", "part of each layer runs as a graph");
    }
    if (model_.is_moe() && !whole && !partly && row_.text("moe_token_drop").empty())
      plan_.host_seconds_per_layer += reading_.seconds_from_profile("moe_sync_layer");
    plan_.host_seconds_per_micro_batch = reading_.seconds_from_profile("host_micro_batch");
    plan_.host_seconds_per_step = reading_.seconds_from_profile("host_step");
  }

  RowReading& reading_;
  const TruthRow& row_;
  const ModelSpec& model_;
  TrainingPlan& plan_;
};

}  // namespace

void read_settings(RowReading& reading, const ModelSpec& model, const Siblings& siblings,
                   TrainingPlan& plan) {
  read_formats(reading, siblings, plan);
  Settings(reading, model, plan).run();
}

}  // namespace polyfleet
