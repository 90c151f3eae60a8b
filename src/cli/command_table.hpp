// A command as a record: its path, help and options, and what runs it. cli/arguments.cpp, the only
// file that knows the parsing library, makes everything from these records; each command's file
// fills in its own.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace polyfleet {

/// Where an option's value goes. A text vector collects every occurrence; a function is called with
/// the text of each occurrence, in the order given.
using OptionTarget = std::variant<bool*, std::string*, std::vector<std::string>*, std::int64_t*,
                                  double*, std::function<void(const std::string&)>>;

struct OptionSpec {
  std::string names;  ///< "--json"; without dashes: positional
  OptionTarget target;
  std::string help;
  std::string type = {};                  ///< for the help: "FILE", "N"
  std::vector<std::string> choices = {};  ///< closed set of values; empty = any
  bool required = false;
  bool truth = false;  ///< a function target that also takes no value, read as "true"
};

/// The records hold pointers into the caller's arguments, which live as long as the program.
struct CommandSpec {
  std::vector<std::string> path;  ///< {"plan", "train"}; the last word is the command
  std::string summary;
  std::string examples;  ///< shown under the help
  std::vector<OptionSpec> options;
  std::function<int()> run;  ///< returns the exit code
};

}  // namespace polyfleet
