// What the commands of the run history share: opening the history that --store names, and ids as
// people give them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/command_table.hpp"
#include "history/run_history.hpp"

namespace polyfleet {

/// The file of --store, else the usual one; empty where there is none.
std::filesystem::path history_file(const std::string& store);

/// --store FILE, as every command of the run history takes it.
OptionSpec store_option(std::string& store);

/// Opens the history. Errors: there is none yet (a command that reads makes none), or it cannot be
/// opened. What happened to the file is a warning on standard error.
Result<RunHistory> existing_history(const std::string& store);

/// Prints the history's notice as a warning, where it says something new.
void warn_of(const RunHistory& history);

/// The run that "7", "latest" (or "-1"), "previous" ("-2") or "-N" means. Errors: none of these, or
/// fewer runs than that. Whether an id is there is seen when it is looked for.
Result<std::int64_t> run_id(const RunHistory& history, const std::string& text);
/// All of them, every fault named.
Result<std::vector<std::int64_t>> run_ids(const RunHistory& history,
                                          const std::vector<std::string>& texts);

}  // namespace polyfleet
