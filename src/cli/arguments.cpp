// The only place that knows CLI11: every option with its help, and what is printed when the
// arguments cannot be understood.
#include <CLI/CLI.hpp>

#include "base/spelling.hpp"
#include "cli/commands.hpp"
#include "cli/estimate_flags.hpp"
#include "cli/output.hpp"

namespace polyfleet {
namespace {

constexpr char kFooter[] =
    "Examples:\n"
    "  polyfleet estimate train --model llama3.1-70b --accelerator amd_mi355x --devices 64 \\\n"
    "      --tp 8 --global-batch 128 --sequence 8192 --precision mxfp8\n"
    "  polyfleet catalogue compare amd_mi355x nv_gb200 amd_mi455x nv_rubin\n"
    "  polyfleet validate train\n"
    "Every command explains itself with --help.";

constexpr char kCatalogueFooter[] =
    "Examples:\n"
    "  polyfleet catalogue list systems\n"
    "  polyfleet catalogue show amd_mi455x@announced --sources\n"
    "  polyfleet catalogue compare mi355x b200 --json\n"
    "A part of your own: polyfleet catalogue show ./my_part.toml";

constexpr char kEstimateFooter[] =
    "Examples:\n"
    "  polyfleet estimate train scenario.toml\n"
    "  polyfleet estimate train --model llama3.1-8b --accelerator nv_h100_sxm --devices 8 \\\n"
    "      --global-batch 128 --sequence 8192 --precision fp8\n"
    "  polyfleet estimate train --model ./config.json --system amd_helios --devices 72 --tp 8 \\\n"
    "      --global-batch 144 --sequence 4096 --set plan.overlap.tensor=0.6 --explain\n"
    "  polyfleet estimate train scenario.toml --tp 4 --timeline step.json   (open in Perfetto)\n"
    "Flags and --set win over the file. Exit code 1: the plan does not fit in memory.";

constexpr char kValidateFooter[] =
    "Examples:\n"
    "  polyfleet validate train\n"
    "  polyfleet validate train --strict --split test --json\n"
    "  polyfleet validate train --data my_runs.csv --rows predictions.csv\n"
    "  polyfleet validate collectives";

constexpr char kBenchFooter[] =
    "Examples:\n"
    "  polyfleet bench\n"
    "  polyfleet bench --signature   (one number over all golden results)";

constexpr char kMainJobFooter[] =
    "Examples:\n"
    "  polyfleet main-job\n"
    "  polyfleet main-job --scenarios my_comparison/ --json";

/// The command chosen and its arguments; exactly one of them is run.
struct Chosen {
  CatalogueListArguments list;
  CatalogueShowArguments show;
  CatalogueCompareArguments compare;
  EstimateArguments estimate;
  ValidateArguments validate;
  BenchArguments bench;
  MainJobArguments main_job;
  std::function<int()> run;
};

void add_catalogue(CLI::App& app, Chosen& chosen) {
  CLI::App* catalogue = app.add_subcommand(
      "catalogue", "Accelerators, systems, fabrics, models, sites and prices with their sources");
  catalogue->footer(kCatalogueFooter)->require_subcommand(1);
  CLI::App* list = catalogue->add_subcommand("list", "Everything on one shelf");
  list->add_option("shelf", chosen.list.shelf,
                   "accelerators, systems, fabrics, models, sites or prices")
      ->capture_default_str();
  list->add_flag("--json", chosen.list.json, "as JSON");
  list->callback([&] { chosen.run = [&] { return run_catalogue_list(chosen.list); }; });
  CLI::App* show = catalogue->add_subcommand("show", "One entry, figure by figure");
  show->add_option("name", chosen.show.name, "id, alias or path, with an optional @edition")
      ->required();
  show->add_flag("--sources", chosen.show.sources, "where each figure stands");
  show->add_flag("--json", chosen.show.json, "as JSON");
  show->callback([&] { chosen.run = [&] { return run_catalogue_show(chosen.show); }; });
  CLI::App* compare = catalogue->add_subcommand("compare", "Parts side by side");
  compare->add_option("names", chosen.compare.names, "ids, aliases or paths")->required();
  compare->add_flag("--sources", chosen.compare.sources, "where each figure stands");
  compare->add_flag("--json", chosen.compare.json, "as JSON");
  compare->callback([&] { chosen.run = [&] { return run_catalogue_compare(chosen.compare); }; });
}

void add_estimate_flag(CLI::App& train, const EstimateFlag& flag, EstimateArguments& estimate) {
  const auto keep = [&flag, &estimate](const std::string& text) {
    estimate.settings.push_back(setting_of_flag(flag, text));
  };
  CLI::Option* option = train.add_option_function<std::string>(flag.names, keep, flag.help);
  // The last one wins, so that a script's flags can be overridden behind it.
  option->type_name(flag.type)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  if (flag.kind == FlagKind::truth) option->expected(0, 1)->default_str("true");
}

void add_estimate(CLI::App& app, Chosen& chosen) {
  EstimateArguments& estimate = chosen.estimate;
  CLI::App* parent = app.add_subcommand("estimate", "Time, memory, energy and cost of a workload");
  parent->footer(kEstimateFooter)->require_subcommand(1);
  CLI::App* train = parent->add_subcommand("train", "One training step of a plan");
  train->footer(kEstimateFooter);
  train->add_option("scenario", estimate.scenario, "a scenario in TOML (docs/scenarios.md)");
  for (const EstimateFlag& flag : estimate_flags()) add_estimate_flag(*train, flag, estimate);
  train
      ->add_option_function<std::vector<std::string>>(
          "--set", [&](const std::vector<std::string>& texts) { add_settings(texts, estimate); },
          "any key of a scenario: --set plan.layout.tensor=8")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  train->add_flag("--strict", estimate.strict, "without the software-maturity factor");
  train->add_flag("--json", estimate.json, "as JSON");
  train->add_flag("--explain", estimate.explain,
                  "the chain of terms and sources behind the result");
  train->add_option("--timeline", estimate.timeline, "write a Chrome/Perfetto trace of one step")
      ->type_name("FILE");
  train->callback([&] { chosen.run = [&] { return run_estimate_train(chosen.estimate); }; });
}

void add_validate(CLI::App& app, Chosen& chosen) {
  ValidateArguments& validate = chosen.validate;
  CLI::App* command =
      app.add_subcommand("validate", "Predicts published measurements and prints the errors");
  command->footer(kValidateFooter);
  command->add_option("what", validate.what, "kernels, collectives, memory or train")
      ->required()
      ->check(CLI::IsMember({"kernels", "collectives", "memory", "train"}));
  command->add_option("--data", validate.data, "a table of your own (default: the shipped one)")
      ->type_name("FILE");
  command->add_option("--rows", validate.rows, "write every row with its prediction")
      ->type_name("OUT.csv");
  command
      ->add_option("--split", validate.split,
                   "train: the half that software maturity was fitted "
                   "on; test: the other half; all")
      ->check(CLI::IsMember({"train", "test", "all"}))
      ->capture_default_str();
  command->add_flag("--strict", validate.strict, "without the software-maturity factor");
  command->add_flag("--json", validate.json, "as JSON");
  command->callback([&] { chosen.run = [&] { return run_validate(chosen.validate); }; });
}

void add_bench(CLI::App& app, Chosen& chosen) {
  CLI::App* command = app.add_subcommand("bench", "The project's own speed figures");
  command->footer(kBenchFooter);
  command->add_flag("--json", chosen.bench.json, "as JSON");
  command->add_flag("--signature", chosen.bench.signature, "hash of all golden results");
  command->callback([&] { chosen.run = [&] { return run_bench(chosen.bench); }; });
}

void add_main_job(CLI::App& app, Chosen& chosen) {
  CLI::App* command = app.add_subcommand(
      "main-job", "One frontier training run on four systems at equal megawatts");
  command->footer(kMainJobFooter);
  command->add_option("--scenarios", chosen.main_job.scenarios, "a folder of scenarios to compare")
      ->type_name("FOLDER");
  command->add_flag("--json", chosen.main_job.json, "as JSON");
  command->callback([&] { chosen.run = [&] { return run_main_job(chosen.main_job); }; });
}

/// The deepest command that the arguments reached.
const CLI::App* reached(const CLI::App* app) {
  for (const CLI::App* inner : app->get_subcommands()) return reached(inner);
  return app;
}

std::vector<std::string> known_words(const CLI::App& app, bool options) {
  std::vector<std::string> words;
  if (options) {
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
    }
  } else {
    for (const CLI::App* inner : app.get_subcommands([](const CLI::App*) { return true; }))
      words.push_back(inner->get_name());
  }
  return words;
}

/// An argument that nothing takes: an unknown command or option, with the nearest known one.
Diagnostics unexpected(const CLI::App& app) {
  const CLI::App* command = reached(&app);
  Diagnostics problems;
  for (const std::string& word : app.remaining(true)) {
    const bool is_option = word.starts_with("-");
    if (!is_option && !problems.empty()) continue;  // the value of an unknown option
    const std::string written = word.substr(0, word.find('='));
    const std::vector<std::string> known = known_words(*command, is_option);
    const std::string what = is_option ? "unknown option '" : "unknown command '";
    problems.push_back(
        problem(known.empty() ? "unexpected argument '" + written + "'" : what + written + "'",
                known.empty() ? command->get_name() + " takes no more arguments"
                              : name_suggestion(written, known)));
  }
  return problems;
}

/// "polyfleet estimate train".
std::string path_of(const CLI::App* command) {
  const CLI::App* parent = command->get_parent();
  return parent == nullptr ? command->get_name() : path_of(parent) + ' ' + command->get_name();
}

int explain_error(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    const Diagnostics problems = unexpected(app);
    if (!problems.empty()) return bad_input(problems);
  }
  return bad_input({problem(error.what(), "see " + path_of(reached(&app)) + " --help")});
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App app("polyfleet: plan, predict and prove AI training on any vendor's accelerators",
               "polyfleet");
  app.set_version_flag("--version", "polyfleet " POLYFLEET_VERSION);
  app.require_subcommand(0, 1);
  app.footer(kFooter);
  Chosen chosen;
  add_catalogue(app, chosen);
  add_estimate(app, chosen);
  add_validate(app, chosen);
  add_bench(app, chosen);
  add_main_job(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return explain_error(app, error);
  }
  if (chosen.run) return chosen.run();
  print(app.help());
  return kExitOk;
}

}  // namespace polyfleet
