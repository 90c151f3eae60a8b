// Launch scripts of others, as far as they assign variables and arrays and call commands with
// arguments: quotes, comments, continued lines, ${NAME:-default}, "${ARGS[@]}", $((sums)). Nothing
// is run. Conditions are not evaluated (all branches count, a note says so); what only a running
// shell knows stays as written and is reported.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace polyfleet {

struct ShellWord {
  std::string text;
  Position where;
};

struct ShellScript {
  std::vector<std::vector<ShellWord>> commands;
  /// Arrays in the order of their assignment: for files that only list arguments.
  std::vector<std::vector<ShellWord>> arrays;
  std::vector<ShellWord> batch_options;  ///< words of #SBATCH lines
  Diagnostics unresolved;                ///< variables without a value, each once
};

/// Reads a script. `given` wins over the script's own assignments. Errors: open quotes or
/// parentheses, expansions beyond 1 MiB.
Result<ShellScript> read_shell_script(std::string_view text, const std::string& file,
                                      const std::map<std::string, std::string, std::less<>>& given);

/// The word as a shell reads it back: quoted where it must be.
std::string shell_quoted(std::string_view word);

}  // namespace polyfleet
