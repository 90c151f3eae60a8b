#include "cli/estimate_flags.hpp"

#include <algorithm>

#include "config/fields.hpp"

namespace polyfleet {
namespace {

/// "a,b" as a list of texts or numbers.
Value list_of(const std::string& text, bool numbers) {
  Value list{Array{}};
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    const std::string one = text.substr(begin, comma - begin);
    list.push(numbers ? detail::value_from_text(one) : Value(one));
    begin = comma + 1;
  }
  return list;
}

}  // namespace

const std::vector<EstimateFlag>& estimate_flags() {
  using enum FlagKind;
  static const std::vector<EstimateFlag> flags{
      {"--model", "model", text, "NAME", "catalogue id, a config.json (or its folder), or a .toml"},
      {"--accelerator", "accelerator", text, "NAME", "catalogue id or path, @edition allowed"},
      {"--system", "system", text, "NAME", "catalogue id or path (default: the usual one)"},
      {"--devices", "devices", number, "N", "number of accelerators"},
      {"--tp", "plan.layout.tensor", number, "N", "tensor-parallel degree"},
      {"--pp", "plan.layout.pipeline", number, "N", "pipeline-parallel degree"},
      {"--vpp", "plan.layout.virtual_stages", number, "N", "virtual stages per pipeline rank"},
      {"--cp", "plan.layout.context", number, "N", "context-parallel degree"},
      {"--ep", "plan.layout.expert", number, "N", "expert-parallel degree"},
      {"--etp", "plan.layout.expert_tensor", number, "N", "tensor parallel inside an expert"},
      {"--dp", "plan.layout.data", number, "N", "data-parallel degree (default: what is left)"},
      {"--micro-batch", "plan.micro_batch", number, "N", "sequences per micro-batch"},
      {"--global-batch", "plan.global_batch", number, "N", "sequences per step"},
      {"--sequence", "plan.sequence_length", number, "N", "tokens per sequence"},
      {"--precision", "precision", text, "RECIPE", "bf16, fp8, mxfp8, nvfp4, ..."},
      {"--recompute", "plan.recompute", text, "MODE", "none, selective or full"},
      {"--sharding", "plan.sharding", text, "MODE", "none, zero1, zero2 or zero3 (FSDP)"},
      {"--sequence-parallel", "plan.layout.sequence_parallel", truth, "[true|false]",
       "shard norms and residuals over the tensor group"},
      {"--schedule", "plan.schedule", text, "NAME",
       "gpipe, 1f1b, interleaved, zero-bubble or dual-pipe"},
      {"--lora-rank", "plan.lora.rank", number, "N", "fine-tune with adapters of this rank"},
      {"--framework", "framework", text, "NAME", "whose defaults fill what is left open; none"},
      {"--release", "release", text, "YYYY-MM", "software of this month (default: the latest)"},
      {"--price", "prices.device", text, "PRICE", "of one accelerator: \"2.5 USD/h\""},
      {"--site", "site", text, "NAME", "price and carbon of electricity"},
  };
  return flags;
}

Setting setting_of_flag(const EstimateFlag& flag, const std::string& text) {
  switch (flag.kind) {
    case FlagKind::text:
      return {flag.key, Value(text), flag.names};
    case FlagKind::number:
    case FlagKind::truth:
      return {flag.key, detail::value_from_text(text.empty() ? "true" : text), flag.names};
    case FlagKind::texts:
    case FlagKind::numbers:
      return {flag.key, list_of(text, flag.kind == FlagKind::numbers), flag.names};
  }
  return {};
}

std::vector<OptionSpec> flag_options(const std::vector<EstimateFlag>& flags, SettingTexts& texts) {
  std::vector<OptionSpec> options;
  for (const EstimateFlag& flag : flags) {
    options.push_back({.names = flag.names,
                       .target =
                           [&texts, &flag](const std::string& text) {
                             texts.settings.push_back(setting_of_flag(flag, text));
                           },
                       .help = flag.help,
                       .type = flag.type,
                       .truth = flag.kind == FlagKind::truth});
  }
  return options;
}

OptionSpec set_option(SettingTexts& texts, std::string help) {
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
          .help = std::move(help),
          .type = "KEY=VALUE",
          .repeated = true};
}

std::vector<OptionSpec> setting_options(SettingTexts& texts) {
  std::vector<OptionSpec> options = flag_options(estimate_flags(), texts);
  options.push_back(set_option(texts, "any key of a scenario: --set plan.layout.tensor=8"));
  return options;
}

}  // namespace polyfleet
