// Which lines of a text became which: the shortest list of removed and added lines (longest common
// subsequence by dynamic programming). Of texts that differ in more than about four thousand lines
// each, what lies between the first and the last difference counts as wholly replaced.
#pragma once

#include <string>
#include <vector>

namespace polyfleet {

struct LineChange {
  int before = 0;  ///< number of the line in the first text, from 1; 0 = added
  int after = 0;   ///< in the second; 0 = removed
  std::string text;
};

/// Removed and added lines in the order of the texts, what is removed first.
std::vector<LineChange> line_changes(const std::string& before, const std::string& after);

}  // namespace polyfleet
