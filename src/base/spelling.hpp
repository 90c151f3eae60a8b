// "Did you mean ...": the known name nearest to what was written, by edit distance.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace polyfleet {

/// Number of single-character insertions, deletions, substitutions and swaps of neighbours (case
/// ignored).
int edit_distance(std::string_view a, std::string_view b);

/// The nearest name within a third of its length (at least one edit, fewer than all its letters),
/// or empty. Ties go to the first.
std::string nearest_name(std::string_view written, const std::vector<std::string>& known);

/// "did you mean 'x'?" or, where nothing is near, "known: a, b, c, ..." (at most `limit` names).
std::string name_suggestion(std::string_view written, const std::vector<std::string>& known,
                            std::size_t limit = 12);

}  // namespace polyfleet
