#include "launch/torchtitan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "launch/foreign_settings.hpp"
#include "launch/pool_files.hpp"
#include "launch/python_literals.hpp"
#include "launch/torchtitan_settings.hpp"
#include "training/stages.hpp"

namespace polyfleet {
namespace {

constexpr std::string_view kFile = R"(# {0}.
# Made by polyfleet; fields as of torchtitan {1}.
# torchrun ... -m torchtitan.train --module {2} --config training
{3}

def apply_plan(config):
    """Lays the plan over a Trainer.Config and returns it."""
{4}    return config
{5})";

/// The lines that set fields.
std::string assignments(const std::vector<ToolSetting>& settings, const ToolTable& table) {
  std::string lines;
  for (const ToolSetting& setting : settings)
    lines += fmt::format("    config.{} = {}\n", *table.name_of(setting.concept_id),
                         python_literal(setting.value));
  return lines;
}

/// The module and function that a model's plan is laid over, or nothing.
std::optional<std::pair<std::string, std::string>> base_of(const ToolTable& table,
                                                           const std::string& model) {
  const Value* models = table.section("models");
  const Value* found = models == nullptr ? nullptr : models->find(model);
  if (found == nullptr || found->array() == nullptr || found->array()->size() != 2) return {};
  const Value &module = (*found->array())[0], &function = (*found->array())[1];
  if (module.text() == nullptr || function.text() == nullptr) return {};
  return std::pair{*module.text(), *function.text()};
}

class TorchtitanReader {
 public:
  TorchtitanReader(ForeignSettings& settings, const ImportContext& context)
      : settings_(settings), context_(context) {}

  void run() {
    read_degrees();
    read_batch();
    read_pipeline();
    read_rest();
  }

 private:
  std::int64_t degree(std::string_view concept_id) {
    return settings_.whole(concept_id, 1).value_or(1);
  }

  void read_degrees() {
    tensor_ = degree("tensor_parallel_degree");
    pipeline_ = degree("pipeline_parallel_degree");
    context_degree_ = degree("context_parallel_degree");
    const std::int64_t copies = degree("data_parallel_replicate_degree");
    std::int64_t shard = settings_.whole("data_parallel_shard_degree", -1).value_or(1);
    const std::int64_t replica = tensor_ * pipeline_ * context_degree_;
    if (shard < 1) shard = std::max<std::int64_t>(1, context_.devices / (replica * copies));
    data_ = copies * shard;
    settings_.state("plan.layout.tensor", tensor_, {"tensor_parallel_degree"});
    settings_.state("plan.layout.pipeline", pipeline_, {"pipeline_parallel_degree"});
    settings_.state("plan.layout.context", context_degree_, {"context_parallel_degree"});
    settings_.state("plan.layout.data", data_, {"data_parallel_shard_degree"});
    settings_.state("plan.layout.expert", degree("expert_parallel_degree"),
                    {"expert_parallel_degree"});
    settings_.state_from("devices", data_ * replica, "product of the degrees", {});
    settings_.state("plan.layout.sequence_parallel",
                    tensor_ > 1 && settings_.is_on("enable_sequence_parallel"),
                    {"enable_sequence_parallel"});
    const bool keeps = settings_.text("fsdp_reshard_after_forward") == "never";
    const bool sharded = shard > 1 || context_degree_ > 1;
    settings_.state("plan.sharding",
                    !sharded ? "none"
                    : keeps  ? "zero2"
                             : "zero3",
                    {"data_parallel_shard_degree"});
    if (sharded && copies > 1)
      settings_.state("plan.hybrid_shard", shard * context_degree_,
                      {"data_parallel_replicate_degree"});
    settings_.state("plan.overlap.gradient_reduce", true, {"data_parallel_shard_degree"});
    settings_.state("plan.overlap.parameter_gather", sharded, {"data_parallel_shard_degree"});
  }

  void read_batch() {
    const auto local = settings_.whole("local_batch_size", 1);
    const auto all = settings_.whole("global_batch_size", -1);
    const auto micro = settings_.whole("pipeline_parallel_microbatch_size", 1);
    if (pipeline_ > 1)
      settings_.state("plan.micro_batch", micro.value_or(1), {"pipeline_parallel_microbatch_size"});
    else if (local)
      settings_.state("plan.micro_batch", *local, {"local_batch_size"});
    if (all && *all > 0)
      settings_.state("plan.global_batch", *all, {"global_batch_size"});
    else if (local)
      settings_.state("plan.global_batch", *local * data_, {"local_batch_size"});
    if (const auto length = settings_.whole("seq_len", 1))
      settings_.state("plan.sequence_length", *length, {"seq_len"});
  }

  void read_pipeline() {
    if (pipeline_ == 1) return;
    const std::string schedule = settings_.text("pipeline_parallel_schedule");
    const bool counts =
        settings_.whole("pipeline_parallel_first_stage_less_layers").value_or(0) > 0;
    settings_.state("plan.embedding_counts_as_layer", counts,
                    {"pipeline_parallel_first_stage_less_layers"});
    std::int64_t stages = 1;
    const Value* parts = settings_.value("module_fqns_per_model_part");
    if (parts != nullptr && parts->array() != nullptr) {
      const std::vector<int> layers = torchtitan_part_layers(*parts->array());
      stages = std::max<std::int64_t>(1, static_cast<std::int64_t>(layers.size()) / pipeline_);
      read_parts(layers, stages, counts);
    }
    settings_.state("plan.layout.virtual_stages", stages, {"module_fqns_per_model_part"});
    settings_.state("plan.schedule",
                    schedule == "GPipe" ? "gpipe"
                    : stages > 1        ? "interleaved"
                                        : "1f1b",
                    {"pipeline_parallel_schedule"});
    if (schedule != "GPipe" && schedule != "1F1B" && schedule != "Interleaved1F1B")
      settings_.not_modelled("pipeline_parallel_schedule", "taken as 1F1B or interleaved");
  }

  void read_parts(const std::vector<int>& layers, std::int64_t stages, bool counts) {
    TrainingPlan even;
    even.layout.pipeline = static_cast<int>(pipeline_);
    even.layout.virtual_stages = static_cast<int>(stages);
    even.embedding_counts_as_layer = counts;
    const std::int64_t sum = std::accumulate(layers.begin(), layers.end(), std::int64_t{0});
    if (layers.size() != static_cast<std::size_t>(pipeline_ * stages) ||
        chunk_layer_counts(sum, even) == layers)
      return;
    Value list{Array{}};
    for (const int n : layers) list.push(n);
    settings_.state("plan.stage_layers", list, {"module_fqns_per_model_part"});
  }

  void read_rest() {
    const std::string mode = settings_.text("activation_checkpoint_mode");
    const bool known = mode == "none" || mode == "full" || mode == "selective";
    if (known) settings_.state("plan.recompute", mode, {"activation_checkpoint_mode"});
    if (!known)
      settings_.not_modelled("activation_checkpoint_mode", "a mode that no key of a plan says");
    const bool fp32 = settings_.text("mixed_precision_param") == "float32";
    settings_.state("precision", fp32 ? "fp32" : "bf16", {"mixed_precision_param"});
    settings_.state("plan.gradient_reduce_dtype", "fp32", {"mixed_precision_reduce"});
    settings_.state(
        "plan.overlap.tensor",
        settings_.is_on("enable_async_tensor_parallel") ? context_.tensor_overlap_share : 0,
        {"enable_async_tensor_parallel"});
    const std::vector<std::string> parts = settings_.words("compile_components");
    const bool fused = settings_.is_on("compile_enable") &&
                       std::find(parts.begin(), parts.end(), "loss") != parts.end();
    settings_.state("plan.fused_loss", fused, {"compile_enable"});
    if (settings_.is_on("enable_cpu_offload"))
      settings_.not_modelled("enable_cpu_offload",
                             "parameters, gradients and states on the host together");
  }

  ForeignSettings& settings_;
  const ImportContext& context_;
  std::int64_t tensor_ = 1, pipeline_ = 1, context_degree_ = 1, data_ = 1;
};

}  // namespace

Result<LaunchExport> export_torchtitan(const LaunchJob& job, const ToolTables& tables) {
  const ToolTable& table = tables.torchtitan;
  const auto base = base_of(table, job.model_id);
  const auto write = [&](const LaunchPool& pool, PlanSettings& settings) {
    put_torchtitan_plan(job.model, settings);
    settings.keep_named(table);
    if (!base)
      settings.leave_out_other("model", job.model_id,
                               "no configuration of torchtitan's own is known for it: call "
                               "apply_plan on one of yours");
    std::string module = pool_file(job, pool, "torchtitan_plan", ".py");
    module.resize(module.size() - 3);
    const std::string import =
        base ? fmt::format("from {} import {}\n", base->first, base->second) : "";
    const std::string function =
        base ? fmt::format("\n\ndef training():\n    return apply_plan({}())\n", base->second) : "";
    return fmt::format(kFile, job_line(job, pool), table.checked(), module, import,
                       assignments(settings.settings(), table), function);
  };
  return write_pools(job, "torchtitan_plan", ".py", table.tool(), write);
}

Result<LaunchImport> import_torchtitan(std::string_view text, const std::string& file,
                                       const ImportContext& context, const ToolTables& tables) {
  LaunchImport import;
  import.scenario = Value(Table{});
  ForeignSettings settings(tables.torchtitan, import);
  const std::vector<PythonAssignment> found = literal_assignments(text, file, "config");
  if (found.empty())
    return problem_at({file, 0, 0}, "sets no field of a configuration",
                      "lines such as `config.training.seq_len = 8192` are read, nothing else");
  for (const PythonAssignment& each : found) {
    if (each.is_literal)
      settings.add(each.name, each.value, each.where);
    else
      import.unknown.push_back({each.name, "", "", each.where});
  }
  settings.state_from("framework", "torchtitan", "the format", {});
  TorchtitanReader(settings, context).run();
  if (!settings.problems().empty()) return settings.problems();
  return import;
}

}  // namespace polyfleet
