#include "cli/serving_flags.hpp"

namespace polyfleet {
namespace {

const std::vector<EstimateFlag>& serving_flags() {
  using enum FlagKind;
  static const std::vector<EstimateFlag> flags{
      {"--model", "model", text, "NAME", "catalogue id, a config.json (or its folder), or a .toml"},
      {"--accelerator", "accelerator", text, "NAME", "catalogue id or path, @edition allowed"},
      {"--system", "system", text, "NAME", "catalogue id or path (default: the usual one)"},
      {"--engine", "engine", text, "NAME", "vllm, sglang, trtllm or atom"},
      {"--release", "release", text, "VERSION", "of the engine (default: the latest)"},
      {"--formats", "formats", text, "NAME", "number formats: bf16, fp8, ... (default: bf16)"},
      {"--cache", "cache", text, "DTYPE", "number format of the cache (default: the engine's)"},
      {"--tp", "tensor", number, "N", "tensor-parallel degree (default: the smallest that fits)"},
      {"--pp", "pipeline", number, "N", "pipeline-parallel degree"},
      {"--ep", "expert", number, "N", "expert-parallel degree"},
      {"--dp-attention", "attention_data", number, "N", "groups of ranks with their own attention"},
      {"--cp", "context", number, "N", "context-parallel degree of prefill"},
      {"--input", "load.input", number, "TOKENS", "mean prompt length"},
      {"--output", "load.output", number, "TOKENS", "mean output length"},
      {"--cached-share", "load.cached_share", number, "SHARE",
       "of prompt tokens that the prefix cache holds"},
      {"--ttft", "slo.ttft", text, "TIME", "the highest rate with mean TTFT within: \"500 ms\""},
      {"--tpot", "slo.tpot", text, "TIME", "and mean TPOT within: \"50 ms\""},
      {"--draft-tokens", "draft_tokens", number, "N", "speculative tokens a step"},
      {"--tokens-per-step", "tokens_per_step", number, "N",
       "tokens that a verified step yields on average"},
      {"--price", "price", text, "PRICE", "of one accelerator: \"2.5 USD/h\""},
      {"--site", "site", text, "NAME", "price and carbon of electricity"},
      {"--concurrency", "load.concurrency", numbers, "N,N,...",
       "users of a closed loop, one request each: a curve"},
      {"--rate", "load.rate", numbers, "N,N,...", "requests a second of an open stream instead"},
  };
  return flags;
}

}  // namespace

OptionSpec serving_set_option(SettingTexts& texts) {
  return set_option(texts, "any key of the document: --set settings.max_sequences=64");
}

std::vector<OptionSpec> serving_options(SettingTexts& texts) {
  std::vector<OptionSpec> options = flag_options(serving_flags(), texts);
  options.push_back(serving_set_option(texts));
  return options;
}

}  // namespace polyfleet
