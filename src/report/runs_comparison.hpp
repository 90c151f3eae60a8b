// Two runs of the history side by side: what was asked differently and what came out differently.
// Knows no command: facts are those of the answers' pages, everything else is found by comparing
// documents, so that a new kind of result is compared without a line here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "history/run_history.hpp"
#include "report/runs_lines.hpp"

namespace polyfleet {

/// A headline of the answer, as its page words it; an empty text = the page does not have it.
struct FactChange {
  std::string label, before, after;
  std::optional<double> ratio;  ///< after / before, where both begin with a number of one unit

  bool changed() const { return before != after; }
};

/// An input file that is another one, or that one of the runs did not read.
struct InputChange {
  std::string name;
  std::optional<InputFile> before, after;
};

struct RunsComparison {
  RunSummary before, after;
  /// "command", "program", "data", "scenario file", "asked for" (some results lack a
  /// member where text alone was asked for), "verdict": those that differ.
  std::vector<DocumentChange> circumstances;
  std::vector<LineChange> scenario;  ///< lines removed and added
  std::vector<DocumentChange> settings, options;
  std::vector<InputChange> files;  ///< those that differ, where both runs know theirs
  /// Runs that were kept by a program that did not keep files, while the other read some.
  bool unknown_before = false, unknown_after = false;
  /// What the program made of the question: the result's members "scenario" and "question".
  std::vector<DocumentChange> resolved;

  std::vector<FactChange> facts;  ///< every fact of either page
  /// Numbers of the result, the greatest ratio either way first; then those without one (from or
  /// to zero, another sign, only on one side). Of equal ones those nearer to the top.
  std::vector<DocumentChange> numbers;
  std::vector<DocumentChange> others;  ///< texts and truths, those nearer to the top first

  bool same_question() const;  ///< asked the same of the same program and data
  bool same_result() const;    ///< the same document, without regard to its resolved question
};

RunsComparison compare_runs(const RunRecord& before, const RunRecord& after);

/// The page's facts as label and value, in its order; empty where the run has no page.
std::vector<std::pair<std::string, std::string>> facts_of(const RunRecord& run);

}  // namespace polyfleet
