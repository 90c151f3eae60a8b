// A command made of a kind of question (app/question.hpp): its scenario, settings, options and
// files become options of the command line, its reply is printed, written as a report and kept in
// the run history. A command of its own flags hands them in.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "app/question.hpp"
#include "cli/command_table.hpp"
#include "cli/estimate_flags.hpp"

namespace polyfleet {

/// Where the command line puts the options of a kind; addresses stay.
struct OptionTexts {
  std::map<std::string, bool> truths;
  std::map<std::string, std::int64_t> integers;
  std::map<std::string, double> numbers;
  std::map<std::string, std::string> texts;
  std::map<std::string, std::vector<std::string>> lists;
};

struct AskArguments {
  std::string scenario;
  SettingTexts settings;
  OptionTexts options;
  std::map<std::string, std::string> files;
  std::map<std::string, std::vector<std::string>> repeated_files;
  std::int64_t threads = 0;  ///< 0 = as many as the machine has cores
  bool json = false;
  std::string report;   ///< HTML file; empty = none
  std::string figures;  ///< folder of SVG and CSV files; empty = none
  std::string store;    ///< run history; empty = the usual one, "none" = do not keep
};

/// The command of the kind `name` ("estimate train"). `more`: options that fill
/// `arguments.settings`, as setting_options() or set_option().
CommandSpec ask_command(const std::string& name, AskArguments& arguments, std::string examples,
                        std::vector<OptionSpec> more);

/// The question that the arguments state. Errors: a scenario that cannot be read, faulty --set.
Result<Question> question_of(const QuestionKind& kind, const AskArguments& arguments);

/// Asks, prints, writes what was asked for, keeps the run; returns the exit code.
int run_ask(const QuestionKind& kind, const AskArguments& arguments);

}  // namespace polyfleet
