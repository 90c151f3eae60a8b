// Any bytes are a launch script that becomes a scenario, or a diagnostic. The same bytes are also
// read as the other formats' files; none may crash, hang or state what the scenario cannot hold.
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "config/value.hpp"
#include "launch/launch.hpp"
#include "launch/layer_pattern.hpp"
#include "launch/scenario_text.hpp"

namespace {

using namespace polyfleet;

/// A vocabulary large enough to reach every branch; the shipped tables lie in files.
const ToolTables& tables() {
  static const ToolTables kTables = [] {
    ToolTables made;
    const Result<Value> document = parse_toml(
        "tool = 't'\nchecked = 'c'\nsource = 's'\n[names]\n"
        "num_layers = '--num-layers'\nhidden_size = '--hidden-size'\n"
        "num_attention_heads = '--num-attention-heads'\nvocab_size = '--vocab-size'\n"
        "tensor_model_parallel_size = '--tensor-model-parallel-size'\n"
        "pipeline_model_parallel_size = '--pipeline-model-parallel-size'\n"
        "pipeline_model_parallel_layout = '--pipeline-model-parallel-layout'\n"
        "num_layers_per_virtual_pipeline_stage = '--num-layers-per-virtual-pipeline-stage'\n"
        "decoder_first_pipeline_num_layers = '--decoder-first-pipeline-num-layers'\n"
        "num_experts = '--num-experts'\nmoe_layer_freq = '--moe-layer-freq'\n"
        "window_size = '--window-size'\nwindow_attn_skip_freq = '--window-attn-skip-freq'\n"
        "recompute_granularity = '--recompute-granularity'\n"
        "recompute_method = '--recompute-method'\nrecompute_num_layers = "
        "'--recompute-num-layers'\n"
        "num_distributed_optimizer_instances = '--num-distributed-optimizer-instances'\n"
        "cpu_offloading_num_layers = '--cpu-offloading-num-layers'\nbf16 = '--bf16'\n"
        "global_batch_size = '--global-batch-size'\nmicro_batch_size = '--micro-batch-size'\n"
        "[switches]\nnames = ['bf16']\n[defaults]\nbf16 = false\n",
        "tables");
    POLYFLEET_CHECK(document.has_value(), "the vocabulary is TOML");
    const Result<ToolTable> table = ToolTable::read(*document);
    POLYFLEET_CHECK(table.has_value(), "the vocabulary is a table");
    made.megatron_lm = made.megatron_bridge = made.primus = *table;
    made.deepspeed = made.torchtitan = *table;
    return made;
  }();
  return kTables;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  ImportContext context;
  context.variables = {{"DEFINED", "8"}};
  context.devices = 8;
  for (const LaunchFormatEntry& entry : launch_formats()) {
    const Result<LaunchImport> import = import_launch(entry.format, text, "x", context, tables());
    if (!import) {
      POLYFLEET_CHECK(!import.problems().empty(), "a refusal says why");
      continue;
    }
    const Result<Value> read = parse_toml(scenario_toml(*import, "head"), "scenario");
    POLYFLEET_CHECK(read.has_value(), "a scenario is TOML");
    if (import->model)
      POLYFLEET_CHECK(parse_toml(model_toml(*import->model, "head"), "model").has_value(),
                      "a model is TOML");
  }
  if (const auto list = list_expression(text); list && !list->empty())
    POLYFLEET_CHECK(list_expression(list_expression_of(*list)) == list, "parse(print(x)) = x");
  if (const auto layers = layout_layers(text); layers && layers->size() < 2000)
    POLYFLEET_CHECK(layout_layers(layout_of(*layers, 1)) == layers, "parse(print(x)) = x");
  return 0;
}
