// `polyfleet export` and `polyfleet import`: arguments and records.
#pragma once

#include <string>
#include <vector>

#include "app/launch_import.hpp"
#include "cli/command_table.hpp"

namespace polyfleet {

struct ExportArguments {
  std::string format, scenario;
  std::string out;                ///< folder; empty = standard output
  std::vector<std::string> sets;  ///< "key=value" over the file
  bool json = false;
};
struct ImportArguments {
  std::string format, file;
  std::string out;  ///< scenario to write; empty = standard output
  ImportWishes wishes;
  bool json = false;
};

CommandSpec export_command(ExportArguments& arguments);
CommandSpec import_command(ImportArguments& arguments);

}  // namespace polyfleet
