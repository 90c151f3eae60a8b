// A command as a record: its path, help and options, and what runs it. cli/arguments.cpp, the only
// file that knows the parsing library, makes everything from these records; each command's file
// fills in its own, cli/command_list.cpp puts them together.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace polyfleet {

/// Where an option's value goes. A vector collects every occurrence; a function is called with the
/// text of the last one, or of each (`repeated`) in the order given.
using OptionTarget = std::variant<bool*, std::string*, std::vector<std::string>*, std::int64_t*,
                                  double*, std::function<void(const std::string&)>>;

struct OptionSpec {
  std::string names;  ///< "--tp,--tensor"; without dashes: positional
  OptionTarget target;
  std::string help;
  std::string type = {};                  ///< for the help: "FILE", "N"
  std::vector<std::string> choices = {};  ///< closed set of values; empty = any
  bool required = false;
  bool show_default = false;  ///< the target's value is the default that the help prints
  bool repeated = false;      ///< a function target is called for every occurrence
  bool truth = false;         ///< a function target that may stand without a value: "true"
};

/// The records hold pointers into the arguments, which live until the command has run.
struct CommandSpec {
  std::vector<std::string> path;  ///< {"estimate", "train"}; the last word is the command
  std::string summary;
  std::string examples;  ///< shown under the help
  std::vector<OptionSpec> options;
  std::function<int()> run;  ///< returns the exit code
};

/// The first word of commands that have two.
struct CommandGroup {
  std::string name;
  std::string summary;
  std::string examples;
};

}  // namespace polyfleet
