// The only place that knows CLI11: every option with its help, and what is printed when the
// arguments cannot be understood.
#include <CLI/CLI.hpp>

#include "base/check.hpp"
#include "base/spelling.hpp"
#include "cli/command_list.hpp"
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

/// A bool is a flag; a named vector takes one value an occurrence; of a function's occurrences the
/// last one wins, so that a script's flags can be overridden behind it, unless it asks for all.
CLI::Option* add_target(CLI::App& command, const OptionSpec& spec) {
  const auto add = [&](auto target) -> CLI::Option* {
    using Target = decltype(target);
    if constexpr (std::is_same_v<Target, bool*>) {
      return command.add_flag(spec.names, *target, spec.help);
    } else if constexpr (std::is_same_v<Target, std::vector<std::string>*>) {
      CLI::Option* option = command.add_option(spec.names, *target, spec.help);
      return spec.names.starts_with("-") ? option->allow_extra_args(false) : option;
    } else if constexpr (std::is_pointer_v<Target>) {
      return command.add_option(spec.names, *target, spec.help);
    } else if (spec.repeated) {
      const auto each = [target](const std::vector<std::string>& texts) {
        for (const std::string& text : texts) target(text);
      };
      return command.add_option_function<std::vector<std::string>>(spec.names, each, spec.help)
          ->allow_extra_args(false);
    } else {
      return command.add_option_function<std::string>(spec.names, target, spec.help)
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    }
  };
  return std::visit(add, spec.target);
}

void add_option(CLI::App& command, const OptionSpec& spec) {
  CLI::Option* option = add_target(command, spec);
  if (!spec.type.empty()) option->type_name(spec.type);
  if (!spec.choices.empty()) option->check(CLI::IsMember(spec.choices));
  if (spec.required) option->required();
  if (spec.show_default) option->capture_default_str();
  if (spec.truth) option->expected(0, 1)->default_str("true");
}

/// The group's command, made when its first member comes.
CLI::App* group_app(CLI::App& app, const std::string& name) {
  for (CLI::App* made :
       app.get_subcommands([&](const CLI::App* each) { return each->get_name() == name; }))
    return made;
  for (const CommandGroup& group : command_groups()) {
    if (group.name != name) continue;
    CLI::App* made = app.add_subcommand(group.name, group.summary);
    made->footer(group.examples)->require_subcommand(1);
    return made;
  }
  POLYFLEET_CHECK(false, "a command of two words without its group");
  return nullptr;
}

void add_command(CLI::App& app, const CommandSpec& spec, const CommandSpec*& chosen) {
  CLI::App* parent = spec.path.size() > 1 ? group_app(app, spec.path.front()) : &app;
  CLI::App* command = parent->add_subcommand(spec.path.back(), spec.summary);
  if (!spec.examples.empty()) command->footer(spec.examples);  // else the group's
  for (const OptionSpec& option : spec.options) add_option(*command, option);
  command->callback([&] { chosen = &spec; });
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
  CommandArguments arguments;
  const std::vector<CommandSpec> commands = command_list(arguments);
  const CommandSpec* chosen = nullptr;
  for (const CommandSpec& spec : commands) add_command(app, spec, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return explain_error(app, error);
  }
  if (chosen != nullptr) return chosen->run();
  print(app.help());
  return kExitOk;
}

}  // namespace polyfleet
