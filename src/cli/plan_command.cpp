#include "cli/plan_command.hpp"

#include "app/plan_wishes.hpp"

namespace polyfleet {
namespace {

/// A flag that states a key of [search].
OptionSpec search_option(SettingTexts& texts, std::string flag, std::string key, std::string help,
                         std::string type, bool is_text = false) {
  return {.names = flag,
          .target =
              [&texts, flag, key, is_text](const std::string& text) {
                Value value = is_text ? Value(text) : detail::value_from_text(text);
                texts.settings.push_back({key, std::move(value), flag});
              },
          .help = std::move(help),
          .type = std::move(type)};
}

void keep_setting(const Result<Setting>& setting, SettingTexts& texts) {
  if (setting) {
    texts.settings.push_back(*setting);
  } else {
    texts.faulty.insert(texts.faulty.end(), setting.problems().begin(), setting.problems().end());
  }
}

/// Repeated --vendor-share texts add up to one list.
void add_vendor_share(const std::string& text, SettingTexts& texts) {
  for (Setting& setting : texts.settings) {
    if (setting.key != "search.vendor_share") continue;
    setting.value.push(Value(text));
    return;
  }
  Value list{Array{}};
  list.push(Value(text));
  texts.settings.push_back({"search.vendor_share", list, "--vendor-share"});
}

std::vector<OptionSpec> search_options(SettingTexts& texts) {
  std::vector<OptionSpec> options;
  options.push_back(search_option(texts, "--objective", "search.objective",
                                  "time, cost, energy or tokens-per-second", "GOAL", true));
  options.push_back(search_option(texts, "--power-cap", "search.power_cap",
                                  "facility power of the accelerators in use: \"50 MW\"", "POWER",
                                  true));
  options.push_back({.names = "--head-room",
                     .target =
                         [&texts](const std::string& text) {
                           texts.settings.push_back(head_room_setting_of(text));
                         },
                     .help = "share of the usable memory that must stay free",
                     .type = "PERCENT"});
  options.push_back(search_option(texts, "--max-tensor", "search.max_tensor",
                                  "largest tensor-parallel degree", "N"));
  options.push_back({.names = "--vendor-share",
                     .target = [&texts](const std::string& text) { add_vendor_share(text, texts); },
                     .help = "share of a vendor among the accelerators in use",
                     .type = "AMD=0.3..0.6",
                     .repeated = true});
  options.push_back(
      {.names = "--space",
       .target = [&texts](const std::string& text) { keep_setting(space_setting_of(text), texts); },
       .help = "values that may be tried for one setting",
       .type = "KEY=V1,V2",
       .repeated = true});
  options.push_back(search_option(texts, "--effort", "search.effort",
                                  "several pools: quick, or full to search to the end", "HOW",
                                  true));
  options.push_back(search_option(texts, "--top", "search.top", "number of best plans shown", "N"));
  options.push_back(search_option(texts, "--tokens", "search.tokens",
                                  "tokens of the whole run, for its end and energy", "N"));
  options.push_back(
      search_option(texts, "--start", "search.start", "first day of the run", "YYYY-MM-DD", true));
  return options;
}

/// The cluster's file as a setting, read where the flag is.
OptionSpec cluster_option(SettingTexts& texts) {
  return {.names = "--cluster",
          .target =
              [&texts](const std::string& path) {
                Result<Value> cluster = read_document(path);
                if (cluster) {
                  texts.settings.push_back({"cluster", *std::move(cluster), "--cluster " + path});
                } else {
                  const Diagnostics& problems = cluster.problems();
                  texts.faulty.insert(texts.faulty.end(), problems.begin(), problems.end());
                }
              },
          .help = "pools and links in TOML (docs/planner.md)",
          .type = "FILE"};
}

}  // namespace

const char kPlanExamples[] =
    "Examples:\n"
    "  polyfleet plan train --model llama3.1-70b --accelerator amd_mi300x --devices 64 \\\n"
    "      --global-batch 256 --sequence 8192 --precision bf16\n"
    "  polyfleet plan train scenario.toml --objective cost --head-room 5% --out plan.toml\n"
    "  polyfleet plan train scenario.toml --cluster scenarios/clusters/mi300x_h200.toml\n"
    "  polyfleet plan train today.toml --compare-stated   (how good is what runs today)\n"
    "  polyfleet plan train scenario.toml --tp 8 --space pipeline=1,2,4 --top 10 --json\n"
    "A setting that the scenario or a flag states is pinned. Exit code 1: nothing fits; 130:\n"
    "interrupted, with the best so far.";

CommandSpec plan_train_command(AskArguments& arguments) {
  SettingTexts& texts = arguments.settings;
  std::vector<OptionSpec> more{cluster_option(texts)};
  for (std::vector<OptionSpec> options : {search_options(texts), setting_options(texts)})
    std::move(options.begin(), options.end(), std::back_inserter(more));
  return ask_command("plan train", arguments, kPlanExamples, std::move(more));
}

}  // namespace polyfleet
