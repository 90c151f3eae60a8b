// `polyfleet runs ...`: what was asked before, shown, compared, carried elsewhere, deleted and
// asked again (docs/runs.md).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/command_table.hpp"

namespace polyfleet {

struct RunsListArguments {
  std::string store, command, text;
  std::int64_t most = 20;
  bool json = false;
};
struct RunsShowArguments {
  std::string store, run, report;
  bool json = false;
};
struct RunsCompareArguments {
  std::string store, report;
  std::vector<std::string> runs;
  bool all = false, json = false;
};
struct RunsExportArguments {
  std::string store, out;
  std::vector<std::string> runs;
};
struct RunsImportArguments {
  std::string store, file;
};
struct RunsDeleteArguments {
  std::string store, before;
  std::vector<std::string> runs;
};
struct RunsAgainArguments {
  std::string store, run;
  bool keep = false, all = false, present = false, json = false;
};

struct RunsArguments {
  RunsListArguments list;
  RunsShowArguments show;
  RunsCompareArguments compare;
  RunsExportArguments exports;
  RunsImportArguments imports;
  RunsDeleteArguments deletes;
  RunsAgainArguments again;
};

CommandSpec runs_list_command(RunsListArguments& arguments);
CommandSpec runs_show_command(RunsShowArguments& arguments);
CommandSpec runs_compare_command(RunsCompareArguments& arguments);
CommandSpec runs_export_command(RunsExportArguments& arguments);
CommandSpec runs_import_command(RunsImportArguments& arguments);
CommandSpec runs_delete_command(RunsDeleteArguments& arguments);
CommandSpec runs_again_command(RunsAgainArguments& arguments);

extern const char kRunsExamples[];

}  // namespace polyfleet
