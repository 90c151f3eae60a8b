// The command line: arguments become plain structs (cli/arguments.cpp), one function per command
// runs them. Exit codes: 0 ok, 1 infeasible or failed check, 2 bad input, 3 internal.
#pragma once

#include <string>
#include <vector>

#include "app/scenario_document.hpp"

namespace polyfleet {

struct CatalogueListArguments {
  std::string shelf = "accelerators";
  bool json = false;
};
struct CatalogueShowArguments {
  std::string name;
  bool json = false, sources = false;
};
struct CatalogueCompareArguments {
  std::vector<std::string> names;
  bool json = false, sources = false;
};
struct EstimateArguments {
  std::string scenario;           ///< file; empty = flags alone
  std::vector<Setting> settings;  ///< flags and --set, in the order given
  Diagnostics faulty_settings;    ///< --set texts that are none
  bool strict = false, json = false, explain = false;
  std::string timeline;  ///< file to write; empty = none
};
struct ValidateArguments {
  std::string what;  ///< kernels, collectives, memory, train
  std::string data;  ///< CSV; empty = the shipped table
  std::string rows;  ///< CSV to write; empty = none
  std::string split = "all";
  bool strict = false, json = false;
};
struct BenchArguments {
  bool json = false, signature = false;
};
struct MainJobArguments {
  std::string scenarios;  ///< folder; empty = the shipped one
  bool json = false;
};

int run_catalogue_list(const CatalogueListArguments&);
int run_catalogue_show(const CatalogueShowArguments&);
int run_catalogue_compare(const CatalogueCompareArguments&);
int run_estimate_train(const EstimateArguments&);
int run_validate(const ValidateArguments&);
int run_bench(const BenchArguments&);
int run_main_job(const MainJobArguments&);

/// Parses the arguments, runs the command and returns the process's exit code.
int run_command_line(int argc, char** argv);

}  // namespace polyfleet
