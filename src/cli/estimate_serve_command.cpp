#include "cli/estimate_serve_command.hpp"

#include "app/scenario_document.hpp"
#include "app/serving_estimate.hpp"
#include "cli/output.hpp"
#include "report/serving_estimate.hpp"

namespace polyfleet {
namespace {

int run_estimate_serve(const EstimateServeArguments& arguments) {
  if (!arguments.settings.faulty.empty()) return bad_input(arguments.settings.faulty);
  const auto workspace = Workspace::open();
  if (!workspace) return bad_input(workspace.problems());
  const Result<Value> document = scenario_document(arguments.scenario, arguments.settings.settings);
  if (!document) return bad_input(document.problems());
  const auto estimate = run_serving_estimate(**workspace, *document);
  if (!estimate) return bad_input(estimate.problems());
  if (arguments.json) {
    print_json(serving_estimate_json(*estimate));
  } else {
    print(serving_estimate_text(*estimate, arguments.explain, output_style()));
  }
  const bool unmet = estimate->within && !estimate->within->state.stable;
  return estimate->served.engine->fits_in_memory() && !unmet ? kExitOk : kExitInfeasible;
}

std::vector<OptionSpec> options_of(EstimateServeArguments& arguments) {
  std::vector<OptionSpec> options{{.names = "scenario",
                                   .target = &arguments.scenario,
                                   .help = "a replica and its load in TOML (docs/serving.md)"}};
  const std::vector<OptionSpec> more = serving_options(arguments.settings);
  options.insert(options.end(), more.begin(), more.end());
  options.push_back({"--json", &arguments.json, "as JSON"});
  options.push_back({"--explain", &arguments.explain, "where the time of an iteration goes"});
  return options;
}

}  // namespace

CommandSpec estimate_serve_command(EstimateServeArguments& arguments) {
  return {
      {"estimate", "serve"},
      "Throughput against latency of one inference replica, in steady state",
      "Examples:\n"
      "  polyfleet estimate serve --model llama3.1-70b --accelerator amd_mi300x --tp 2 \\\n"
      "      --formats fp8 --input 1024 --output 1024\n"
      "  polyfleet estimate serve --model deepseek-r1 --accelerator amd_mi355x --engine sglang \\\n"
      "      --tp 8 --formats fp8 --input 8192 --output 1024 --concurrency 4,16,64 --explain\n"
      "  polyfleet estimate serve --model llama3.1-8b --accelerator nv_h100_sxm --input 512 \\\n"
      "      --output 256 --ttft \"200 ms\" --tpot \"20 ms\"   (the highest rate within)\n"
      "Exit code 1: the model does not fit, or no rate keeps within the bounds.",
      options_of(arguments),
      [&] { return run_estimate_serve(arguments); }};
}

}  // namespace polyfleet
