#include "cli/serving_flags.hpp"

#include "config/fields.hpp"

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
  };
  return flags;
}

/// "1,8,64" as a list.
Value list_value(const std::string& text) {
  Value list{Array{}};
  std::size_t start = 0;
  while (start <= text.size()) {
    const std::size_t comma = std::min(text.find(',', start), text.size());
    list.push(detail::value_from_text(std::string_view(text).substr(start, comma - start)));
    start = comma + 1;
  }
  return list;
}

OptionSpec list_option(SettingTexts& texts, std::string flag, std::string key, std::string help) {
  return {.names = flag,
          .target =
              [&texts, flag, key](const std::string& text) {
                texts.settings.push_back({key, list_value(text), flag});
              },
          .help = std::move(help),
          .type = "N,N,..."};
}

}  // namespace

OptionSpec serving_set_option(SettingTexts& texts) {
  return {.names = "--set",
          .target =
              [&texts](const std::string& text) {
                if (const Result<Setting> setting = setting_of(text)) {
                  texts.settings.push_back(*setting);
                } else {
                  const Diagnostics& problems = setting.problems();
                  texts.faulty.insert(texts.faulty.end(), problems.begin(), problems.end());
                }
              },
          .help = "any key of the document: --set settings.max_sequences=64",
          .type = "KEY=VALUE",
          .repeated = true};
}

std::vector<OptionSpec> serving_options(SettingTexts& texts) {
  std::vector<OptionSpec> options;
  for (const EstimateFlag& flag : serving_flags()) {
    options.push_back({.names = flag.names,
                       .target =
                           [&texts, &flag](const std::string& text) {
                             texts.settings.push_back(setting_of_flag(flag, text));
                           },
                       .help = flag.help,
                       .type = flag.type});
  }
  options.push_back(list_option(texts, "--concurrency", "load.concurrency",
                                "users of a closed loop, one request each: a curve"));
  options.push_back(
      list_option(texts, "--rate", "load.rate", "requests a second of an open stream instead"));
  options.push_back(serving_set_option(texts));
  return options;
}

}  // namespace polyfleet
