// Independent results that the models of fleets are held against: published figures, closed forms
// and other simulators on identical inputs (validation/fleet_cases.toml). A figure that nothing
// computes, or a value that no figure asks for, is a problem: none is dropped.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace polyfleet {

enum class FleetCaseRule { equal, at_least, at_most, reported };

struct FleetCaseFigure {
  std::string id;    ///< of the case: "F7"
  std::string name;  ///< what the figure is
  FleetCaseRule rule = FleetCaseRule::equal;
  double expected = 0;
  std::string unit;
  double tolerance = 0;  ///< relative, of `equal`
  std::string source, note;
  double computed = 0;

  /// Relative difference from what is expected.
  double difference() const { return expected == 0 ? computed : computed / expected - 1; }
  bool within() const;
};

struct FleetCases {
  std::vector<FleetCaseFigure> figures;
  /// Those outside their tolerance ("reported" ones do not count).
  int missed() const;
};

/// What was computed, by case and name of the figure.
using FleetCaseValues = std::map<std::pair<std::string, std::string>, double>;

struct FleetCaseFolders {
  std::filesystem::path data, validation;
};

/// How the work is watched and stopped, between groups of cases.
struct FleetCaseWatch {
  std::function<void(double share)> progress = {};
  const std::atomic<bool>* stop = nullptr;
};

/// Recomputes every case. Errors: a faulty or missing file, a figure without a value and the
/// reverse; a stop, as figures of some groups alone would look like all of them.
Result<FleetCases> run_fleet_cases(const FleetCaseFolders& folders,
                                   const FleetCaseWatch& watch = {});

}  // namespace polyfleet
