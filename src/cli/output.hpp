// What every command shares in talking to its user: results to standard output, problems and
// progress to standard error, exit codes by name.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "config/value.hpp"

namespace polyfleet {

inline constexpr int kExitOk = 0;
inline constexpr int kExitInfeasible = 1;  ///< the plan cannot run, or a check failed
inline constexpr int kExitBadInput = 2;
inline constexpr int kExitInternal = 3;

/// Writes text to standard output as it is.
void print(std::string_view text);
/// Writes a document as indented JSON and a line break.
void print_json(const Value& document);
/// Prints every problem to standard error ("error: file:line:column: ..."); returns kExitBadInput.
int bad_input(const Diagnostics& problems);
/// Prints what went wrong beside an answer that stands ("warning: ..."), to standard error.
void warn(const Diagnostics& problems);
/// A line on standard error while work goes on, only on a terminal; an empty text clears it.
void show_progress(std::string_view text);
/// Flushes standard output; false (with a message) when it could not be written.
bool output_arrived();

}  // namespace polyfleet
