#include "launch/sglang.hpp"

#include <fmt/format.h>

namespace polyfleet {
namespace {

void put_sglang_layout(const ServingLaunchPool& pool, ServingArguments& arguments) {
  const ServingLayout& layout = pool.layout;
  arguments.option("tensor", fmt::format("{}", layout.tensor));
  if (layout.pipeline > 1) arguments.option("pipeline", fmt::format("{}", layout.pipeline));
  if (layout.attention_data > 1) {
    arguments.option("data", fmt::format("{}", layout.attention_data));
    arguments.flag("data_attention");
  }
  if (layout.expert > 1) arguments.option("expert", fmt::format("{}", layout.expert));
  if (layout.context > 1)
    arguments.leave_out("context", fmt::format("{}", layout.context),
                        "context parallel prefill is an option of few models only");
}

void put_sglang_scheduler(const ServingLaunchPool& pool, ServingArguments& arguments) {
  const EngineSettings& settings = pool.settings;
  arguments.limits();
  if (!settings.prefix_cache) arguments.off("prefix_cache");
  arguments.option("block_tokens", fmt::format("{}", settings.block_tokens));
  if (const int drafts = pool.speculation.draft_tokens; drafts > 0) {
    arguments.option("speculation", "EAGLE");
    arguments.option("speculative_steps", fmt::format("{}", drafts));
    arguments.option("speculative_branches", "1");
    arguments.option("speculative_tokens", fmt::format("{}", drafts + 1));
    arguments.leave_out("tokens_per_step", fmt::format("{:.4g}", pool.speculation.tokens_per_step),
                        "follows from the drafts that the model accepts");
  }
}

}  // namespace

ServingArguments sglang_arguments(const ServingLaunchPool& pool, const ToolTable& table,
                                  const NodeWords& nodes, const std::string& other_vendor) {
  ServingArguments arguments(table, pool);
  for (const char* word : {"python3", "-m", "sglang.launch_server"}) arguments.word(word);
  arguments.shell_option("model", "\"$MODEL\"");
  put_sglang_layout(pool, arguments);
  arguments.formats();
  put_sglang_scheduler(pool, arguments);
  if (pool.role != PoolRole::aggregated) {
    arguments.option("role", pool.role == PoolRole::prefill ? "prefill" : "decode");
    const bool mixed = !other_vendor.empty() && other_vendor != pool.vendor;
    const std::string* backend =
        table_text(table, "transfer_backends", mixed ? "mixed" : pool.vendor);
    if (backend != nullptr)
      arguments.option("cache_transfer", *backend);
    else
      arguments.leave_out("cache_transfer", pool.vendor,
                          "no transfer backend of this vendor is known");
  }
  if (!nodes.nodes.empty()) {
    arguments.shell_option("nodes", nodes.nodes);
    arguments.shell_option("node_rank", nodes.rank);
    arguments.shell_option("master", nodes.master);
  }
  arguments.option("host", "0.0.0.0");
  arguments.option("port", fmt::format("{}", health_of(table).port));
  return arguments;
}

}  // namespace polyfleet
