#include "cli/plan_serve_command.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/serving_plan_export.hpp"
#include "app/serving_plan_run.hpp"
#include "cli/output.hpp"
#include "cli/serving_flags.hpp"
#include "report/serving_plan_json.hpp"
#include "report/serving_plan_text.hpp"

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

std::vector<OptionSpec> options_of(PlanServeArguments& arguments) {
  SettingTexts& texts = arguments.settings;
  std::vector<OptionSpec> options{{.names = "scenario",
                                   .target = &arguments.scenario,
                                   .help = "the question in TOML (docs/serving_planner.md)"}};
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
  options.push_back({"--export", &arguments.exports,
                     "files that start the plan: vllm, sglang or kubernetes; may be given again",
                     "FORMAT=DIR"});
  options.push_back({"--front", &arguments.front, "the Pareto front of cost, energy and latency"});
  options.push_back({"--json", &arguments.json, "as JSON"});
  options.push_back({"--explain", &arguments.explain, "every assumption with its basis"});
  return options;
}

/// Where the exports went, and what their tools cannot be told.
std::string exports_text(const std::vector<ServingExport>& exports, PageStyle style) {
  if (exports.empty()) return {};
  std::string text;
  for (const ServingExport& each : exports) {
    std::string files;
    for (const LaunchFile& file : each.files.files)
      files += (files.empty() ? "" : ", ") + file.name;
    text +=
        fmt::format("\n{} in {}: {}\n", name_of(each.request.format), each.request.folder, files);
    TextTable table({"not in the files", "value", "why"});
    for (const Unexpressed& one : each.files.unexpressed)
      table.row({one.setting, one.value, one.why});
    if (!table.empty()) text += table.text(style);
  }
  return text;
}

Value exports_json(const std::vector<ServingExport>& exports) {
  Value list{Array{}};
  for (const ServingExport& each : exports) {
    Value one{Table{}};
    one.set("format", name_of(each.request.format));
    one.set("folder", each.request.folder);
    Value files{Array{}}, unsaid{Array{}};
    for (const LaunchFile& file : each.files.files) files.push(file.name);
    for (const Unexpressed& setting : each.files.unexpressed) {
      Value row{Table{}};
      row.set("setting", setting.setting);
      row.set("value", setting.value);
      row.set("why", setting.why);
      unsaid.push(std::move(row));
    }
    one.set("files", std::move(files));
    one.set("unexpressed", std::move(unsaid));
    list.push(std::move(one));
  }
  return list;
}

Result<std::vector<ServingExportRequest>> export_requests(const std::vector<std::string>& texts) {
  std::vector<ServingExportRequest> requests;
  for (const std::string& text : texts) {
    Result<ServingExportRequest> request = serving_export_of(text);
    if (!request) return request.problems();
    requests.push_back(*std::move(request));
  }
  return requests;
}

int run_plan_serve(const PlanServeArguments& arguments) {
  if (!arguments.settings.faulty.empty()) return bad_input(arguments.settings.faulty);
  const auto requests = export_requests(arguments.exports);
  if (!requests) return bad_input(requests.problems());
  const auto workspace = Workspace::open();
  if (!workspace) return bad_input(workspace.problems());
  const Result<Value> document = scenario_document(arguments.scenario, arguments.settings.settings);
  if (!document) return bad_input(document.problems());
  const Result<ServingPlanRun> run = run_serving_plan(
      **workspace, *document, [](const std::string& doing) { show_progress(doing); });
  show_progress({});
  if (!run) return bad_input(run.problems());
  const ServingPlanAnswer answer = run->answer();
  const ServingPlan* chosen = chosen_plan(answer);
  const int code = chosen != nullptr ? kExitOk : kExitInfeasible;
  std::vector<ServingExport> exports;
  if (chosen != nullptr) {
    auto made = write_serving_exports(*run, *chosen, *requests, **workspace);
    if (!made) return bad_input(made.problems());
    exports = *std::move(made);
  }
  if (arguments.json) {
    Value json = serving_plan_json(answer);
    if (!exports.empty()) json.set("exports", exports_json(exports));
    print_json(json);
    return code;
  }
  const ServingPlanPage page{.front = arguments.front, .explain = arguments.explain};
  print(answer.result.best.empty() ? no_serving_plan_text(answer, page, output_style())
                                   : serving_plan_text(answer, page, output_style()));
  print(exports_text(exports, output_style()));
  return code;
}

}  // namespace

CommandSpec plan_serve_command(PlanServeArguments& arguments) {
  return {
      {"plan", "serve"},
      "The fleet that serves a stream of requests within its latency targets",
      "Examples:\n"
      "  polyfleet plan serve --model llama3.1-70b --rate 50 --input 2000 --output 300 \\\n"
      "      --slo-ttft \"1 s p90\" --slo-tpot \"40 ms\" --offer mi355x:price=2.5,stock=64 \\\n"
      "      --offer h200:price=3.2\n"
      "  polyfleet plan serve scenarios/serving_plans/two_vendors.toml --objective energy --front\n"
      "  polyfleet plan serve --model deepseek-r1 --trace conv.csv --slo-tpot \"50 ms p95\" \\\n"
      "      --offer b200 --offer mi355x --vendor-share AMD=0.3..0.6 --export kubernetes=k8s/\n"
      "Exit code 1: nothing meets the targets; the best that can be had and what binds are told.",
      options_of(arguments),
      [&] { return run_plan_serve(arguments); }};
}

}  // namespace polyfleet
