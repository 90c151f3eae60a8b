#include "launch/vllm.hpp"

#include <fmt/format.h>

namespace polyfleet {
namespace {

void put_vllm_layout(const ServingLaunchPool& pool, ServingArguments& arguments) {
  const ServingLayout& layout = pool.layout;
  arguments.option("tensor", fmt::format("{}", layout.attention_tensor()));
  if (layout.pipeline > 1) arguments.option("pipeline", fmt::format("{}", layout.pipeline));
  if (layout.attention_data > 1) arguments.option("data", fmt::format("{}", layout.attention_data));
  if (layout.expert == layout.tensor && layout.expert > 1)
    arguments.flag("expert_parallel");
  else if (layout.expert > 1)
    arguments.leave_out("expert", fmt::format("{}", layout.expert),
                        "vLLM spreads experts over all ranks or over none");
  else if (layout.attention_data > 1)
    arguments.leave_out("expert", "1",
                        "with --data-parallel-size vLLM keeps whole experts on tensor ranks only "
                        "without expert parallelism");
  if (layout.context > 1)
    arguments.leave_out("context", fmt::format("{}", layout.context),
                        "no option for context parallel prefill was checked");
}

void put_vllm_scheduler(const ServingLaunchPool& pool, ServingArguments& arguments) {
  const EngineSettings& settings = pool.settings;
  arguments.limits();
  if (settings.prefix_cache)
    arguments.flag("prefix_cache");
  else
    arguments.off("prefix_cache");
  arguments.option("block_tokens", fmt::format("{}", settings.block_tokens));
  if (pool.speculation.draft_tokens > 0) {
    arguments.option("speculation",
                     fmt::format(R"({{"method": "mtp", "num_speculative_tokens": {}}})",
                                 pool.speculation.draft_tokens));
    arguments.leave_out("tokens_per_step", fmt::format("{:.4g}", pool.speculation.tokens_per_step),
                        "follows from the drafts that the model accepts");
  }
}

}  // namespace

ServingArguments vllm_arguments(const ServingLaunchPool& pool, const ToolTable& table,
                                const NodeWords& nodes) {
  ServingArguments arguments(table, pool);
  arguments.word("vllm");
  arguments.word("serve");
  arguments.shell("\"$MODEL\"");
  put_vllm_layout(pool, arguments);
  arguments.formats();
  put_vllm_scheduler(pool, arguments);
  if (pool.role != PoolRole::aggregated)
    arguments.option("cache_transfer",
                     fmt::format(R"({{"kv_connector": "NixlConnector", "kv_role": "{}"}})",
                                 pool.role == PoolRole::prefill ? "kv_producer" : "kv_consumer"));
  if (!nodes.nodes.empty()) {
    arguments.option("executor", "mp");
    arguments.shell_option("nodes", nodes.nodes);
    arguments.shell_option("node_rank", nodes.rank);
    arguments.shell_option("master", nodes.master);
  }
  arguments.option("host", "0.0.0.0");
  arguments.option("port", fmt::format("{}", health_of(table).port));
  return arguments;
}

}  // namespace polyfleet
