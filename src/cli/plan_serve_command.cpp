#include "cli/plan_serve_command.hpp"

#include "app/serving_plan_document.hpp"
#include "cli/serving_flags.hpp"

namespace polyfleet {
namespace {

const std::vector<EstimateFlag>& plan_serve_flags() {
  using enum FlagKind;
  static const std::vector<EstimateFlag> flags{
      {"--model", "model", text, "NAME", "catalogue id, or a path to a config.json or TOML file"},
      {"--rate", "load.rate", number, "N", "requests a second of the whole service"},
      {"--input", "load.input", number, "TOKENS", "mean prompt length"},
      {"--output", "load.output", number, "TOKENS", "mean output length"},
      {"--input-variation", "load.input_variation", number, "X",
       "standard deviation of prompt lengths over their mean"},
      {"--output-variation", "load.output_variation", number, "X",
       "standard deviation of output lengths over their mean"},
      {"--cached-share", "load.cached_share", number, "X",
       "share of prompt tokens found in the prefix cache"},
      {"--trace", "load.trace", text, "FILE", "requests of a trace instead of rate and lengths"},
      {"--slo-ttft", "slo.ttft", text, "TIME", "time to first token: \"1 s\" (mean), \"2 s p90\""},
      {"--slo-tpot", "slo.tpot", text, "TIME", "time per output token: \"50 ms\", \"60 ms p99\""},
      {"--slo-e2e", "slo.end_to_end", text, "TIME", "whole time of a request: \"30 s p95\""},
      {"--objective", "objective", text, "GOAL",
       "least cost, energy, accelerators, latency or carbon"},
      {"--arrangement", "arrangement", text, "HOW", "either, aggregated or disaggregated"},
      {"--power-cap", "power_cap", text, "POWER", "facility power at the peak: \"2 MW\""},
      {"--engines", "engines", texts, "A,B", "that may run; open: vllm,sglang"},
      {"--formats", "formats", texts, "A,B", "sets of number formats; open: bf16,fp8"},
      {"--cache", "cache", texts, "A,B", "formats of the cache; open: as the engine picks it"},
      {"--tp", "space.tensor", numbers, "N,M", "tensor-parallel degrees that may be tried"},
      {"--pp", "space.pipeline", numbers, "N,M", "pipeline stages that may be tried"},
      {"--ep", "space.expert", numbers, "N,M", "expert-parallel degrees that may be tried"},
      {"--dp-attention", "space.attention_data", numbers, "N,M",
       "attention data-parallel degrees that may be tried"},
      {"--max-sequences", "space.max_sequences", numbers, "N,M",
       "most sequences of a replica; open: the engine's own"},
      {"--draft-tokens", "draft_tokens", number, "N", "speculative tokens a step"},
      {"--tokens-per-step", "tokens_per_step", number, "X",
       "tokens that a verified step yields on average"},
      {"--site", "site", text, "NAME", "where the service stands: carbon, price of electricity"},
      {"--top", "top", number, "N", "number of best plans shown"},
      {"--simulate", "simulate", number, "N", "plans that are simulated; 0 = none"},
      {"--requests", "requests", number, "N", "requests of each simulation"},
      {"--seed", "seed", number, "N", "of the simulated traffic"}};
  return flags;
}

/// Repeated flags add up to one list.
void push_setting(SettingTexts& texts, const std::string& key, const std::string& flag,
                  Value value) {
  for (Setting& setting : texts.settings) {
    if (setting.key != key) continue;
    setting.value.push(std::move(value));
    return;
  }
  Value list{Array{}};
  list.push(std::move(value));
  texts.settings.push_back({key, std::move(list), flag});
}

void add_offer(SettingTexts& texts, const std::string& text) {
  Result<Value> offer = offer_of(text);
  if (offer)
    push_setting(texts, "offer", "--offer", *std::move(offer));
  else
    texts.faulty.insert(texts.faulty.end(), offer.problems().begin(), offer.problems().end());
}

std::vector<OptionSpec> options_of(SettingTexts& texts) {
  std::vector<OptionSpec> options;
  options.push_back({.names = "--offer",
                     .target = [&texts](const std::string& text) { add_offer(texts, text); },
                     .help = "an accelerator on offer, price in USD/h; may be given again",
                     .type = "PART:price=2.5,stock=64",
                     .repeated = true});
  const std::vector<OptionSpec> flags = flag_options(plan_serve_flags(), texts);
  options.insert(options.end(), flags.begin(), flags.end());
  options.push_back({.names = "--vendor-share",
                     .target =
                         [&texts](const std::string& text) {
                           push_setting(texts, "vendor_share", "--vendor-share", Value(text));
                         },
                     .help = "share of a vendor among the accelerators in use",
                     .type = "AMD=0.3..0.6",
                     .repeated = true});
  options.push_back(serving_set_option(texts));
  return options;
}

/// --export may be given again: one request a line (app/ask_plan_serve.cpp).
void take_exports(CommandSpec& command, std::string& lines) {
  for (OptionSpec& option : command.options) {
    if (option.names != "--export") continue;
    option.repeated = true;
    option.target = [&lines](const std::string& text) {
      lines += (lines.empty() ? "" : "\n") + text;
    };
  }
}

}  // namespace

CommandSpec plan_serve_command(AskArguments& arguments) {
  CommandSpec command = ask_command(
      "plan serve", arguments,
      "Examples:\n"
      "  polyfleet plan serve --model llama3.1-70b --rate 50 --input 2000 --output 300 \\\n"
      "      --slo-ttft \"1 s p90\" --slo-tpot \"40 ms\" --offer mi355x:price=2.5,stock=64 \\\n"
      "      --offer h200:price=3.2\n"
      "  polyfleet plan serve scenarios/serving_plans/two_vendors.toml --objective energy --front\n"
      "  polyfleet plan serve --model deepseek-r1 --trace conv.csv --slo-tpot \"50 ms p95\" \\\n"
      "      --offer b200 --offer mi355x --vendor-share AMD=0.3..0.6 --export kubernetes=k8s/\n"
      "Exit code 1: nothing meets the targets; the best that can be had and what binds are told.",
      options_of(arguments.settings));
  take_exports(command, arguments.files["export"]);
  return command;
}

}  // namespace polyfleet
