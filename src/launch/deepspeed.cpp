#include "launch/deepspeed.hpp"

#include <fmt/format.h>

#include "launch/foreign_settings.hpp"
#include "launch/pool_files.hpp"

namespace polyfleet {
namespace {

constexpr const char* kModelCode = "the model's code sets it, not DeepSpeed's configuration";

void say_batch(PlanSettings& into) {
  const TrainingPlan& plan = into.plan();
  const std::int64_t round = std::int64_t{plan.micro_batch} * plan.layout.data;
  into.put("train_batch_size", plan.global_batch, "global_batch");
  into.put("micro_batch_size", plan.micro_batch, "micro_batch");
  into.put("gradient_accumulation_steps", plan.global_batch / round, "layout.data");
  into.leave_out("sequence_length", "the data set's and the model's code sets it");
  if (plan.layout.tensor > 1) into.put("tensor_parallel", plan.layout.tensor, "layout.tensor");
  for (const char* key :
       {"layout.pipeline", "layout.context", "layout.expert", "layout.expert_tensor"}) {
    if (into.text_of(key) != "1") into.leave_out(key, kModelCode);
  }
}

void say_sharding(PlanSettings& into) {
  const TrainingPlan& plan = into.plan();
  const bool whole = plan.sharding == Sharding::zero3;
  into.put("stage", static_cast<int>(plan.sharding), "sharding");
  const OverlapSettings& overlap = plan.overlap;
  if (plan.sharding != Sharding::none)
    into.put("overlap_comm", overlap.gradient_reduce, "overlap.gradient_reduce");
  else if (overlap.gradient_reduce)
    into.leave_out("overlap.gradient_reduce", "without ZeRO gradients are reduced at the end");
  into.said("overlap.gradient_reduce");
  if (overlap.parameter_gather != (whole && overlap.gradient_reduce))
    into.leave_out("overlap.parameter_gather",
                   whole ? "one switch (overlap_comm) is for both exchanges"
                         : "parameters are gathered ahead in ZeRO stage 3 only");
  into.said("overlap.parameter_gather");
  if (plan.optimizer_offload) {
    into.put("offload_optimizer_device", "cpu", "optimizer_offload");
    into.put("offload_optimizer_pin", true, "optimizer_offload");
  }
  if (plan.hybrid_shard == 0) return;
  if (whole)
    into.put("mics_shard_size", plan.hybrid_shard, "hybrid_shard");
  else if (plan.sharding != Sharding::none)
    into.leave_out("hybrid_shard", "groups (MiCS) are for ZeRO stage 3 only");
}

void say_formats(PlanSettings& into) {
  const TrainingPlan& plan = into.plan();
  const std::string& recipe = plan.precision.name;
  const bool is_plain = recipe == "bf16" || recipe == "fp16" || recipe == "fp32";
  const Dtype wide_format = plan.precision.activation;
  into.put("bf16", is_plain ? recipe == "bf16" : wide_format == Dtype::bf16, "precision.name");
  into.put("fp16", is_plain ? recipe == "fp16" : wide_format == Dtype::fp16, "precision.name");
  if (!is_plain) into.leave_out("precision.name", "DeepSpeed runs BF16, FP16 or FP32");
  const bool is_known = plan.gradient_reduce_dtype == Dtype::fp32 ||
                        plan.gradient_reduce_dtype == Dtype::bf16 ||
                        plan.gradient_reduce_dtype == Dtype::fp16;
  if (is_known)
    into.put("communication_data_type", name_of(plan.gradient_reduce_dtype),
             "gradient_reduce_dtype");
  const char* wide = recipe == "fp16" ? "fp16" : "bf16";
  into.put("grad_accum_dtype", plan.main_gradient_fp32 ? "fp32" : wide, "main_gradient_fp32");
  if (plan.optimizer_bytes_per_parameter == kFullOptimizerBytes)
    into.said("optimizer_bytes_per_parameter");
  if (plan.recompute != Recompute::none) into.leave_out("recompute", kModelCode);
}

void add_settings(const std::string& prefix, const Value& value, ForeignSettings& settings,
                  LaunchImport& import) {
  if (const Table* members = value.table()) {
    for (const auto& [key, member] : *members)
      add_settings(prefix.empty() ? key : prefix + "." + key, member, settings, import);
    return;
  }
  const bool is_open = value.text() != nullptr && *value.text() == "auto";
  if (is_open && settings.table().concept_of(prefix) != nullptr) {
    import.unresolved.push_back(problem_at(
        value.where(), fmt::format("{} is \"auto\": the caller of DeepSpeed fills it in", prefix),
        "state it in the scenario, or give the flag"));
    return;
  }
  settings.add(prefix, value, value.where());
}

class DeepSpeedReader {
 public:
  DeepSpeedReader(ForeignSettings& settings, const ImportContext& context)
      : settings_(settings), context_(context) {}

  void run() {
    read_batch();
    read_sharding();
    read_formats();
    settings_.not_modelled("offload_param_device", "parameters on the host");
    settings_.not_modelled("number_checkpoints", "the model's code decides what is recomputed");
    settings_.not_modelled("cpu_checkpointing", "the model's code decides what is recomputed");
    settings_.not_modelled("partition_activations", "the model's code decides what is recomputed");
  }

 private:
  void read_batch() {
    const std::int64_t tensor = settings_.whole("tensor_parallel", 1).value_or(1);
    settings_.state("plan.layout.tensor", std::max<std::int64_t>(1, tensor), {"tensor_parallel"});
    const auto all = settings_.whole("train_batch_size", 1);
    const auto micro = settings_.whole("micro_batch_size", 1);
    const auto steps = settings_.whole("gradient_accumulation_steps", 1);
    std::int64_t data = context_.devices / std::max<std::int64_t>(1, tensor);
    if (all && micro && steps && *all % (*micro * *steps) == 0) data = *all / (*micro * *steps);
    if (data > 0) {
      settings_.state_from("plan.layout.data", data,
                           "train_batch_size / (micro-batch x accumulation), or the devices", {});
      settings_.state_from("devices", context_.devices > 0 ? context_.devices : data * tensor,
                           context_.devices > 0 ? "--devices" : "data x tensor parallel", {});
    }
    if (micro) settings_.state("plan.micro_batch", *micro, {"micro_batch_size"});
    if (!micro && all && data > 0 && *all % data == 0)
      settings_.state("plan.micro_batch", *all / data / steps.value_or(1), {"train_batch_size"});
    if (all)
      settings_.state("plan.global_batch", *all, {"train_batch_size"});
    else if (micro && data > 0)
      settings_.state("plan.global_batch", *micro * steps.value_or(1) * data,
                      {"gradient_accumulation_steps", "micro_batch_size"});
  }

  void read_sharding() {
    const std::int64_t stage = std::min<std::int64_t>(3, settings_.whole("stage").value_or(0));
    constexpr const char* kNames[] = {"none", "zero1", "zero2", "zero3"};
    settings_.state("plan.sharding", kNames[stage], {"stage"});
    const bool overlaps = settings_.is_given("overlap_comm") ? settings_.is_on("overlap_comm")
                                                             : stage == 3;  // the tool's default
    settings_.state("plan.overlap.gradient_reduce", stage > 0 && overlaps,
                    {"overlap_comm", "stage"});
    settings_.state("plan.overlap.parameter_gather", stage == 3 && overlaps,
                    {"overlap_comm", "stage"});
    const std::string device = settings_.text("offload_optimizer_device");
    settings_.state("plan.optimizer_offload",
                    (!device.empty() && device != "none") || settings_.is_on("cpu_offload"),
                    {"offload_optimizer_device", "cpu_offload"});
    if (device == "nvme")
      settings_.not_modelled("offload_optimizer_device", "taken as host memory, not NVMe");
    const auto group = settings_.whole("mics_shard_size", -1);
    if (group && *group > 0) settings_.state("plan.hybrid_shard", *group, {"mics_shard_size"});
  }

  void read_formats() {
    const bool bf16 = settings_.is_on("bf16"), fp16 = settings_.is_on("fp16");
    settings_.state("precision", bf16 ? "bf16" : fp16 ? "fp16" : "fp32", {"bf16", "fp16"});
    std::string reduce = settings_.text("communication_data_type");
    if (reduce == "none") reduce.clear();
    if (reduce == "bfp16") reduce = "bf16";
    if (!reduce.empty())
      settings_.state("plan.gradient_reduce_dtype", reduce, {"communication_data_type"});
    const std::string sum = settings_.text("grad_accum_dtype");
    if (!sum.empty())
      settings_.state("plan.main_gradient_fp32", sum == "fp32", {"grad_accum_dtype"});
  }

  ForeignSettings& settings_;
  const ImportContext& context_;
};

}  // namespace

Result<LaunchExport> export_deepspeed(const LaunchJob& job, const ToolTables& tables) {
  const ToolTable& table = tables.deepspeed;
  const auto write = [&](const LaunchPool&, PlanSettings& settings) {
    settings.leave_out_other("model", job.model_id, kModelCode);
    say_batch(settings);
    say_sharding(settings);
    say_formats(settings);
    settings.keep_named(table);
    Value document{Table{}};
    for (const ToolSetting& setting : settings.settings())
      set_dotted(document, *table.name_of(setting.concept_id), setting.value);
    return to_json(document) + "\n";
  };
  return write_pools(job, "deepspeed", ".json", table.tool(), write);
}

Result<LaunchImport> import_deepspeed(std::string_view text, const std::string& file,
                                      const ImportContext& context, const ToolTables& tables) {
  Result<Value> document = parse_json(text, file);
  if (!document) return document.problems();
  if (document->table() == nullptr)
    return problem_at(document->where(), "is no DeepSpeed configuration",
                      "give the JSON object that deepspeed.initialize takes");
  LaunchImport import;
  import.scenario = Value(Table{});
  ForeignSettings settings(tables.deepspeed, import);
  add_settings("", *document, settings, import);
  settings.state_from("framework", "deepspeed_zero", "the format", {});
  DeepSpeedReader(settings, context).run();
  if (!settings.problems().empty()) return settings.problems();
  return import;
}

}  // namespace polyfleet
